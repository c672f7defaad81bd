"""Deleting for real: a response goes, its id stays so that no retry brings it back, and the count says that it went."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.collection.invitation import Invitation
from service.collection.repository import Records, Store, Transaction
from service.collection.response import Ledger, Response, Tombstone, ledger_id
from service.definitions import Form


@dataclass(frozen=True)
class Found:
    """What is kept of one person: each time they were asked, and what they said that still leads to them."""

    invitations: tuple[Invitation, ...]
    responses: tuple[Response, ...]


def past_their_time(records: Records, forms: Callable[[str], Form], now: datetime) -> list[Response]:
    """The drafts and responses that are older than their form's `retention` allows."""
    old: list[Response] = []
    for response in records.responses.all():
        retention = forms(response.fingerprint).retention
        if response.submitted_at is None:
            until = response.saved_at + timedelta(days=retention.drafts_days)
        else:
            until = response.submitted_at + timedelta(days=retention.responses_days)
        if until < now:
            old.append(response)
    return old


def erase_responses(store: Store, response_ids: Iterable[str]) -> int:
    """Delete these responses in one commit; says how many there were. Those that are not there are no fault."""
    wanted = list(response_ids)
    if not wanted:
        return 0
    with store.transaction() as books:
        return sum(_erase(books, response_id) for response_id in wanted)


def find_person(records: Records, email: str) -> Found:
    """Everything that still leads to the person with this e-mail address.

    What was said anonymously leads to nobody and is not among it; the first page told them so.
    """
    invitations = tuple(records.invitations.find("email", email.strip().lower()))
    ids = {invitation.id for invitation in invitations}
    responses = tuple(
        response
        for round_id in sorted({invitation.round_id for invitation in invitations})
        for response in records.responses.find("round_id", round_id)
        if response.invitation_id in ids
    )
    return Found(invitations, responses)


def erase_person(store: Store, email: str) -> Found:
    """Delete everything that leads to this person; gives what it was."""
    found = find_person(store, email)
    with store.transaction() as books:
        for response in found.responses:
            _erase(books, response.id)
        for invitation in found.invitations:
            books.invitations.remove(invitation.id)
            books.tombstones.put(Tombstone(invitation.id))  # so that restoring an older backup does not bring it back
    return found


def _erase(books: Transaction, response_id: str) -> bool:
    response = books.responses.get(response_id)
    if response is None:
        return False
    books.responses.remove(response_id)
    books.tombstones.put(Tombstone(response_id))
    key = ledger_id(response.round_id, response.form_id)
    ledger = books.ledgers.get(key) or Ledger(key, response.round_id, response.form_id)
    books.ledgers.put(replace(ledger, deleted=ledger.deleted + 1))
    invitation = books.invitations.get(response.invitation_id) if response.invitation_id else None
    if invitation is not None and invitation.response_id == response_id:
        books.invitations.put(replace(invitation, response_id=None))
    return True
