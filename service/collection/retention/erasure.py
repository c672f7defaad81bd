"""Deleting for real: a response goes, its id stays so that no retry brings it back, and the count says that it went."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from service.audit import ErasedPerson, remember
from service.collection.comments.themes import forget_themes
from service.collection.models.comment_read import CommentRead
from service.collection.models.invitation import Invitation, Link, Passcode
from service.collection.models.person import Person
from service.collection.models.picture_decision import PictureDecision
from service.collection.models.response import Ledger, Response, Tombstone, ledger_id
from service.collection.models.round import PlannedRound
from service.definitions import Form
from service.mail.email import Email
from service.repository import (
    Readable,
    Records,
    Repository,
    Store,
    Transaction,
    read,
    readable,
)


@dataclass(frozen=True)
class Found:
    """What is kept of one person: each time they were asked, and what they said that still leads to them.

    `links` and `letters` are those of the invitations, and every other letter to the address; `people` are the entries
    on contact lists.
    """

    invitations: tuple[Invitation, ...] = ()
    responses: tuple[Response, ...] = ()
    links: tuple[Link, ...] = ()
    letters: tuple[Email, ...] = ()
    people: tuple[Person, ...] = ()

    def __bool__(self) -> bool:
        return any((self.invitations, self.responses, self.links, self.letters, self.people))


def past_their_time(records: Records, forms: Callable[[str], Form], now: datetime) -> Readable[Response]:
    """The drafts and responses that are older than their form's `retention` allows."""
    found = readable(records[Response].all())
    past = (response for response in found.records if is_past(response, forms, now))
    return Readable(tuple(past), found.unreadable)


def is_past(response: Response, forms: Callable[[str], Form], now: datetime) -> bool:
    """Whether this one is: a draft since it was last saved, what was submitted since then."""
    retention = forms(response.fingerprint).retention
    if response.submitted_at is None:
        return response.saved_at + timedelta(days=retention.drafts_days) < now
    return response.submitted_at + timedelta(days=retention.responses_days) < now


def erase_responses(
    store: Store, response_ids: Iterable[str], still: Callable[[Response], bool] = lambda response: True
) -> list[Response]:
    """Delete these responses in one commit; gives what they were. Those that are not there are no fault.

    `still` is asked once nobody can change them any more: somebody may have gone on with a draft meanwhile.
    """
    wanted = list(response_ids)
    if not wanted:
        return []
    with store.transaction() as tx:
        gone = []
        for response_id in wanted:
            response = read(tx[Response], response_id)
            if response is not None and still(response):
                _erase(tx, response)
                gone.append(response)
        return gone


def find_person(records: Records, email: str) -> Found:
    """Everything that still leads to the person with this e-mail address.

    What was said anonymously leads to nobody and is not among it; the first page told them so.
    """
    address = email.strip().lower()
    invitations = tuple(records[Invitation].find("email", address))
    ids = {invitation.id for invitation in invitations}
    letters = [*records[Email].find("to", address)]
    letters += [letter for each in ids for letter in records[Email].find("invitation_id", each)]
    return Found(
        invitations=invitations,
        responses=tuple(
            response
            for round_id in sorted({invitation.round_id for invitation in invitations})
            for response in records[Response].find("round_id", round_id)
            if response.invitation_id in ids
        ),
        links=tuple(link for each in invitations for link in records[Link].find("invitation_id", each.id)),
        letters=tuple({letter.id: letter for letter in letters}.values()),
        people=tuple(records[Person].find("email", address)),
    )


def erase_person(store: Store, email: str, now: datetime, *, by: str) -> Found:
    """Delete everything that leads to this person, and remember in the same commit that somebody was; what it was.

    Of each record the id stays, so that restoring an older backup does not bring it back; a code has the id of its
    invitation.
    """
    with store.transaction() as tx:
        found = find_person(tx, email)
        for response in found.responses:
            _erase(tx, response)
        for invitation in found.invitations:
            tx[Passcode].remove(invitation.id)
            _remove(tx[Invitation], invitation.id, tx)
        for link in found.links:
            _remove(tx[Link], link.id, tx)
        for letter in found.letters:
            _remove(tx[Email], letter.id, tx)
        for person in found.people:
            _remove(tx[Person], person.id, tx)
        _ask_no_more(tx, {person.id for person in found.people})
        if found:
            remember(tx, ErasedPerson(len(found.invitations), len(found.responses)), by, now)
    return found


def _remove(kept: Repository[Any], record_id: str, tx: Transaction) -> None:
    kept.remove(record_id)
    tx[Tombstone].put(Tombstone(record_id))


def _ask_no_more(tx: Transaction, people: set[str]) -> None:
    """Take these off the lists of rounds that are planned."""
    for planned in list(tx[PlannedRound].all()) if people else ():
        if people & {*planned.people}:
            tx[PlannedRound].put(replace(planned, people=tuple(each for each in planned.people if each not in people)))


def _forget_decision(tx: Transaction, gone: Response) -> None:
    """Delete what was decided about a picture with the last response under it."""
    if gone.child_id and not any(
        each.child_id == gone.child_id and each.form_id == gone.form_id
        for each in tx[Response].find("round_id", gone.round_id)
    ):
        for decision in list(tx[PictureDecision].find("round_id", gone.round_id)):
            if (decision.form_id, decision.child_id) == (gone.form_id, gone.child_id):
                tx[PictureDecision].remove(decision.id)


def _erase(tx: Transaction, response: Response) -> None:
    _remove(tx[Response], response.id, tx)
    readings = readable(tx[CommentRead].find("response_id", response.id))
    for reading_id in (*(reading.id for reading in readings.records), *readings.unreadable):
        tx[CommentRead].remove(reading_id)
    forget_themes(tx, response.id)
    _forget_decision(tx, response)
    key = ledger_id(response.round_id, response.form_id)
    ledger = tx[Ledger].get(key) or Ledger(key, response.round_id, response.form_id)
    tx[Ledger].put(replace(ledger, deleted=ledger.deleted + 1))
    invitation = read(tx[Invitation], response.invitation_id) if response.invitation_id else None
    if invitation is not None:
        tx[Invitation].put(invitation.without_draft(response.id))
