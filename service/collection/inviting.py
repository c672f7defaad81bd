"""Asking people by link: an invitation each, and a link in every letter that leads to it."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from service.calendar import day_at
from service.collection.asking import NotPossible
from service.collection.invitation import Invitation, Link, hash_of, new_token
from service.collection.repository import Records, Store, Transaction
from service.collection.round import Round
from service.mail.letter import Letter, Words, new_letter

LONGEST_TOKEN = 100
Writing = Callable[[Invitation, str], Words]  # what a letter to the invited says, given its link's token


@dataclass(frozen=True)
class Addressee:
    """Someone to ask: which form, and what a letter needs. `label` is what the manager calls the child."""

    form_id: str
    name: str = ""
    email: str = ""
    label: str = ""
    person_id: str = ""


@dataclass(frozen=True)
class Prepared:
    """All that asking one person will keep, and the token that only their link carries."""

    invitation: Invitation
    link: Link
    token: str
    letter: Letter | None


def invite(
    store: Store,
    asked: Round,
    people: Iterable[Addressee],
    now: datetime,
    write: Writing | None = None,
) -> list[tuple[Addressee, str]]:
    """An invitation for each person, with the token that their link carries: all of them or none.

    `write` makes the letter; it goes into the outbox in the same commit. Without it the
    tokens are given here and never again; only their hashes are kept. Raises NotPossible for a form that the round
    does not ask, or a round that is closed.
    """
    people = list(people)
    ready = prepare(asked, people, now, write)
    with store.transaction() as books:
        keep_prepared(books, ready)
    return [(person, each.token) for person, each in zip(people, ready, strict=True)]


def prepare(asked: Round, people: Iterable[Addressee], now: datetime, write: Writing | None = None) -> list[Prepared]:
    """What asking these people comes to, with the letters written; nothing is kept yet. Raises as `invite` does."""
    if not asked.is_open(day_at(now)):
        raise NotPossible(f"The round {asked.id} is closed.")
    people = list(people)
    for person in people:
        if asked.form_ref(person.form_id) is None:
            raise NotPossible(f"The round {asked.id} does not ask {person.form_id}.")
    return [_prepared(asked, person, now, write) for person in people]


def keep_prepared(books: Transaction, ready: Iterable[Prepared]) -> None:
    """Keep what was prepared, as part of a transaction that may hold more."""
    for each in ready:
        books.invitations.put(each.invitation)
        books.links.put(each.link)
        if each.letter is not None:
            books.letters.put(each.letter)


def _prepared(asked: Round, person: Addressee, now: datetime, write: Writing | None) -> Prepared:
    token = new_token()
    invitation = Invitation(
        id=secrets.token_hex(16),
        round_id=asked.id,
        form_id=person.form_id,
        created_at=now,
        expires_on=asked.closes_on,
        name=person.name,
        email=person.email.lower(),  # so that one person is found however it was typed
        label=person.label,
        person_id=person.person_id,
    )
    letter = None
    if write is not None and invitation.email:
        words = write(invitation, token)
        letter = new_letter("invitation", invitation.email, words, now, round_id=asked.id, invitation_id=invitation.id)
    return Prepared(invitation, Link(hash_of(token), invitation.id, asked.id, now), token, letter)


def linked(records: Records, token: str) -> Invitation | None:
    """The invitation that a link's token leads to; None where it leads nowhere."""
    link = records.links.get(hash_of(token)) if len(token) <= LONGEST_TOKEN else None
    return records.invitations.get(link.invitation_id) if link else None
