"""Planned rounds: they open once, with everything in one commit, and none is lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from service.audit import Entry
from service.collection.invitations.invite import Writing
from service.collection.invitations.planned_rounds import (
    due_to_close,
    due_to_open,
    hindrance,
    let_go,
    open_planned,
    plan_round,
)
from service.collection.models.errors import NotPossible
from service.collection.models.home import Child, Home
from service.collection.models.invitation import Invitation, Link, hash_of
from service.collection.models.person import Person
from service.collection.models.response import Ledger
from service.collection.models.round import Expected, PlannedRound, Round
from service.dates import day_at, now
from service.definitions import Form
from service.mail.email import Email, Words
from service.repository import Store
from tests.round_closure import close_round

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOON.date()
PLANNED = PlannedRound(
    id="20261123-larch-house-abc123",
    home_id="larch-house",
    template="reg-45",
    title="Your views",
    reason="Reg 45 review",
    form_ids=("child-views", "staff-views", "social-worker-views", "professional-views"),
    opens_on=TODAY,
    closes_on=TODAY + timedelta(days=27),
    remind_after=(5, 10),
    people=("p1", "p2", "gone"),
    expected=(Expected("child-views", 4),),
)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """A fixed day: a test that takes today's date at import fails after midnight."""
    with time_machine.travel(NOON, tick=True):
        yield


def writing(round_: Round) -> Writing:
    """Letters that say which round they are of, and carry the link."""
    return lambda invitation, token: Words(f"{round_.title} · {invitation.label}", token, "")


@pytest.fixture
def planned(store: Store, home: Home) -> PlannedRound:
    with store.transaction() as tx:
        tx[Person].put(Person("p1", home.id, "social_worker", "Sam", "Sam@example.org", label="the review"))
        tx[Person].put(Person("p2", home.id, "iro", "Ines", "ines@example.org"))
        for number, picture in enumerate(("fox", "owl", "boat", "kite"), 1):
            tx[Child].put(Child(f"c{number}", home.id, number, picture, "older"))
    return plan_round(store, PLANNED, now(), by="a1")


def everything(store: Store) -> tuple[object, ...]:
    return tuple(
        list(records.all())
        for records in (store[PlannedRound], store[Round], store[Ledger], store[Invitation], store[Email])
    )


def test_no_more_are_expected_than_are_listed_when_it_opens(
    store: Store, planned: PlannedRound, library: dict[str, Form]
) -> None:
    with store.transaction() as tx:
        tx[Child].put(replace(Child("c1", planned.home_id, 1, "fox", "older"), left_on=TODAY))
        tx[PlannedRound].put(replace(planned, expected=(Expected("child-views", 4), Expected("staff-views", 9))))
    assert open_planned(store, planned.id, library, now(), writing).expected == (Expected("child-views", 3),)


def test_a_plan_becomes_a_round_of_the_same_id_with_its_invitations_and_letters(
    store: Store, planned: PlannedRound, library: dict[str, Form]
) -> None:
    opened = open_planned(store, planned.id, library, now(), writing, by="jobs")
    assert store[Round].get(planned.id) == opened
    assert (opened.title, opened.reason, opened.template) == ("Your views", "Reg 45 review", "reg-45")
    assert (opened.remind_after, opened.expected) == ((5, 10), (Expected("child-views", 4),))
    assert [ref.fingerprint for ref in opened.forms] == [library[name].fingerprint for name in planned.form_ids]
    assert store[Ledger].count("round_id", planned.id) == 4
    assert store[PlannedRound].get(planned.id) is None
    invited = {each.person_id: each for each in store[Invitation].find("round_id", planned.id)}
    assert {person: each.form_id for person, each in invited.items()} == {
        "p1": "social-worker-views",
        "p2": "professional-views",
    }
    assert invited["p1"].email == "sam@example.org"
    letters = {letter.to: letter for letter in store[Email].find("round_id", planned.id)}
    assert letters["sam@example.org"].subject == "Your views · the review"
    assert store[Link].get(hash_of(letters["sam@example.org"].text)).invitation_id == invited["p1"].id
    changes = [entry.facts["change"] for entry in store[Entry].find("home_id", "larch-house")]
    assert changes == ["planned", "opened", "invited"]


def test_opening_twice_opens_once(store: Store, planned: PlannedRound, library: dict[str, Form]) -> None:
    first = open_planned(store, planned.id, library, now(), writing)
    kept = everything(store)
    assert open_planned(store, planned.id, library, now() + timedelta(minutes=1), writing) == first
    assert everything(store) == kept


def test_who_opens_it_while_another_does_finds_the_opened_one(
    store: Store, planned: PlannedRound, library: dict[str, Form]
) -> None:
    read: list[Round] = []

    class OpenedMeanwhile(dict[str, Form]):
        """Forms that another opens the plan with between the reading of the plan and of its forms."""

        def __contains__(self, form_id: object) -> bool:
            if not read:
                read.append(open_planned(store, planned.id, library, now(), writing))
            return super().__contains__(form_id)

    assert open_planned(store, planned.id, OpenedMeanwhile(library), now(), writing) == read[0]


def test_many_who_open_at_once_open_once(store: Store, planned: PlannedRound, library: dict[str, Form]) -> None:
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: open_planned(store, planned.id, library, now(), writing), range(6)))
    assert len({each.opened_at for each in opened}) == 1
    assert store[Email].count("round_id", planned.id) == 2
    assert store[Invitation].count("round_id", planned.id) == 2


def test_a_plan_that_is_changed_while_its_letters_are_written_opens_as_it_is_now(
    store: Store, planned: PlannedRound, library: dict[str, Form]
) -> None:
    changes = [replace(planned, title="Your views, spring", people=("p2",))]

    def changing(round_: Round) -> Writing:
        def write(invitation: Invitation, token: str) -> Words:
            while changes:
                plan_round(store, changes.pop(), now())
            return writing(round_)(invitation, token)

        return write

    opened = open_planned(store, planned.id, library, now(), changing)
    assert opened.title == "Your views, spring"
    assert [each.person_id for each in store[Invitation].find("round_id", planned.id)] == ["p2"]


def test_letters_that_cannot_be_written_leave_the_plan_as_it_was(
    store: Store, planned: PlannedRound, library: dict[str, Form]
) -> None:
    kept = everything(store)

    def failing(round_: Round) -> Writing:
        def write(invitation: Invitation, token: str) -> Words:
            raise OSError("no words")

        return write

    with pytest.raises(OSError, match="no words"):
        open_planned(store, planned.id, library, now(), failing)
    assert everything(store) == kept


def test_a_plan_whose_form_is_gone_says_so_and_stays(
    store: Store, planned: PlannedRound, library: dict[str, Form]
) -> None:
    without = {name: form for name, form in library.items() if name != "staff-views"}
    with pytest.raises(NotPossible, match="no form called staff-views"):
        open_planned(store, planned.id, without, now(), writing)
    assert hindrance(store, planned, without, now()) == "There is no form called staff-views any more."
    assert due_to_open(store, TODAY).records == (planned,)
    assert list(store[Round].all()) == []


def test_a_plan_whose_last_day_has_passed_says_so_and_stays(
    store: Store, planned: PlannedRound, library: dict[str, Form]
) -> None:
    late = now() + timedelta(days=40)
    with pytest.raises(NotPossible, match="passed before it could open"):
        open_planned(store, planned.id, library, late, writing)
    assert "passed before it could open" in hindrance(store, planned, library, late)
    assert due_to_open(store, day_at(late)).records == (planned,)


def test_a_plan_opens_late_rather_than_not_at_all(
    store: Store, planned: PlannedRound, library: dict[str, Form]
) -> None:
    late = now() + timedelta(days=3)
    assert hindrance(store, planned, library, late) == ""
    assert open_planned(store, planned.id, library, late, writing).opened_at == late


def test_a_plan_is_due_from_its_first_day_on(store: Store, planned: PlannedRound) -> None:
    plan_round(store, replace(planned, opens_on=TODAY + timedelta(days=1)), now())
    assert due_to_open(store, TODAY).records == ()
    assert [each.id for each in due_to_open(store, TODAY + timedelta(days=1)).records] == [planned.id]


def test_a_plan_that_is_let_go_opens_nothing_and_a_round_stays_open(
    store: Store, planned: PlannedRound, library: dict[str, Form]
) -> None:
    let_go(store, planned.id, now(), by="a1")
    let_go(store, planned.id, now(), by="a1")
    assert [entry.facts["change"] for entry in store[Entry].find("home_id", "larch-house")] == ["planned", "unplanned"]
    with pytest.raises(NotPossible, match="no such plan"):
        open_planned(store, planned.id, library, now(), writing)
    plan_round(store, planned, now())
    open_planned(store, planned.id, library, now(), writing)
    let_go(store, planned.id)
    assert store[Round].get(planned.id).is_open(TODAY)


def test_a_plan_that_became_a_round_is_not_changed_any_more(
    store: Store, planned: PlannedRound, library: dict[str, Form]
) -> None:
    open_planned(store, planned.id, library, now(), writing)
    with pytest.raises(NotPossible, match="opened meanwhile"):
        plan_round(store, planned, now())
    assert store[PlannedRound].get(planned.id) is None


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"opens_on": TODAY - timedelta(days=1)}, "has already passed"),
        ({"closes_on": TODAY - timedelta(days=1)}, "before the first"),
        ({"form_ids": ()}, "at least one form"),
        ({"form_ids": ("child-views", "child-views")}, "named twice"),
        ({"home_id": "nowhere"}, "no home"),
    ],
)
def test_what_cannot_be_planned_says_why(store: Store, home: Home, change: dict[str, object], because: str) -> None:
    with pytest.raises(NotPossible, match=because):
        plan_round(store, replace(PLANNED, **change), now())  # type: ignore[arg-type]
    assert list(store[PlannedRound].all()) == []


def test_a_round_is_due_to_close_when_its_last_day_is_over(store: Store, round_: Round) -> None:
    assert due_to_close(store, round_.closes_on).records == ()
    assert due_to_close(store, round_.closes_on + timedelta(days=1)).records == (round_,)
    close_round(store, round_.id, now())
    assert due_to_close(store, round_.closes_on + timedelta(days=1)).records == ()
