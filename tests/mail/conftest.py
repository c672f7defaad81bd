"""A store of its own on each engine, a mail server, letters, and a clock that is told the time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from service.mail.compose import words
from service.mail.email import Email, EmailKind, new_email
from service.storage import open_store
from service.storage.store import RecordStore
from tests.mail.server import MailServer

MORNING = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
FROM = "sayso@brightwater.example.org"


@dataclass
class Clock:
    """What the time is; `clock.now += …` makes it pass."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        """Let so much time pass."""
        self.now += timedelta(**time)


def letter_to(
    to: str, now: datetime = MORNING, kind: EmailKind = "invitation", text: str = "", **more: object
) -> Email:
    """A letter with a link."""
    said = words(
        "Your views about Larch House",
        "Hello Sam,",
        [text or "Larch House asks for your views."],
        ("Give your views", f"https://sayso.example.org/i/{to.partition('@')[0]}"),
        ["Larch House"],
    )
    return new_email(kind, to, said, now, **more)  # type: ignore[arg-type]


def put(store: RecordStore, *letters: Email) -> list[Email]:
    """Keep letters, and give them back."""
    with store.transaction() as tx:
        for letter in letters:
            tx[Email].put(letter)
    return list(letters)


def kept(store: RecordStore, letter: Email) -> Email:
    """The letter as it is now."""
    found = store[Email].get(letter.id)
    assert found is not None
    return found


@pytest.fixture
def store(store_url: str) -> Iterator[RecordStore]:
    store = open_store(store_url, lock_seconds=30)
    yield store
    store.close()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()
