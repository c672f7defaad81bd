"""A child's journeys with mistakes, on the tablet: the wrong picture, an end that was none, another child's page."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from service import create_app
from service.collection.models.home import Child
from service.collection.models.response import Response
from service.config import config_from
from service.state import running
from tests.browser.conftest import Faults, OpenPage, back_online
from tests.browser.handing_over import begin_on_tablet
from tests.browser.test_respondent_page import onto, press_on
from tests.served import Served, serving

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
        store = running(app).store
        said = sorted(store.responses.find("round_id", round_id), key=lambda one: one.started_at)
        return said, {child.id: child for child in store.children.all()}
    finally:
        running(app).store.close()


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


def with_a_finger(page: Page, selector: str) -> None:
    page.locator(selector).click()


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
