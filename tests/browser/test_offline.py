"""The network is cut at every moment of a child's way: what was said arrives once, and only then comes thank-you."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import Page, Route, expect

from service import create_app
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.alert import Alert
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.config import config_from
from service.dates import day_at, now
from service.definitions import load_library
from service.repository import Store
from service.state import app_state
from tests.browser.conftest import Faults, OpenPage, back_online
from tests.live_server import Served, serving
from tests.paths import ROOT
from tests.wait_until import soon

pytestmark = pytest.mark.browser

SAID = {
    "company": "alone",
    "fun": "sometimes",
    "feel_safe": "never",
    "unsafe_where": ["bedroom", "other"],
    "unsafe_other": "The shed",
    "what_is_good": "The garden and the dog",
}
# the rules that these answers meet, and the wish to talk; each once, however often a draft was sent
RAISED = ["child_not_safe", "talk", "words_to_read"]

Action = Callable[[Page], None]
Cut = Literal["gone", "reply lost", "refused"]


@dataclass(frozen=True)
class Station:
    """Something that a child does; `sends` where it makes the page send something."""

    name: str
    does: Action
    sends: bool = False


def press(selector: str) -> Action:
    return lambda page: page.locator(selector).click()


def tick(name: str, value: str) -> Action:
    return lambda page: page.locator(f"input[name={name}][value={value}]").check(force=True)


def onto(question: str) -> Action:
    def going(page: Page) -> None:
        while not page.locator(f"#q-{question}").is_visible():
            page.locator("#next").click()

    return going


def back_to_fun(page: Page) -> None:
    while not page.locator("#q-fun").is_visible():
        page.locator("#back").click()
    tick("fun", "sometimes")(page)


def ask_to_talk(page: Page) -> None:
    page.locator("#talk summary").click()
    page.locator("button[name=talk-now]").click()


def to_the_end(page: Page) -> None:
    while not page.locator("#end").is_visible():
        page.locator("#next").click()


WAY = [
    Station("the first page", lambda page: expect(page.locator("#intro")).to_be_visible()),
    Station("start", press("#next")),
    Station("the first answer", tick("company", "alone"), sends=True),
    Station("next", press("#next")),
    Station("a face", tick("fun", "always"), sends=True),
    Station("skip", press("#next")),
    Station("a question that is skipped", press("#skip")),
    Station("an answer that is changed", back_to_fun, sends=True),
    Station("on to what is hard", onto("feel_safe")),
    Station("danger", tick("feel_safe", "never"), sends=True),
    Station("the follow-up appears", onto("unsafe_where")),
    Station("one of several", tick("unsafe_where", "bedroom"), sends=True),
    Station("another of several", tick("unsafe_where", "other"), sends=True),
    Station("a detail", lambda page: page.locator("#a-unsafe_other").fill("The shed"), sends=True),
    Station("a wish to talk", ask_to_talk, sends=True),
    Station("on to words", onto("what_is_good")),
    Station("words", lambda page: page.locator("#a-what_is_good").fill("The garden"), sends=True),
    Station("more words", lambda page: page.locator("#a-what_is_good").press_sequentially(" and the dog"), sends=True),
    Station("the end", to_the_end),
    Station("finished", press("#end button.main"), sends=True),
]
MOMENTS: list[tuple[Cut, str]] = [("gone", station.name) for station in WAY]
MOMENTS += [("reply lost", name) for name in ("the first answer", "danger", "a wish to talk", "more words", "finished")]
MOMENTS += [("refused", name) for name in ("danger", "finished")]


@dataclass(frozen=True)
class Ground:
    """A running service, and a look into its store beside it."""

    served: Served
    store: Store
    round: Round

    def response_of(self, label: str) -> list[Response]:
        """What is kept of whoever was asked under this label."""
        [asked] = [each for each in self.store[Invitation].find("round_id", self.round.id) if each.label == label]
        return [each for each in self.store[Response].find("round_id", self.round.id) if each.invitation_id == asked.id]

    def raised(self, response: Response) -> list[str]:
        """The alerts of a response."""
        return sorted(each.rule for each in self.store[Alert].all() if each.response_id == response.id)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with serving(tmp_path_factory.mktemp("served")) as served:
        served.add_home()
        beside = create_app(
            config_from({name: value for name, value in served.environ.items() if name.startswith("SAYSO_")})
        )
        store = app_state(beside).store
        home = store[Home].get("larch-house")
        assert home is not None
        form = load_library(ROOT / "forms")["child-views"]
        closes = day_at(now()) + timedelta(days=9)
        round_ = open_round(store, home, [form], title="Your views", reason="", closes_on=closes, now=now())
        yield Ground(served, store, round_)
        store.close()


@pytest.fixture(scope="module")
def child(open_page: OpenPage) -> Iterator[Page]:
    faults = Faults()
    for part in ("htmx:", "ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "503"):
        faults.allow(part)
    with open_page(faults) as page:
        yield page


def begin(page: Page, ground: Ground, label: str) -> None:
    person = Addressee("child-views", "Somebody", "somebody@example.org", label)
    [(_, token)] = invite(ground.store, ground.round, [person], now())
    page.goto(f"{ground.served.address}/i/{token}")
    page.locator("main button.main").click()
    page.wait_for_url("**/r/*")


def cut_off(page: Page, how: Cut) -> None:
    """The network is gone; or takes one more question and gives no answer; or somebody on the way refuses."""
    taken: list[str] = []

    def cut(route: Route) -> None:
        if how == "refused":
            return route.fulfill(status=503, body="")
        if not taken:
            taken.append(route.request.url)
            route.fetch(max_redirects=0)
        return route.abort()

    if how == "gone":
        page.context.set_offline(True)
    else:
        page.route("**/r/**", cut)


def bring_back(page: Page) -> None:
    page.unroute_all(behavior="wait")
    back_online(page)


def calm_line(page: Page, station: Station) -> None:
    """The page says what is waiting, and keeps it."""
    line = page.locator("#talk-state" if station.name == "a wish to talk" else "#state")
    expect(line).to_contain_text("as soon as the internet is back")
    assert page.locator("html[data-unsent]").count() == 1
    assert "/done" not in page.url


@pytest.mark.parametrize(
    ("how", "moment"),
    [pytest.param(*each, marks=pytest.mark.long if number % 2 else ()) for number, each in enumerate(MOMENTS)],
)
def test_what_was_said_arrives_once_whenever_the_network_is_cut(
    ground: Ground, child: Page, how: Cut, moment: str
) -> None:
    label = f"{how}, {moment}"
    begin(child, ground, label)
    for station in WAY:
        if station.name != moment:
            station.does(child)
            continue
        expect(child.locator("html[data-unsent]")).to_have_count(0)
        cut_off(child, how)
        station.does(child)
        if station.sends:
            calm_line(child, station)
        [draft] = ground.response_of(label)
        if moment == "finished" and how != "reply lost":
            assert draft.submitted_at is None
        bring_back(child)
        if moment == "danger":
            expect(child.locator("#help")).to_contain_text("Childline")
            assert ground.raised(draft) == ["child_not_safe"], "as soon as the answer arrives, and not at the end"
        if moment == "a wish to talk":
            expect(child.locator("#talk-state")).to_contain_text("We have passed this on")
            expect(child.locator("#talk-ask")).to_be_hidden()
    child.wait_for_url("**/done**")
    expect(child.get_by_role("heading", name="Thank you")).to_be_visible()
    [kept] = ground.response_of(label)
    assert kept.submitted_at is not None
    assert not kept.conflict
    assert kept.answers == SAID
    assert ground.raised(kept) == RAISED


def test_without_a_network_from_the_first_page_to_the_last_nothing_is_lost(ground: Ground, child: Page) -> None:
    begin(child, ground, "all of it")
    child.context.set_offline(True)
    for station in WAY:
        station.does(child)
    calm_line(child, WAY[-1])
    [draft] = ground.response_of("all of it")
    assert draft.answers == {}
    bring_back(child)
    child.wait_for_url("**/done**")
    expect(child.locator("main .help")).to_contain_text("We have passed this on")
    [kept] = ground.response_of("all of it")
    assert kept.answers == SAID
    assert ground.raised(kept) == RAISED


def test_a_wish_to_talk_that_comes_on_the_thank_you_page_arrives_as_well(ground: Ground, child: Page) -> None:
    begin(child, ground, "thought of it later")
    to_the_end(child)
    press("#end button.main")(child)
    child.wait_for_url("**/done")
    child.context.set_offline(True)
    ask_to_talk(child)
    expect(child.locator("#talk-state")).to_contain_text("as soon as the internet is back")
    bring_back(child)
    expect(child.locator("main .help")).to_contain_text("We have passed this on")
    expect(child.locator("#talk-ask")).to_have_count(0)
    [kept] = ground.response_of("thought of it later")
    assert ground.raised(kept) == ["talk"]


def test_closing_the_page_right_after_a_wish_to_talk_carries_it(ground: Ground, child: Page) -> None:
    begin(child, ground, "closed at once")
    child.route("**/draft", lambda route: route.abort(), times=1)
    ask_to_talk(child)
    expect(child.locator("#talk-state")).to_contain_text("as soon as the internet is back")
    child.goto("about:blank")
    [draft] = ground.response_of("closed at once")
    soon(lambda: ground.raised(draft) == ["talk"], "what leaves with the page, which has no reply to wait for,")
