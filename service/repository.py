"""What a room may ask of whoever keeps its records: read one by one or by a field, change inside a transaction."""

from collections.abc import Iterator
from typing import Protocol, TypeVar

Kept = TypeVar("Kept")
Shown = TypeVar("Shown", covariant=True)


class Reader(Protocol[Shown]):
    """The records of one kind, as they are on disk now."""

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


class Repository(Reader[Kept], Protocol[Kept]):
    """The records of one kind, inside a transaction: what is read is what will be changed."""

    def put(self, record: Kept) -> None:
        """Keep the record under its `id`, in place of one that has it already."""
        ...

    def remove(self, record_id: str) -> None:
        """Let the record go; removing what is not there is no fault."""
        ...
