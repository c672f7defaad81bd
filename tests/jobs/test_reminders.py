"""Whom a round reminds, and on which days: told as days that a round lives through."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from service.collection.invitations import invite
from service.collection.invitations.invite import Addressee
from service.collection.invitations.reminders import due
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.dates import HOME_TIME, day_at
from service.definitions import Form
from service.mail.email import Email, State, Words
from service.repository import Store
from tests.round_closure import close_round

ADA = Addressee("social-worker-views", "Ada Obi", "ada@example.org")


def at(day: str, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of a day as the home's clock shows it."""
    return datetime.combine(date.fromisoformat(day), time(hour, minute), HOME_TIME).astimezone(UTC)


def words(invitation: Invitation, token: str) -> Words:
    return Words("A few questions", f"/i/{token}", "")


class Asked:
    """A round of one person, and what happens to it."""

    def __init__(
        self,
        store: Store,
        home: Home,
        form: Form,
        opened: datetime,
        remind_after: Iterable[int],
        extra: Iterable[str],
    ) -> None:
        self.store = store
        self.extra = [date.fromisoformat(day) for day in extra]
        self.round = open_round(
            store,
            home,
            [form],
            title="Views",
            reason="",
            closes_on=day_at(opened) + timedelta(days=800),
            now=opened,
            remind_after=tuple(remind_after),
        )
        invite.invite(store, self.round, [ADA], opened, words)
        self.letters_are("sent")

    @property
    def invitation(self) -> Invitation:
        [invitation] = self.store[Invitation].find("round_id", self.round.id)
        return invitation

    def change(self, **values: object) -> None:
        with self.store.transaction() as tx:
            tx[Invitation].put(replace(self.invitation, **values))

    def letters_are(self, state: State) -> None:
        with self.store.transaction() as tx:
            for letter in list(tx[Email].find("round_id", self.round.id)):
                tx[Email].put(replace(letter, state=state))

    def is_due(self, moment: datetime) -> bool:
        round_ = self.store[Round].get(self.round.id)
        assert isinstance(round_, Round)
        found = due(self.store, round_, day_at(moment), self.extra).records
        assert found in ((), (self.invitation,))
        return bool(found)

    def remind(self, moment: datetime) -> bool:
        """What a job does at this moment, and the letter leaves; whether there was one."""
        if not self.is_due(moment):
            return False
        assert invite.remind(self.store, [self.invitation.id], moment, lambda asked: words) == 1
        self.letters_are("sent")
        return True

    def lives_through(self, moments: Iterable[datetime]) -> list[str]:
        """On which of these a reminder goes."""
        return [day_at(moment).isoformat() for moment in moments if self.remind(moment)]


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return f"tinydb:{tmp_path / 'store'}"


@pytest.fixture
def ask(store: Store, home: Home, library: dict[str, Form]):
    def asked(opened: datetime, remind_after: Iterable[int] = (3, 7), extra: Iterable[str] = ()) -> Asked:
        return Asked(store, home, library["social-worker-views"], opened, remind_after, extra)

    return asked


def days(first: str, number: int = 30) -> list[datetime]:
    """Three moments of each of so many days."""
    start = date.fromisoformat(first)
    return [at((start + timedelta(days=n)).isoformat(), hour) for n in range(number) for hour in (9, 12, 17)]


@pytest.mark.parametrize(
    ("opened", "remind_after", "extra", "reminded"),
    [
        ("2026-11-02", (3, 7), (), ["2026-11-05", "2026-11-11"]),
        ("2026-11-02", (), (), []),
        ("2026-11-02", (3,), (), ["2026-11-05"]),
        ("2026-11-02", (1, 2, 3), (), ["2026-11-03", "2026-11-04", "2026-11-05"]),
        ("2026-11-05", (3, 7), (), ["2026-11-10", "2026-11-16"]),  # over a weekend
        ("2026-11-07", (1,), (), ["2026-11-09"]),  # asked on a Saturday
        ("2026-12-23", (1, 2, 3), (), ["2026-12-24", "2026-12-29", "2026-12-30"]),  # over Christmas and its substitute
        ("2026-04-01", (2,), (), ["2026-04-07"]),  # over Easter
        ("2027-05-06", (2,), (), ["2027-05-10"]),
        ("2027-05-06", (2,), ("2027-05-10",), ["2027-05-11"]),  # a bank holiday announced late
        ("2028-02-28", (1, 2), (), ["2028-02-29", "2028-03-01"]),  # a leap day
        ("2026-03-26", (1, 2), (), ["2026-03-27", "2026-03-30"]),  # the night in which an hour is missing
        ("2026-10-22", (1, 2), (), ["2026-10-23", "2026-10-26"]),  # the night that has one twice
    ],
)
def test_each_reminder_goes_once_on_its_working_day(
    ask, opened: str, remind_after: tuple[int, ...], extra: tuple[str, ...], reminded: list[str]
) -> None:
    assert ask(at(opened), remind_after, extra).lives_through(days(opened)) == reminded


def test_the_day_is_the_homes_and_not_greenwichs(ask) -> None:
    shortly_after_midnight = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)  # 2 June in the home
    assert ask(shortly_after_midnight, (1,)).lives_through(days("2026-06-01")) == ["2026-06-03"]


@pytest.mark.parametrize(
    ("moments", "reminded"),
    [
        # stopped for days: of two that passed, one goes, and the other is not made up for
        (["2026-11-02", "2026-11-13", "2026-11-16", "2026-11-17"], ["2026-11-13"]),
        # stopped over the first alone
        (["2026-11-02", "2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12"], ["2026-11-09", "2026-11-11"]),
        # up again on a Saturday: it waits for the Monday
        (["2026-11-02", "2026-11-07", "2026-11-08", "2026-11-09"], ["2026-11-09"]),
        # two hours back, in the middle of the day and over midnight
        (["2026-11-05 10", "2026-11-05 08", "2026-11-05 10"], ["2026-11-05"]),
        (["2026-11-05 01", "2026-11-04 23", "2026-11-05 01", "2026-11-05 09"], ["2026-11-05"]),
        # three days back: the reminder that went early does not go again, the other on its day
        (["2026-11-05", "2026-11-02", "2026-11-05", "2026-11-06", "2026-11-11"], ["2026-11-05", "2026-11-11"]),
        # a year ahead and back: one went then, the other comes when it should
        (["2027-11-04", "2026-11-03", "2026-11-05", "2026-11-11", "2026-11-12"], ["2027-11-04", "2026-11-11"]),
        # and having come back it is not sent again when the year is over
        (["2027-11-04", "2026-11-05", "2026-11-11", "2027-11-04", "2027-11-05"], ["2027-11-04", "2026-11-11"]),
        # ahead and back between the two
        (["2026-11-05", "2027-11-04", "2026-11-06", "2026-11-11", "2026-11-12"], ["2026-11-05", "2027-11-04"]),
    ],
)
def test_a_clock_that_jumps_doubles_nothing(ask, moments: list[str], reminded: list[str]) -> None:
    lived = [at(day, int(hour or 10)) for day, _, hour in (moment.partition(" ") for moment in moments)]
    assert ask(at("2026-11-02")).lives_through(lived) == reminded


@pytest.mark.parametrize("hour", [0, 1, 2, 3])
@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"])
def test_in_the_nights_of_the_clock_change_every_hour_is_of_one_day(ask, night: str, hour: int) -> None:
    start = at(night, 0)
    moments = [start + timedelta(minutes=20 * n) for n in range(5 * 3)]
    asked = ask(at(night, hour) - timedelta(days=3), (1, 3))
    assert asked.lives_through([*moments, *days(night, 10)]) == [
        (date.fromisoformat(night) + timedelta(days=n)).isoformat() for n in (1, 2)
    ], "one on the Monday, as nothing ran on the Friday, and one on the Tuesday"


@pytest.mark.parametrize(
    "what",
    [
        {"answered": True},
        {"declined_at": at("2026-11-03"), "declined": "I have left"},
        {"revoked_at": at("2026-11-03")},
        {"email": ""},
    ],
    ids=lambda what: next(iter(what)),
)
def test_nobody_is_reminded_who_has_answered_or_cannot_be_asked(ask, what: dict[str, object]) -> None:
    asked = ask(at("2026-11-02"))
    assert asked.is_due(at("2026-11-05"))
    asked.change(**what)
    assert not asked.is_due(at("2026-11-05"))


def test_somebody_who_has_begun_is_reminded(ask) -> None:
    asked = ask(at("2026-11-02"))
    asked.change(opened_at=at("2026-11-03"), response_id="r" * 32)
    assert asked.is_due(at("2026-11-05"))


def test_a_round_that_has_ended_reminds_nobody(ask, store: Store) -> None:
    asked = ask(at("2026-11-02"))
    assert not asked.is_due(datetime.combine(asked.round.closes_on + timedelta(days=1), time(10), UTC))
    close_round(store, asked.round.id, at("2026-11-04"))
    assert not asked.is_due(at("2026-11-05"))


@pytest.mark.parametrize(
    ("state", "is_due"),
    [("waiting", False), ("leaving", False), ("bounced", False), ("sent", True), ("unsure", True), ("dropped", True)],
)
def test_no_reminder_where_the_letter_before_has_not_arrived(ask, state: State, is_due: bool) -> None:
    asked = ask(at("2026-11-02"))
    asked.letters_are(state)
    assert asked.is_due(at("2026-11-05")) is is_due


def test_a_code_on_its_way_holds_no_reminder_back(ask, store: Store) -> None:
    asked = ask(at("2026-11-02"))
    with store.transaction() as tx:
        [letter] = tx[Email].find("round_id", asked.round.id)
        tx[Email].put(replace(letter, id="code", kind="code", state="waiting"))
    assert asked.is_due(at("2026-11-05"))


def test_at_a_corrected_address_the_days_begin_anew(ask, store: Store) -> None:
    asked = ask(at("2026-11-02"))
    asked.letters_are("bounced")
    invite.correct(store, asked.invitation.id, "ada.obi@example.org", at("2026-11-10"), words)
    with store.transaction() as tx:
        for letter in list(tx[Email].find("to", "ada.obi@example.org")):
            tx[Email].put(replace(letter, state="sent"))
    assert asked.lives_through(days("2026-11-10")) == ["2026-11-13", "2026-11-19"]


def test_a_link_that_was_handed_over_by_hand_is_followed_by_a_letter(ask, store: Store) -> None:
    asked = ask(at("2026-11-02"))
    with store.transaction() as tx:
        for letter in list(tx[Email].find("round_id", asked.round.id)):
            tx[Email].remove(letter.id)
    assert asked.is_due(at("2026-11-05"))


@pytest.mark.parametrize(
    ("by_hand", "reminded"),
    [
        (["2026-11-03"], ["2026-11-11"]),  # in place of the first
        (["2026-11-05"], ["2026-11-11"]),  # on the day of the first
        (["2026-11-03", "2026-11-04"], []),  # in place of both
        (["2026-11-10"], ["2026-11-05"]),  # after the first, in place of the second
    ],
)
def test_reminders_by_hand_count(ask, store: Store, by_hand: list[str], reminded: list[str]) -> None:
    asked = ask(at("2026-11-02"))
    went = []
    for moment in days("2026-11-02"):
        if moment.astimezone(HOME_TIME).hour == 9 and day_at(moment).isoformat() in by_hand:
            assert invite.remind(store, [asked.invitation.id], moment, lambda asked: words) == 1
            asked.letters_are("sent")
        elif asked.remind(moment):
            went.append(day_at(moment).isoformat())
    assert went == reminded


def test_only_those_who_are_due_are_named_among_many(store: Store, home: Home, library: dict[str, Form]) -> None:
    opened = at("2026-11-02")
    round_ = open_round(
        store,
        home,
        [library["social-worker-views"]],
        title="Views",
        reason="",
        closes_on=date(2026, 12, 1),
        now=opened,
        remind_after=(3,),
    )
    people = [Addressee(ADA.form_id, f"Person {n}", f"person-{n}@example.org") for n in range(20)]
    invite.invite(store, round_, people, opened, words)
    with store.transaction() as tx:
        for letter in list(tx[Email].find("round_id", round_.id)):
            tx[Email].put(replace(letter, state="sent"))
        for n, invitation in enumerate(list(tx[Invitation].find("round_id", round_.id))):
            tx[Invitation].put(replace(invitation, answered=n % 2 == 0))
    found = [invitation.email for invitation in due(store, round_, date(2026, 11, 5)).records]
    assert found == [f"person-{n}@example.org" for n in range(1, 20, 2)]
