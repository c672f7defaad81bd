"""What is due at a home, and by when the inspector waits for what."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from service.collection.follow_up.due import Due, due_at, ended_on, inspection_clock, months_after
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.published_form import FormRef
from service.collection.models.round import PlannedRound, Round
from service.collection.rounds.open_close import open_round
from service.definitions import Form
from service.mail.email import Email, Words
from service.repository import Store

TODAY = date(2026, 11, 20)
LARCH = Home("larch-house", "Larch House", "childrens_home")
AGENCY = Home("fernbrook", "Fernbrook", "fostering_agency")


def a_round(template: str, opened: date, closes: date, closed: date | None = None) -> Round:
    def noon(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    return Round(
        f"{template}-{opened}",
        "larch-house",
        "Your views",
        template,
        (FormRef("child-views", 1, "f1"),),
        noon(opened),
        closes,
        closed_at=noon(closed) if closed else None,
        template=template,
    )


@pytest.fixture
def due(store: Store) -> Callable[..., dict[str, Due]]:
    def found(*rounds: Round, home: Home = LARCH, planned: tuple[PlannedRound, ...] = ()) -> dict[str, Due]:
        return {each.title: each for each in due_at(store, home, rounds, planned, TODAY)}

    return found


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 5, 12), 6, date(2026, 11, 12)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
    ],
)
def test_six_months_later_is_the_same_day_or_that_months_last(day: date, months: int, after: date) -> None:
    assert months_after(day, months) == after


def test_a_review_is_due_six_months_after_the_last_one_closed(due) -> None:
    review = due(a_round("reg-45", date(2026, 6, 1), date(2026, 7, 31), closed=date(2026, 7, 2)))["Reg 45 review"]
    assert (review.on, review.state, review.template) == (date(2027, 1, 2), "", "reg-45")
    assert "closed on 2 July 2026" in review.words


def test_a_round_that_nobody_closed_ended_on_its_last_day() -> None:
    assert ended_on(a_round("reg-45", date(2026, 6, 1), date(2026, 6, 28))) == date(2026, 6, 28)
    assert ended_on(a_round("reg-45", date(2026, 6, 1), date(2026, 6, 28), closed=date(2026, 6, 29))) == date(
        2026, 6, 28
    )


@pytest.mark.parametrize(
    ("closed", "state"), [(date(2026, 5, 19), "overdue"), (date(2026, 5, 20), "soon"), (date(2026, 6, 21), "")]
)
def test_a_review_is_soon_and_then_overdue(due, closed: date, state: str) -> None:
    review = due(a_round("reg-45", date(2026, 5, 1), closed, closed=closed))["Reg 45 review"]
    assert review.state == state


def test_a_home_without_any_review_is_told_that_one_is_due(due) -> None:
    review = due(a_round("everyday", date(2026, 5, 1), date(2026, 5, 20)))["Reg 45 review"]
    assert (review.on, review.state, review.template) == (TODAY, "soon", "reg-45")
    assert "None has closed here yet" in review.words


def test_a_review_that_is_open_or_planned_in_time_is_in_hand(due) -> None:
    before = a_round("reg-45", date(2026, 5, 1), date(2026, 5, 10))
    review = due(before, a_round("reg-45", date(2026, 11, 15), date(2026, 12, 10)))["Reg 45 review"]
    assert (review.state, review.template) == ("in_hand", "")
    plan = PlannedRound("p", "larch-house", "reg-45", "t", "r", ("f",), date(2026, 11, 30), date(2026, 12, 20))
    later = a_round("reg-45", date(2026, 5, 1), date(2026, 6, 10))
    assert due(later, planned=(plan,))["Reg 45 review"].state == "in_hand"
    assert due(before, planned=(plan,))["Reg 45 review"].state == "overdue", "the plan comes too late"


def test_a_visit_is_due_each_month_and_its_report_a_month_later(due) -> None:
    visit = due()["Reg 44 visit"]
    assert (visit.on, visit.template) == (date(2026, 11, 30), "reg-44")
    assert "31 December 2026" in visit.words
    round_ = due(a_round("reg-44", date(2026, 11, 3), date(2026, 11, 16)))["Reg 44 visit"]
    assert (round_.state, round_.template) == ("in_hand", "")
    assert due(a_round("reg-44", date(2026, 10, 30), date(2026, 11, 12)))["Reg 44 visit"].state == ""


def test_an_agency_has_no_duties_of_a_home(due) -> None:
    assert due(home=AGENCY) == {}


def test_the_last_days_of_open_rounds_are_due_the_nearest_first(store: Store) -> None:
    rounds = [
        a_round("everyday", date(2026, 11, 1), date(2026, 11, 28)),
        a_round("after-a-visit", date(2026, 11, 15), date(2026, 11, 21)),
        a_round("everyday", date(2026, 10, 1), date(2026, 10, 28)),
    ]
    found = due_at(store, AGENCY, rounds, (), TODAY)
    assert [(each.on, each.state) for each in found] == [(date(2026, 11, 21), "soon"), (date(2026, 11, 28), "")]
    assert "1 day left" in found[0].words


def test_the_reminders_that_leave_next_are_counted(store: Store, home: Home, library: dict[str, Form]) -> None:
    tuesday = datetime(2026, 11, 17, 10, tzinfo=UTC)
    round_ = open_round(
        store,
        home,
        [library["social-worker-views"]],
        title="Your views",
        reason="Reg 45 review",
        closes_on=date(2026, 12, 15),
        now=tuesday,
        remind_after=(5, 10),
    )
    people = [Addressee("social-worker-views", name, f"{name}@example.org") for name in ("sam", "ana", "kim")]
    invite(store, round_, people, tuesday, lambda invitation, token: Words("s", token, ""))
    with store.transaction() as tx:
        for letter in list(tx[Email].all()):
            tx[Email].put(replace(letter, state="sent"))
        sam = next(each for each in tx[Invitation].all() if each.name == "sam")
        tx[Invitation].put(replace(sam, answered=True))

    def reminders(today: date) -> list[tuple[date, str]]:
        found = due_at(store, replace(home, kind="fostering_agency"), [round_], (), today)
        return [(each.on, each.words) for each in found if "reminded" in each.words]

    assert reminders(date(2026, 11, 17)) == [(date(2026, 11, 24), "2 people will be reminded by e-mail.")]
    assert reminders(date(2026, 11, 24)) == [(date(2026, 11, 24), "2 people will be reminded by e-mail.")]
    with store.transaction() as tx:
        for each in [each for each in tx[Invitation].all() if not each.answered]:
            tx[Invitation].put(replace(each, reminded_on=(date(2026, 11, 24),)))
    assert reminders(date(2026, 11, 24)) == [(date(2026, 12, 1), "2 people will be reminded by e-mail.")]
    with store.transaction() as tx:
        for each in list(tx[Invitation].all()):
            tx[Invitation].put(replace(each, answered=True))
    assert reminders(date(2026, 11, 25)) == []


@pytest.mark.parametrize(
    ("home", "at", "said"),
    [
        (LARCH, "2026-11-20T10:50", "Annex A is due at 2pm: 3 hours 10 minutes left."),
        (LARCH, "2026-11-20T13:00", "Annex A is due at 2pm: 1 hour left."),
        (LARCH, "2026-11-20T13:59", "Annex A is due at 2pm: 1 minute left."),
        (LARCH, "2026-11-20T14:00", "Annex A was due at 2pm."),
        (
            AGENCY,
            "2026-11-20T10:50",
            "The carers' register and panel papers are due at 12 noon: 1 hour 10 minutes left.",
        ),
        (AGENCY, "2026-11-20T12:30", "The carers' register and panel papers were due at 12 noon."),
        (LARCH, "2026-11-21T09:00", ""),
    ],
)
def test_the_inspectors_hour_is_told_on_the_day_of_the_call(home: Home, at: str, said: str) -> None:
    round_ = a_round("inspection-today", date(2026, 11, 20), date(2026, 11, 21))
    assert inspection_clock(round_, home, datetime.fromisoformat(f"{at}:00+00:00")) == said


def test_in_summer_two_oclock_is_the_homes_two_oclock() -> None:
    round_ = a_round("inspection-today", date(2026, 7, 20), date(2026, 7, 21))
    moment = datetime(2026, 7, 20, 12, 0, tzinfo=UTC)
    assert inspection_clock(round_, LARCH, moment) == "Annex A is due at 2pm: 1 hour left."


def test_no_other_round_has_a_clock() -> None:
    round_ = a_round("reg-45", TODAY, TODAY + timedelta(days=27))
    assert inspection_clock(round_, LARCH, datetime(2026, 11, 20, 9, tzinfo=UTC)) == ""
