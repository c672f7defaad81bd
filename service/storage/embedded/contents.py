"""What stands in one journal file: where each live document lies, and what of the file is damaged."""

import os
import threading
import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from service.storage.embedded.index import Index
from service.storage.embedded.line_format import (
    JournalLine,
    Operation,
    guess_document,
    read_body,
    read_line,
    ruined_line_end,
    was_written_whole,
)
from service.storage.errors import StoreUnavailable
from service.storage.serialise import Json, unpack

BLANK = b"\n"  # what the room made ready for the next commits is filled with
MOVING = b"#"  # stands at the end while another file is about to take the name: whoever reads, look for it
_FIRST_CHUNK = 1 << 13
_LARGEST_CHUNK = 1 << 20

Place = tuple[int, int]  # where a line begins and how long it is, without its line end


@dataclass(frozen=True)
class Damage:
    """Part of the journal that cannot be read: a commit set aside whole, with the documents it seems to name."""

    offset: int
    length: int
    documents: tuple[tuple[str, str], ...]


class TableEntry(NamedTuple):
    """One operation of a commit, as far as it is held in memory; no `place` means that the document is gone."""

    table: str
    id: str
    place: Place | None
    indexed: Mapping[str, Any]


class Contents:
    """The documents of one journal file by table and id, in the order of first writing.

    Only places are held in memory; documents are read from the file, which is kept open. What is before
    `end` never changes, so a place stays good even when another file has taken the name.
    """

    def __init__(self, path: Path, inode: int, indexed: Mapping[str, Collection[str]]) -> None:
        self.file = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self.file)
        self.inode = inode
        self.end = 0
        self.lines = 0
        self.live = 0
        self.damage: list[Damage] = []
        self.marked: set[tuple[str, str]] = set()
        self.stale = False  # a line that was whole when it was taken in no longer is
        self.unsynced = False  # a sync failed: what it was for may never reach the disk
        self.synced = 0
        self.sync_turn = threading.Lock()
        self._tables: dict[str, dict[str, Place]] = {}
        self._indexed = indexed
        self._indexes: dict[str, dict[str, Index]] = {}
        self._highest: dict[str, int] = {}

    def get(self, table: str, id: str) -> bytes | None:
        """The document's JSON as it was last written."""
        place = self._tables.get(table, {}).get(id)
        return None if place is None else self.read(place)

    def read(self, place: Place) -> bytes:
        """The JSON of the document whose line lies there."""
        body = read_body(os.pread(self.file, place[1], place[0]))
        if body is None:
            self.stale = True
            raise StoreUnavailable("Part of the store has just been found damaged.")
        return body

    def ids(self, table: str) -> Collection[str]:
        """The live documents of a table."""
        return self._tables.get(table, {}).keys()

    def places(self, table: str) -> list[tuple[str, Place]]:
        """The live documents of a table as they are at this moment, whatever happens later."""
        return list(self._tables.get(table, {}).items())

    def tables(self) -> list[str]:
        """The tables that have had a document."""
        return list(self._tables)

    def found(self, table: str, field: str, value: str) -> Collection[str]:
        """The documents whose indexed field has this value; KeyError for a field without an index."""
        if field not in self._indexed.get(table, ()):
            raise KeyError(f"{table} are not indexed by {field}")
        index = self._indexes.get(table, {}).get(field)
        return () if index is None else index.ids(value)

    def indexed(self, table: str, document: Json) -> Mapping[str, Any]:
        """What a document of this table is found by."""
        return {field: document.get(field) for field in self._indexed.get(table, ())}

    def highest(self, table: str) -> int:
        """The highest whole number that is or was the id of a document, since the table was last empty."""
        return self._highest.get(table, 0)

    def has_more(self, but_for: bytes = BLANK) -> bool:
        """Whether something has been written after `end`."""
        return os.pread(self.file, 1, self.end) not in (b"", BLANK, but_for)

    def replay(self, *, settled: bool) -> bool:
        """Take in every whole commit that the file has gained; True when nothing in it is in doubt.

        Only with the lock held is the file `settled`. Without it, bytes that make no sense may be a write of
        this very moment, so nothing is judged: reading stops before them. What a settled file has after
        `end` is the torn beginning of a commit whose writer died.
        """
        commit: list[TableEntry] = []
        bad: list[bytes] = []  # lines of this commit that cannot be read or stand where they should not
        begun = position = self.end
        for at, raw, line in self._read(settled=settled):
            hole = at != position
            position = at + len(raw) + 1
            if line is None or bad or hole or line.number != len(commit) + 1:
                if not settled:
                    return False
                if line is not None and line.number == 1:  # what came before it never ended
                    self._set_aside(begun, at, commit, bad)
                    commit, bad, begun = [], [], at
                else:
                    bad.append(raw)
            if line is None:
                continue
            commit.append(self._entry(line.operation, (at, len(raw))))
            if line.number == line.total:
                if bad:
                    self._set_aside(begun, position, commit, bad)
                else:
                    self._apply(commit)
                    self.end = position
                commit, bad, begun = [], [], position
        if len(bad) > 1 or (bad and was_written_whole(bad[0])):
            self._set_aside(begun, position, commit, bad)
        return True

    def _read(self, *, settled: bool) -> Iterator[tuple[int, bytes, JournalLine | None]]:
        for at, raw in _lines_of(self.file, self.end):
            line = read_line(raw)
            ruined = ruined_line_end(raw) if line is None and settled else None
            if ruined is None:
                yield at, raw, line
                continue
            before = read_line(raw[:ruined])
            if before is not None:  # nothing but the line end between two good lines
                self.damage.append(Damage(at + ruined, 1, ()))
            yield at, raw[:ruined], before
            yield at + ruined + 1, raw[ruined + 1 :], read_line(raw[ruined + 1 :])

    def take(self, operations: Iterable[Operation], lines: Iterable[bytes]) -> None:
        """Take in a commit that was written at `end` just now."""
        commit = []
        for operation, line in zip(operations, lines, strict=True):
            commit.append(self._entry(operation, (self.end, len(line) - 1)))
            self.end += len(line)
        self._apply(commit)

    def _entry(self, operation: Operation, place: Place) -> TableEntry:
        table, id, body, indexed = operation
        if not body:
            return TableEntry(table, id, None, {})
        if indexed is None:
            indexed = self.indexed(table, unpack(body)) if self._indexed.get(table) else {}
        return TableEntry(table, id, place, indexed)

    def _apply(self, commit: list[TableEntry]) -> None:
        self.lines += len(commit)
        for table, id, place, indexed in commit:
            self.marked.discard((table, id))
            if place is None:
                self._remove(table, id)
            else:
                self._put(table, id, place, indexed)

    def _put(self, name: str, id: str, place: Place, indexed: Mapping[str, Any]) -> None:
        table = self._tables.setdefault(name, {})
        known = id in table
        table[id] = place
        if not known:
            self.live += 1
            if id.isdecimal():
                self._highest[name] = max(self._highest.get(name, 0), int(id))
        if indexed:
            indexes = self._indexes.get(name)
            if indexes is None:
                indexes = self._indexes[name] = {field: Index(table) for field in indexed}
            for field, value in indexed.items():
                indexes[field].put(id, value, known=known)

    def _remove(self, name: str, id: str) -> None:
        table = self._tables.get(name, {})
        if table.pop(id, None) is None:
            return
        self.live -= 1
        if not table:
            self._highest.pop(name, None)
        for index in self._indexes.get(name, {}).values():
            index.remove(id)

    def _set_aside(self, start: int, end: int, good: list[TableEntry], bad: list[bytes]) -> None:
        documents = {(entry.table, entry.id): None for entry in good}
        documents |= {named: None for named in map(guess_document, bad) if named}
        self.damage.append(Damage(start, end - start, tuple(documents)))
        self.marked.update(documents)
        self.end = end


def _lines_of(file: int, start: int) -> Iterator[tuple[int, bytes]]:
    """Where each line that is not blank begins, and what it says; one without a line end is not given.

    From the beginning of a file everything is looked at, later no more than up to a blank line.
    """
    thorough = start == 0
    size, rest = _FIRST_CHUNK, b""
    while chunk := os.pread(file, size, start + len(rest)):
        data = rest + chunk
        end = -1 if thorough else data.find(BLANK + BLANK)
        *lines, rest = (data if end < 0 else data[: end + 1]).split(BLANK)
        at = start
        for line in lines:
            if line:
                yield at, line
            at += len(line) + 1
        if end >= 0:
            return
        start = at
        size = min(size * 4, _LARGEST_CHUNK)
