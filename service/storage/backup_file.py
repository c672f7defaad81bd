"""A backup as a file: a line for each document between a first and a last line of its own, perhaps sealed whole."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from service.storage.codec import Unreadable
from service.storage.embedded.durable_files import sync_folder
from service.storage.embedded.line_format import Operation, read_line, single_line
from service.storage.encryption import Seal
from service.storage.engine import Snapshot
from service.storage.progress import Progress, silent
from service.storage.serialise import Json, pack, unpack

_OWN = "_backup"  # the first and the last line speak of the backup itself
_SEALED = b"sealed\t"  # begins a line that holds many lines, sealed together
_CHUNK = 1 << 20

Counts = dict[str, int]
Document = tuple[str, str, Json]  # a table, an id, and what is kept under them


class BadBackup(Exception):
    """A file is no backup, or not a whole one; nothing was changed."""


class Held(NamedTuple):
    """What a whole backup holds: of which format it is, and how many documents of each table."""

    format: int
    counts: Counts


def write_backup(
    target: Path,
    snapshot: Snapshot,
    tables: Sequence[str],
    written_format: int,
    now: datetime,
    seal: Seal | None = None,
    progress: Progress = silent,
) -> Counts:
    """Write these tables to a new file, whole or not at all; with `seal` nothing can be read in it without the key.

    Raises FileExistsError where the file is there already.
    """
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    unfinished = target.with_name(f".{target.name}.unfinished")
    counts = {table: snapshot.size(table) for table in tables}
    lines = _lines(snapshot, counts, written_format, now, progress)
    try:
        with open(unfinished, "wb", opener=_private) as file:
            _write(file, lines, seal)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(target.parent)
    return counts


def read_documents(source: Path, seal: Seal) -> Iterator[Document]:
    """Every document of a backup, in order. Raises BadBackup, and KeyLost for one sealed with another's key."""
    for operation in _operations(source, seal):
        if operation.table != _OWN:
            yield operation.table, operation.id, unpack(operation.body)


def read_through(source: Path, seal: Seal) -> Held:
    """What a backup holds. Raises BadBackup for one that is not whole, and KeyLost."""
    counts: Counter[str] = Counter()
    own: dict[str, Json] = {}
    for operation in _operations(source, seal):
        if operation.table == _OWN:
            own[operation.id] = unpack(operation.body)
        else:
            counts[operation.table] += 1
    if "begin" not in own:
        raise BadBackup("It is no backup.")
    if "end" not in own or counts != Counter(own["end"]):
        raise BadBackup("It is not whole: its end is missing.")
    return Held(own["begin"]["format"], dict(counts))


def _lines(
    snapshot: Snapshot, counts: Counts, written_format: int, now: datetime, progress: Progress
) -> Iterator[bytes]:
    done, total = 0, sum(counts.values())
    yield _own("begin", {"format": written_format, "made_at": now.astimezone(UTC).isoformat()})
    for table in counts:
        for record_id, document in snapshot.all(table):
            yield single_line(Operation(table, record_id, pack(document)))
            done += 1
            progress(done, total)
    yield _own("end", counts)


def _write(file: BinaryIO, lines: Iterable[bytes], seal: Seal | None) -> None:
    if seal is None or not seal.names:
        file.writelines(lines)
        return
    chunk: list[bytes] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line)
        if size >= _CHUNK:
            file.write(_sealed(seal, chunk))
            chunk, size = [], 0
    if chunk:
        file.write(_sealed(seal, chunk))


def _sealed(seal: Seal, lines: list[bytes]) -> bytes:
    return _SEALED + seal.wrap(b"".join(lines)).encode() + b"\n"


def _operations(source: Path, seal: Seal) -> Iterator[Operation]:
    with source.open("rb") as file:
        for raw in file:
            if raw.startswith(_SEALED):
                yield from map(_operation, _opened(raw, seal).removesuffix(b"\n").split(b"\n"))
            else:
                yield _operation(raw)


def _operation(raw: bytes) -> Operation:
    line = read_line(raw.removesuffix(b"\n"))
    if line is None:
        raise BadBackup("Part of it is damaged.")
    return line.operation


def _opened(raw: bytes, seal: Seal) -> bytes:
    try:
        return seal.unwrap(raw.removeprefix(_SEALED).removesuffix(b"\n").decode("ascii"))
    except (Unreadable, UnicodeDecodeError):
        raise BadBackup("Part of it is damaged.") from None


def _own(id: str, document: Json) -> bytes:
    return single_line(Operation(_OWN, id, pack(document)))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
