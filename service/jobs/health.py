"""Whether all is well: the store, the room on its disk, the letters, and what happens by itself."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.accounts.account import Account
from service.collection.models.published_form import FormState
from service.jobs.clock_check import ran_lately
from service.mail.email import Email
from service.repository import RecordsUnreadable, readable
from service.storage.store import RecordStore

LEAST_ROOM = 200 * 1000 * 1000  # bytes: the journal is written anew beside itself from time to time
LATE = timedelta(minutes=30)  # for a letter
RESTED = timedelta(minutes=2)  # for jobs, which run every ten seconds


@dataclass(frozen=True)
class Health:
    """A word about each. `mail`, `forms` and `accounts` may need a person without the service being broken."""

    store: str = "ok"
    disk: str = "ok"
    mail: str = "ok"
    jobs: str = "ok"
    forms: str = "ok"
    accounts: str = "ok"

    @property
    def well(self) -> bool:
        """Whether nobody needs to see to it."""
        return (self.store, self.disk, self.jobs) == ("ok", "ok", "ok")


def look_over(store: RecordStore, store_url: str, now: datetime, running_for: timedelta) -> Health:
    """How all is, for a server that has been running for so long. Raises StoreUnavailable."""
    begun = running_for < RESTED  # jobs have had no time yet
    return Health(
        disk="ok" if _has_room(store_url) else "low",
        mail=_mail(store, now),
        jobs="ok" if begun or ran_lately(store, now, RESTED) else "late",
        forms=_forms(store),
        accounts=_accounts(store),
    )


def _has_room(store_url: str) -> bool:
    """Where the store is a folder of this machine. A database's disk is watched where the database is."""
    engine, _, folder = store_url.partition(":")
    try:
        return engine != "tinydb" or shutil.disk_usage(folder).free >= LEAST_ROOM
    except OSError:
        return False


def _mail(store: RecordStore, now: datetime) -> str:
    # the oldest come first, so that one that is late is found at once
    late = unreadable = False
    try:
        late = any(_is_late(letter, now) for letter in store[Email].find("state", "waiting"))
    except RecordsUnreadable:
        unreadable = True
    return "late" if late else "some cannot be read" if unreadable else "ok"


def _accounts(store: RecordStore) -> str:
    lost = readable(store[Account].all()).unreadable
    return f"{len(lost)} cannot be read" if lost else "ok"


def _forms(store: RecordStore) -> str:
    faulty = sum(1 for state in readable(store[FormState].all()).records if state.faults)
    return f"{faulty} faulty" if faulty else "ok"


def _is_late(letter: Email, now: datetime) -> bool:
    return now - (letter.tried_since or letter.next_try_at) > LATE
