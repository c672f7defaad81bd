"""What happens by itself: letting go of what is past its time, and leaving no order that could tell who said what."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from service.calendar import day_at
from service.collection.erasing import erase_responses, past_their_time
from service.collection.repository import Store
from service.collection.round import Round
from service.definitions import Form
from service.storage.store import KeptStore
from service.storage.upkeep import forget_set_aside, shuffle

Forms = Callable[[str], Form]


@dataclass(frozen=True)
class Tidied:
    """What one tidying let go, for the line that says so."""

    drafts: int = 0
    responses: int = 0
    invitations: int = 0
    receipts: int = 0
    exports: int = 0
    evidence: int = 0

    @property
    def records(self) -> int:
        """How many records of the store are gone."""
        return self.drafts + self.responses + self.invitations + self.receipts


def tidy(store: KeptStore, forms: Forms, exports: Path, keep_days: int, now: datetime) -> Tidied:
    """Delete what is past its form's `retention`, receipts that have expired, and workbooks older than `keep_days`.

    Damaged parts of the journal that were set aside as evidence may hold what is deleted here, so they go when the
    workbooks of their day go. What is deleted has left the files themselves when this returns.
    """
    before = now - timedelta(days=keep_days)
    old = past_their_time(store, forms, now)
    drafts = sum(response.submitted_at is None for response in old)
    erase_responses(store, [response.id for response in old])
    gone = Tidied(
        drafts=drafts,
        responses=len(old) - drafts,
        invitations=_forget_invitations(store, forms, now),
        receipts=_forget_receipts(store, now),
        exports=_delete_exports(exports, before),
        evidence=forget_set_aside(store, before),
    )
    if gone.records:
        store.engine.compact()
    return gone


def shuffle_anonymous(store: KeptStore, forms: Forms) -> int:
    """Take away the order in which anonymous responses and their receipts came; says how many responses.

    Whoever holds the store could otherwise lay the order of responses beside that of receipts, or of people who
    answered. Rounds whose receipts have all expired were shuffled before and stay as they are.
    """
    anonymous = [
        response.id
        for asked in store.rounds.all()
        if store.receipts.count("round_id", asked.id)
        for form_ids in [{ref.form_id for ref in asked.forms if forms(ref.fingerprint).identity == "anonymous"}]
        for response in store.responses.find("round_id", asked.id)
        if response.form_id in form_ids and response.submitted_at is not None
    ]
    return shuffle(store, anonymous) if anonymous else 0


def _forget_invitations(store: Store, forms: Forms, now: datetime) -> int:
    """Remove who was asked, once nothing of theirs may be kept any longer."""
    old = [
        invitation.id
        for asked in store.rounds.all()
        for days in [_longest(asked, forms)]
        if _ended(asked) + timedelta(days=days) < day_at(now)
        for invitation in store.invitations.find("round_id", asked.id)
    ]
    if old:
        with store.transaction() as books:
            for invitation_id in old:
                books.invitations.remove(invitation_id)
    return len(old)


def _ended(asked: Round) -> date:
    """The last day on which anybody could answer: a round that was closed early did not wait for its last day."""
    return min(asked.closes_on, day_at(asked.closed_at)) if asked.closed_at else asked.closes_on


def _longest(asked: Round, forms: Forms) -> int:
    return max(forms(ref.fingerprint).retention.responses_days for ref in asked.forms)


def _forget_receipts(store: Store, now: datetime) -> int:
    old = [receipt.id for receipt in store.receipts.all() if receipt.expires_on < day_at(now)]
    if old:
        with store.transaction() as books:
            for receipt_id in old:
                books.receipts.remove(receipt_id)
    return len(old)


def _delete_exports(folder: Path, before: datetime) -> int:
    old = [path for path in _workbooks(folder) if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink()
    return len(old)


def _workbooks(folder: Path) -> Iterator[Path]:
    return folder.glob("*.xlsx") if folder.is_dir() else iter(())
