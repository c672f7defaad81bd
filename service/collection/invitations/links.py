"""A link and the letter that carries it, kept and ended together."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from service.collection.models.invitation import Invitation, Link, Passcode, hash_of, new_token
from service.mail.letter import Letter, LetterKind, Words, new_letter
from service.repository import Transaction

Writing = Callable[[Invitation, str], Words]  # what a letter to the invited says, given its link's token


def post(
    books: Transaction,
    invitation: Invitation,
    kind: LetterKind,
    now: datetime,
    write: Writing,
    not_before: datetime | None = None,
) -> None:
    """Keep the invitation with one link more and the letter that carries it."""
    token = new_token()
    books[Invitation].put(invitation)
    books[Link].put(Link(hash_of(token), invitation.id, invitation.round_id, now))
    books[Letter].put(letter_with(kind, invitation, token, now, write, not_before))


def letter_with(
    kind: LetterKind,
    invitation: Invitation,
    token: str,
    now: datetime,
    write: Writing,
    not_before: datetime | None = None,
) -> Letter:
    return new_letter(
        kind,
        invitation.email,
        write(invitation, token),
        now,
        round_id=invitation.round_id,
        invitation_id=invitation.id,
        not_before=not_before,
    )


def end_links(books: Transaction, invitation: Invitation, now: datetime) -> None:
    for link in list(books[Link].find("invitation_id", invitation.id)):
        if link.ended_at is None:
            books[Link].put(replace(link, ended_at=now))
    for letter in list(books[Letter].find("invitation_id", invitation.id)):
        if letter.state == "waiting":
            books[Letter].put(replace(letter, state="dropped", text="", html=""))
    books[Passcode].remove(invitation.id)
