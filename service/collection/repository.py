"""What collection needs kept: records read one by one or by a field, and changed together or not at all."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from service.collection.home import Home
from service.collection.invitation import Invitation
from service.collection.published import PublishedForm
from service.collection.response import Ledger, Receipt, Response, Tombstone
from service.collection.round import Round

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


class Records(Protocol):
    """All that collection keeps, for reading."""

    @property
    def homes(self) -> Reader[Home]: ...
    @property
    def forms(self) -> Reader[PublishedForm]: ...
    @property
    def rounds(self) -> Reader[Round]: ...
    @property
    def invitations(self) -> Reader[Invitation]: ...
    @property
    def responses(self) -> Reader[Response]: ...
    @property
    def receipts(self) -> Reader[Receipt]: ...
    @property
    def tombstones(self) -> Reader[Tombstone]: ...
    @property
    def ledgers(self) -> Reader[Ledger]: ...


class Transaction(Protocol):
    """All that collection keeps, for changing: everything put and removed becomes one commit."""

    @property
    def homes(self) -> Repository[Home]: ...
    @property
    def forms(self) -> Repository[PublishedForm]: ...
    @property
    def rounds(self) -> Repository[Round]: ...
    @property
    def invitations(self) -> Repository[Invitation]: ...
    @property
    def responses(self) -> Repository[Response]: ...
    @property
    def receipts(self) -> Repository[Receipt]: ...
    @property
    def tombstones(self) -> Repository[Tombstone]: ...
    @property
    def ledgers(self) -> Repository[Ledger]: ...


class Store(Records, Protocol):
    """Where records are kept. Leaving a transaction without an exception means: on disk."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Read and change as one: nobody else changes anything in between, all is kept or nothing is."""
        ...
