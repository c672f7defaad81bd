"""What an area may ask of the store: read records by id or by a field, change them inside a transaction."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Record = TypeVar("Record")
Shown = TypeVar("Shown", covariant=True)


class RecordsUnreadable(Exception):
    """Records that this process cannot read: `ids` names them, the message says why and holds nothing of theirs."""

    def __init__(self, message: str, ids: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.ids = tuple(ids)


@dataclass(frozen=True)
class Readable(Generic[Record]):
    """The records that can be read; `unreadable` are the ids of the others."""

    records: tuple[Record, ...]
    unreadable: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        raise TypeError("Ask for the records or for the ids that could not be read.")


def readable(records: Iterable[Record]) -> Readable[Record]:
    """Read what can be read of `all` or `find`, for work that must not stop at one record."""
    found: list[Record] = []
    try:
        found.extend(records)
    except RecordsUnreadable as fault:
        return Readable(tuple(found), fault.ids)
    return Readable(tuple(found))


def read(records: "Reader[Record]", record_id: str) -> Record | None:
    """The record; None where there is none and where it cannot be read."""
    try:
        return records.get(record_id)
    except RecordsUnreadable:
        return None


class Reader(Protocol[Shown]):
    """The records of one type, as they are on disk now."""

    def get(self, record_id: str) -> Shown | None:
        """The record, or None where there is none. Raises RecordsUnreadable."""
        ...

    def all(self) -> Iterator[Shown]:
        """Every record, in the order of first writing. Raises RecordsUnreadable, but only after all others."""
        ...

    def find(self, field: str, value: str) -> Iterator[Shown]:
        """The records whose indexed `field` is `value`, in the order of first writing.

        Raises RecordsUnreadable as `all` does, and KeyError for a field that the store keeps no index of: a scan is
        never made by accident.
        """
        ...

    def count(self, field: str, value: str) -> int:
        """How many `find` would give, without reading them."""
        ...


class Repository(Reader[Record], Protocol[Record]):
    """The records of one type, inside a transaction: what is read is what will be changed."""

    def put(self, record: Record) -> None:
        """Keep the record under its `id`, in place of one that has it already."""
        ...

    def remove(self, record_id: str) -> None:
        """Remove the record; removing what is not there is no fault."""
        ...


class Records(Protocol):
    """All records, for reading: `records[Home]` reads homes."""

    def __getitem__(self, record: type[Record], /) -> Reader[Record]:
        """The records of this class. Raises KeyError for a class that is not kept."""
        ...


class Transaction(Protocol):
    """All records, for changing: everything put and removed becomes one commit."""

    def __getitem__(self, record: type[Record], /) -> Repository[Record]:
        """The records of this class. Raises KeyError for a class that is not kept."""
        ...


class Store(Records, Protocol):
    """Where records are kept. Leaving a transaction without an exception means: on disk."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Read and change as one: nobody else changes anything in between, all is kept or nothing is."""
        ...
