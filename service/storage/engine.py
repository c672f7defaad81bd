"""What an engine does: documents by table and id, found by indexed fields, changed together or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from service.storage.documents import Json


class WrongFormat(Exception):
    """The store was written by a version of the service that this one does not understand."""


class Shelves(Protocol):
    """Documents as they are now, in the order of first writing."""

    def get(self, table: str, id: str) -> Json | None: ...
    def all(self, table: str) -> Iterator[tuple[str, Json]]: ...
    def find(self, table: str, field: str, values: Sequence[str]) -> Iterator[tuple[str, Json]]: ...
    def count(self, table: str, field: str, values: Sequence[str]) -> int: ...


class Books(Shelves, Protocol):
    """Documents that can be changed, inside a transaction and nowhere else."""

    def put(self, table: str, id: str, document: Json) -> None: ...
    def remove(self, table: str, id: str) -> None: ...


class Frozen(Protocol):
    """Documents as they were at one moment."""

    def size(self, table: str) -> int: ...
    def all(self, table: str) -> Iterator[tuple[str, Json]]: ...


class Engine(Books, Protocol):
    """Where documents are; leaving a transaction without an exception means: on disk.

    In the thread that is inside one, reading gives what has been put so far.
    """

    def transaction(self) -> AbstractContextManager[Books]: ...
    def snapshot(self) -> AbstractContextManager[Frozen]: ...
    def compact(self) -> None: ...
    def faults(self) -> list[str]: ...
    def notes(self) -> list[str]: ...
    def forget_set_aside(self, before: datetime) -> int: ...
    def close(self) -> None: ...
