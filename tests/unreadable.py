"""A record as another machine left it: sealed with a key that this one lacks, or written by a later version."""

from collections.abc import Callable
from typing import Any

from service.storage.encryption import Seal
from service.storage.record_types import RECORD_TYPES
from service.storage.serialise import Json
from service.storage.store import RecordStore

Spoil = Callable[[RecordStore, Any], None]


def sealed_elsewhere(store: RecordStore, record: Any) -> None:
    """Write the record anew, sealed with the key of another machine."""
    with RecordStore(store.engine, Seal(["another-" * 5]), store.backups).transaction() as tx:
        tx[type(record)].put(record)


def written_later(store: RecordStore, record: Any) -> None:
    """Write the record anew with a field that this version does not know."""
    table = next(each.table for each in RECORD_TYPES if each.record is type(record))
    with store.transaction() as tx:
        tx[type(record)].put(record)
        document: Json = store.engine.get(table, record.id) or {}
        store.engine.put(table, record.id, {**document, "of_a_later_version": True})


BOTH: tuple[Spoil, ...] = (sealed_elsewhere, written_later)
