"""The pages of alerts through the front door: who may know, what is shown of an answer and when, what is done."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask

from service.accounts.account import Account
from service.accounts.roles import ROLES
from service.accounts.sessions import open_session
from service.audit import Entry
from service.collection.alerts import workflow
from service.collection.forms.publication import publish
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.alert import Alert, Disclosure
from service.collection.models.home import Child, Contact, Home
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.definitions import Form, Role
from service.mail.email import Email
from service.mail.outbox import deliver
from service.mail.smtp import sender_for
from service.storage.store import RecordStore
from service.web.http.account_cookie import _name, _serializer
from tests.accounts_factory import account_with, signed_in
from tests.tablet import unlocked
from tests.visitor import Page, Visitor

LONG_ON_POSTGRES = True
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday
QUESTION = "Do you feel safe where you live?"
ADDRESSES = ("acknowledge", "answer", "child", "record", "close", "reopen")
Answer = Callable[..., str]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def lead_account(app: Flask, clock: time_machine.Traveller, home: Home) -> Account:
    return account_with(app, "safeguarding_lead", home_id=home.id, name="Lee Lead")


@pytest.fixture
def lead(app: Flask, lead_account: Account) -> Visitor:
    return signed_in(app, lead_account)


@pytest.fixture
def answer(app: Flask, store: RecordStore, lead_account: Account, round_: Round) -> Answer:
    """A child finds their picture on the tablet and answers there; gives the response's id."""
    with store.transaction() as tx:
        for number, picture in enumerate(("kite", "boat", "star", "tree", "moon", "fish"), 1):
            tx[Child].put(Child(f"child-{picture}", round_.home_id, number, picture, "older"))

    def answered(values: dict[str, str], child: str = "kite", sent: bool = False, on: Round = round_) -> str:
        tablet = unlocked(app, on.home_id, on.id)
        tablet.visit("/tablet")
        form_id = next(ref.form_id for ref in on.forms if ref.form_id != "child-views-first")
        begun = tablet.post(f"/tablet/start/{form_id}", {"child": f"child-{child}"})
        assert begun.status_code == 303
        assert "/r/" in begun.location
        tablet.visit(begun.location)
        saved = tablet.post(f"{begun.location}/draft", values, headers={"HX-Request": "true"})
        assert saved.status_code in (200, 204)
        if sent:
            assert tablet.send(begun.location, values).response.request.path.endswith("/done")
        return str(begun.location).removeprefix("/r/")

    return answered


@pytest.fixture
def alert(store: RecordStore, answer: Answer) -> Alert:
    """A child does not feel safe, and has gone."""
    answer({"feel_safe": "never", "fun": "always"})
    return only(store)


@pytest.fixture
def quiet(store: RecordStore, home: Home, library: dict[str, Form], lead_account: Account) -> Round:
    """A round that asks the children's form as an anonymous one."""
    return a_round(store, home, library, "quiet-views", identity="anonymous")


def a_round(store: RecordStore, home: Home, library: dict[str, Form], form_id: str, **changes: object) -> Round:
    form = Form.of({**library["child-views"].to_json(), "id": form_id, **changes})
    publish(store, [form])
    return open_round(
        store, home, [form], title="Quietly", reason="Everyday", closes_on=NOON.date() + timedelta(days=9), now=NOON
    )


def only(store: RecordStore) -> Alert:
    [alert] = store[Alert].all()
    return alert


def entries(store: RecordStore, *kinds: str) -> list[Entry]:
    return [entry for entry in store[Entry].all() if entry.kind in kinds]


def steps(page: Page) -> list[str]:
    found = re.search(r'<ol class="history">(.*?)</ol>', page.html, re.DOTALL)
    assert found is not None
    lines = re.findall(r"<li>(.*?)</li>", found[1], re.DOTALL)
    return [re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", line))).strip() for line in lines]


def poll(visitor: Visitor, page: Page) -> tuple[int, str]:
    """What the page's own next look at the banner gets."""
    address = re.search(r'id="banner" hx-get="([^"]+)"', page.html)
    assert address is not None
    reply = visitor.client.get(unescape(address[1]), headers={"HX-Request": "true"})
    return reply.status_code, reply.text


def tell(store: RecordStore, alert: Alert, *roles: Role) -> Alert:
    alert = replace(alert, roles=roles)
    with store.transaction() as tx:
        tx[Alert].put(alert)
    return alert


# --- who may know ---


@pytest.mark.parametrize("where", ["larch-house", "", "harbour-view"])
@pytest.mark.parametrize("told", [True, False], ids=["told", "not told"])
@pytest.mark.parametrize("role", ROLES)
def test_whoever_was_told_may_know_and_for_everybody_else_it_is_not_there(
    app: Flask, store: RecordStore, alert: Alert, role: Role, told: bool, where: str
) -> None:
    others = tuple(other for other in ROLES if other != role)
    tell(store, alert, *((role,) if told else others))
    visitor = signed_in(app, account_with(app, role, home_id=where))
    knows = told and where != "harbour-view"
    before = only(store)
    page = visitor.visit(f"/alerts/{alert.id}")
    assert page.status == (200 if knows else 404)
    listed = visitor.visit("/alerts")
    assert (f"/alerts/{alert.id}" in listed.links) == knows
    assert ("Nothing waits for you." in listed.text) == (not knows)
    assert ("nobody is on it yet" in listed.text) == knows, "the banner"
    home = visitor.visit("/homes/larch-house")
    assert ("1 alert waits" in home.text) == knows
    for address in ADDRESSES:
        refused = visitor.post(f"/alerts/{alert.id}/{address}")
        if not knows:
            assert refused.status_code == 404, address
        else:
            assert refused.status_code == {"answer": 200, "child": 422 if role == "safeguarding_lead" else 403}.get(
                address, 422 if address in ("record", "close") else 303
            ), address
    if not knows:
        assert only(store) == before
        assert not entries(store, "answers_read", "child_resolved")


def test_nothing_of_it_is_told_by_words_or_numbers_to_a_manager_who_was_not_told(
    app: Flask, store: RecordStore, alert: Alert
) -> None:
    manager = signed_in(app, account_with(app, "registered_manager", home_id="larch-house"))
    for address in ("/homes", "/homes/larch-house", "/alerts", "/jobs", f"/rounds/{alert.round_id}"):
        page = manager.visit(address)
        assert page.status == 200
        assert alert.id not in page.html
        assert not re.search(r"alerts? (waits?|is|are)", page.text), address
    status, _ = poll(manager, page)
    assert status == 204


def test_an_alert_that_is_not_there_is_404(lead: Visitor) -> None:
    lead.visit("/alerts")
    assert lead.visit("/alerts/nothing").status == 404
    assert lead.post("/alerts/nothing/answer").status_code == 404


# --- what is shown of it ---


def test_the_list_says_what_waits_where_how_long_and_by_when(
    store: RecordStore, lead: Visitor, alert: Alert, answer: Answer, clock: time_machine.Traveller
) -> None:
    answer({"feel_safe": "always", "talk-now": "yes", "talk-to": "0"}, child="boat")
    clock.shift(timedelta(minutes=25))
    page = lead.visit("/alerts")
    assert "Urgent An answer at Larch House" in page.text
    assert "What is it like where you live? Nobody is on it yet Has waited 25 minutes · by 1pm today" in page.text
    assert "Today A wish to talk at Larch House" in page.text
    assert page.text.index("An answer at") < page.text.index("A wish to talk at"), "the most pressing first"
    clock.shift(timedelta(minutes=40))
    assert "Urgent Late" in lead.visit("/alerts").text
    lead.send(f"/alerts/{alert.id}/acknowledge")
    page = lead.visit("/alerts")
    assert "Lee Lead is on it, since 23 November 2026, 1:05pm" in page.text
    lead.send(f"/alerts/{alert.id}/close", {"reason": "already_known"})
    page = lead.visit("/alerts")
    assert page.text.index("A wish to talk at") < page.text.index("An answer at"), "what is closed stands below"
    assert "Closed by Lee Lead on 23 November 2026, 1:05pm. It was known before" in page.text


def test_no_word_of_the_answer_is_anywhere_but_behind_the_button(
    app: Flask, store: RecordStore, lead: Visitor, alert: Alert, answer: Answer
) -> None:
    answer({"what_is_good": "He hit me by the pond"}, child="boat")
    alerts = list(store[Alert].all())
    assert {each.kind for each in alerts} == {"answer", "words"}
    pages = ["/alerts", "/homes", "/homes/larch-house", *(f"/alerts/{each.id}" for each in alerts)]
    for address in pages:
        html = lead.visit(address).html
        for word in ("Never", QUESTION, "pond", "hit me", "What is good", "child_not_safe", "feel_safe"):
            assert word not in html, f"{word} at {address}"
    assert not entries(store, "answers_read")

    shown = lead.send(f"/alerts/{alert.id}/answer")
    assert f"{QUESTION} Never" in shown.text
    assert "fun things" not in shown.text, "only what it is about"
    [entry] = entries(store, "answers_read")
    assert entry.facts == {"round": alert.round_id, "form": "child-views"}
    assert QUESTION not in lead.visit(f"/alerts/{alert.id}").html


def test_the_answer_needs_the_password_once_more_after_a_while(
    store: RecordStore, lead: Visitor, alert: Alert, clock: time_machine.Traveller
) -> None:
    lead.visit(f"/alerts/{alert.id}")
    clock.shift(timedelta(minutes=16))
    for address in ("answer", "child"):
        refused = lead.post(
            f"/alerts/{alert.id}/{address}", {"why": "to_help"}, headers={"Referer": "http://localhost/alerts/x"}
        )
        assert refused.status_code == 303
        assert refused.location.startswith("/account/prove?next=/alerts/x")
    assert not entries(store, "answers_read", "child_resolved")


@pytest.mark.parametrize(
    ("role", "reads"), [("safeguarding_lead", True), ("registered_manager", True), ("responsible_individual", False)]
)
def test_all_answers_are_shown_to_those_whom_the_form_names_and_nobody_else(
    app: Flask, store: RecordStore, alert: Alert, role: Role, reads: bool
) -> None:
    tell(store, alert, role)
    visitor = signed_in(app, account_with(app, role))
    visitor.visit("/alerts")
    shown = visitor.send(f"/alerts/{alert.id}/answer")
    assert ("Read everything they answered" in shown.text) == reads
    whole = visitor.send(f"/alerts/{alert.id}/answer", {"whole": "yes"})
    assert whole.status == (200 if reads else 403)
    assert ("Do you get to do fun things? Always" in whole.text) == reads


def test_an_answer_that_was_changed_or_taken_back_is_said_to_be(
    app: Flask, store: RecordStore, lead: Visitor, alert: Alert, answer: Answer
) -> None:
    with store.transaction() as tx:
        response = tx[Response].get(alert.response_id)
        assert response is not None
        tx[Response].put(replace(response, answers={"feel_safe": "always"}))
    lead.visit("/alerts")
    page = lead.send(f"/alerts/{alert.id}/answer")
    assert "The answers have changed since this was raised" in page.text
    assert f"{QUESTION} Always" in page.text
    with store.transaction() as tx:
        tx[Response].remove(alert.response_id)
    page = lead.send(f"/alerts/{alert.id}/answer")
    assert "The answers are gone" in page.text
    assert QUESTION in page.text
    assert "Always" not in page.text


def test_of_an_anonymous_form_the_question_is_shown_and_nobody_can_be_found(
    store: RecordStore, lead: Visitor, answer: Answer, quiet: Round, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=7))
    answer({"feel_safe": "never"}, on=quiet)
    alert = only(store)
    assert alert.response_id == ""
    page = lead.visit(f"/alerts/{alert.id}")
    assert "23 November 2026 A child gave an answer" in steps(page)[0]
    assert not re.search(r"\d[ap]m", page.text), "no time that leads to whoever held the tablet"
    assert not re.search(r"\d[ap]m|minute", lead.visit("/alerts").text)
    assert "Find out who it was" not in page.text
    shown = lead.send(f"/alerts/{alert.id}/answer")
    assert "nobody can say whose it was" in shown.text
    assert QUESTION in shown.text
    assert "Never" not in shown.text
    assert "What can be done all the same" in shown.text
    assert lead.post(f"/alerts/{alert.id}/child", {"why": "to_help"}).status_code == 404
    assert lead.post(f"/alerts/{alert.id}/answer", {"whole": "yes"}).status_code == 403
    clock.shift(timedelta(minutes=7))
    assert "23 November 2026, 12:14pm Lee Lead is on it" in steps(lead.send(f"/alerts/{alert.id}/acknowledge"))[-1]


def test_of_a_form_with_names_whoever_answered_is_named_beside_the_answer(
    app: Flask, store: RecordStore, lead: Visitor, round_: Round
) -> None:
    [(_, token)] = invite(
        store, round_, [Addressee("social-worker-views", "Sam Okafor", "sam@x.org", "the review")], NOON
    )
    worker = Visitor(app)
    worker.visit(f"/i/{token}")
    begun = worker.post(f"/i/{token}").location
    worker.visit(begun)
    worker.post(f"{begun}/draft", {"child_safe": "never"}, headers={"HX-Request": "true"})
    alert = only(store)
    page = lead.visit(f"/alerts/{alert.id}")
    assert "A social worker gave an answer that a person must act on." in page.text
    assert "Sam Okafor" not in page.text
    assert "Find out who it was" not in page.text
    assert "Said by Sam Okafor, about the review." in lead.send(f"/alerts/{alert.id}/answer").text
    assert lead.post(f"/alerts/{alert.id}/child", {"why": "to_help"}).status_code == 404


def test_who_was_asked_by_letter_without_a_name_is_looked_up_like_a_child(
    app: Flask, store: RecordStore, lead: Visitor, round_: Round
) -> None:
    [(_, token)] = invite(store, round_, [Addressee("staff-views", "Kit Marsh", "kit@x.org", "")], NOON)
    worker = Visitor(app)
    worker.visit(f"/i/{token}")
    begun = worker.post(f"/i/{token}").location
    worker.visit(begun)
    worker.post(f"{begun}/draft", {"child_safe": "never"}, headers={"HX-Request": "true"})
    alert = only(store)
    lead.visit(f"/alerts/{alert.id}")
    assert "Kit Marsh" not in lead.send(f"/alerts/{alert.id}/answer").text
    assert "It came from Kit Marsh." in lead.send(f"/alerts/{alert.id}/child", {"why": "to_check"}).text


def test_a_wish_to_talk_says_with_whom_and_who_asks(store: RecordStore, lead: Visitor, answer: Answer) -> None:
    answer({"talk-now": "yes", "talk-to": "0", "talk-name": "Number one, in the garden <b>"})
    page = lead.visit(f"/alerts/{only(store).id}")
    assert "A child asked to talk to someone." in page.text
    assert "With whom Amina, your advocate" in page.text
    assert "Number one, in the garden &lt;b&gt;" in page.html
    assert "Show the question and the answer" not in page.text
    with store.transaction() as tx:
        tx[Alert].put(replace(only(store), whom="", asker=""))
    page = lead.visit(f"/alerts/{only(store).id}")
    assert "Whoever can come" in page.text
    assert "They did not say" in page.text


def test_what_was_closed_is_raised_anew_where_it_is_said_anew(
    app: Flask, store: RecordStore, round_: Round, lead_account: Account
) -> None:
    tablet = unlocked(app, round_.home_id, round_.id)
    tablet.visit("/tablet")
    address = tablet.post("/tablet/start/child-views").location
    tablet.visit(address)

    def says(**values: str) -> int:
        assert tablet.post(f"{address}/draft", values, headers={"HX-Request": "true"}).status_code in (200, 204)
        return len(list(store[Alert].find("state", "new")))

    def all_closed() -> int:
        for alert in store[Alert].all():
            if alert.is_open:
                workflow.close(store, alert.id, "mistake", lead_account.id, NOON)
        return len(list(store[Alert].all()))

    assert says(feel_safe="never") == 1
    assert says(feel_safe="never") == 1
    assert all_closed() == 1
    assert says(feel_safe="never", fun="always") == 0, "the same answer stands; somebody has seen to it"
    assert says(feel_safe="always") == 0
    assert says(feel_safe="never") == 1, "now it is said again"
    assert all_closed() == 2
    asks = {"feel_safe": "never", "talk-now": "yes"}
    assert says(**asks) == 1
    assert says(**asks, **{"talk-to": "0", "talk-name": "Kim"}) == 1
    assert [(alert.whom, alert.asker) for alert in store[Alert].find("state", "new")] == [
        ("Amina, your advocate", "Kim")
    ], "whoever goes to them knows what was said last"
    assert all_closed() == 3
    assert says(**asks) == 1, "who asks again waits for somebody again"
    all_closed()
    assert says(feel_safe="never", anything_else="he hit me") == 2, "to be read today, and by the next working day"
    all_closed()
    assert says(feel_safe="never", anything_else="he hit me, often") == 1


def test_beside_it_stands_whom_to_tell_by_name(
    app: Flask, store: RecordStore, home: Home, lead: Visitor, alert: Alert
) -> None:
    account_with(app, "responsible_individual", name="Rae Responsible")
    page = lead.visit(f"/alerts/{alert.id}")
    assert "Tell the responsible individual ( Rae Responsible )" in page.text
    assert "search for “LADO” on the council’s website" in page.text
    with store.transaction() as tx:
        tx[Home].put(replace(home, designated_officer=Contact("Jo Bell", "0300 000 0009")))
    assert "Jo Bell: 0300 000 0009" in lead.visit(f"/alerts/{alert.id}").text
    assert "Safeguarding concerns: guidance for inspectors" in page.text


def test_what_is_said_about_a_manager_goes_past_them_whatever_else_they_are(
    app: Flask, store: RecordStore, home: Home, library: dict[str, Form], clock: time_machine.Traveller
) -> None:
    manager = account_with(app, "registered_manager", "safeguarding_lead", home_id=home.id, name="Mo Manager")
    responsible = account_with(app, "responsible_individual", name="Rae Responsible")
    with store.transaction() as tx:
        tx[Home].put(replace(home, designated_officer=Contact("Jo Bell", "0300 000 0009")))
    closes = NOON.date() + timedelta(days=9)
    round_ = open_round(store, home, [library["staff-views"]], title="Views", reason="", closes_on=closes, now=NOON)
    tablet = unlocked(app, home.id, round_.id)
    tablet.visit("/tablet/others")
    begun = tablet.post("/tablet/start/staff-views")
    tablet.visit(begun.location)
    saved = tablet.post(f"{begun.location}/draft", {"unheard_worry": "manager"}, headers={"HX-Request": "true"})
    assert "telling the responsible individual now" in saved.text
    assert "safeguarding lead" not in saved.text
    assert [letter.account_id for letter in store[Email].all()] == [responsible.id]
    address = f"/alerts/{only(store).id}"
    assert signed_in(app, manager).visit(address).status == 404
    assert "alert waits" not in signed_in(app, manager).visit(f"/homes/{home.id}").text
    page = signed_in(app, responsible).visit(address)
    assert "Where it may be about the manager: not the manager." in page.text
    assert "Jo Bell: 0300 000 0009" in page.text


# --- what is done about it ---


def test_every_step_stands_in_its_history_with_its_time_and_whose_it_was(
    app: Flask, store: RecordStore, lead_account: Account, alert: Alert, clock: time_machine.Traveller
) -> None:
    responsible = account_with(app, "responsible_individual", name="Rae Responsible")
    clock.shift(timedelta(hours=1))
    workflow.escalate(store, alert.id, "https://sayso.test", NOON + timedelta(hours=1))
    clock.shift(timedelta(minutes=5))
    lead = signed_in(app, lead_account)
    deputy = signed_in(app, account_with(app, "safeguarding_lead", name="Dee Deputy"))
    for visitor in (lead, deputy):
        visitor.visit("/alerts")
    assert "You are on it." in lead.send(f"/alerts/{alert.id}/acknowledge").text
    assert "Lee Lead is on it already." in deputy.send(f"/alerts/{alert.id}/acknowledge").text
    deputy.send(f"/alerts/{alert.id}/child", {"why": "to_help"})
    deputy.send(f"/alerts/{alert.id}/record", {"words": "He shouts at night"})
    deputy.send(f"/alerts/{alert.id}/record", {"done": "Spoke with them"})
    lead.send(f"/alerts/{alert.id}/close", {"reason": "acted"})
    lead.send(f"/alerts/{alert.id}/reopen")
    page = signed_in(app, responsible).visit(f"/alerts/{alert.id}")
    assert steps(page) == [
        "23 November 2026, 12pm A child gave an answer that a person must act on",
        "23 November 2026, 12pm A letter was written to whoever is safeguarding lead here",
        "23 November 2026, 1pm Nobody had said that they are on it, so it went further: responsible individual",
        "23 November 2026, 1pm A letter was written to whoever is responsible individual here",
        "23 November 2026, 1:05pm Lee Lead is on it",
        "23 November 2026, 1:05pm Dee Deputy looked up who it came from: to help them now",
        "23 November 2026, 1:05pm Dee Deputy wrote down what was learned",
        "23 November 2026, 1:05pm Dee Deputy wrote down what was done",
        "23 November 2026, 1:05pm Lee Lead closed it: something was done about it",
        "23 November 2026, 1:05pm Lee Lead opened it again",
    ]
    moved = [entry.facts["step"] for entry in entries(store, "alert_moved")]
    assert moved[-6:] == ["acknowledged", "resolved", "recorded", "acted", "closed", "reopened"]


def test_what_is_written_down_stands_with_who_and_when_and_nothing_is_overwritten(
    app: Flask, store: RecordStore, lead: Visitor, alert: Alert, clock: time_machine.Traveller
) -> None:
    lead.visit("/alerts")
    first = {"words": "“He shouts”\n<script>", "present": "Sam", "done": "Rang the duty team", "told": "Rae, at noon"}
    lead.send(f"/alerts/{alert.id}/record", first)
    clock.shift(timedelta(minutes=9))
    page = lead.send(f"/alerts/{alert.id}/record", {"words": "It was Tuesday, not Monday"})
    assert "Lee Lead, 23 November 2026, 12pm What was said “He shouts” &lt;script&gt;" in page.text
    assert "Who was told Rae, at noon" in page.text
    assert "Lee Lead, 23 November 2026, 12:09pm What was said It was Tuesday, not Monday" in page.text
    assert len(list(store[Disclosure].find("alert_id", alert.id))) == 2
    assert "He shouts" not in repr(list(store[Entry].all()))


@pytest.mark.parametrize(
    ("note", "fault"),
    [
        ({}, "Write down at least one thing"),
        ({"words": " \n "}, "Write down at least one thing"),
        ({"done": "x" * 10_001, "words": "kept as typed"}, "At most 10,000 characters."),
    ],
)
def test_a_note_that_is_empty_or_endless_is_refused_and_stays_on_the_page(
    store: RecordStore, lead: Visitor, alert: Alert, note: dict[str, str], fault: str
) -> None:
    lead.visit("/alerts")
    page = lead.send(f"/alerts/{alert.id}/record", note)
    assert page.status == 422
    assert fault in page.text
    assert page.title.startswith("Error:")
    if "done" in note:
        assert "kept as typed" in page.html
        assert "x" * 10_001 in page.html
    assert not list(store[Disclosure].all())


def test_it_is_closed_with_a_reason_after_something_was_written_down(
    store: RecordStore, lead: Visitor, alert: Alert
) -> None:
    lead.visit("/alerts")
    assert "Say why it is closed." in lead.send(f"/alerts/{alert.id}/close").text
    for reason in ("acted", "nonsense"):
        assert lead.send(f"/alerts/{alert.id}/close", {"reason": reason}).status == 422
    assert only(store).is_open
    lead.send(f"/alerts/{alert.id}/record", {"done": "Spoke with them"})
    page = lead.send(f"/alerts/{alert.id}/close", {"reason": "acted"})
    assert steps(page)[-1].endswith("Lee Lead closed it: something was done about it")
    assert "Write something down" not in page.text
    page = lead.send(f"/alerts/{alert.id}/record", {"done": "Late"})
    assert page.status == 422
    assert "This has been closed. Open it again first." in page.text
    assert "closed. Open it again first" in lead.send(f"/alerts/{alert.id}/acknowledge").text
    page = lead.send(f"/alerts/{alert.id}/reopen")
    assert "It is open again." in page.text
    lead.send(f"/alerts/{alert.id}/reopen")
    assert [step.kind for step in only(store).steps].count("reopened") == 1
    assert only(store).is_open


def test_which_child_it_was_is_shown_to_the_lead_once_for_a_reason_and_remembered(
    store: RecordStore, lead: Visitor, alert: Alert
) -> None:
    page = lead.visit(f"/alerts/{alert.id}")
    assert "kite" not in page.html
    refused = lead.send(f"/alerts/{alert.id}/child")
    assert refused.status == 422
    assert "Say why you look this up." in refused.text
    assert lead.send(f"/alerts/{alert.id}/child", {"why": "curious"}).status == 422
    assert not entries(store, "child_resolved")
    shown = lead.send(f"/alerts/{alert.id}/child", {"why": "to_help"})
    assert "It came from number 1, the kite." in shown.text
    assert "pictures.svg" in shown.html
    assert QUESTION not in shown.html, "who and what are shown one at a time"
    [entry] = entries(store, "child_resolved")
    assert entry.facts == {"alert": alert.id, "reason": "to_help"}
    assert steps(shown)[-1].endswith("Lee Lead looked up who it came from: to help them now")
    assert "kite" not in lead.visit(f"/alerts/{alert.id}").html
    with store.transaction() as tx:
        response = tx[Response].get(alert.response_id)
        assert response is not None
        tx[Response].put(replace(response, child_id=""))
    assert "Nobody can be found." in lead.send(f"/alerts/{alert.id}/child", {"why": "duty"}).text


# --- the banner ---


def test_the_banner_stands_on_every_page_until_somebody_is_on_it(
    app: Flask, lead: Visitor, alert: Alert, clock: time_machine.Traveller
) -> None:
    for address in ("/homes/larch-house", "/alerts", f"/rounds/{alert.round_id}", "/account"):
        page = lead.visit(address)
        assert "Urgent An answer at Larch House: nobody is on it yet. See it" in page.text, address
        assert 'class="notice banner act"' in page.html
        assert f"/alerts/{alert.id}" in page.links
    clock.shift(timedelta(minutes=3))
    assert poll(lead, page)[0] == 204, "it does not change by itself"
    lead.send(f"/alerts/{alert.id}/acknowledge")
    status, fragment = poll(lead, page)
    assert status == 200
    assert "No alert waits any more." in fragment
    page = lead.visit("/homes/larch-house")
    assert "nobody is on it yet" not in page.text
    assert "1 alert is being seen to." in page.text


def test_a_new_alert_comes_to_an_open_page_and_is_said_politely(
    lead: Visitor, store: RecordStore, answer: Answer
) -> None:
    page = lead.visit("/homes/larch-house")
    assert 'id="banner-news" role="status"' in page.html
    assert poll(lead, page)[0] == 204
    answer({"feel_safe": "never"})
    status, fragment = poll(lead, page)
    assert status == 200
    assert 'hx-swap-oob="innerHTML:#banner-news"' in fragment
    assert fragment.count("An answer at Larch House: nobody is on it yet.") == 2, "to see, and to hear"
    answer({"help_when_unwell": "never"}, child="boat")
    assert "2 alerts wait, and nobody is on them yet: 1 of them is urgent." in lead.visit("/homes").text


def test_the_banner_opened_by_itself_leads_to_the_alerts(lead: Visitor) -> None:
    assert lead.visit("/alerts/banner").response.request.path == "/alerts"


def test_who_has_still_to_set_up_a_second_factor_is_told_nothing(
    app: Flask, store: RecordStore, home: Home, lead_account: Account, alert: Alert
) -> None:
    with store.transaction() as tx:
        tx[Home].put(replace(home, demonstration=False))
    visitor = Visitor(app)
    _, secret = open_session(store, lead_account, NOON, second_factor=False)
    with app.test_request_context():
        visitor.client.set_cookie(_name(), _serializer().dumps(secret))
    page = visitor.visit("/account/second-factor")
    assert page.status == 200
    assert "Larch House" not in page.text
    assert 'id="banner"' not in page.html, "asking for it would send the page away while a code is typed"


# --- letters that do not arrive ---


def test_mail_that_did_not_leave_is_said_with_whom_to_ring(
    app: Flask, store: RecordStore, home: Home, lead_account: Account, answer: Answer, clock: time_machine.Traveller
) -> None:
    with store.transaction() as tx:
        tx[Home].put(replace(home, demonstration=False))
    deputy = signed_in(app, account_with(app, "safeguarding_lead", name="Dee Deputy"))
    manager = signed_in(app, account_with(app, "registered_manager", name="Mo Manager", home_id=home.id))
    answer({"feel_safe": "never"})
    with sender_for("smtp://127.0.0.1:9", "sayso@example.org") as sender:  # nobody listens there
        assert deliver(store, sender, lambda: NOON, lambda tx, letter: True).sent == 0
    said = "The letter has not reached Lee Lead yet. Ring them."
    clock.shift(timedelta(minutes=10))
    assert "has not reached" not in deputy.visit("/homes").text
    clock.shift(timedelta(seconds=1))
    page = deputy.visit("/homes")
    assert said in page.text
    assert said in deputy.visit(f"/alerts/{only(store).id}").text
    assert "has not reached" not in manager.visit("/homes").text
    assert "reached Dee Deputy yet" in signed_in(app, lead_account).visit("/homes").text, "of oneself one knows"
    [letter] = [one for one in store[Email].find("account_id", lead_account.id) if one.kind == "alert"]
    assert letter.alert_id == only(store).id
    for state, reached in (("bounced", False), ("unsure", False), ("dropped", True), ("sent", True)):
        with store.transaction() as tx:
            tx[Email].put(replace(letter, state=state))
        assert (said not in deputy.visit("/homes").text) == reached, state
    deputy.visit("/homes")


def test_in_a_demonstration_where_no_letter_leaves_nobody_is_to_be_rung(
    lead: Visitor, app: Flask, alert: Alert, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=1))
    assert "has not reached" not in signed_in(app, account_with(app, "safeguarding_lead")).visit("/homes").text
