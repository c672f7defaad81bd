"""What is done to a store from time to time, while the service runs."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from random import SystemRandom
from typing import NamedTuple, TypeVar

from service.storage.encryption import KeyLost
from service.storage.progress import Progress, silent
from service.storage.record_types import KINDS
from service.storage.store import KeptStore

Item = TypeVar("Item")

_BATCH = 100  # so that nobody waits long for the lock


class Rotated(NamedTuple):
    """How many records were sealed anew, and how many could not be, as their keys were not given."""

    resealed: int
    lost: int


def rotate(store: KeptStore, progress: Progress = silent) -> Rotated:
    """Seal with the newest key everything that is not; afterwards the older keys open nothing that is kept here."""
    if not store.seal.names:
        raise ValueError("There is no key to seal with.")
    old = [
        (kind, record_id)
        for kind in KINDS
        if kind.sealed
        for record_id, document in store.engine.all(kind.table)
        if not store.seal.is_current(document)
    ]
    done = resealed = lost = 0
    for batch in batches(old, _BATCH):
        with store.engine.transaction() as books:
            for kind, record_id in batch:
                document = books.get(kind.table, record_id)
                if document is None or store.seal.is_current(document):
                    continue
                try:
                    opened = store.seal.open(document)
                except KeyLost:
                    lost += 1
                    continue
                books.put(kind.table, record_id, store.seal.close(opened, kind.sealed, kind.found_by))
                resealed += 1
        done += len(batch)
        progress(done, len(old))
    if resealed:
        store.engine.compact()
    return Rotated(resealed, lost)


def shuffle(store: KeptStore, response_ids: Collection[str]) -> int:
    """Take away the order in which these responses came, and every receipt's, and whatever else tells of it.

    They are put back at the end in an order that nobody knows; what was written of them before, and of drafts
    that are gone, is written over. Says how many responses were there.
    """
    with store.engine.transaction() as books:
        found = ((record_id, books.get("responses", record_id)) for record_id in response_ids)
        responses = [("responses", record_id, document) for record_id, document in found if document is not None]
        documents = [*responses, *(("receipts", *receipt) for receipt in books.all("receipts"))]
        SystemRandom().shuffle(documents)
        for table, record_id, _ in documents:
            books.remove(table, record_id)
        for table, record_id, document in documents:
            books.put(table, record_id, document)
    store.engine.compact()
    return len(responses)


def forget_set_aside(store: KeptStore, before: datetime) -> int:
    """Delete what was set aside as evidence before this moment; it may hold what has been deleted since."""
    return store.engine.forget_set_aside(before)


def batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items, so many at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))
