"""One person asked by link: the link's token is random, and only its hash is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Invitation:
    """Who was asked which form of which round; `id` is the hash of the token in the link.

    `label` is what the letter calls the child ("review of 12 November"), chosen by the manager.
    `response_id` is the draft begun with it. For an anonymous form nothing but `answered` remains of it.
    """

    id: str
    round_id: str
    form_id: str
    created_at: datetime
    expires_on: date
    name: str = ""
    email: str = ""
    label: str = ""
    response_id: str | None = None
    answered: bool = False


def new_token() -> str:
    """A token for a link: 256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept of a token: it finds the invitation and cannot be turned back into a link."""
    return hashlib.sha256(token.encode()).hexdigest()
