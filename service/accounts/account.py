"""Who signs in, what they may be at which home, and the sessions they have open."""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from service.definitions import Role


@dataclass(frozen=True)
class Grant:
    """A role at one home, or at every home of the provider where `home_id` is empty.

    A safeguarding lead's `deputy` is told beside the lead; for other roles it says nothing.
    """

    role: Role
    home_id: str = ""
    deputy: bool = False


@dataclass(frozen=True)
class Account:
    """Someone who signs in. Without `password` it has not been set up yet; a closed one opens nothing.

    `totp` is the second factor's secret, `totp_step` the last time step whose code was used: a code works once.
    """

    id: str
    name: str
    email: str
    created_at: datetime
    grants: tuple[Grant, ...] = ()
    password: str = ""
    totp: str = ""
    totp_step: int = 0
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether its owner may enter."""
        return self.closed_at is None


@dataclass(frozen=True)
class AccountSession:
    """One browser in which an account is signed in; `id` is the hash of what its cookie holds.

    `proved_at` is when password or code were last given, for what needs them fresh. `second_factor` is whether this
    session was opened with one. `ends_at` stands fast, however busy the session.
    """

    id: str
    account_id: str
    began_at: datetime
    seen_at: datetime
    proved_at: datetime
    ends_at: datetime
    second_factor: bool = False
    browser: str = ""


@dataclass(frozen=True)
class AccountLink:
    """A link that lets its holder choose a password: the first one, or a new one. `id` is the hash of its token."""

    id: str
    account_id: str
    purpose: Literal["set_up", "password"]
    expires_at: datetime


@dataclass(frozen=True)
class Attempts:
    """Failures from one place at one thing, for the wait before the next try. `id` is a keyed hash of both."""

    id: str
    count: int
    last_at: datetime


class NotAllowed(Exception):
    """What was asked for cannot be done to this account; the message says why, to whoever asked."""


def as_kept(email: str) -> str:
    """An e-mail address as accounts are found by it: `Ro@Example.org` is `ro@example.org`."""
    return unicodedata.normalize("NFC", email).strip().lower()


def new_secret() -> str:
    """256 random bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is kept of such a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
