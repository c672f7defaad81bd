"""Taking everything out of a store and putting it into one: backup, restore, and moving between engines."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from service.collection.models.response import ledger_id
from service.storage.backup_file import BadBackup, Counts, Document, read_documents, read_through, write_backup
from service.storage.errors import WrongFormat
from service.storage.migrations import FORMAT
from service.storage.migrations.runner import Rewriting
from service.storage.progress import Progress, silent
from service.storage.record_types import RECORD_TYPES
from service.storage.store import RecordStore

__all__ = ["BadBackup", "CountsDiffer", "NotEmpty", "Restored", "backup", "copy", "restore"]

_OF_AN_ANSWER = ("readings", "themings")  # what goes with a response, however old the backup is
_TABLES = [record_type.table for record_type in RECORD_TYPES]
_MADE_AT_START = ("forms", "form_states", "job_runs")  # what a new store holds before anybody has used it


class NotEmpty(Exception):
    """The store holds records already, which are not to be replaced unasked."""


class CountsDiffer(Exception):
    """What arrived is not as much as what was sent."""


@dataclass(frozen=True)
class Restored:
    """How many records of each kind came back, and how many stayed away because they were deleted since."""

    counts: Counts
    deleted_since: int


def backup(store: RecordStore, target: Path, now: datetime, progress: Progress = silent) -> Counts:
    """Write everything as it is at this moment to a new file; answers stay sealed. The service may go on writing."""
    with store.engine.snapshot() as snapshot:
        return write_backup(target, snapshot, _TABLES, FORMAT, now, progress=progress)


def restore(
    source: Path, store: RecordStore, *, in_place_of_what_is_there: bool = False, progress: Progress = silent
) -> Restored:
    """Put back what a backup holds, all or nothing, but for what was deleted since.

    The store must be new, or hold nothing but tombstones, unless what it holds is to go. A backup of an older format is
    migrated. Raises BadBackup, WrongFormat for one of a newer version, NotEmpty, and KeyLost for one that is sealed
    whole with a key that was not given.
    """
    held = read_through(source, store.seal)
    if held.format > FORMAT:
        raise WrongFormat("The backup", held.format, FORMAT)
    if unknown := held.counts.keys() - set(_TABLES):
        raise BadBackup(f"It holds {min(unknown)}, which this version of the service does not know.")
    deleted: Counter[str] = Counter()
    migrated = _migrated(read_documents(source, store.seal), Rewriting(store.seal, held.format))
    documents = _but_for_the_deleted(migrated, store, deleted)
    counts = _fill(store, documents, sum(held.counts.values()), in_place_of_what_is_there, progress)
    if in_place_of_what_is_there:
        store.engine.compact()
    return Restored(counts, deleted.total())


def copy(source: RecordStore, target: RecordStore, progress: Progress = silent) -> Counts:
    """Move everything to another, empty store as it is, answers sealed with the same keys, all or nothing."""
    with source.engine.snapshot() as snapshot:
        counts = {table: snapshot.size(table) for table in _TABLES}
        documents = ((table, *each) for table in _TABLES for each in snapshot.all(table))
        arrived = _fill(target, documents, sum(counts.values()), False, progress)
    if arrived != counts:
        raise CountsDiffer(f"{counts} were sent, {arrived} arrived")
    return arrived


def _fill(store: RecordStore, documents: Iterable[Document], total: int, in_place: bool, progress: Progress) -> Counts:
    with store.engine.transaction() as tx:
        for table in _TABLES:
            if table == "tombstones":
                continue
            for record_id in [record_id for record_id, _ in tx.all(table)]:
                if not in_place and table not in _MADE_AT_START:
                    raise NotEmpty(f"The store holds {table} already.")
                tx.remove(table, record_id)
        for done, (table, record_id, document) in enumerate(documents, 1):
            tx.put(table, record_id, document)
            progress(done, total)
    with store.engine.snapshot() as snapshot:
        return {table: snapshot.size(table) for table in _TABLES}


def _but_for_the_deleted(
    documents: Iterable[Document], store: RecordStore, deleted: Counter[str]
) -> Iterator[Document]:
    """The documents but for those deleted since; the ledgers, which come after the responses, count them."""
    gone = {record_id for record_id, _ in store.engine.all("tombstones")}
    for table, record_id, document in documents:
        with_it = document["response_id"] if table in _OF_AN_ANSWER else record_id
        if table != "tombstones" and (record_id in gone or with_it in gone):
            where = ledger_id(document["round_id"], document["form_id"]) if table == "responses" else table
            deleted[where] += 1
            continue
        if table == "invitations" and document.get("response_id") in gone:
            document = document | {"response_id": None}
        if table == "ledgers" and record_id in deleted:
            document = document | {"deleted": document["deleted"] + deleted[record_id]}
        yield table, record_id, document


def _migrated(documents: Iterable[Document], change: Rewriting) -> Iterator[Document]:
    return ((table, record_id, change(table, record_id, document)) for table, record_id, document in documents)
