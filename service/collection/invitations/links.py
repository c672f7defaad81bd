"""A link and the letter that carries it, kept and ended together."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from service.collection.models.invitation import Invitation, Link, Passcode, hash_of, new_token
from service.mail.email import Email, EmailKind, Words, new_email
from service.repository import Transaction

Writing = Callable[[Invitation, str], Words]  # what a letter to the invited says, given its link's token


def post(
    tx: Transaction,
    invitation: Invitation,
    kind: EmailKind,
    now: datetime,
    write: Writing,
    not_before: datetime | None = None,
) -> None:
    """Keep the invitation with one link more and the letter that carries it."""
    token = new_token()
    tx[Invitation].put(invitation)
    tx[Link].put(Link(hash_of(token), invitation.id, invitation.round_id, now))
    tx[Email].put(letter_with(kind, invitation, token, now, write, not_before))


def letter_with(
    kind: EmailKind,
    invitation: Invitation,
    token: str,
    now: datetime,
    write: Writing,
    not_before: datetime | None = None,
) -> Email:
    return new_email(
        kind,
        invitation.email,
        write(invitation, token),
        now,
        round_id=invitation.round_id,
        invitation_id=invitation.id,
        not_before=not_before,
    )


def end_links(tx: Transaction, invitation: Invitation, now: datetime) -> None:
    for link in list(tx[Link].find("invitation_id", invitation.id)):
        if link.ended_at is None:
            tx[Link].put(replace(link, ended_at=now))
    for letter in list(tx[Email].find("invitation_id", invitation.id)):
        if letter.state == "waiting":
            tx[Email].put(replace(letter, state="dropped", text="", html=""))
    tx[Passcode].remove(invitation.id)
