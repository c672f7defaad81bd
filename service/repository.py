"""What an area may ask of the store: read records by id or by a field, change them inside a transaction."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

Record = TypeVar("Record")
Shown = TypeVar("Shown", covariant=True)


class Reader(Protocol[Shown]):
    """The records of one type, as they are on disk now."""

    def get(self, record_id: str) -> Shown | None:
        """The record, or None where there is none."""
        ...

    def all(self) -> Iterator[Shown]:
        """Every record, in the order of first writing."""
        ...

    def find(self, field: str, value: str) -> Iterator[Shown]:
        """The records whose indexed `field` is `value`, in the order of first writing.

        Raises KeyError for a field that the store keeps no index of: a scan is never made by accident.
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
