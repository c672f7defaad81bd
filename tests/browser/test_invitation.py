"""A social worker's letter in a real browser: scanners that open it, half on one phone, half on another with a code."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from service.audit import JobRun
from service.mail.email import Email
from service.storage import open_store
from service.storage.record_types import RECORD_TYPES
from tests.browser.conftest import Faults, OpenPage
from tests.browser.test_accessibility import violations
from tests.browser.test_journeys import answering
from tests.live_server import Served, serving
from tests.mail.server import Mail, MailServer
from tests.wait_until import soon

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
WORDS = "They listen to her, and she is sleeping again."
SAM = "sam@example.org"


@pytest.fixture(scope="module")
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, post: MailServer) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    with serving(folder, SAYSO_SMTP_URL=post.url, SAYSO_MAIL_FROM="sayso@example.org") as running:
        running.add_home("Larch House")
        yield running


@pytest.fixture
def round_id(served: Served) -> str:
    return served.open_round("larch-house", "social-worker-views")


def letter_to_sam(served: Served, post: MailServer, round_id: str) -> Mail:
    """Ask Sam, and give the letter as it arrived."""
    people = served.folder / "people.csv"
    people.write_text(f"form,name,email,label\nsocial-worker-views,Sam Okafor,{SAM},the review on 12 November\n")
    with arriving(served, post) as letters:
        served.flask("invite", round_id, str(people), "--send")
    return letters[0]


@contextmanager
def arriving(served: Served, post: MailServer) -> Iterator[list[Mail]]:
    """The letter to Sam that what is done in this block brings about; it is there after the block."""
    before, letters = len(post.to(SAM)), list[Mail]()
    yield letters
    served.flask("jobs", "run")
    letters.append(post.wait_for(SAM, before + 1)[-1])


def kept(served: Served) -> dict[str, dict[str, Any]]:
    """Every record as it lies in the store, once no letter is leaving; but for when jobs last ran, which they note."""
    with closing(open_store(f"tinydb:{served.folder / 'store'}")) as store:
        soon(lambda: not store[Email].count("state", "waiting") and not store[Email].count("state", "leaving"))
        with store.engine.snapshot() as frozen:
            return {kind.table: dict(frozen.all(kind.table)) for kind in RECORD_TYPES if kind.record is not JobRun}


def looks_well(page: Page) -> None:
    """Nothing sticks out of a phone, everything is big enough for a thumb, and axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    targets = page.locator("button:visible, a:visible, summary:visible, input:not([type=hidden], [type=radio]):visible")
    for target in targets.all():
        assert target.evaluate("found => found.getBoundingClientRect().height") >= 44, target.inner_text()
    assert violations(page) == []


def test_a_scanner_that_runs_scripts_and_clicks_nothing_leaves_everything_as_it_was(
    served: Served, post: MailServer, round_id: str, open_page: OpenPage
) -> None:
    [link] = letter_to_sam(served, post, round_id).links
    before = kept(served)
    for options in ({}, PHONE, {"java_script_enabled": False}):
        with open_page(**options) as page:
            page.goto(link)
            page.wait_for_load_state("networkidle")
            page.mouse.move(200, 400)
            page.mouse.wheel(0, 2000)
            for address in page.locator("main a").evaluate_all("found => found.map(link => link.href)"):
                page.goto(address)
                page.wait_for_load_state("networkidle")
            page.reload()
            assert page.request.head(link).ok
    assert kept(served) == before
    with open_page(**PHONE) as page:
        page.goto(link)
        page.get_by_role("button", name="Start").click()
        page.wait_for_url("**/r/*")
    assert kept(served) != before, "only a press changes anything"


def test_half_on_one_phone_and_with_the_code_half_on_another(
    served: Served, post: MailServer, round_id: str, open_page: OpenPage
) -> None:
    letter = letter_to_sam(served, post, round_id)
    assert "Larch House" in str(letter.message["Subject"])
    [link] = letter.links
    with open_page(answering(), **PHONE) as first, open_page(_refused(), **PHONE) as second:
        first.goto(link)
        looks_well(first)
        start = first.get_by_role("button", name="Start")
        assert start.evaluate("found => found.getBoundingClientRect().bottom") <= 844, "without scrolling"
        start.click()
        first.wait_for_url("**/r/*")
        _to_question(first, "child_safe")
        with first.expect_response("**/draft"):
            first.locator("input[name=child_safe][value=always]").check(force=True)

        second.goto(link)
        expect(second.get_by_role("heading", level=1)).to_have_text("You have begun this on another device")
        looks_well(second)
        with arriving(served, post) as letters:
            second.get_by_role("button", name="Send me a code").click()
            expect(second.get_by_label("The six digits")).to_be_visible()
        expect(second.locator("main")).to_contain_text("s•••@e•••.org")
        looks_well(second)
        digits = re.findall(r"Your code is (\d{6})", letters[0].text)[0]
        second.get_by_label("The six digits").fill(f"{(int(digits) + 1) % 1_000_000:06}")
        second.get_by_role("button", name="Carry on").click()
        expect(second.get_by_role("alert")).to_contain_text("That is not the code")
        looks_well(second)
        second.get_by_label("The six digits").fill(f"{digits[:3]} {digits[3:]}")
        second.get_by_role("button", name="Carry on").click()
        second.wait_for_url("**/r/*")
        _to_question(second, "child_safe")
        expect(second.locator("input[name=child_safe][value=always]")).to_be_checked()
        while not second.locator("#end button.main").is_visible():
            for text in second.locator("textarea:visible").all():
                text.fill(WORDS)
            second.locator("#next").click()
        second.locator("#end button.main").click()
        second.wait_for_url("**/done")

        first.goto(link)
        expect(first.get_by_role("heading", level=1)).to_have_text("You have answered already")
        looks_well(first)
        for page in (first, second):
            assert WORDS not in page.content()
    assert served.submitted(round_id) == 1


@pytest.mark.parametrize("with_script", [True, False], ids=["with script", "without script"])
def test_somebody_who_is_not_meant_says_so(
    served: Served, post: MailServer, round_id: str, open_page: OpenPage, with_script: bool
) -> None:
    [link] = letter_to_sam(served, post, round_id).links
    with open_page(_refused(), java_script_enabled=with_script, **PHONE) as page:
        page.goto(link)
        page.get_by_role("link", name="I am not the right person").click()
        page.get_by_role("button", name="Send this").click()
        expect(page).to_have_title(re.compile("^Error:"))
        if with_script:
            looks_well(page)
        page.get_by_text("Somebody else should answer this").click()
        page.get_by_label("Their name").fill("Jo Marsh")
        page.get_by_role("button", name="Send this").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for telling us")
        page.goto(link)
        expect(page.locator("main")).to_contain_text("If you want to answer after all")


def _to_question(page: Page, name: str) -> None:
    while not page.locator(f"#q-{name}").is_visible():
        page.locator("#next").click()


def _refused() -> Faults:
    """As when answering; and a browser tells of every page that comes with 422."""
    faults = answering()
    faults.allow("422")
    return faults
