"""A child's journeys with mistakes, on the tablet: the wrong picture, an end that was none, another child's page."""

import json
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from service import create_app
from service.collection.models.home import Child
from service.collection.models.response import Response
from service.config import config_from
from service.state import app_state
from tests.browser.conftest import Faults, OpenPage, back_online
from tests.browser.tablet_handover import begin_as, begin_on_tablet, hand_over
from tests.browser.test_respondent_page import VOICE, onto, press_on
from tests.live_server import Served, serving
from tests.paths import ROOT
from tests.wait_until import soon

pytestmark = pytest.mark.browser

SEEN = """word => [document.title, document.body.innerText, ...document.querySelectorAll("textarea")]
  .some((seen) => (seen.value ?? seen).includes(word))"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as running_there:
        running_there.flask("demo", "--responses", "0")
        yield running_there


@pytest.fixture
def round_id(served: Served) -> str:
    return served.open_round("larch-house", "child-views", "child-views-first")


def meant(*parts: str) -> Faults:
    faults = Faults()
    for part in ("htmx:", *parts):
        faults.allow(part)
    return faults


def kept(served: Served, round_id: str) -> tuple[list[Response], dict[str, Child]]:
    """What the store holds of a round, the oldest first, and the children by their ids."""
    app = create_app(config_from({name: value for name, value in served.environ.items() if name.startswith("SAYSO_")}))
    try:
        store = app_state(app).store
        said = sorted(store[Response].find("round_id", round_id), key=lambda one: one.started_at)
        return said, {child.id: child for child in store[Child].all()}
    finally:
        app_state(app).store.close()


def write(page: Page, words: str) -> None:
    """Say this in the first question that takes words, and wait until it is saved."""
    onto(page, "what_is_good")
    with page.expect_response("**/draft"):
        page.locator("#a-what_is_good").fill(words)
    expect(page.locator("html[data-unsent]")).to_have_count(0)


def to_the_end(page: Page) -> None:
    while not page.locator("#end").is_visible():
        page.locator("#next").click()


def stay_away(page: Page) -> None:
    page.clock.run_for(61_000)


# --- the wrong picture ---


def with_a_finger(page: Page, selector: str) -> None:
    page.locator(selector).click()


@pytest.mark.parametrize("press", [with_a_finger, press_on])
def test_a_wrong_picture_pressed_twice_begins_nothing_and_the_right_one_stays_in_sight(
    served: Served, open_page: OpenPage, round_id: str, press: Callable[[Page, str], None]
) -> None:
    with open_page(meant()) as page:
        hand_over(page, served, round_id)
        names = [" ".join(name.split()).lower() for name in page.locator(".pictures button").all_inner_texts()]
        for number, answer in ((1, "a.button"), (2, "a.button"), (0, "button.main")):
            press(page, f".pictures li:nth-child({number + 1}) button")
            page.wait_for_url("**/tablet/picture")
            heading = page.get_by_role("heading", level=1)
            expect(heading).to_have_text(f"You are the {', '.join(names[number].split())}")
            expect(heading, "whoever hears the page hears this first").to_be_focused()
            box = page.locator("main svg").bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) > 250
            assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "Yes and No are in sight"
            others = [name.split()[0] for at, name in enumerate(names) if at != number]
            words = re.findall(r"\w+", page.content().lower())
            assert not {*others} & {*words}, "no other child is named"
            press(page, f"main {answer}")
            page.wait_for_url("**/tablet" if answer == "a.button" else "**/r/*")
        you = page.locator("#you summary")
        expect(you).to_have_text(f"You are the {', '.join(names[0].split())}")
        page.locator("#next").click()
        expect(you).to_be_in_viewport()
        to_the_end(page)
        expect(you).to_be_in_viewport()
    [said], children = kept(served, round_id)
    assert f"{children[said.child_id].picture} {children[said.child_id].number}" == names[0]


def test_back_tells_nobody_which_picture_was_pressed_before(served: Served, open_page: OpenPage, round_id: str) -> None:
    with open_page(meant("404")) as page:
        hand_over(page, served, round_id)
        page.locator(".pictures button").first.click()
        page.wait_for_url("**/tablet/picture")
        assert "key" not in page.title().lower()
        page.locator("main a.button").click()
        page.wait_for_url("**/tablet")
        begin_as(page, 1)
        page.goto(f"{served.address}/tablet")
        for _ in range(5):
            page.go_back(wait_until="load")
            assert "picture" not in page.url
            assert not page.evaluate(SEEN, "You are the")


def test_without_script_a_wrong_picture_is_taken_back_as_well(
    served: Served, open_page: OpenPage, round_id: str
) -> None:
    with open_page(meant(), java_script_enabled=False) as page:
        hand_over(page, served, round_id)
        page.locator(".pictures button").nth(1).click()
        page.locator("main a.button").click()
        begin_as(page, 0)
        page.locator("#you summary").click()
        page.locator("#not-me").click()
        page.wait_for_url("**/tablet")
        begin_as(page, 2)
        page.locator("#end button.main").click()
        page.wait_for_url("**/done")
    said, _ = kept(served, round_id)
    assert [bool(one.submitted_at) for one in said] == [False, True]
    assert len({one.child_id for one in said}) == 2


def test_the_picture_is_gone_where_the_page_is_hidden_and_where_thanks_are_said(
    served: Served, open_page: OpenPage, round_id: str
) -> None:
    with open_page(meant()) as page:
        hand_over(page, served, round_id)
        begin_as(page, 0)
        picture = page.locator("[href*='pictures.svg']")
        expect(picture).to_have_count(1)
        page.locator("#hide").click()
        expect(page.locator("#you")).not_to_be_visible()
        assert not page.evaluate(SEEN, "key")
        page.get_by_role("main").get_by_role("button").click()
        to_the_end(page)
        page.locator("#end button.main").click()
        page.wait_for_url("**/done")
        expect(picture).to_have_count(0)
        assert not page.evaluate(SEEN, "You are the")


# --- the end that was none ---


@pytest.mark.parametrize("language", ["English", "Easy read"])
def test_the_last_step_says_that_nothing_was_sent_and_its_button_what_it_does(
    served: Served, open_page: OpenPage, round_id: str, language: str
) -> None:
    with open_page(meant()) as page:
        begin_on_tablet(page, served, round_id)
        if language == "Easy read":
            page.get_by_role("button", name=language).click()
            page.wait_for_url("**language=**")
        to_the_end(page)
        expect(page.locator("#end h2")).to_be_focused()
        words = page.locator("#end").inner_text()
        assert "finished" not in words
        assert "have reached the end" not in words
        send = page.locator("#end button.main")
        expect(send).to_have_text("Send my answers")
        box, main = send.bounding_box(), page.locator("#end").bounding_box()
        assert box is not None
        assert main is not None
        assert box["height"] >= 72
        assert box["width"] >= main["width"] - 1, "one large button"


def test_whoever_stops_at_the_end_is_asked_once_whether_to_send_and_then_all_is_wiped(
    served: Served, open_page: OpenPage, round_id: str
) -> None:
    with open_page(meant()) as page:
        page.clock.install()
        begin_on_tablet(page, served, round_id)
        write(page, "The marzipan")
        to_the_end(page)
        stay_away(page)
        asks = page.get_by_role("dialog", name="Send your answers?")
        expect(asks).to_be_visible()
        asks.get_by_role("button", name="No").click()
        expect(asks).not_to_be_visible()
        expect(page.locator("#end")).to_be_visible()
        stay_away(page)
        expect(asks, "once").not_to_be_visible()
        expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
        stay_away(page)
        page.wait_for_url("**/tablet")
        assert not page.evaluate(SEEN, "marzipan")
    [said], _ = kept(served, round_id)
    assert said.answers["what_is_good"] == "The marzipan"
    assert said.submitted_at is None


def test_nobody_is_asked_whether_to_send_before_the_end_and_silence_sends_nothing(
    served: Served, open_page: OpenPage, round_id: str
) -> None:
    with open_page(meant()) as page:
        page.clock.install()
        begin_on_tablet(page, served, round_id)
        write(page, "The rhubarb")
        stay_away(page)
        expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
        page.get_by_role("button", name="I need more time").click()
        to_the_end(page)
        stay_away(page)
        expect(page.get_by_role("dialog", name="Send your answers?")).to_be_visible()
        stay_away(page)
        page.wait_for_url("**/tablet")
    [said], _ = kept(served, round_id)
    assert said.submitted_at is None


@pytest.mark.parametrize("press", [with_a_finger, press_on])
def test_yes_sends_the_answers(
    served: Served, open_page: OpenPage, round_id: str, press: Callable[[Page, str], None]
) -> None:
    with open_page(meant()) as page:
        page.clock.install()
        begin_on_tablet(page, served, round_id)
        write(page, "The tambourine")
        to_the_end(page)
        stay_away(page)
        press(page, "dialog[open] button.main")
        page.wait_for_url("**/done")
    [said], _ = kept(served, round_id)
    assert said.submitted_at
    assert said.answers["what_is_good"] == "The tambourine"


def test_a_child_who_has_pressed_send_is_not_asked_while_the_network_is_gone(
    served: Served, open_page: OpenPage, round_id: str
) -> None:
    with open_page(meant("ERR_INTERNET_DISCONNECTED")) as page:
        page.clock.install()
        begin_on_tablet(page, served, round_id)
        to_the_end(page)
        page.context.set_offline(True)
        page.locator("#end button.main").click()
        page.locator("#state:not(:empty)").wait_for()
        stay_away(page)
        expect(page.get_by_role("dialog", name="Send your answers?")).not_to_be_visible()
        back_online(page)
        page.wait_for_url("**/done")


def test_a_touch_beside_the_question_does_not_keep_the_answers_in_sight(
    served: Served, open_page: OpenPage, round_id: str
) -> None:
    with open_page(meant()) as page:
        page.clock.install()
        begin_on_tablet(page, served, round_id)
        write(page, "The quicksilver")
        stay_away(page)
        expect(page.locator("dialog[open]")).to_be_visible()
        page.mouse.click(5, 5)
        stay_away(page)
        page.wait_for_url("**/tablet")


# --- another child's page ---


def test_handed_on_in_the_middle_the_second_child_goes_back_to_their_own_picture(
    served: Served, open_page: OpenPage, round_id: str
) -> None:
    with open_page(meant()) as page:
        hand_over(page, served, round_id)
        begin_as(page, 0)
        write(page, "The xylophone")
        expect(page.locator("#not-me"), "no press by accident throws answers away").not_to_be_visible()
        page.locator("#you summary").click()
        page.locator("#not-me").click()
        page.wait_for_url("**/tablet")
        begin_as(page, 1)
        write(page, "The kettledrum")
        assert not page.evaluate(SEEN, "xylophone")
        to_the_end(page)
        page.locator("#end button.main").click()
        page.wait_for_url("**/done")
        for _ in range(5):
            page.go_back(wait_until="load")
            assert not page.evaluate(SEEN, "xylophone")
    first, second = kept(served, round_id)[0]
    assert first.answers["what_is_good"] == "The xylophone"
    assert first.submitted_at is None, "kept, and not counted"
    assert second.answers["what_is_good"] == "The kettledrum"
    assert second.submitted_at
    assert first.child_id != second.child_id


def test_a_second_child_leaves_the_first_ones_page_only_when_what_waits_for_the_network_is_sent(
    served: Served, open_page: OpenPage, round_id: str
) -> None:
    with open_page(meant("ERR_INTERNET_DISCONNECTED")) as page:
        hand_over(page, served, round_id)
        begin_as(page, 0)
        to_the_end(page)
        page.context.set_offline(True)
        page.locator("#end button.main").click()
        page.locator("#state:not(:empty)").wait_for()
        page.locator("#you summary").click()
        page.locator("#not-me").click()
        expect(page.locator("#waiting")).to_be_visible()
        expect(page.locator("#you")).not_to_be_visible()
        back_online(page)
        page.wait_for_url("**/done")
    [said], _ = kept(served, round_id)
    assert said.submitted_at, "the first one's answers were on their way"


# --- read aloud ---


def test_the_picture_and_the_end_are_read_aloud_and_what_is_folded_away_is_not(
    served: Served, open_page: OpenPage, round_id: str
) -> None:
    def heard(page: Page) -> list[str]:
        page.evaluate("said.length = 0")
        page.get_by_role("button", name="Read aloud").click()
        soon(lambda: page.evaluate("said.length"))
        expect(page.locator(".reading")).to_have_count(0)
        return [words for _, words, _ in json.loads(page.evaluate("JSON.stringify(said)"))]

    with open_page(meant()) as page:
        page.add_init_script(VOICE)
        hand_over(page, served, round_id)
        page.locator(".pictures button").first.click()
        page.wait_for_url("**/tablet/picture")
        assert heard(page) == ["You are the key, 1", "Yes, this is me", "No, go back"]
        page.locator("main button.main").click()
        page.wait_for_url("**/r/*")
        to_the_end(page)
        words = heard(page)
        assert "Send your answers?" in words
        assert words[-1] == "Send my answers"
        assert not [each for each in words if "deletes" in each]


@pytest.fixture(scope="module")
def with_two_forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that knows two children's forms for the same age."""
    forms = tmp_path_factory.mktemp("forms")
    shutil.copytree(ROOT / "forms", forms, dirs_exist_ok=True)
    first = json.loads((forms / "child-views.json").read_text())
    (forms / "child-week.json").write_text(json.dumps({**first, "id": "child-week", "title": "How was your week?"}))
    with serving(tmp_path_factory.mktemp("served"), SAYSO_FORMS_DIR=str(forms)) as running_there:
        running_there.flask("demo", "--responses", "0")
        yield running_there


def test_of_two_forms_in_a_row_the_second_begins_with_nothing_of_the_first(
    with_two_forms: Served, open_page: OpenPage
) -> None:
    round_id = with_two_forms.open_round("larch-house", "child-views", "child-week")
    with open_page(meant("404")) as page:  # back leads to pages that are no longer theirs
        hand_over(page, with_two_forms, round_id)
        begin_as(page, 0)
        picture = page.locator("#you").text_content()
        for said, unseen in (("The xylophone", "kettledrum"), ("The kettledrum", "xylophone")):
            expect(page.locator("#you")).to_have_text(picture or "")
            write(page, said)
            assert not page.evaluate(SEEN, unseen)
            to_the_end(page)
            page.locator("#end button.main").click()
            page.wait_for_url("**/done")
            if said == "The xylophone":
                page.locator("form[action^='/tablet/start/'] button").click()
                page.wait_for_url(re.compile(r"/r/\w+$"))
        assert not page.locator("form[action^='/tablet/start/']").count(), "there is no third form"
        page.locator("main a.main").click()
        page.wait_for_url("**/tablet")
        for _ in range(6):
            page.go_back(wait_until="load")
            assert not page.evaluate(SEEN, "xylophone")
            assert not page.evaluate(SEEN, "kettledrum")
    sent = kept(with_two_forms, round_id)[0]
    assert {one.form_id: one.answers["what_is_good"] for one in sent} == {
        "child-views": "The xylophone",
        "child-week": "The kettledrum",
    }
    assert all(one.submitted_at for one in sent)
    assert len({one.child_id for one in sent}) == 1
