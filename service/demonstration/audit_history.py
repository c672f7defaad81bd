"""What the demonstration's audit remembers of the time before today: plausible, and of nobody."""

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from service.audit import (
    COMMAND,
    JOBS,
    AccountChanged,
    Event,
    Exported,
    HomeChanged,
    PeopleChanged,
    RoleChanged,
    SignedIn,
    SignedOut,
    SignInRefused,
    Tidied,
    remember,
)
from service.collection.models.round import Round
from service.demonstration.provider import HOMES, SEATS, whoever_is
from service.repository import Store

Told = tuple[datetime, str, str, Event]  # when, by whom, at which home, what


def remember_the_past(
    store: Store, closed: Round, counts: dict[str, int], now: datetime, chance: random.Random
) -> None:
    """Keep what happened since a fortnight before the first round. `counts`: how many are on each list."""
    began = closed.opened_at - timedelta(days=14)
    told = [*_setting_up(began, counts), *_after_closing(closed), *_everyday(began, now, chance)]
    with store.transaction() as tx:
        for at, actor, home_id, event in told:
            if at < now:
                remember(tx, event, actor, at, home_id)


def _setting_up(began: datetime, counts: dict[str, int]) -> Iterator[Told]:
    administrator = whoever_is("administrator")
    moment = began
    for seat in sorted(SEATS, key=lambda seat: seat.id != administrator):
        owner = seat.id
        moment += timedelta(minutes=7)
        by = COMMAND if owner == administrator else administrator
        yield moment, by, "", AccountChanged(owner, "invited")
        yield moment + timedelta(seconds=1), by, seat.home_id, RoleChanged(owner, seat.role, True)
        yield moment + timedelta(hours=3), owner, "", AccountChanged(owner, "set_up")
    for home in HOMES:
        manager = whoever_is("registered_manager", home.id)
        moment += timedelta(minutes=5)
        yield moment, administrator, home.id, HomeChanged("added")
        yield moment + timedelta(days=2), manager, home.id, PeopleChanged("person", "imported", counts[home.id])
        yield moment + timedelta(days=2, hours=1), manager, home.id, HomeChanged("edited")


def _after_closing(closed: Round) -> Iterator[Told]:
    manager, visitor = whoever_is("registered_manager", closed.home_id), whoever_is("independent_person")
    moment = (closed.closed_at or closed.opened_at) + timedelta(days=1)
    yield moment + timedelta(hours=1), manager, closed.home_id, Exported(closed.id, "workbook.xlsx", names=True)
    yield moment + timedelta(days=3), visitor, closed.home_id, Exported(closed.id, "workbook.xlsx", names=False)


def _everyday(began: datetime, now: datetime, chance: random.Random) -> Iterable[Told]:
    owners = [seat.id for seat in SEATS]
    days = (now - began).days
    for _ in range(60):
        # in office hours, whatever the time of day at which this is made
        morning = (began + timedelta(days=chance.randrange(2, days))).replace(hour=9, minute=0)
        moment = morning + timedelta(minutes=chance.randrange(8 * 60))
        owner = chance.choice(owners)
        if chance.random() < 0.1:
            yield moment - timedelta(minutes=1), "", "", SignInRefused(owner, "password")
        yield moment, owner, "", SignedIn(second_factor=True)
        if chance.random() < 0.5:
            yield moment + timedelta(minutes=chance.randrange(5, 50)), owner, "", SignedOut(everywhere=False)
    for week in range(4, days // 7, 6):
        yield began + timedelta(weeks=week), JOBS, "", Tidied(responses=0, drafts=chance.randrange(1, 4), invitations=0)
