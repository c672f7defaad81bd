"""Six digits, sent to the invited address, by which another browser goes on with what was begun."""

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from service.collection.models.errors import NotPossible
from service.collection.models.hashing import Hasher
from service.collection.models.invitation import Invitation, Passcode
from service.dates import day_at
from service.mail.email import Email, Words, new_email
from service.repository import Store, Transaction, readable

LASTS = timedelta(minutes=15)
MOST_TRIES = 5  # wrong ones, for one code
MOST_A_DAY = 5  # codes for one invitation: 25 tries of a million

Outcome = Literal["right", "wrong", "ended"]


def send_code(
    store: Store,
    invitation_id: str,
    hasher: Hasher,
    now: datetime,
    write: Callable[[Invitation, str], Words],
) -> None:
    """Put a letter with a new code into the outbox; the code before it ends.

    `write` makes the letter, given the digits, which only their keyed hash outlives. Raises NotPossible where there is
    no address, nothing to go on with, or were too many codes today.
    """
    digits = f"{secrets.randbelow(1_000_000):06}"
    with store.transaction() as tx:
        invitation = tx[Invitation].get(invitation_id)
        if invitation is None or not invitation.email or (not invitation.is_waiting and not invitation.declined_at):
            raise NotPossible("No code can be sent.")
        before = tx[Passcode].get(invitation_id)
        sent = before.sent if before and day_at(before.made_at) == day_at(now) else 0
        if sent >= MOST_A_DAY:
            raise NotPossible("No more codes can be sent today.")
        _drop_waiting(tx, invitation_id)
        tx[Passcode].put(
            Passcode(
                id=invitation_id,
                round_id=invitation.round_id,
                digits=hasher.new("passcode", _named(invitation_id, digits)),
                made_at=now,
                expires_at=now + LASTS,
                sent=sent + 1,
            )
        )
        tx[Email].put(
            new_email(
                "code",
                invitation.email,
                write(invitation, digits),
                now,
                round_id=invitation.round_id,
                invitation_id=invitation_id,
                rather_twice=True,  # two letters with one code do no harm
            )
        )


def try_code(store: Store, invitation_id: str, typed: str, hasher: Hasher, now: datetime) -> Outcome:
    """Whether these are the digits that were sent last. A right code is used up, and so is one tried too often."""
    digits = re.sub(r"[\s-]", "", typed)
    with store.transaction() as tx:
        code = tx[Passcode].get(invitation_id)
        if code is None or not code.digits or now >= code.expires_at:
            return "ended"
        expected = hasher.any("passcode", _named(invitation_id, digits))
        if any(hmac.compare_digest(code.digits, one) for one in expected):
            tx[Passcode].put(replace(code, digits=""))
            return "right"
        tries = code.tries + 1
        ended = tries >= MOST_TRIES
        tx[Passcode].put(replace(code, tries=tries, digits="" if ended else code.digits))
        return "ended" if ended else "wrong"


def _named(invitation_id: str, digits: str) -> str:
    return f"{invitation_id}:{digits}"


def _drop_waiting(tx: Transaction, invitation_id: str) -> None:
    """A letter with a code that has ended helps nobody."""
    for letter in readable(tx[Email].find("invitation_id", invitation_id)).records:
        if letter.kind == "code" and letter.state == "waiting":
            tx[Email].put(replace(letter, state="dropped", text="", html=""))
