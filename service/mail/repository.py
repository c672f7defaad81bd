"""What the outbox needs kept: letters, among whatever else the same transaction holds."""

from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from service.mail.letter import Letter
from service.repository import Reader, Repository


class LetterRecords(Protocol):
    """Letters, for reading."""

    @property
    def letters(self) -> Reader[Letter]: ...


class LetterBooks(Protocol):
    """Letters, for changing."""

    @property
    def letters(self) -> Repository[Letter]: ...


Books = TypeVar("Books", bound=LetterBooks, covariant=True)


class LetterStore(LetterRecords, Protocol[Books]):
    """Where letters are kept. What else its transactions hold is for whoever says which letters are wanted."""

    def transaction(self) -> AbstractContextManager[Books]:
        """Read and change as one: nobody else changes anything in between, all is kept or nothing is."""
        ...
