"""One person asked by link: each letter's link has a random token of its own, and only its hash is kept."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime


@dataclass(frozen=True)
class Invitation:
    """Who was asked which form of which round.

    `slip` marks a printed code, which has no name and no address.

    `label` is what the letter calls the child ("review of 12 November"), chosen by the manager. `response_id` is the
    draft begun with it last, `aside` those begun before in other browsers; the first to be sent counts. `declined` says
    why somebody is not the right person, in their words. Once an anonymous form was sent, `answered` stays and nothing
    that could date it: emails and links go to everyone asked alike.
    """

    id: str
    round_id: str
    form_id: str
    created_at: datetime
    expires_on: date
    name: str = ""
    email: str = ""
    label: str = ""
    person_id: str = ""
    response_id: str | None = None
    aside: tuple[str, ...] = ()
    opened_at: datetime | None = None
    answered: bool = False
    reminded_on: tuple[date, ...] = ()
    revoked_at: datetime | None = None
    declined_at: datetime | None = None
    declined: str = ""
    slip: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is still hoped for."""
        return not self.answered and self.gets_emails(unnamed=True)

    def gets_emails(self, *, unnamed: bool) -> bool:
        """Whether emails about this invitation are still sent.

        Of an unnamed form they go to those who have answered too: who gets none would tell who has.
        """
        return self.revoked_at is None and self.declined_at is None and (unnamed or not self.answered)

    def with_draft(self, response_id: str) -> "Invitation":
        """With a draft just begun; the one before is put aside."""
        before = (*self.aside, self.response_id) if self.response_id else self.aside
        return replace(self, response_id=response_id, aside=before)

    def without_draft(self, response_id: str) -> "Invitation":
        """Without a draft that is no longer there; the one put aside last comes back in its place."""
        left = [each for each in (*self.aside, self.response_id) if each and each != response_id]
        return replace(self, response_id=left[-1] if left else None, aside=tuple(left[:-1]))


@dataclass(frozen=True)
class Link:
    """One link to an invitation; `id` is the hash of its token, which cannot be turned back into a link.

    One that was ended leads to nothing but a page that says so. One without `invitation_id` was kept by version 0.1.0
    for a person who has answered anonymously.
    """

    id: str
    invitation_id: str
    round_id: str
    created_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Passcode:
    """The six digits by which another browser goes on with a draft, sent to the invited address.

    `id` is the invitation's: a new code takes the place of the one before. `digits` is a keyed hash. `sent` counts
    the codes of this day, `tries` the wrong ones given for this code.
    """

    id: str
    round_id: str
    digits: str
    made_at: datetime
    expires_at: datetime
    tries: int = 0
    sent: int = 1


def new_token() -> str:
    """A token for a link: 256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept of a token: it finds the link and cannot be turned back into one."""
    return hashlib.sha256(token.encode()).hexdigest()
