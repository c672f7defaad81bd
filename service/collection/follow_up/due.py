"""What is due at a home and when: reviews, visits, last days, reminders, and the hour on the day of an inspection."""

import calendar
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from service.collection.invitations import reminders
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.round import PlannedRound, Round
from service.collection.models.round_template import CHILDRENS_HOMES
from service.collection.rounds.queries import unnamed_forms
from service.dates import HOME_TIME, day_at, in_words, working_days_after
from service.repository import Records, readable

SOON = timedelta(days=30)
REVIEW_EVERY, CONTACTS_EVERY = 6, 6  # months


@dataclass(frozen=True)
class Due:
    """Something with a day. `state` is how it stands: overdue and nothing done, soon, in hand, or none of these.

    `template` is the kind of round to open for it, where that is what to do.
    """

    on: date
    title: str
    words: str
    state: Literal["overdue", "soon", "in_hand", ""] = ""
    round_id: str = ""
    template: str = ""


def due_at(
    records: Records,
    home: Home,
    rounds: Sequence[Round],
    planned: Sequence[PlannedRound],
    today: date,
    extra: Collection[date] = (),
) -> list[Due]:
    """Everything due at a home with these rounds and plans, the nearest day first."""
    running = [round_ for round_ in rounds if round_.is_open(today)]
    found = [_last_day(round_, today) for round_ in running]
    found += filter(None, (_reminders(records, round_, today, extra) for round_ in running))
    return sorted([*found, *duties_at(home, rounds, planned, today)], key=lambda each: each.on)


def duties_at(home: Home, rounds: Sequence[Round], planned: Sequence[PlannedRound], today: date) -> list[Due]:
    """What the regulations ask for at such a home, the nearest day first."""
    if home.kind not in CHILDRENS_HOMES:
        return []
    return sorted([_review(rounds, planned, today), _visit(rounds, today)], key=lambda each: each.on)


def ended_on(round_: Round) -> date:
    """The last day on which anybody could answer: a round that was closed early did not wait for its last day."""
    return min(round_.closes_on, day_at(round_.closed_at)) if round_.closed_at else round_.closes_on


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def is_stale(checked_on: date, today: date) -> bool:
    """Whether names and numbers were checked longer ago than they may be."""
    return months_after(checked_on, CONTACTS_EVERY) < today


def days_left(round_: Round, today: date) -> str:
    """How long a round is still open, in words."""
    left = (round_.closes_on - today).days
    return "today is the last day" if left == 0 else f"{left} {_plural(left, 'day')} left"


def inspection_clock(round_: Round, home: Home, now: datetime) -> str:
    """On the day an inspection was called: what the inspector has asked for, by when, and how long that is still.

    Empty for other rounds and other days.
    """
    if round_.template != "inspection-today" or day_at(round_.opened_at) != day_at(now):
        return ""
    if home.kind == "fostering_agency":
        what, are, hour, said = "The carers' register and panel papers", "are", 12, "12 noon"
    else:
        what, are, hour, said = "Annex A", "is", 14, "2pm"
    left = datetime.combine(day_at(now), time(hour), HOME_TIME) - now
    if left < timedelta(minutes=1):
        return f"{what} {'were' if are == 'are' else 'was'} due at {said}."
    hours, minutes = divmod(int(left.total_seconds()) // 60, 60)
    parts = [f"{number} {_plural(number, word)}" for number, word in ((hours, "hour"), (minutes, "minute")) if number]
    return f"{what} {are} due at {said}: {' '.join(parts)} left."


def _review(rounds: Sequence[Round], planned: Sequence[PlannedRound], today: date) -> Due:
    title = "Reg 45 review"
    reviews = [round_ for round_ in rounds if round_.template == "reg-45"]
    last = max((ended_on(round_) for round_ in reviews if not round_.is_open(today)), default=None)
    on = months_after(last, REVIEW_EVERY) if last else today
    since = f"The last one closed on {in_words(last)}." if last else "None has closed here yet."
    rule = "It is due at least every six months."
    running = next((round_ for round_ in reviews if round_.is_open(today)), None)
    if running is not None:
        return Due(on, title, f"{since} One is open until {in_words(running.closes_on)}.", "in_hand", running.id)
    coming = min((plan.opens_on for plan in planned if plan.template == "reg-45"), default=None)
    if coming is not None and (last is None or coming <= on):
        return Due(on, title, f"{since} The next opens on {in_words(coming)}.", "in_hand")
    state: Literal["overdue", "soon", ""] = "soon" if on - today <= SOON else ""
    if last is not None and on < today:
        state = "overdue"
    return Due(on, title, f"{since} {rule}", state, template="reg-45")


def _visit(rounds: Sequence[Round], today: date) -> Due:
    month = date(today.year, today.month, 1)
    on = months_after(month, 1) - timedelta(days=1)
    report = months_after(month, 2) - timedelta(days=1)
    rule = f"Due at least once a month; the report goes to Ofsted by {in_words(report)}."
    round_ = next(
        (round_ for round_ in rounds if round_.template == "reg-44" and month <= day_at(round_.opened_at) <= on), None
    )
    if round_ is not None:
        said = f"People were asked on {in_words(day_at(round_.opened_at))}. {rule}"
        return Due(on, "Reg 44 visit", said, "in_hand", round_.id)
    return Due(on, "Reg 44 visit", f"{rule} Nobody has been asked for it in {today:%B} yet.", template="reg-44")


def _last_day(round_: Round, today: date) -> Due:
    soon = round_.closes_on - today <= timedelta(days=2)
    words = f"The last day to answer: {days_left(round_, today)}."
    return Due(round_.closes_on, round_.reason or round_.title, words, "soon" if soon else "", round_.id)


def _reminders(records: Records, round_: Round, today: date, extra: Collection[date]) -> Due | None:
    """The next reminders that leave by themselves, if any will."""
    for day in _reminder_days(records, round_, today, extra):
        count = len(reminders.due(records, round_, day, extra).records)
        if count:
            words = f"{count} {'people' if count > 1 else 'person'} will be reminded by e-mail."
            return Due(day, round_.reason or round_.title, words, "", round_.id)
    return None


def _reminder_days(records: Records, round_: Round, today: date, extra: Collection[date]) -> Iterator[date]:
    if not round_.remind_after:
        return
    unnamed = unnamed_forms(records, round_)
    asked_on = {
        day_at(each.created_at)
        for each in readable(records[Invitation].find("round_id", round_.id)).records
        if each.gets_emails(unnamed=each.form_id in unnamed)
    }
    days = {working_days_after(day, n, extra) for day in asked_on for n in round_.remind_after}
    # what has passed unreminded leaves on the next working day there is
    days = {max(day, today) for day in days}
    if today in days:
        days.add(working_days_after(today, 1, extra))
    yield from sorted(day for day in days if day <= round_.closes_on)


def _plural(number: int, word: str) -> str:
    return word if number == 1 else f"{word}s"
