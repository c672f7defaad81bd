"""What is done to a store from time to time, while the service runs."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from random import SystemRandom
from typing import NamedTuple, TypeVar

from service.storage.encryption import KeyLost
from service.storage.migrations.runner import old_backups
from service.storage.progress import Progress, silent
from service.storage.record_types import RECORD_TYPES
from service.storage.store import RecordStore

Item = TypeVar("Item")

_BATCH = 100  # so that nobody waits long for the lock


class Rotated(NamedTuple):
    """How many records were sealed anew, and how many could not be, as their keys were not given."""

    resealed: int
    lost: int


def rotate(store: RecordStore, progress: Progress = silent) -> Rotated:
    """Seal with the newest key everything that is not; afterwards the older keys open nothing that is kept here."""
    if not store.seal.names:
        raise ValueError("There is no key to seal with.")
    old = [
        (record_type, record_id)
        for record_type in RECORD_TYPES
        if record_type.sealed
        for record_id, document in store.engine.all(record_type.table)
        if not store.seal.is_current(document, record_type.sealed, record_type.indexes)
    ]
    done = resealed = lost = 0
    for batch in batches(old, _BATCH):
        with store.engine.transaction() as tx:
            for record_type, record_id in batch:
                document = tx.get(record_type.table, record_id)
                if document is None or store.seal.is_current(document, record_type.sealed, record_type.indexes):
                    continue
                try:
                    opened = store.seal.open(document)
                except KeyLost:
                    lost += 1
                    continue
                tx.put(record_type.table, record_id, store.seal.close(opened, record_type.sealed, record_type.indexes))
                resealed += 1
        done += len(batch)
        progress(done, len(old))
    if resealed:
        store.engine.compact()
    return Rotated(resealed, lost)


def shuffle(store: RecordStore, response_ids: Collection[str]) -> int:
    """Take away the order in which these responses came, and every receipt's, and whatever else tells of it.

    They are put back at the end in an order that nobody knows; what was written of them before, and of drafts
    that are gone, is written over. Says how many responses were there.
    """
    with store.engine.transaction() as tx:
        found = ((record_id, tx.get("responses", record_id)) for record_id in response_ids)
        responses = [("responses", record_id, document) for record_id, document in found if document is not None]
        documents = [*responses, *(("receipts", *receipt) for receipt in tx.all("receipts"))]
        SystemRandom().shuffle(documents)
        for table, record_id, _ in documents:
            tx.remove(table, record_id)
        for table, record_id, document in documents:
            tx.put(table, record_id, document)
    store.engine.compact()
    return len(responses)


def forget_set_aside(store: RecordStore, before: datetime) -> int:
    """Delete what was set aside before this moment, as evidence or before a migration.

    It may hold what has been deleted since.
    """
    backups = old_backups(store.backups, before)
    for path in backups:
        path.unlink()
    return store.engine.forget_set_aside(before) + len(backups)


def batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items, so many at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))
