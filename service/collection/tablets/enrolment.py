"""A device becomes a tablet of a home, by a code that works once; and the PIN with which staff unlock it."""

import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from service.accounts.account import hash_of, new_secret
from service.accounts.passwords import Passwords
from service.audit import TabletChanged, remember
from service.collection.models.errors import NotPossible
from service.collection.models.response import Tombstone
from service.collection.models.tablet import Enrolment, Pin, Tablet, Unlocking
from service.repository import Records, Store, Transaction, readable

LASTS = timedelta(minutes=15)
LONGEST_NAME = 60
SHORTEST_PIN, LONGEST_PIN = 4, 8
# No letters or digits that look alike: the code may have to be typed on the tablet. 31^12 are some 2^59.
_LETTERS, _LENGTH = "abcdefghjkmnpqrstuvwxyz23456789", 12
_RUNS = ("01234567890", "09876543210")

NOBODY = ""  # who unlocks a tablet is known by a PIN that several people have


def make_code(store: Store, home_id: str, name: str, by: str, now: datetime) -> str:
    """A code for one more tablet of this home, given here and never again. Those that ran out are let go of."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    with store.transaction() as tx:
        for old in readable(tx[Enrolment].find("home_id", home_id)).records:
            if now >= old.expires_at:
                tx[Enrolment].remove(old.id)
        tx[Enrolment].put(Enrolment(_id_of(code), home_id, name, by, now + LASTS))
    return code


def in_fours(code: str) -> str:
    """The code as it stands in its address: easy to read and to type."""
    return "-".join(re.findall(".{1,4}", code))


def enrolment_of(records: Records, code: str, now: datetime) -> Enrolment | None:
    """What a code stands for; None for one that was used, has run out or never was."""
    found = records[Enrolment].get(_id_of(code))
    return found if found is not None and now < found.expires_at else None


def enrol(store: Store, code: str, now: datetime, before: Tablet | None = None) -> tuple[Tablet, str]:
    """Make a device a tablet and use the code up; gives the secret that its cookie holds. `before` is what it was.

    Raises NotPossible for a code that no longer works.
    """
    secret = new_secret()
    with store.transaction() as tx:
        enrolment = tx[Enrolment].get(_id_of(code))
        if enrolment is None or now >= enrolment.expires_at:
            raise NotPossible("This code has been used or has run out.")
        tx[Enrolment].remove(enrolment.id)
        if before is not None:
            _let_go(tx, before)
        tablet = Tablet(hash_of(secret), enrolment.home_id, enrolment.name, now, enrolment.made_by)
        tx[Tablet].put(tablet)
        remember(tx, TabletChanged("enrolled"), enrolment.made_by, now, tablet.home_id)
    return tablet, secret


def tablet_of(records: Records, secret: str) -> Tablet | None:
    """The tablet whose secret this is; None once it was removed."""
    return records[Tablet].get(hash_of(secret))


def tablets_of(records: Records, home_id: str) -> list[Tablet]:
    """A home's tablets, by name."""
    return sorted(
        readable(records[Tablet].find("home_id", home_id)).records,
        key=lambda one: (one.name.casefold(), one.enrolled_at),
    )


def next_name(records: Records, home_id: str) -> str:
    """What a new tablet may be called: `Tablet 3`."""
    taken = {tablet.name for tablet in readable(records[Tablet].find("home_id", home_id)).records}
    return next(name for number in range(1, len(taken) + 2) if (name := f"Tablet {number}") not in taken)


def rename(store: Store, tablet_id: str, name: str) -> None:
    """Call a tablet something else. One that was removed meanwhile stays removed."""
    with store.transaction() as tx:
        tablet = tx[Tablet].get(tablet_id)
        if tablet is not None:
            tx[Tablet].put(replace(tablet, name=name))


def remove(store: Store, tablet_id: str, by: str, now: datetime) -> None:
    """Revoke a tablet at once: nobody begins anything on it any more. What is being answered there can be sent."""
    with store.transaction() as tx:
        tablet = tx[Tablet].get(tablet_id)
        if tablet is not None:
            _let_go(tx, tablet)
            remember(tx, TabletChanged("removed"), by, now, tablet.home_id)


def fault_in_pin(digits: str) -> str:
    """What is wrong with a new PIN, as a sentence; empty when nothing is."""
    if not re.fullmatch(rf"[0-9]{{{SHORTEST_PIN},{LONGEST_PIN}}}", digits):
        return f"Use {SHORTEST_PIN} to {LONGEST_PIN} digits."
    half = digits[: len(digits) // 2]
    if len(set(digits)) == 1 or digits == half * 2 or any(digits in run for run in _RUNS):
        return "That is one of the first PINs that somebody would try. Choose digits with no pattern."
    if re.fullmatch(r"(19|20)\d\d", digits):
        return "That looks like a year, which others may guess. Choose other digits."
    return ""


def set_pin(store: Store, passwords: Passwords, home_id: str, digits: str, by: str, now: datetime) -> None:
    """Keep a home's new PIN, of which only a slow hash is kept. Its tablets lock: the old one may be known."""
    hashed = passwords.hash(digits)
    with store.transaction() as tx:
        tx[Pin].put(Pin(home_id, hashed, now, by))
        for unlocking in readable(tx[Unlocking].find("home_id", home_id)).records:
            tx[Unlocking].remove(unlocking.id)
        remember(tx, TabletChanged("pin"), by, now, home_id)


def lock_in_commit(tx: Transaction, tablet: Tablet) -> None:
    """End what the tablet was unlocked for, as part of a transaction that holds more."""
    for unlocking in readable(tx[Unlocking].find("tablet_id", tablet.id)).records:
        tx[Unlocking].remove(unlocking.id)


def _let_go(tx: Transaction, tablet: Tablet) -> None:
    lock_in_commit(tx, tablet)
    tx[Tablet].remove(tablet.id)
    tx[Tombstone].put(Tombstone(tablet.id))  # an older backup must not bring a lost tablet back


def _id_of(code: str) -> str:
    return hash_of(re.sub(r"[\s-]", "", code).lower())
