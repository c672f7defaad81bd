"""Taking everything out of a store and putting it into one: backup, restore, and moving between engines."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from service.collection.models.response import ledger_id
from service.storage.embedded.durable_files import sync_folder
from service.storage.embedded.line_format import Operation, read_line, single_line
from service.storage.progress import Progress, silent
from service.storage.record_types import KINDS
from service.storage.serialise import Json, pack, unpack
from service.storage.store import KeptStore

_OWN = "_backup"  # the first and the last line of a backup speak of the backup itself
_FORMAT = 1
_OF_AN_ANSWER = ("readings", "themings")  # what goes with a response, however old the backup is
_TABLES = [kind.table for kind in KINDS]
_MADE_AT_START = ("forms", "form_states", "job_runs")  # what a new store holds before anybody has used it

Counts = dict[str, int]
Document = tuple[str, str, Json]  # a table, an id, and what is kept under them


class BadBackup(Exception):
    """A file is no backup, or not a whole one; nothing was changed."""


class NotEmpty(Exception):
    """The store holds records already, which are not to be replaced unasked."""


class CountsDiffer(Exception):
    """What arrived is not as much as what was sent."""


@dataclass(frozen=True)
class Restored:
    """How many records of each kind came back, and how many stayed away because they were deleted since."""

    counts: Counts
    deleted_since: int


def backup(store: KeptStore, target: Path, now: datetime, progress: Progress = silent) -> Counts:
    """Write everything as it is at this moment to a new file; answers stay sealed. The service may go on writing."""
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        with open(unfinished, "wb", opener=_private) as file:
            counts = _write(store, file, now, progress)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(target.parent)
    return counts


def _write(store: KeptStore, file: BinaryIO, now: datetime, progress: Progress) -> Counts:
    with store.engine.snapshot() as frozen:
        counts = {table: frozen.size(table) for table in _TABLES}
        done, total = 0, sum(counts.values())
        file.write(_own("begin", {"format": _FORMAT, "made_at": now.astimezone(UTC).isoformat()}))
        for table in _TABLES:
            for record_id, document in frozen.all(table):
                file.write(single_line(Operation(table, record_id, pack(document))))
                done += 1
                progress(done, total)
        file.write(_own("end", counts))
    return counts


def restore(
    source: Path, store: KeptStore, *, in_place_of_what_is_there: bool = False, progress: Progress = silent
) -> Restored:
    """Put back what a backup holds, all or nothing, but for what was deleted since.

    The store must be new, or hold nothing but tombstones, unless what it holds is to go.
    """
    held = _read_through(source)
    deleted: Counter[str] = Counter()
    documents = _but_for_the_deleted(_documents(source), store, deleted)
    counts = _fill(store, documents, sum(held.values()), in_place_of_what_is_there, progress)
    if in_place_of_what_is_there:
        store.engine.compact()
    return Restored(counts, deleted.total())


def copy(source: KeptStore, target: KeptStore, progress: Progress = silent) -> Counts:
    """Move everything to another, empty store as it is, answers sealed with the same keys, all or nothing."""
    with source.engine.snapshot() as frozen:
        counts = {table: frozen.size(table) for table in _TABLES}
        documents = ((table, *each) for table in _TABLES for each in frozen.all(table))
        arrived = _fill(target, documents, sum(counts.values()), False, progress)
    if arrived != counts:
        raise CountsDiffer(f"{counts} were sent, {arrived} arrived")
    return arrived


def _fill(store: KeptStore, documents: Iterable[Document], total: int, in_place: bool, progress: Progress) -> Counts:
    with store.engine.transaction() as books:
        for table in _TABLES:
            if table == "tombstones":
                continue
            for record_id in [record_id for record_id, _ in books.all(table)]:
                if not in_place and table not in _MADE_AT_START:
                    raise NotEmpty(f"The store holds {table} already.")
                books.remove(table, record_id)
        for done, (table, record_id, document) in enumerate(documents, 1):
            books.put(table, record_id, document)
            progress(done, total)
    with store.engine.snapshot() as frozen:
        return {table: frozen.size(table) for table in _TABLES}


def _but_for_the_deleted(documents: Iterable[Document], store: KeptStore, deleted: Counter[str]) -> Iterator[Document]:
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


def _documents(source: Path) -> Iterator[Document]:
    with source.open("rb") as file:
        for operation in map(_operation, file):
            if operation.table != _OWN:
                yield operation.table, operation.id, unpack(operation.body)


def _read_through(source: Path) -> Counts:
    """How many of each kind a backup holds. Raises BadBackup before anything is changed."""
    counts: Counter[str] = Counter()
    said: dict[str, Json] = {}
    with source.open("rb") as file:
        for operation in map(_operation, file):
            if operation.table == _OWN:
                said[operation.id] = unpack(operation.body)
            elif operation.table in _TABLES:
                counts[operation.table] += 1
            else:
                raise BadBackup(f"It holds {operation.table}, which this version of the service does not know.")
    if said.get("begin", {}).get("format") != _FORMAT:
        raise BadBackup("It is no backup that this version of the service can read.")
    if "end" not in said or {table: counts[table] for table in _TABLES} != {
        table: said["end"].get(table, 0) for table in _TABLES
    }:
        raise BadBackup("It is not whole: its end is missing.")
    return dict(counts)


def _operation(raw: bytes) -> Operation:
    line = read_line(raw.removesuffix(b"\n"))
    if line is None:
        raise BadBackup("Part of it is damaged.")
    return line.operation


def _own(id: str, document: Json) -> bytes:
    return single_line(Operation(_OWN, id, pack(document)))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
