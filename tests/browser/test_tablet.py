"""S14: one tablet, one person after the other, in real browsers: nothing of whoever was there before is on it."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from service import create_app
from service.collection.models.response import Response
from service.config import config_from
from service.state import app_state
from tests.browser.conftest import Faults, OpenPage
from tests.browser.tablet_handover import begin_as, begin_on_tablet, hand_over
from tests.browser.webkit import WebKit, missing, webkit
from tests.live_server import Served, serving
from tests.tablet import cookies_of

pytestmark = pytest.mark.browser

# What each says, and nobody else: where a word stands later, something was left behind.
WORDS = ("xylophone", "marzipan", "quicksilver", "rhubarb", "tambourine")
FORMS = ("child-views", "child-views-first", "staff-views")
LEFT_IN_PAGE = """async () => JSON.stringify([
  document.documentElement.outerHTML, document.title, location.href,
  [...document.querySelectorAll("input:not([type=hidden]),textarea,select")].filter((field) =>
    /radio|checkbox/.test(field.type) ? field.checked : field.value).map((field) => field.name + "=" + field.value),
])"""
LEFT_ON_DEVICE = """async () => JSON.stringify([
  Object.entries(localStorage), Object.entries(sessionStorage), await indexedDB.databases(), await caches.keys(),
  (await navigator.serviceWorker.getRegistrations()).length, document.cookie, history.state,
])"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as running_there:
        running_there.flask("demo", "--responses", "0")
        yield running_there


def meant() -> Faults:
    faults = Faults()
    for part in ("htmx:", "404"):
        faults.allow(part)
    return faults


def said_in(served: Served, round_id: str) -> list[Response]:
    """What the store holds of a round."""
    app = create_app(config_from({name: value for name, value in served.environ.items() if name.startswith("SAYSO_")}))
    try:
        return list(app_state(app).store[Response].find("round_id", round_id))
    finally:
        app_state(app).store.close()


# --- how somebody presses, and how somebody answers ---

Press = Callable[[Locator], None]


def with_a_finger(target: Locator) -> None:
    target.click()


def with_the_keyboard(target: Locator) -> None:
    """Tab until it has the focus, then press it."""
    reach(target)
    target.page.keyboard.press("Space" if target.get_attribute("type") in ("radio", "checkbox") else "Enter")


def reach(target: Locator) -> None:
    """Tab until it has the focus; of radio buttons one has it for all, so the one that Tab finds is as good."""
    for _ in range(60):
        if target.evaluate("one => one === document.activeElement"):
            return
        target.page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {target}")


def answer(page: Page, press: Press, word: str) -> None:
    """Go to the end: one face or row chosen on the way, and the word in whatever text is asked for first."""
    chosen = written = False
    while not page.locator("#end").is_visible():
        radios = page.locator(".q:visible input[type=radio]")
        texts = page.locator(".q:visible textarea")
        if radios.count() and not chosen:
            chosen = True
            if press is with_a_finger:
                radios.first.check(force=True)
            else:
                press(radios.first)
        if texts.count() and not written:
            written = True
            reach(texts.first) if press is with_the_keyboard else texts.first.click()
            with page.expect_response("**/draft"):
                page.keyboard.type(f"It is {word} here")
        press(page.locator("#next"))
    assert chosen
    assert written


def finish(page: Page, press: Press, word: str) -> None:
    answer(page, press, word)
    press(page.locator("#end button.main"))
    page.wait_for_url("**/done")


def assert_nothing_left(page: Page, *words: str) -> None:
    """Of these, and of any answer, in the page, its fields and what the device can store."""
    found = page.evaluate(LEFT_IN_PAGE)
    assert not [word for word in words if word in found], found
    assert json_fields(found) == [], "fields are empty"
    if page.url.startswith("http"):
        stored = page.evaluate(LEFT_ON_DEVICE)
        if "/r/" in page.url:  # htmx notes where it is while it is there
            stored = re.sub(rf'\["htmx-current-path-for-history","{urlsplit(page.url).path}"\]', "", stored)
        assert stored == '[[],[],[],[],0,"",null]'


def json_fields(found: str) -> list[str]:
    fields: list[str] = json.loads(found)[3]
    return fields


def back_five_times(page: Page, *words: str) -> None:
    for _ in range(5):
        page.go_back(wait_until="load")
        assert_nothing_left(page, *words)
        assert "/draft" not in page.url


# --- three children and two staff ---


@pytest.mark.parametrize("press", [with_a_finger, pytest.param(with_the_keyboard, marks=pytest.mark.long)])
def test_three_children_and_two_staff_leave_nothing_for_whoever_comes_next(
    served: Served, open_page: OpenPage, press: Press
) -> None:
    round_id = served.open_round("larch-house", *FORMS)
    with open_page(meant()) as page:
        hand_over(page, served, round_id)
        pictures = page.locator(".pictures button").count()
        assert pictures == 6
        start = page.evaluate("document.body.innerText")
        before: list[str] = []
        for number, word in enumerate(WORDS):
            child = number < 3
            if child:
                begin_as(page, number, press)
            else:
                press(page.get_by_role("link", name="Someone else"))
                page.wait_for_url("**/others")
                press(page.locator("form[action='/tablet/start/staff-views'] button"))
                page.wait_for_url("**/r/*")
            if number == 1:  # stops in the middle, after a save, and the tab is closed; then the same child comes again
                page = stopped_in_the_middle(page, press, served, word)
                before.append(word)
                assert_nothing_left(page, *before)
                begin_as(page, number, press)
                word = f"{word}2"
            assert_nothing_left(page, *before)
            finish(page, press, word)
            before.append(word)
            assert_nothing_left(page, *before)
            press(page.locator("main a.main"))
            page.wait_for_url("**/tablet")
            assert page.evaluate("document.body.innerText") == start, "the start page says nothing of who was here"
            back_five_times(page, *before)
            page.goto(f"{served.address}/tablet")
            reopened = page.context.new_page()
            reopened.goto(f"{served.address}/tablet")
            assert_nothing_left(reopened, *before)
            reopened.close()
    said = said_in(served, round_id)
    assert sum(one.submitted_at is not None for one in said) == 5
    assert sum(one.submitted_at is None for one in said) == 1, "the draft of the one who was interrupted"
    texts = [" ".join(map(str, one.answers.values())) for one in said]
    for word in (*WORDS, f"{WORDS[1]}2"):
        assert sum(bool(re.search(rf"\b{word}\b", text)) for text in texts) == 1, word
    assert len({one.child_id for one in said if one.child_id}) == 3
    assert sum(not one.child_id for one in said) == 2


def stopped_in_the_middle(page: Page, press: Press, served: Served, word: str) -> Page:
    context: BrowserContext = page.context
    address = page.url
    answer(page, press, word)
    page.close()
    fresh = context.new_page()
    fresh.goto(f"{served.address}/tablet")
    fresh.goto(address)
    expect(fresh.get_by_role("heading", level=1)).to_have_text("Nothing here any more")
    assert_nothing_left(fresh, word)
    fresh.get_by_role("link", name="Back to the start").click()
    fresh.wait_for_url("**/tablet")
    return fresh


def test_a_tablet_in_nobodys_hands_goes_back_to_its_start_and_shows_nothing_on_the_way(
    served: Served, open_page: OpenPage
) -> None:
    with open_page(meant()) as page:
        page.clock.install()
        begin_on_tablet(page, served, served.open_round("larch-house", "child-views"))
        answer(page, with_a_finger, WORDS[0])
        expect(page.locator("html[data-unsent]")).to_have_count(0)
        page.clock.run_for(61_000)
        expect(page.locator("#unsent")).to_be_visible()
        page.clock.run_for(61_000)
        page.wait_for_url("**/tablet")
        back_five_times(page, WORDS[0])


def test_what_is_not_sent_is_covered_until_staff_type_the_pin_and_offline_no_pin_is_checked(
    served: Served, open_page: OpenPage
) -> None:
    faults = meant()
    for part in ("ERR_INTERNET_DISCONNECTED", "Failed to fetch", "422", "503"):
        faults.allow(part)
    with open_page(faults) as page:
        page.goto(f"{served.address}/tablet")
        page.locator("button[value=larch-house]").click()  # the demonstration's own way, which sets its PIN
        begin_as(page, 0)
        page.clock.install()
        page.reload()
        page.locator("#next").click()
        page.context.set_offline(True)
        page.locator(".q:visible input").first.check(force=True)
        page.locator("#state:not(:empty)").wait_for()
        page.clock.run_for(125_000)
        expect(page.locator("#waiting")).to_be_visible()
        page.locator("#pin").fill("4826")
        page.keyboard.press("Enter")
        expect(page.locator("#uncover-fault")).to_contain_text("no internet")
        for _ in range(3):
            page.keyboard.press("Escape")
        page.get_by_role("main").get_by_role("button").click()
        expect(page.locator("#answers"), "hiding and showing again is no way around the PIN").not_to_be_visible()
        expect(page.locator("#waiting")).to_be_visible()
        # the network is back, but what is sent is refused: the cover stays, and now a PIN can be checked
        page.route("**/draft", lambda route: route.fulfill(status=503, body=""))
        page.context.set_offline(False)
        page.locator("#pin").fill("1357")
        page.keyboard.press("Enter")
        expect(page.locator("#uncover-fault")).to_contain_text("not the PIN")
        page.locator("#pin").fill("4826")
        page.keyboard.press("Enter")
        expect(page.locator("#waiting")).not_to_be_visible()
        assert page.locator(".q:visible input").first.is_checked(), "the child goes on where they were"


def test_going_back_to_the_start_without_a_network_shows_no_page_of_faults(served: Served, open_page: OpenPage) -> None:
    faults = meant()
    faults.allow("ERR_INTERNET_DISCONNECTED")
    with open_page(faults) as page:
        begin_on_tablet(page, served, served.open_round("larch-house", "child-views"))
        finish(page, with_a_finger, WORDS[0])
        page.context.set_offline(True)
        page.locator("main a.main").click()
        expect(page.locator("body")).to_have_text("", use_inner_text=True)
        assert page.url.endswith("/done")
        page.context.set_offline(False)
        page.wait_for_url("**/tablet")


def test_everything_a_child_presses_is_large_and_nothing_is_cut_off(served: Served, open_page: OpenPage) -> None:
    with open_page(meant()) as page:
        hand_over(page, served, served.open_round("larch-house", *FORMS))
        for path in ("/tablet/others", "/tablet/staff", "/tablet", "/tablet/picture"):
            if path.endswith("picture"):
                page.locator(".pictures button").first.click()
                page.wait_for_url("**/picture")
            else:
                page.goto(f"{served.address}{path}")
            for width, height in ((820, 1180), (390, 844), (1180, 820), (320, 640)):
                page.set_viewport_size({"width": width, "height": height})
                for target in page.locator("main :is(button, a, input:not([type=hidden]))").all():
                    box = target.bounding_box()
                    assert box is not None
                    assert min(box["width"], box["height"]) >= 72, target.inner_text()
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)


def test_without_script_it_is_the_same_way(served: Served, open_page: OpenPage) -> None:
    round_id = served.open_round("larch-house", "child-views")
    with open_page(meant(), java_script_enabled=False) as page:
        begin_on_tablet(page, served, round_id)
        page.locator("textarea").first.fill(WORDS[0])
        page.locator("#end button.main").click()
        page.wait_for_url("**/done")
        page.locator("main a.main").click()
        page.wait_for_url("**/tablet")
        for _ in range(5):
            page.go_back()
            assert WORDS[0] not in page.content()
            assert not page.locator("textarea").count() or page.locator("textarea").first.input_value() == ""
    [said] = said_in(served, round_id)
    assert said.submitted_at


# --- the iPad's family of browsers ---


@pytest.mark.skipif(bool(missing()), reason=missing() or "WebKit is here")
def test_in_webkit_back_shows_nothing_of_the_one_before(served: Served, tmp_path: Path) -> None:
    round_id = served.open_round("larch-house", *FORMS)
    with webkit(tmp_path) as browser:
        browser.go(f"{served.address}/tablet")
        for name, value in cookies_of(served, "larch-house", round_id).items():
            browser.add_cookie(name, value)
        for number, word in enumerate(WORDS[:3]):
            browser.go(f"{served.address}/tablet")
            press_in(browser, ".pictures button", number)
            browser.wait_for("return location.pathname === '/tablet/picture'")
            press_in(browser, "main button.main", 0)
            browser.wait_for("return location.pathname.startsWith('/r/') && !!document.querySelector('#answers.on')")
            browser.run(
                "const text = document.querySelector('textarea'); text.value = arguments[0];"
                "text.dispatchEvent(new Event('input', { bubbles: true }));",
                f"It is {word} here",
            )
            if number == 1:  # left in the middle, after a save
                browser.wait_for("return !document.documentElement.hasAttribute('data-unsent')")
                browser.go(f"{served.address}/tablet")
            else:
                browser.run("document.querySelector('#end button.main').click()")
                browser.wait_for("return location.pathname.endsWith('/done')")
                press_in(browser, "main a.main", 0)
            browser.wait_for("return location.pathname === '/tablet' && !!document.querySelector('.pictures')")
            for _ in range(5):
                browser.back()
                browser.wait_for("return document.readyState === 'complete'")
                seen = str(
                    browser.run(
                        "return document.documentElement.outerHTML + "
                        "[...document.querySelectorAll('input:not([type=hidden]),textarea')].map((one) => one.value)"
                    )
                )
                assert not [said for said in WORDS[: number + 1] if said in seen], browser.run("return location.href")
    said = said_in(served, round_id)
    assert sum(one.submitted_at is not None for one in said) == 2
    assert sum(one.submitted_at is None for one in said) == 1


def press_in(browser: WebKit, selector: str, number: int) -> None:
    browser.wait_for(f"return document.querySelectorAll({selector!r}).length > {number}")
    browser.run("document.querySelectorAll(arguments[0])[arguments[1]].click()", selector, number)
