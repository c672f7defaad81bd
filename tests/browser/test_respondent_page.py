"""A respondent's page in a real browser: steps, details, rows, faults, hiding, idling, the keyboard."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Faults, OpenPage, back_online
from tests.browser.tablet_handover import begin_on_tablet
from tests.live_server import Served, serving
from tests.paths import ROOT
from tests.wait_until import soon

pytestmark = pytest.mark.browser

PHONE = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    forms = folder / "forms"
    shutil.copytree(ROOT / "forms", forms)
    for name in ("every-type", "awkward-ids"):
        shutil.copy(ROOT / f"tests/forms/{name}.json", forms)
    with serving(folder, SAYSO_FORMS_DIR=str(forms)) as running:
        running.flask("demo", "--responses", "0")
        yield running


def by_link(page: Page, served: Served, form_id: str = "every-type") -> None:
    """Follow a new link to the form's first page."""
    page.goto(served.link(served.open_round("larch-house", form_id), form_id))
    page.locator("main button.main").click()
    page.wait_for_url("**/r/*")


def on_tablet(page: Page, served: Served) -> None:
    """Begin the child's form on a tablet."""
    begin_on_tablet(page, served, served.open_round("larch-house", "child-views"))


def onto(page: Page, question: str) -> None:
    """Press Next until the question is shown."""
    while not page.locator(f"#q-{question}").is_visible():
        page.locator("#next").click()


def meant(*parts: str) -> Faults:
    """What a browser may complain of here; that a newer draft took the place of one under way is always meant."""
    faults = Faults()
    for part in ("htmx:afterRequest", "htmx:sendAbort", *parts):
        faults.allow(part)
    return faults


# --- steps and what is shown ---


def test_pages_are_counted_by_what_is_shown_and_the_heading_has_the_focus(served: Served, open_page: OpenPage) -> None:
    with open_page(meant()) as page:
        by_link(page, served)
        expect(page.locator("#progress")).not_to_be_visible()
        page.locator("#next").click()
        expect(page.locator("#progress")).to_have_text("Page 1 of 4")
        expect(page.locator("#page-words h2")).to_be_focused()
        page.locator("#back").click()
        expect(page.locator("#answers h1")).to_be_focused()


def test_choosing_the_exclusive_answer_unticks_the_others(served: Served, open_page: OpenPage) -> None:
    with open_page(meant()) as page:
        by_link(page, served)
        onto(page, "worries")
        page.get_by_label("Noise").check()
        page.get_by_label("Too few staff").check()
        page.get_by_label("None of these").check()
        assert not page.get_by_label("Noise").is_checked()
        page.get_by_label("Too few staff").check()
        assert not page.get_by_label("None of these").is_checked()


def test_a_detail_is_asked_under_the_option_that_needs_it(served: Served, open_page: OpenPage) -> None:
    with open_page(meant()) as page:
        by_link(page, served)
        onto(page, "role")
        expect(page.locator("#q-role_other")).not_to_be_visible()
        page.get_by_label("Something else").check()
        page.get_by_label("What is it?").fill("I cook")
        page.get_by_label("I work at night").check()
        expect(page.locator("#q-role_other")).not_to_be_visible()
        page.get_by_label("Something else").check()
        assert page.get_by_label("What is it?").input_value() == "I cook", "hiding clears nothing"


def test_an_earlier_answer_is_repeated_as_it_is_typed(served: Served, open_page: OpenPage) -> None:
    with open_page(meant()) as page:
        by_link(page, served)
        onto(page, "nickname")
        page.locator("#a-nickname").fill("<b>Sam</b>")
        expect(page.locator("#q-story .ask")).to_have_text("What went well this month, <b>Sam</b>?")


def test_a_row_is_added_and_taken_away_without_leaving_the_page(served: Served, open_page: OpenPage) -> None:
    with open_page(meant()) as page:
        by_link(page, served)
        onto(page, "visits")
        page.locator("[name='visits.0.visitor']").fill("Ann")
        expect(page.locator("[id='q-visits.0.visit_outcome']")).to_be_visible()
        expect(page.locator("#q-visits_many")).not_to_be_visible()
        page.locator("[name=add-row][value=visits]").click()
        expect(page.locator("[name='visits.1.visitor']")).to_be_focused()
        assert page.locator("[name='visits.0.visitor']").input_value() == "Ann"
        expect(page.locator("#q-visits_many"), "an empty row does not count").not_to_be_visible()
        page.keyboard.type("Ben")
        expect(page.locator("#q-visits_many")).to_be_visible()
        page.locator("[name=remove-row][value='visits.0']").click()
        expect(page.locator("[name='visits.1.visitor']")).to_have_count(0)
        assert page.locator("[name='visits.0.visitor']").input_value() == "Ben"
        expect(page.locator("#q-visits_many")).not_to_be_visible()


def test_questions_may_be_called_like_parts_of_a_form(served: Served, open_page: OpenPage) -> None:
    with open_page(meant()) as page:
        by_link(page, served, "awkward-ids")
        page.locator("#next").click()
        for field in page.locator(".q:visible input").all():
            field.fill("7")
        expect(page.locator("#q-constructor")).to_be_visible()
        with page.expect_response("**/draft"):
            page.locator("[name=constructor]").fill("7")
        page.locator("#next").click()
        page.locator("#end button.main").click()
        page.wait_for_url("**/done")


# --- what is wrong ---


def test_a_refusal_comes_back_in_place_with_its_summary_in_focus(served: Served, open_page: OpenPage) -> None:
    with open_page(meant("422")) as page:
        by_link(page, served)
        onto(page, "hours")
        page.get_by_label("How many hours").fill("many")
        while page.locator("#next").is_visible():
            page.locator("#next").click()
        page.locator("#end button.main").click()
        expect(page.locator(".faults")).to_be_focused()
        expect(page).to_have_title(re.compile("^Error:"))
        page.locator(".faults a", has_text="How many hours").click()
        hours = page.get_by_label("How many hours")
        expect(hours).to_be_focused()
        assert hours.get_attribute("aria-invalid") == "true"
        assert hours.input_value() == "many"
        hours.fill("37.5")
        page.locator("#a-nickname").fill("Sam")
        page.get_by_label("How many children").fill("3")
        while page.locator("#next").is_visible():
            page.locator("#next").click()
        page.locator("#end button.main").click()
        page.wait_for_url("**/done")


def test_a_doubt_is_said_once_and_then_the_answers_go_through(served: Served, open_page: OpenPage) -> None:
    with open_page(meant("422")) as page:
        by_link(page, served)
        onto(page, "nickname")
        page.locator("#a-nickname").fill("Sam")
        page.get_by_label("How many children").fill("5")
        onto(page, "beds")
        page.get_by_label("How many bedrooms").fill("2")
        page.locator("#next").click()
        page.locator("#end button.main").click()
        expect(page.locator(".doubts")).to_be_focused()
        while page.locator("#next").is_visible():
            page.locator("#next").click()
        page.locator("#end button.main").click()
        page.wait_for_url("**/done")


# --- keeping ---


def test_where_htmx_does_not_come_from_its_network_it_comes_from_here(tmp_path: Path, open_page: OpenPage) -> None:
    with serving(tmp_path, SAYSO_HTMX_SOURCE="cdn") as served, open_page(meant("ERR_FAILED")) as page:
        page.context.route("https://**/*", lambda route: route.abort())
        round_id = served.open_round(served.add_home(), "social-worker-views")
        page.goto(served.link(round_id, "social-worker-views"))
        page.locator("main button.main").click()
        page.locator("#next").click()
        page.wait_for_selector("script[src^='/static/js/htmx']", state="attached")
        soon(lambda: page.evaluate("'htmx' in window"))
        with page.expect_response("**/draft") as saved:
            page.locator(".q:visible input").first.check(force=True)
        assert saved.value.status == 204


def test_another_way_to_read_keeps_the_answers_and_the_place(served: Served, open_page: OpenPage) -> None:
    with open_page(meant()) as page:
        on_tablet(page, served)
        onto(page, "feel_safe")
        page.locator("#q-feel_safe input[value=mostly]").check(force=True)
        page.get_by_role("button", name="Easy read").click()
        page.wait_for_url("**language=en-x-easyread**")
        expect(page.locator("#q-feel_safe")).to_be_visible()
        expect(page.locator("#q-feel_safe input[value=mostly]")).to_be_checked()
        expect(page.locator("html")).to_have_attribute("lang", "en-x-easyread")


def test_closing_the_page_at_once_loses_nothing(served: Served, open_page: OpenPage) -> None:
    with open_page(meant()) as page:
        on_tablet(page, served)
        onto(page, "what_is_good")
        address = page.url
        page.locator("#a-what_is_good").press_sequentially("The garden")
        page.goto("about:blank")

        def is_there() -> bool:
            page.goto(address)
            return page.locator("#a-what_is_good").input_value() == "The garden"

        soon(is_there, "what leaves with the page, which arrives in its own time,")


def test_help_is_shown_at_once_beside_the_answer_that_needs_it_and_nowhere_after(
    served: Served, open_page: OpenPage
) -> None:
    with open_page(meant()) as page:
        on_tablet(page, served)
        onto(page, "feel_safe")
        page.locator("#q-feel_safe input[value=never]").check(force=True)
        expect(page.locator("#help")).to_contain_text("Childline")
        onto(page, "help_learning")
        with page.expect_response("**/draft") as saved:
            page.locator("#q-help_learning input[value=always]").check(force=True)
        assert "Childline" in saved.value.text(), "it comes again with every save"
        expect(page.locator("html[data-unsent]")).to_have_count(0)
        expect(page.locator("#help"), "whoever comes near reads there what was answered before").to_be_empty()
        page.locator("#back").click()
        page.locator("#q-help_when_unwell input[value=never]").check(force=True)
        expect(page.locator("#help")).to_contain_text("very ill now")


# --- leaving nothing behind ---


@pytest.mark.parametrize("how", ["the button", "the key"])
def test_the_page_is_hidden_at_once_and_comes_back(served: Served, open_page: OpenPage, how: str) -> None:
    with open_page(meant()) as page:
        on_tablet(page, served)
        onto(page, "feel_safe")
        title = page.title()
        if how == "the button":
            page.locator("#hide").click()
        else:
            for _ in range(3):
                page.keyboard.press("Escape")
        expect(page.locator("main")).not_to_be_visible()
        assert "live" not in page.title()
        expect(page.get_by_role("button")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#q-feel_safe")).to_be_visible()
        assert page.title() == title


def seconds_until_asked(page: Page, press: Locator) -> float:
    """How long an idle page waits, once this was pressed, before it asks; by its own clock, which runs on by itself."""
    began = page.evaluate("Date.now()")
    press.click()
    expect(page.locator("#idle")).not_to_be_visible()
    for _ in range(40):
        page.clock.run_for(5_000)
        if page.locator("#idle").is_visible():
            return float(page.evaluate("Date.now()") - began) / 1000
    raise AssertionError("it never asked")


def test_an_idle_tablet_asks_first_and_then_returns_to_its_start(served: Served, open_page: OpenPage) -> None:
    with open_page(meant()) as page:
        page.clock.install()
        on_tablet(page, served)
        assert seconds_until_asked(page, page.locator("#next")) >= 40
        again = page.get_by_role("button", name="I need more time")
        assert seconds_until_asked(page, again) >= 40, "it waits as long again"
        page.clock.run_for(61_000)
        page.wait_for_url("**/tablet")


def test_an_idle_tablet_covers_what_was_not_sent_until_it_is(served: Served, open_page: OpenPage) -> None:
    with open_page(meant("htmx:", "ERR_INTERNET_DISCONNECTED")) as page:
        page.clock.install()
        on_tablet(page, served)
        page.locator("#next").click()
        page.context.set_offline(True)
        page.locator(".q:visible input").first.check(force=True)
        page.locator("#state:not(:empty)").wait_for()
        page.clock.run_for(125_000)
        expect(page.locator("#waiting")).to_be_visible()
        expect(page.locator("main")).not_to_be_visible()
        back_online(page)
        page.wait_for_url("**/tablet")


def test_a_persons_own_device_is_never_wiped(served: Served, open_page: OpenPage) -> None:
    with open_page(meant()) as page:
        page.clock.install()
        by_link(page, served)
        page.locator("#next").click()
        page.clock.run_for(600_000)
        expect(page.locator("#page-words")).to_be_visible()


# --- without a mouse, on a small screen, read aloud ---


def test_the_childs_form_from_start_to_thank_you_by_keyboard_alone(served: Served, open_page: OpenPage) -> None:
    with open_page(meant()) as page:
        on_tablet(page, served)
        press_on(page, "#next")
        while not page.locator("#end").is_visible():
            page.keyboard.press("Tab")
            tabbed = page.evaluate("document.activeElement.type")
            if tabbed == "radio":
                page.keyboard.press("Space")
            press_on(page, "#next")
        press_on(page, "#end button.main")
        page.wait_for_url("**/done")


def press_on(page: Page, selector: str, key: str = "Enter") -> None:
    """Tab until this has the focus, then press it."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return page.keyboard.press(key)
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard")


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_whoever_has_one_switch_reaches_every_answer_and_chooses_any(
    served: Served, open_page: OpenPage, key: str
) -> None:
    """A switch is Tab after Tab, and one key to choose: no arrows, no going back."""
    with open_page(meant()) as page:
        on_tablet(page, served)
        press_on(page, "#talk summary", key)
        press_on(page, "[name=talk-to][value='']", key)
        press_on(page, "[name=talk-now]", key)
        expect(page.locator("#talk-state .help")).to_be_focused()
        press_on(page, "#next", key)
        press_on(page, "[name=company][value=helping]", key)
        press_on(page, "#next", key)
        press_on(page, "#next", key)
        press_on(page, "[name=fun][value=never]", key)
        press_on(page, "[name=fun][value=mostly]", key)
        expect(page.locator("[name=fun][value=mostly]")).to_be_checked()
        while not page.locator("#end").is_visible():
            press_on(page, "#next", key)
        press_on(page, "#end button.main", key)
        page.wait_for_url("**/done**")


@pytest.mark.parametrize("form_id", ["child-views", "every-type"])
def test_nothing_is_too_small_to_touch_or_wider_than_a_small_phone(
    served: Served, open_page: OpenPage, form_id: str
) -> None:
    with open_page(meant(), viewport=PHONE) as page:
        by_link(page, served, form_id)
        for _ in range(40):
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
            assert page.evaluate(SMALL) == []
            if page.locator("#end").is_visible():
                break
            page.locator("#next").click()


# What can be touched and is under 44 px. A radio's target is its whole row; a link may be as high as its line of text.
SMALL = """() => [...document.querySelectorAll('button, summary, input, select, textarea, .top a')]
  .filter((part) => part.offsetParent && part.type !== 'hidden' && !part.matches('.unseen'))
  .map((part) => [part.outerHTML.slice(0, 80), (part.closest('.opt') || part).getBoundingClientRect()])
  .filter(([, box]) => box.width < 43.9 || box.height < 43.9)
  .map(([name, box]) => `${name} ${box.width} x ${box.height}`)"""


def test_faces_are_large_enough_for_a_childs_finger(served: Served, open_page: OpenPage) -> None:
    for viewport in (PHONE, {"width": 820, "height": 1180}):
        with open_page(meant(), viewport=viewport) as page:
            on_tablet(page, served)
            onto(page, "feel_safe")
            for face in page.locator("#q-feel_safe .opt:not(.plain)").all():
                box = face.bounding_box()
                assert box is not None
                assert min(box["width"], box["height"]) >= 72


VOICE = """
  const said = window.said = [];
  const voices = [
    { lang: 'en-US', localService: false, name: 'far' },
    { lang: 'en-GB', localService: true, name: 'near' },
  ];
  const speak = (speech) => {
    setTimeout(() => {
      said.push([speech.voice.name, speech.text, document.querySelectorAll('.reading').length]);
      speech.onend && speech.onend();
    }, 30);
  };
  const synthesis = { getVoices: () => voices, speak, cancel: () => {}, onvoiceschanged: null };
  Object.defineProperty(window, 'speechSynthesis', { value: synthesis });
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


def test_a_question_is_read_aloud_with_the_devices_own_voice(served: Served, open_page: OpenPage) -> None:
    with open_page(meant()) as page:
        page.add_init_script(VOICE)
        on_tablet(page, served)
        onto(page, "what_is_good")
        page.locator("#a-what_is_good").fill("a secret")
        page.get_by_role("button", name="Read aloud").click()
        soon(lambda: page.evaluate("said.length"))
        expect(page.locator(".reading")).to_have_count(0)
        said = page.evaluate("said")
        assert {(voice, marked) for voice, _, marked in said} == {("near", 1)}, "what is read is marked"
        assert page.locator("#q-what_is_good .ask").inner_text() in [words for _, words, _ in said]
        assert "a secret" not in str(said)


def test_without_a_voice_on_the_device_nothing_offers_to_read(served: Served, open_page: OpenPage) -> None:
    with open_page(meant()) as page:
        page.add_init_script(VOICE.replace("localService: true", "localService: false"))
        on_tablet(page, served)
        page.locator("#next").click()
        assert page.get_by_role("button", name="Read aloud").count() == 0
