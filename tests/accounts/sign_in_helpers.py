"""Somebody at the door: accounts to enter, and tries from anywhere at any moment."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pyotp
from argon2 import PasswordHasher, extract_parameters

from service.accounts.account import Account, Grant
from service.accounts.passwords import Passwords
from service.accounts.sign_in import SignInContext
from service.accounts.throttling import LoginSource
from service.collection.models.hashing import Hasher
from service.definitions import Role
from service.repository import Store

NOON = datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)
PASSWORD = "blue teapot sings loudly"
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HASHER = Hasher([b"k" * 32])


class CountingHasher(PasswordHasher):
    """argon2id at next to no cost, which counts what it was made to do."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.done: list[object] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        self.done.append(extract_parameters(str(hash)))
        return super().verify(hash, password)


CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
KEPT = CHEAP.hash(PASSWORD)


def somebody(
    store: Store,
    email: str = "ro@example.org",
    roles: Iterable[Role] = (),
    *,
    name: str = "Ro Okafor",
    password: str = KEPT,
    totp: str = "",
    closed_at: datetime | None = None,
) -> Account:
    """An account, kept."""
    account = Account(
        id=email.partition("@")[0],
        name=name,
        email=email,
        created_at=NOON,
        grants=tuple(Grant(role) for role in roles),
        password=password,
        totp=totp,
        closed_at=closed_at,
    )
    with store.transaction() as tx:
        tx[Account].put(account)
    return account


def door(
    now: datetime = NOON,
    client: str = "192.0.2.1",
    browser: str = "",
    knows: Iterable[str] = (),
    passwords: Passwords = CHEAP,
) -> SignInContext:
    """A try from this client at this moment."""
    return SignInContext(passwords, HASHER.new, LoginSource(client, browser, frozenset(knows)), now, "Firefox")


def code_at(moment: datetime, totp: str = TOTP) -> str:
    """What the app shows at a moment."""
    return pyotp.TOTP(totp).at(int(moment.timestamp()))
