"""What happens by itself: letting go of what is past its time, and leaving no order that could tell who said what."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from service import audit
from service.collection.models.response import Receipt, Response
from service.collection.models.round import Round
from service.collection.retention.erasure import erase_responses, is_past, past_their_time
from service.dates import day_at
from service.exporters.formats import ENDINGS
from service.jobs import expiry
from service.jobs.context import UnreadRecords
from service.jobs.expiry import Forms
from service.jobs.exports import forget_exports
from service.repository import readable
from service.storage.maintenance import forget_set_aside, shuffle
from service.storage.store import RecordStore


@dataclass(frozen=True)
class RetentionCounts:
    """What one tidying let go, for the line that says so. `entries` are the audit's; `ended` is what had run out."""

    drafts: int = 0
    responses: int = 0
    invitations: int = 0
    receipts: int = 0
    letters: int = 0
    children: int = 0
    entries: int = 0
    ended: int = 0
    exports: int = 0
    evidence: int = 0
    unreadable: int = 0

    @property
    def records(self) -> int:
        """How many records of the store are gone."""
        people = self.drafts + self.responses + self.invitations + self.receipts + self.letters + self.children
        return people + self.entries + self.ended


def tidy(
    store: RecordStore, forms: Forms, exports: Path, keep_days: int, now: datetime, *, by: str = ""
) -> RetentionCounts:
    """Delete what is past its time: answers after their form's `retention`, and with them who was asked; letters;
    what has run out; workbooks older than `keep_days`, and those that somebody asked for after their last day.

    Damaged parts of the journal that were set aside as evidence may hold what is deleted here, so they go when the
    workbooks of their day go. What is deleted has left the files themselves when this returns. What cannot be read is
    kept, and so is what only a round that cannot be read would date; it is counted.
    """
    before, lost = now - timedelta(days=keep_days), UnreadRecords()
    ids = [response.id for response in lost.of(past_their_time(store, forms, now))]
    old = erase_responses(store, ids, lambda response: is_past(response, forms, now))
    drafts = sum(response.submitted_at is None for response in old)
    gone = RetentionCounts(
        drafts=drafts,
        responses=len(old) - drafts,
        invitations=expiry.forget_invitations(store, forms, now, lost),
        receipts=expiry.forget_receipts(store, now, lost),
        letters=expiry.forget_letters(store, now, lost),
        children=expiry.forget_children(store, forms, now, lost),
        entries=expiry.forget_entries(store, now, lost),
        ended=expiry.forget_ended(store, now, lost),
        exports=_delete_exports(exports, before) + forget_exports(store, exports, keep_days, day_at(now)),
        evidence=forget_set_aside(store, before),
    )
    gone = replace(gone, unreadable=len(lost.ids))
    if by and gone.records:
        with store.transaction() as tx:
            audit.remember(tx, audit.Tidied(gone.responses, gone.drafts, gone.invitations), by, now)
    if gone.records:
        store.engine.compact()
    return gone


def shuffle_anonymous(store: RecordStore, forms: Forms, lost: UnreadRecords | None = None) -> int:
    """Take away the order in which anonymous responses and their receipts came; says how many responses.

    Whoever holds the store could otherwise lay the order of responses beside that of receipts, or of people who
    answered. Rounds whose receipts have all expired were shuffled before and stay as they are. What cannot be read is
    noted in `lost` and stays where it is.
    """
    lost = lost or UnreadRecords()
    anonymous = [
        response.id
        for round_ in lost.of(readable(store[Round].all()))
        if store[Receipt].count("round_id", round_.id)
        for form_ids in [{ref.form_id for ref in round_.forms if forms(ref.fingerprint).identity == "anonymous"}]
        for response in lost.of(readable(store[Response].find("round_id", round_.id)))
        if response.form_id in form_ids and response.submitted_at is not None
    ]
    return shuffle(store, anonymous) if anonymous else 0


def _delete_exports(folder: Path, before: datetime) -> int:
    old = [path for path in _workbooks(folder) if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink()
    return len(old)


def _workbooks(folder: Path) -> Iterator[Path]:
    found = folder.iterdir() if folder.is_dir() else iter(())
    return (path for path in found if path.name.endswith(ENDINGS))
