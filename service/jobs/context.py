"""What jobs stand on: the store, the forms, the settings."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from service.collection.invitations.emails import Kind, writer
from service.collection.invitations.invite import Writing
from service.collection.models.errors import NotPossible
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.config import Config
from service.definitions import Form
from service.repository import Readable, RecordsUnreadable
from service.storage.store import RecordStore

Record = TypeVar("Record")


@dataclass(frozen=True)
class JobContext:
    """`forms` gives the published form of a fingerprint, `library` the forms that a new round may ask, by id."""

    store: RecordStore
    forms: Callable[[str], Form]
    library: Mapping[str, Form]
    config: Config
    hasher: Hasher


class NotAll(Exception):
    """A job did what it could, and something is left that somebody should look at; the message is its line."""


@dataclass
class UnreadRecords:
    """What a run could not read, so that it does the rest first and says so at the end."""

    ids: set[str] = field(default_factory=set)

    def of(self, found: Readable[Record]) -> tuple[Record, ...]:
        """The records that can be read; the others are noted."""
        self.ids.update(found.unreadable)
        return found.records

    @contextmanager
    def passed_over(self) -> Iterator[None]:
        """Do one thing of several; where it needs a record that cannot be read, it is left and noted."""
        try:
            yield
        except RecordsUnreadable as fault:
            self.ids.update(fault.ids or [str(fault)])

    @property
    def sentence(self) -> str:
        """That something was left, for the job's line; empty where all could be read."""
        return UNREADABLE if self.ids else ""

    def end(self, line: str) -> str:
        """The job's line. Raises NotAll where something could not be read."""
        if self.ids:
            raise NotAll(f"{line}; {UNREADABLE}")
        return line


UNREADABLE = "some records could not be read (“store check” says which)"


def writing_for(context: JobContext, kind: Kind, round_: Round) -> Writing:
    """How letters of a kind are written to those whom a round asks. Raises NotPossible for a home that is gone."""
    home = context.store[Home].get(round_.home_id)
    if home is None:
        raise NotPossible(f"There is no home called {round_.home_id}.")
    return writer(kind, round_, home, context.forms, context.config.base_url)
