"""One link cannot drown those who must be told, nor fill the store; and nothing that it says is lost unsaid."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from service.accounts.account import Account
from service.collection.alerts import workflow
from service.collection.forms.publication import publish
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.alert import Alert
from service.collection.models.home import Home
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.definitions import Form
from service.mail.email import Email, Words
from service.storage.store import RecordStore
from tests.accounts_factory import account_with
from tests.visitor import Visitor

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DANGER = {"child_safe": "never"}
WORRY = {"unheard_worry": "child"}
CALM = {"child_safe": "always"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def lead(app: Flask, clock: time_machine.Traveller, home: Home) -> Account:
    return account_with(app, "safeguarding_lead", home_id=home.id, name="Lee Lead")


@pytest.fixture
def link(store: RecordStore, lead: Account, round_: Round) -> str:
    return link_to(store, round_, "staff-views")


def link_to(store: RecordStore, round_: Round, form_id: str) -> str:
    tokens: list[str] = []

    def write(invitation: object, token: str) -> Words:
        tokens.append(token)
        return Words("Your views", token, "")

    invite(store, round_, [Addressee(form_id, "Sam", "sam@example.org")], NOON, write)
    return f"/i/{tokens[0]}"


@pytest.fixture
def begin(app: Flask, link: str) -> Callable[[], tuple[Visitor, str] | None]:
    """Open the link in a new browser and press Start; None where that is refused."""

    def begun() -> tuple[Visitor, str] | None:
        visitor = Visitor(app)
        visitor.visit(link)
        answer = visitor.post(link, {"anew": "yes"})
        if answer.status_code != 303:
            assert answer.status_code == 429
            return None
        visitor.visit(answer.location)
        return visitor, answer.location

    return begun


def letters(store: RecordStore, account: Account) -> list[Email]:
    return [letter for letter in store[Email].find("account_id", account.id) if letter.kind == "alert"]


def alerts(store: RecordStore) -> list[Alert]:
    return list(store[Alert].all())


def save(visitor: Visitor, address: str, answers: dict[str, str]) -> int:
    return visitor.post(f"{address}/draft", answers, headers={"HX-Request": "true"}).status_code


def test_a_link_begins_few_drafts_at_a_time(store: RecordStore, round_: Round, clock, begin) -> None:
    begun = [begin() for _ in range(12)]
    assert [one is not None for one in begun] == [True] * 5 + [False] * 7
    assert store[Response].count("round_id", round_.id) == 5
    clock.shift(timedelta(hours=1, minutes=1))
    assert begin() is not None, "what was only opened an hour ago counts no more"
    visitor, address = begun[0]
    assert save(visitor, address, CALM) == 204, "what was begun before goes on"


def test_a_link_with_five_drafts_that_say_something_begins_no_other(store: RecordStore, clock, begin) -> None:
    for _ in range(5):
        save(*begin(), CALM)
    clock.shift(timedelta(days=2))
    assert begin() is None
    assert len(list(store[Response].all())) == 5


def test_copies_sent_under_one_receipt_are_few_and_their_alerts_one(
    store: RecordStore, round_: Round, lead: Account, begin
) -> None:
    visitor, address = begin()
    assert visitor.post(address, CALM).status_code == 303
    for n in range(40):
        page = visitor.send(address, {**DANGER, **dict.fromkeys(("make_better", "help_most"), f"words {n}")})
        assert page.status in (200, 409)
    copies = [each for each in store[Response].find("round_id", round_.id) if each.conflict]
    assert len(copies) == 5
    assert [alert.rule for alert in alerts(store)] == ["staff_children_not_safe"]
    assert len(letters(store, lead)) == 1
    assert page.status == 409
    assert "not kept" in page.text


def test_the_first_urgent_email_leaves_at_once_and_later_ones_of_the_link_in_one(
    store: RecordStore, lead: Account, begin
) -> None:
    for _ in range(5):
        visitor, address = begin()
        save(visitor, address, DANGER)
        save(visitor, address, {**DANGER, **WORRY})
    assert len(alerts(store)) == 10, "every one is kept"
    first, later = sorted(letters(store, lead), key=lambda letter: letter.next_try_at)
    assert first.next_try_at == NOON
    assert later.next_try_at == NOON + timedelta(minutes=15)
    assert later.subject == "Urgent: Larch House needs you: more alerts"


def test_after_a_quarter_of_an_hour_the_next_one_leaves_at_once(
    store: RecordStore, lead: Account, begin, clock
) -> None:
    save(*begin(), DANGER)
    clock.shift(timedelta(minutes=16))
    save(*begin(), DANGER)
    assert [letter.next_try_at for letter in letters(store, lead)] == [NOON, NOON + timedelta(minutes=16)]


def test_an_urgent_email_does_not_wait_for_one_that_was_not(store: RecordStore, lead: Account, begin) -> None:
    visitor, address = begin()
    save(visitor, address, {"unheard_worry": "colleague"})
    save(visitor, address, {"unheard_worry": "colleague", **DANGER})
    severities = {alert.severity for alert in alerts(store)}
    assert severities == {"same_day", "urgent"}
    assert [letter.next_try_at for letter in letters(store, lead)] == [NOON, NOON]


def test_what_is_said_again_after_somebody_was_on_it_is_new_once_more(
    store: RecordStore, lead: Account, begin, clock
) -> None:
    visitor, address = begin()
    save(visitor, address, DANGER)
    [alert] = alerts(store)
    workflow.acknowledge(store, alert.id, lead.id, NOON)
    save(visitor, address, DANGER)
    assert alerts(store)[0].state == "taken", "it was only saved again"
    save(visitor, address, CALM)
    clock.shift(timedelta(hours=2))
    save(visitor, address, DANGER)
    [again] = alerts(store)
    assert (again.state, again.acknowledged_at) == ("new", None)
    assert [step.kind for step in again.steps][-2:] == ["said_again", "told"]
    assert len(letters(store, lead)) == 2
    assert "said again" in letters(store, lead)[-1].text
    assert again.due_at == NOON + timedelta(hours=3)
    assert again.escalations[0].at == NOON + timedelta(hours=3)


def test_once_an_anonymous_form_is_sent_no_alert_says_that_it_came_by_the_same_link(
    app: Flask, store: RecordStore, home: Home, lead: Account, library: dict[str, Form]
) -> None:
    form = Form.of({**library["staff-views"].to_json(), "id": "staff-quiet", "identity": "anonymous"})
    publish(store, [form])
    until = NOON.date() + timedelta(days=9)
    quiet = open_round(store, home, [form], title="Quietly", reason="", closes_on=until, now=NOON)
    link, visitor = link_to(store, quiet, form.id), Visitor(app)
    visitor.visit(link)
    address = visitor.post(link).location
    visitor.visit(address)
    save(visitor, address, DANGER)
    assert alerts(store)[0].source
    assert visitor.post(address, DANGER).status_code == 303
    assert [(alert.source, alert.response_id) for alert in alerts(store)] == [("", "")]
    for n in range(12):
        visitor.post(address, {**DANGER, "make_better": f"{n}"})
    assert len(alerts(store)) == 1
    assert store[Response].count("round_id", quiet.id) == 6
