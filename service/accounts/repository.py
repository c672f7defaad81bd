"""What accounts need kept, and the letters and events that go into the same commit."""

from contextlib import AbstractContextManager
from typing import Protocol

from service.accounts.account import Account, AccountLink, AccountSession, Attempts
from service.audit import Entry
from service.mail.letter import Letter
from service.repository import Reader, Repository


class Records(Protocol):
    """All that accounts keep, for reading."""

    @property
    def accounts(self) -> Reader[Account]: ...
    @property
    def account_sessions(self) -> Reader[AccountSession]: ...
    @property
    def account_links(self) -> Reader[AccountLink]: ...
    @property
    def attempts(self) -> Reader[Attempts]: ...
    @property
    def letters(self) -> Reader[Letter]: ...
    @property
    def audit(self) -> Reader[Entry]: ...


class Transaction(Protocol):
    """All that accounts keep, for changing: everything put and removed becomes one commit."""

    @property
    def accounts(self) -> Repository[Account]: ...
    @property
    def account_sessions(self) -> Repository[AccountSession]: ...
    @property
    def account_links(self) -> Repository[AccountLink]: ...
    @property
    def attempts(self) -> Repository[Attempts]: ...
    @property
    def letters(self) -> Repository[Letter]: ...
    @property
    def audit(self) -> Repository[Entry]: ...


class Store(Records, Protocol):
    """Where accounts are kept. Leaving a transaction without an exception means: on disk."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Read and change as one: nobody else changes anything in between, all is kept or nothing is."""
        ...
