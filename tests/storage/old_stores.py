"""Stores of format 1, as 0.1.0 wrote them: whole, or a few records with words to look for."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from service.storage.codec import from_json
from service.storage.embedded.line_format import Operation, read_line, single_line
from service.storage.encryption import Seal
from service.storage.migrations import steps_from
from service.storage.migrations.migration import unchanged
from service.storage.record_types import RECORD_TYPES
from service.storage.serialise import pack, unpack
from service.storage.store import RecordStore, open_engine
from tests.paths import ROOT

FOLDER = ROOT / "tests" / "stores" / "0.1.0"
KEYS: list[str] = json.loads((FOLDER / "keys.json").read_text())["SAYSO_SEAL_KEYS"].split(",")
WORD = "quokkawombat"  # is put where format 1 kept in the clear what is sealed now
FEW = 3

Everything = dict[str, list[Any]]


def whole() -> list[Operation]:
    """Every document of the kept store, as it was written."""
    with gzip.open(FOLDER / "backup.gz") as file:
        lines = [read_line(raw.removesuffix(b"\n")) for raw in file]
    return [line.operation for line in lines if line is not None and line.operation.table != "_backup"]


def few() -> list[Operation]:
    """A few documents of each table, sealed with either key; what is in the clear and should not be holds a word."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for operation in whole():
        document = unpack(operation.body)
        kind = operation.table, str(document.get("sealed"))[:8]
        seen[kind] += 1
        if seen[kind] <= FEW:
            found.append(operation._replace(body=pack(_marked(operation.table, document))))
    return found


def one_of_each() -> list[Operation]:
    """One document of each table that a migration rewrites, and of one that none does."""
    found = {operation.table: operation for operation in few()}
    return [found[table] for table in ("homes", "rounds", "responses", "alerts", "children")]


def write_journal(folder: Path, operations: Iterable[Operation]) -> None:
    """Make a store of these in a new folder, of format 1."""
    folder.mkdir(parents=True)
    note = Operation("_journal", "format", b'{"version":1}')
    (folder / "journal").write_bytes(b"".join(map(single_line, (note, *operations))))


def write_tables(url: str, operations: Iterable[Operation]) -> None:
    """Make a store of these in PostgreSQL, of format 1."""
    engine = open_engine(url)
    with engine.transaction() as tables:
        for operation in operations:
            tables.put(operation.table, operation.id, unpack(operation.body))
    engine.close()
    with psycopg.connect(url) as connection:
        connection.execute(b"update sayso_store set format = 1")


def write(url: str, operations: Iterable[Operation]) -> None:
    """Make a store of these at this address, of format 1."""
    if url.startswith("tinydb:"):
        write_journal(Path(url.removeprefix("tinydb:")), operations)
    else:
        write_tables(url, operations)


def read(operations: Iterable[Operation]) -> Everything:
    """The records that these documents of format 1 become, in their order."""
    seal = Seal(KEYS)
    types = {record_type.table: record_type for record_type in RECORD_TYPES}
    found: Everything = {table: [] for table in types}
    for table, record_id, body, _ in operations:
        document = migrated(table, seal.open(unpack(body)))
        found[table].append(from_json(types[table].record, record_id, document))
    return found


def migrated(table: str, document: dict[str, Any]) -> dict[str, Any]:
    """An opened document of format 1 as this version writes it."""
    for step in steps_from(1):
        document = step.tables.get(table, unchanged)(document)
    return document


def read_store(store: RecordStore) -> Everything:
    """The records of a store, in their order."""
    return {record_type.table: list(store[record_type.record].all()) for record_type in RECORD_TYPES}


def in_clear(store: RecordStore) -> Iterator[str]:
    """The fields that stand in the clear though they are to be sealed."""
    for record_type in RECORD_TYPES:
        hidden = {*record_type.sealed} - {*record_type.indexes}
        for record_id, document in store.engine.all(record_type.table):
            yield from (f"{record_type.table} {record_id} {name}" for name in hidden & document.keys())


def _marked(table: str, document: dict[str, Any]) -> dict[str, Any]:
    match table:
        case "alerts":
            return document | {"rule": f"{WORD}_rule", "message": f"{WORD} message", "response_id": f"{WORD}response"}
        case "responses":
            return document | {"child_id": f"{WORD}child", "marked": [f"{WORD}_question"]}
        case "homes":
            contact = {"name": WORD, "how": f"{WORD} 0300", "about": WORD}
            return document | {"contacts": [contact], "designated_officer": contact}
    return document
