"""Asking people by link: an invitation each, and a link in every letter that leads to it."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from service.audit import Invited, remember
from service.collection.invitations.links import Writing as Writing
from service.collection.invitations.links import end_links, letter_with, post
from service.collection.models.errors import NotPossible
from service.collection.models.invitation import Invitation, Link, hash_of, new_token
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.responses.submission import withdraw_draft
from service.collection.rounds.open_close import open_still
from service.collection.rounds.queries import unnamed_forms
from service.dates import day_at
from service.mail.email import Email
from service.repository import Records, Store, Transaction, readable

LONGEST_TOKEN = 100
MOST_ASKED_FOR = 3  # new links a day that somebody may ask for with an old one


@dataclass(frozen=True)
class Addressee:
    """Someone to ask: which form, and what a letter needs. `label` is what the manager calls the child."""

    form_id: str
    name: str = ""
    email: str = ""
    label: str = ""
    person_id: str = ""


@dataclass(frozen=True)
class PreparedInvitation:
    """All that asking one person will keep, and the token that only their link carries."""

    invitation: Invitation
    link: Link
    token: str
    letter: Email | None


def invite(
    store: Store,
    round_: Round,
    people: Iterable[Addressee],
    now: datetime,
    write: Writing | None = None,
    *,
    by: str = "",
) -> list[tuple[Addressee, str]]:
    """An invitation for each person, with the token that their link carries: all of them or none.

    `write` makes the letter; it goes into the outbox in the same commit. Without it the
    tokens are given here and never again; only their hashes are kept. `by` is remembered as whose doing it was.
    Raises NotPossible for a form that the round does not ask, or a round that is closed.
    """
    people = list(people)
    ready = prepare(round_, people, now, write)
    with store.transaction() as tx:
        open_still(tx, round_.id, now)
        keep_prepared(tx, ready)
        _remember(tx, round_, "invited", len(ready), now, by)
    return [(person, each.token) for person, each in zip(people, ready, strict=True)]


def prepare(
    round_: Round, people: Iterable[Addressee], now: datetime, write: Writing | None = None
) -> list[PreparedInvitation]:
    """What asking these people comes to, with the letters written; nothing is kept yet. Raises as `invite` does."""
    if not round_.is_open(day_at(now)):
        raise NotPossible(f"The round {round_.id} is closed.")
    people = list(people)
    for person in people:
        if round_.form_ref(person.form_id) is None:
            raise NotPossible(f"The round {round_.id} does not ask {person.form_id}.")
    return [_prepared(round_, person, now, write) for person in people]


def keep_prepared(tx: Transaction, ready: Iterable[PreparedInvitation]) -> None:
    """Keep what was prepared, as part of a transaction that may hold more."""
    for each in ready:
        tx[Invitation].put(each.invitation)
        tx[Link].put(each.link)
        if each.letter is not None:
            tx[Email].put(each.letter)


def _prepared(round_: Round, person: Addressee, now: datetime, write: Writing | None) -> PreparedInvitation:
    token = new_token()
    invitation = Invitation(
        id=secrets.token_hex(16),
        round_id=round_.id,
        form_id=person.form_id,
        created_at=now,
        expires_on=round_.closes_on,
        name=person.name,
        email=person.email.lower(),  # so that one person is found however it was typed
        label=person.label,
        person_id=person.person_id,
    )
    letter = letter_with("invitation", invitation, token, now, write) if write and invitation.email else None
    return PreparedInvitation(invitation, Link(hash_of(token), invitation.id, round_.id, now), token, letter)


def send_again(store: Store, invitation_id: str, now: datetime, write: Writing, *, by: str = "") -> Invitation:
    """A new link in a new letter; those sent before live on, but for links that were revoked.

    People who were revoked or had declined are asked again. Of an unnamed form those who have answered get one too.
    Raises NotPossible for a named form that was answered, for no address, or for a round that is closed.
    """
    with store.transaction() as tx:
        invitation, round_ = _changeable(tx, invitation_id, now)
        if not invitation.email:
            raise NotPossible("There is no e-mail address to send a link to.")
        invitation = _wanted_again(invitation, round_)
        post(tx, invitation, "new_link", now, write)
        _remember(tx, round_, "sent_again", 1, now, by)
        return invitation


def ask_for_another(store: Store, invitation_id: str, now: datetime, write: Writing) -> bool:
    """A new link for somebody who holds an old one, sent to the invited address and nowhere else.

    Nothing happens, and False says so, for what a manager revoked, where there is no address, after the round, after
    an answer to a named form, and for the fourth time on one day. Nobody outside is told which.
    """
    with store.transaction() as tx:
        try:
            invitation, round_ = _changeable(tx, invitation_id, now)
        except NotPossible:
            return False
        today = [
            letter
            for letter in readable(tx[Email].find("invitation_id", invitation_id)).records
            if letter.kind == "new_link" and day_at(letter.created_at) == day_at(now)
        ]
        if not invitation.email or invitation.revoked_at is not None or len(today) >= MOST_ASKED_FOR:
            return False
        post(tx, _wanted_again(invitation, round_), "new_link", now, write)
        return True


def remind(
    store: Store,
    invitation_ids: Iterable[str],
    now: datetime,
    write_for: Callable[[Round], Writing],
    *,
    by: str = "",
    not_before: datetime | None = None,
) -> int:
    """A letter with a link of its own to each of these who is still waited for; says to how many.

    They leave at once or, `not_before` being given, then; the day on which they leave is noted. Nobody is reminded
    twice on one day, and nobody who has declined, was revoked or has no address, or has answered a named form.
    """
    today = day_at(not_before or now)
    reminded: dict[str, int] = {}
    with store.transaction() as tx:
        for invitation_id in invitation_ids:
            invitation = tx[Invitation].get(invitation_id)
            round_ = tx[Round].get(invitation.round_id) if invitation else None
            if invitation is None or round_ is None or not round_.is_open(today):
                continue
            unnamed = invitation.form_id in unnamed_forms(tx, round_)
            if not invitation.gets_emails(unnamed=unnamed) or not invitation.email or today in invitation.reminded_on:
                continue
            invitation = replace(invitation, reminded_on=(*invitation.reminded_on, today), expires_on=round_.closes_on)
            post(tx, invitation, "reminder", now, write_for(round_), not_before)
            reminded[round_.id] = reminded.get(round_.id, 0) + 1
        for round_id, count in reminded.items():
            _remember(tx, tx[Round].get(round_id), "reminded", count, now, by)
    return sum(reminded.values())


def revoke(store: Store, invitation_id: str, now: datetime, *, by: str = "") -> Invitation:
    """End every link of an invitation, and what of its letters has not left; only `send_again` brings it back.

    What was begun stays as it is and cannot be sent; an answer that has come stays too. Raises NotPossible for a named
    form that was answered.
    """
    with store.transaction() as tx:
        invitation, round_ = _changeable(tx, invitation_id, now)
        if invitation.revoked_at is None:
            invitation = _revoked(tx, invitation, now)
            _remember(tx, round_, "revoked", 1, now, by)
        return invitation


def correct(
    store: Store,
    invitation_id: str,
    email: str,
    now: datetime,
    write: Writing,
    *,
    name: str | None = None,
    by: str = "",
) -> Invitation:
    """Ask at another address, with `name` another person: it is as if nobody had been asked at the one before.

    Links and codes sent there end, and a draft begun with them is deleted: whoever wrote it was not meant. Of an
    unnamed form the invitation is revoked and another one made, so that nothing tells whether it was answered.
    Raises NotPossible for a named form that was answered, or a round that is closed.
    """
    with store.transaction() as tx:
        before, round_ = _changeable(tx, invitation_id, now)
        if before.form_id in unnamed_forms(tx, round_):
            if before.revoked_at is None:
                before = _revoked(tx, before, now)
            person = Addressee(before.form_id, name or before.name, email.strip(), before.label, before.person_id)
            made = _prepared(round_, person, now, write)
            keep_prepared(tx, [made])
            _remember(tx, round_, "corrected", 1, now, by)
            return made.invitation
        for draft in list(tx[Response].find("round_id", round_.id)):
            if draft.invitation_id == invitation_id and draft.submitted_at is None:
                withdraw_draft(tx, draft)
        end_links(tx, before, now)
        invitation = replace(
            before,
            email=email.strip().lower(),
            name=before.name if name is None else name,
            expires_on=round_.closes_on,
            response_id=None,
            aside=(),
            opened_at=None,
            reminded_on=(),
            revoked_at=None,
            declined_at=None,
            declined="",
        )
        post(tx, invitation, "invitation", now, write)
        _remember(tx, round_, "corrected", 1, now, by)
        return invitation


def decline(store: Store, invitation_id: str, reason: str, now: datetime) -> Invitation:
    """Somebody says that they are not the right person, and why; beginning after all takes it back.

    Raises NotPossible for somebody who has answered, was revoked, or is asked by a round that is closed.
    """
    with store.transaction() as tx:
        invitation, _ = _changeable(tx, invitation_id, now)
        if invitation.answered and not invitation.slip:
            raise NotPossible("An answer has come already.")
        if invitation.revoked_at is not None:
            raise NotPossible("This invitation was revoked.")
        invitation = replace(invitation, declined_at=now, declined=reason)
        tx[Invitation].put(invitation)
        return invitation


def linked(records: Records, token: str) -> Invitation | None:
    """The invitation that a link's token leads to; None where it leads nowhere, or no longer."""
    found = followed(records, token)
    return found.invitation if found and found.alive else None


@dataclass(frozen=True)
class Followed:
    """Where a link leads, and whether it may still be used: one that was ended only says so."""

    invitation: Invitation
    alive: bool


def followed(records: Records, token: str) -> Followed | None:
    """Where a link's token leads, or led; None for a token that nobody was ever sent, or that leads to nobody."""
    link = _link(records, token)
    invitation = records[Invitation].get(link.invitation_id) if link else None
    if link is None or invitation is None:
        return None
    return Followed(invitation, link.ended_at is None and invitation.revoked_at is None)


def is_spent(records: Records, token: str) -> bool:
    """Whether version 0.1.0 kept this link without its invitation, because an anonymous answer had come."""
    link = _link(records, token)
    return link is not None and not link.invitation_id


def _link(records: Records, token: str) -> Link | None:
    return records[Link].get(hash_of(token)) if len(token) <= LONGEST_TOKEN else None


def invite_again(
    tx: Transaction,
    invitation: Invitation,
    person: Addressee,
    round_: Round,
    now: datetime,
    write: Writing,
) -> None:
    """Ask a person whose invitation was revoked; one who has answered hears so, and has no second voice."""
    named = replace(invitation, name=person.name, label=person.label, person_id=person.person_id)
    post(tx, _wanted_again(named, round_), "invitation", now, write)


def _changeable(tx: Transaction, invitation_id: str, now: datetime) -> tuple[Invitation, Round]:
    """An invitation about which something may be done: whether an unnamed form was answered makes no difference."""
    invitation = tx[Invitation].get(invitation_id)
    if invitation is None:
        raise NotPossible("There is no such invitation.")
    round_ = open_still(tx, invitation.round_id, now)
    if invitation.answered and invitation.form_id not in unnamed_forms(tx, round_):
        raise NotPossible("An answer has come already.")
    return invitation, round_


def _revoked(tx: Transaction, invitation: Invitation, now: datetime) -> Invitation:
    invitation = replace(invitation, revoked_at=now)
    tx[Invitation].put(invitation)
    end_links(tx, invitation, now)
    return invitation


def _wanted_again(invitation: Invitation, round_: Round) -> Invitation:
    return replace(invitation, expires_on=round_.closes_on, revoked_at=None, declined_at=None, declined="")


def _remember(tx: Transaction, round_: Round | None, change: str, count: int, now: datetime, by: str) -> None:
    if by and round_ is not None:
        remember(tx, Invited(round_.id, change, count), by, now, round_.home_id)
