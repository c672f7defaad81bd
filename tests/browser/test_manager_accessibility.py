"""Every page that a manager, a safeguarding lead and an administrator can come to from their first one, by axe."""

import re
from collections.abc import Iterator

import pytest

from service.demonstration.provider import PASSWORD
from tests.browser.conftest import Faults, OpenPage
from tests.browser.test_accessibility import LOOKS, violations
from tests.live_server import Served, serving

pytestmark = pytest.mark.browser

# by one address of its kind: what differs between two homes is what is in them, and not the page
KIND = re.compile(r"/[0-9a-f-]{16,}|/\d{8}-[a-z-]+-[0-9a-f]{6}|/(larch-house|harbour-view|fernbrook)(?=/|$)|\?.*")
DOWNLOADED = re.compile(r"\.(xlsx|csv|pdf|json|zip)$|/workbook|sign-out")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as running:
        running.flask("demo", "--responses", "24")
        yield running


# every page in one look and in another seat another: each alone in each would take minutes
@pytest.mark.parametrize(
    ("seat", "look", "least"),
    [
        ("manager", "small", 12),
        pytest.param("lead", "forced colours", 5, marks=pytest.mark.long),
        ("administrator", "light", 8),
    ],
)
def test_axe_finds_nothing_on_any_page_that_somebody_can_come_to(
    served: Served, open_page: OpenPage, seat: str, look: str, least: int
) -> None:
    faults = Faults()
    faults.allow("htmx:")
    with open_page(faults, reduced_motion="reduce", **LOOKS[look]) as page:
        page.goto(f"{served.address}/sign-in")
        page.fill("[name=email]", f"{seat}@example.org")
        page.fill("[name=password]", PASSWORD)
        page.locator("main button").first.click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        waiting, seen, found = [page.url, f"{served.address}/account"], set(), []
        while waiting:
            address = waiting.pop(0).partition("#")[0]
            kind = KIND.sub("/*", address.removeprefix(served.address))
            if kind in seen or DOWNLOADED.search(address.partition("?")[0]):
                continue
            seen.add(kind)
            reply = page.goto(address)
            if reply is None or reply.status != 200:
                continue
            found += [f"{kind} {wrong}" for wrong in violations(page)]
            waiting += [
                link
                for link in page.locator("a[href]:not([download])").evaluate_all("found => found.map((a) => a.href)")
                if link.startswith(served.address)
            ]
    assert len(seen) >= least, sorted(seen)
    assert not found, "\n".join(found)
