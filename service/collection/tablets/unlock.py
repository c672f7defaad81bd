"""A tablet is handed over: unlocked with the home's PIN for one round, until it is locked or the day ends."""

import re
import secrets
from datetime import datetime, timedelta

from service.accounts.passwords import Passwords
from service.accounts.throttling import Counter, Counters, Hash, Pace, begin_try, forgive
from service.audit import TabletChanged, remember
from service.collection.models.errors import NotPossible
from service.collection.models.round import Round
from service.collection.models.tablet import Pin, Tablet, Unlocking
from service.collection.tablets.enrolment import NOBODY, lock_in_commit
from service.dates import day_at, start_of
from service.repository import Records, Store, readable

# Ten thousand PINs of four digits are few, so tries slow down; but staff must get in again on the same shift.
PACE = Pace(5, timedelta(minutes=5))


class WrongPin(Exception):
    """These are not the home's digits."""


def check_pin(store: Store, passwords: Passwords, digest: Hash, tablet: Tablet, typed: str, now: datetime) -> None:
    """Whether somebody at this tablet knows the home's PIN. Raises WrongPin, or TooSoon after too many wrong ones.

    Tries are counted for the tablet: a child who plays with one does not keep staff out of another.
    """
    counters = Counters(Counter(digest("attempts", f"pin\n{tablet.id}"), PACE))
    with store.transaction() as tx:
        begin_try(tx, counters, now)
    pin = store[Pin].get(tablet.home_id)
    if not passwords.fits(pin.digits if pin else "", re.sub(r"\s", "", typed)):
        raise WrongPin
    with store.transaction() as tx:
        forgive(tx, counters)


def unlock(store: Store, tablet: Tablet, round_id: str, now: datetime) -> None:
    """Open the tablet for a round of its home. Raises NotPossible where that cannot be, or the tablet is gone."""
    with store.transaction() as tx:
        round_ = tx[Round].get(round_id)
        if round_ is None or round_.home_id != tablet.home_id or not round_.is_open(day_at(now)):
            raise NotPossible("This round is not open. Choose another.")
        if tx[Tablet].get(tablet.id) is None:
            raise NotPossible("This device was removed from the list of the home’s tablets.")
        lock_in_commit(tx, tablet)
        midnight = start_of(day_at(now) + timedelta(days=1))
        tx[Unlocking].put(
            Unlocking(secrets.token_hex(8), tablet.id, tablet.home_id, round_.id, began_at=now, ends_at=midnight)
        )
        remember(tx, TabletChanged("unlocked"), NOBODY, now, tablet.home_id)


def lock(store: Store, tablet: Tablet, now: datetime) -> None:
    """End it. What is being answered there can still be sent."""
    with store.transaction() as tx:
        lock_in_commit(tx, tablet)
        remember(tx, TabletChanged("locked"), NOBODY, now, tablet.home_id)


def round_on(records: Records, tablet: Tablet, now: datetime) -> Round | None:
    """The open round that the tablet is unlocked for; None while it is locked."""
    unlockings = readable(records[Unlocking].find("tablet_id", tablet.id)).records
    current = next((one for one in unlockings if now < one.ends_at), None)
    round_ = records[Round].get(current.round_id) if current else None
    return round_ if round_ is not None and round_.is_open(day_at(now)) else None
