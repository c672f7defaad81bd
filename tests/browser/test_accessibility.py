"""Every page and state of a respondent by axe: no violation of WCAG 2.2 A or AA, in every look."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Faults, OpenPage
from tests.browser.tablet_handover import begin_on_tablet, hand_over
from tests.live_server import Served, serving
from tests.paths import ROOT

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "small": {"viewport": {"width": 320, "height": 640}},
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(ROOT / "forms", folder / "forms")
    shutil.copy(ROOT / "tests/forms/every-type.json", folder / "forms")
    (folder / "forms" / "right-to-left.json").write_text(json.dumps(right_to_left()))
    with serving(folder, SAYSO_FORMS_DIR=str(folder / "forms")) as running:
        running.flask("demo", "--responses", "0")
        yield running


def right_to_left() -> dict[str, Any]:
    """The children's form with a few of its texts in Arabic; the others fall back."""
    form: dict[str, Any] = json.loads((ROOT / "forms/child-views.json").read_text())
    said = {"title": "كيف هو المكان الذي تعيش فيه؟", "questions.feel_safe.label": "هل تشعر بالأمان هنا؟"}
    said["questions.what_is_good.label"] = "ما هو الجيد هنا؟"
    return {
        **form,
        "id": "right-to-left",
        "languages": [*form["languages"], "ar"],
        "translations": {**form["translations"], "ar": said},
    }


COVERED = """covered => {
  document.querySelector("#waiting").hidden = !covered;
  document.body.classList.toggle("covered", covered);
}"""


def violations(page: Page) -> list[str]:
    """What axe finds, one line each with the first place."""
    if not page.evaluate("'axe' in window"):  # reading it takes longer than most pages take it to look at
        page.evaluate(Axe().axe_script)
    found = page.evaluate("rules => axe.run(rules).then(found => found.violations)", RULES)
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found]


def home(page: Page, served: Served) -> Iterator[str]:
    page.goto(served.address)
    yield "the welcome page"
    page.goto(f"{served.address}/no-such-page")
    yield "an error page"
    page.goto(f"{served.address}/tablet")
    yield "how a device becomes a tablet"
    hand_over(page, served, served.open_round("larch-house", "child-views", "staff-views"))
    yield "the tablet's start page"
    page.get_by_role("link", name="Someone else").click()
    page.wait_for_url("**/others")
    yield "someone else"
    page.goto(f"{served.address}/tablet/staff")
    page.locator("#pin").fill("1357")
    page.keyboard.press("Enter")
    page.locator("#pin-fault").wait_for()
    yield "a wrong PIN"


def child(page: Page, served: Served) -> Iterator[str]:
    hand_over(page, served, served.open_round("larch-house", "child-views"))
    page.locator(".pictures button").first.click()
    page.wait_for_url("**/picture")
    yield "whether the picture is the right one"
    page.locator("main button.main").click()
    page.wait_for_url("**/r/*")
    yield "the first page"
    page.locator("#you summary").click()
    yield "the way back to all pictures"
    page.locator("#you summary").click()
    page.locator("#talk summary").click()
    yield "whom to talk to"
    page.locator("#talk summary").click()
    page.locator("#next").click()
    while not page.locator("#end").is_visible():
        yield page.locator(".q:visible").first.get_attribute("id") or ""
        if page.locator("#q-feel_safe").is_visible():
            page.locator("input[name=feel_safe][value=never]").check(force=True)
            expect(page.locator("#help")).not_to_be_empty()
            yield "help at once"
        page.locator("#next").click()
    yield "the last page"
    page.get_by_role("button", name="Easy read").click()
    page.wait_for_url("**language=**")
    page.locator("#back").click()
    yield "easy read"
    page.locator("#hide").click()
    yield "hidden"
    page.get_by_role("button").click()
    page.evaluate("document.querySelector('#idle').showModal()")
    yield "the question whether anyone is there"
    page.evaluate("document.querySelector('#idle').close()")
    page.evaluate("document.querySelector('#unsent').showModal()")
    yield "the question whether to send"
    page.evaluate("document.querySelector('#unsent').close()")
    page.evaluate(COVERED, True)
    yield "what covers answers that wait for the network"
    page.evaluate(COVERED, False)
    page.locator("#next").click()
    page.locator("#end button.main").click()
    page.wait_for_url("**/done")
    page.locator("#talk summary").click()
    yield "the thank-you page, and whom to talk to"


def adult(page: Page, served: Served) -> Iterator[str]:
    page.goto(served.link(served.open_round("larch-house", "every-type"), "every-type"))
    yield "the page of a link"
    page.locator("main button.main").click()
    page.wait_for_url("**/r/*")
    yield "the first page"
    page.locator("#next").click()
    while not page.locator("#end").is_visible():
        for opening in page.locator("label.opt:visible", has_text=re.compile("Something else|Repairs")).all():
            opening.locator("input").check(force=True)
        yield page.locator(".page:visible").get_attribute("id") or ""
        page.locator("#next").click()
    page.locator("#end button.main").click()
    expect(page.locator(".faults")).to_be_focused()
    yield "the summary of faults"


@pytest.mark.parametrize(
    "look", [pytest.param(look, marks=pytest.mark.long if look in ("dark", "forced colours") else ()) for look in LOOKS]
)
@pytest.mark.parametrize("journey", [home, child, adult])
def test_axe_finds_nothing(
    served: Served, open_page: OpenPage, journey: Callable[[Page, Served], Iterator[str]], look: str
) -> None:
    faults = Faults()
    for part in ("htmx:", "422", "404"):
        faults.allow(part)
    # colours that are still on their way are nobody's fault
    with open_page(faults, reduced_motion="reduce", **LOOKS[look]) as page:
        found = {state: wrong for state in journey(page, served) if (wrong := violations(page))}
    assert found == {}


def test_axe_finds_nothing_on_the_long_page_without_our_scripts(served: Served, open_page: OpenPage) -> None:
    faults = Faults()
    faults.allow("ERR_FAILED")
    with open_page(faults) as page:
        page.route("**/static/js/*.js*", lambda route: route.abort())
        page.goto(served.link(served.open_round("larch-house", "every-type"), "every-type"))
        page.locator("main button.main").click()
        expect(page.locator("#q-incidents")).to_be_visible()
        assert violations(page) == []


def test_a_page_from_right_to_left_reads_as_well(served: Served, open_page: OpenPage) -> None:
    faults = Faults()
    faults.allow("htmx:")
    with open_page(faults) as page:
        begin_on_tablet(page, served, served.open_round("larch-house", "right-to-left"), "right-to-left")
        page.get_by_role("button", name="العربية").click()
        page.wait_for_url("**language=ar**")
        assert page.locator("html").get_attribute("dir") == "rtl"
        found = {"the first page": violations(page)}
        page.locator("#talk summary").click()
        found["whom to talk to"] = violations(page)
        page.locator("#talk summary").click()
        while not page.locator("#q-feel_safe").is_visible():
            page.locator("#next").click()
        found["a question"] = violations(page)
        faces = [face.bounding_box() for face in page.locator("#q-feel_safe .opt:not(.plain)").all()]
        assert [face["x"] for face in faces if face] == sorted((face["x"] for face in faces if face), reverse=True)
        assert {state: wrong for state, wrong in found.items() if wrong} == {}


# what stands beyond the edge of the page
TOO_WIDE = """(width) => [...document.querySelectorAll('body *')]
  .filter((part) => part.offsetParent && part.getBoundingClientRect().right > width + 1)
  .map((part) => part.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("width", [390, 820])
def test_letters_twice_as_large_lose_nothing_and_need_no_scrolling_sideways(
    served: Served, open_page: OpenPage, width: int
) -> None:
    faults = Faults()
    faults.allow("htmx:")
    with open_page(faults, viewport={"width": width, "height": 900}, reduced_motion="reduce") as page:
        begin_on_tablet(page, served, served.open_round("larch-house", "child-views"))
        base = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
        page.evaluate("size => { document.documentElement.style.fontSize = size + 'px' }", 2 * base)
        page.locator("#talk summary").click()
        page.evaluate("document.fonts.ready")  # the system's fall-back is wider than what is meant to be measured
        assert page.evaluate(TOO_WIDE, width) == []
        assert violations(page) == []
        page.locator("#talk summary").click()
        while not page.locator("#end").is_visible():
            assert page.evaluate(TOO_WIDE, width) == []
            assert page.evaluate("getComputedStyle(document.querySelector('.opt>span')).transitionDuration") == "0s"
            page.locator("#next").click()
        assert violations(page) == []
