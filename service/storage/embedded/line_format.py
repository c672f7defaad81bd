"""One line of the journal: what happened to one document, its place in its commit, and a checksum at the end."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from zlib import crc32

_CHECKSUM = 9  # a tab and eight hexadecimal digits
_begins_a_line = re.compile(rb"[^\d](?=\d+/\d+\t)", re.DOTALL)
_ends_in_checksum = re.compile(rb"\t[0-9a-f]{8}\Z")


class Operation(NamedTuple):
    """A document as it is from now on; no `body` means that it was let go.

    `indexed` are the values that it is found by, where somebody has them at hand.
    """

    table: str
    id: str
    body: bytes
    indexed: Mapping[str, Any] | None = None


class JournalLine(NamedTuple):
    """An operation as read back: line `number` of the `total` that its commit consists of."""

    number: int
    total: int
    operation: Operation


def commit_lines(operations: list[Operation]) -> list[bytes]:
    """A commit as it is written, line by line, each with its line end."""
    total = len(operations)
    return [_line(number, total, operation) for number, operation in enumerate(operations, 1)]


def single_line(operation: Operation) -> bytes:
    """A commit of one operation."""
    return _line(1, 1, operation)


def _line(number: int, total: int, operation: Operation) -> bytes:
    table, id, body, _ = operation
    content = b"%d/%d\t%s\t%s\t%s" % (number, total, table.encode(), id.encode(), body)
    return b"%s\t%08x\n" % (content, crc32(content))


def read_line(line: bytes) -> JournalLine | None:
    """What a line says (given without its line end), or None where its checksum does not fit."""
    content = _checked(line)
    if content is None:
        return None
    place, table, id, body = content.split(b"\t", 3)
    number, total = place.split(b"/")
    return JournalLine(int(number), int(total), Operation(table.decode(), id.decode(), body))


def read_body(line: bytes) -> bytes | None:
    """The document in a line, or None where its checksum does not fit."""
    content = _checked(line)
    return None if content is None else content.split(b"\t", 3)[3]


def _checked(line: bytes) -> bytes | None:
    content = line[:-_CHECKSUM]
    return content if line[-_CHECKSUM:] == b"\t%08x" % crc32(content) else None


def was_written_whole(line: bytes) -> bool:
    """Whether a line has come to its end: a torn one lacks its checksum, a damaged one has it and it does not fit."""
    return _ends_in_checksum.search(line) is not None


def ruined_line_end(line: bytes) -> int | None:
    """Where a line that cannot be read should have ended, if what follows is a line that can."""
    for match in _begins_a_line.finditer(line):
        if read_line(line[match.start() + 1 :]) is not None:
            return match.start()
    return None


def guess_document(line: bytes) -> tuple[str, str] | None:
    """The table and id that a damaged line still seems to name."""
    parts = line.split(b"\t", 3)
    if len(parts) != 4:
        return None
    try:
        return parts[1].decode(), parts[2].decode()
    except UnicodeDecodeError:
        return None


def name_fault(name: str) -> str | None:
    """Why a table or id cannot stand in a line, if it cannot."""
    if not name:
        return "is empty"
    if not name.isprintable():
        return "has characters that cannot be printed"
    return None
