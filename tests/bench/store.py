"""What a durable save costs as a store fills up, side by side: stock TinyDB, ours, SQLite, PostgreSQL, the disk."""

import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from uuid import uuid4

import psycopg
from tinydb import TinyDB
from tinydb.table import Document

from service.collection.models.response import Response
from service.storage import open_store
from service.storage.codec import to_json
from service.storage.embedded.journal import Journal
from service.storage.embedded.tables import RecordDB
from service.storage.serialise import pack
from tests.paths import ROOT
from tests.postgres import Postgres, binaries

HELD = (100, 1_000, 10_000, 50_000)
PAIRS, BATCH = 9, 100
KEY = "a key for measuring, which seals nothing real"

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SAID = {f"q{n}": "Sometimes, when there is time for it" for n in range(12)}
TEXTS = {f"t{n}": "I like the garden and that we cook together on Sundays, but the bus is late. " * 2 for n in range(3)}
RESPONSE = Response("", "", "staff-views", 3, "0" * 64, "en", "link", NOW, NOW, SAID | TEXTS, NOW)


class Row(NamedTuple):
    """One response as each store takes it."""

    record: Response
    document: dict[str, Any]

    @property
    def id(self) -> str:
        return self.record.id

    def text(self) -> str:
        return pack(self.document).decode()


def row(n: int) -> Row:
    record = replace(RESPONSE, id=f"{n:08d}-{n:024x}", round_id=f"round-{n % 50}")
    return Row(record, to_json(record))


class Measured(Protocol):
    """A store that can be filled quickly, and saves durably one by one."""

    def fill(self, number: int) -> None: ...
    def save(self, row: Row) -> None: ...


class Disk:
    """Append and fdatasync: the floor for anything durable that grows."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / "raw", os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def fill(self, number: int) -> None:
        os.write(self._file, row(0).text().encode() * number)
        os.fsync(self._file)

    def save(self, row: Row) -> None:
        os.write(self._file, pack(row.document))
        os.fdatasync(self._file)


class Stock:
    """TinyDB as it comes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "db.json"

    def fill(self, number: int) -> None:
        self._path.write_text(json.dumps({"responses": {n: row(n).document for n in range(number)}}))
        self._table = TinyDB(self._path).table("responses")

    def save(self, row: Row) -> None:
        self._table.insert(row.document)


class Ours:
    """TinyDB's own API on our journal."""

    def __init__(self, folder: Path) -> None:
        self._db = RecordDB(Journal(folder / "ours", indexed={"responses": ("round_id",)}))
        self._table: Any = self._db.table("responses")

    def fill(self, number: int) -> None:
        for start in range(0, number, 1000):
            with self._db.storage.journal.transaction():  # type: ignore[attr-defined]
                for n in range(start, min(start + 1000, number)):
                    self._table.put(row(n).id, row(n).document)

    def save(self, row: Row) -> None:
        self._table.insert(Document(row.document, doc_id=row.id))  # type: ignore[arg-type]

    def get(self, row: Row) -> object:
        return self._table.get(doc_id=row.id)


class Through:
    """The whole way through our store: a transaction, a record, cleaned, and sealed where there are keys."""

    def __init__(self, url: str, *keys: str) -> None:
        self._store = open_store(url, seal_keys=keys)

    def fill(self, number: int) -> None:
        for start in range(0, number, 1000):
            with self._store.transaction() as tx:
                for n in range(start, min(start + 1000, number)):
                    tx[Response].put(row(n).record)

    def save(self, row: Row) -> None:
        with self._store.transaction() as tx:
            tx[Response].put(row.record)


class Sqlite:
    """SQLite, WAL, synchronous=FULL."""

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "lite.db", isolation_level=None, timeout=30)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=full")
        self._db.execute("create table if not exists responses (id text primary key, round_id text, document text)")
        self._db.execute("create index if not exists by_round on responses (round_id)")

    def fill(self, number: int) -> None:
        self._db.execute("begin")
        self._db.executemany("insert into responses values (?, ?, ?)", (self._row(row(n)) for n in range(number)))
        self._db.execute("commit")

    def save(self, row: Row) -> None:
        self._db.execute("insert into responses values (?, ?, ?)", self._row(row))

    def get(self, row: Row) -> object:
        row = self._db.execute("select document from responses where id = ?", (row.id,)).fetchone()
        return json.loads(row[0])

    @staticmethod
    def _row(row: Row) -> tuple[str, str, str]:
        return row.id, row.record.round_id, row.text()


class BarePostgres:
    """psycopg's insert of the same row, by itself."""

    def __init__(self, url: str) -> None:
        self._db = psycopg.connect(url, autocommit=True)
        self._db.execute(
            "create table if not exists bare"
            " (id text primary key, serial bigint generated by default as identity unique, document json)"
        )
        self._db.execute("create index if not exists by_round on bare ((document->>'round_id'), serial)")

    def fill(self, number: int) -> None:
        with self._db.transaction(), self._db.cursor().copy("copy bare (id, document) from stdin") as rows:
            for n in range(number):
                rows.write_row((row(n).id, row(n).text()))

    def save(self, row: Row) -> None:
        self._db.execute("insert into bare (id, document) values (%s, %s)", (row.id, row.text()))


def main() -> None:
    """Print the tables."""
    programs = binaries()
    postgres = Postgres(programs) if programs else None
    try:
        for held in HELD:
            with _folder() as folder:
                _saves(folder, held, postgres)
        with _folder() as folder:
            _finding_and_opening(folder)
        _together(postgres)
    finally:
        if postgres:
            postgres.remove()


def _saves(folder: Path, held: int, postgres: Postgres | None) -> None:
    stores: dict[str, Measured] = {
        "append + fdatasync": Disk(folder),
        "SQLite WAL FULL": Sqlite(folder),
        "our TinyDB": Ours(folder),
        "our store, not sealed": Through(f"tinydb:{folder / 'plain'}"),
        "our store, sealed": Through(f"tinydb:{folder / 'sealed'}", KEY),
        "stock TinyDB": Stock(folder),
    }
    if postgres:
        stores["PostgreSQL, bare insert"] = BarePostgres(_schema(postgres))
        stores["our store on PostgreSQL"] = Through(_schema(postgres))
    for store in stores.values():
        store.fill(held)
    spent: dict[str, list[float]] = {name: [] for name in stores}
    for pair in range(PAIRS):
        for name, store in stores.items():
            slow = name == "stock TinyDB" and held > 100
            if slow and pair >= 3:
                continue
            first = held + pair * BATCH
            spent[name].append(_time(store.save, [row(n) for n in range(first, first + (1 if slow else BATCH))]))
    _say(f"\none durable save with {held:,} held", "us", "of SQLite", "of the disk")
    for name, times in spent.items():
        _say(
            name,
            f"{statistics.median(times) * 1e6:,.0f}",
            *(f"{_ratio(times, spent[base]):,.2f}" for base in ("SQLite WAL FULL", "append + fdatasync")),
        )
    _say("our TinyDB, of stock TinyDB", f"{1 / _ratio(spent['our TinyDB'], spent['stock TinyDB']):,.0f} times faster")
    if postgres:
        ratio = _ratio(spent["our store on PostgreSQL"], spent["PostgreSQL, bare insert"])
        _say("our store on PostgreSQL, of a bare insert", f"{ratio:.2f}", "bar 1.30")


def _finding_and_opening(folder: Path) -> None:
    ours, sqlite = Ours(folder), Sqlite(folder)
    ours.fill(50_000)
    sqlite.fill(50_000)
    times: dict[str, list[float]] = {"ours": [], "SQLite": []}
    rows = [row(n * 7919 % 50_000) for n in range(1000)]
    for _ in range(PAIRS):
        times["ours"].append(_time(ours.get, rows))
        times["SQLite"].append(_time(sqlite.get, rows))
    _say("\nwith 50,000 held", "ours", "SQLite", "ratio", "bar")
    _say(
        "find by id, us",
        *(f"{statistics.median(each) * 1e6:.1f}" for each in times.values()),
        f"{_ratio(times['ours'], times['SQLite']):.2f}",
        "1.00",
    )
    size = (folder / "ours" / "journal").stat().st_size
    opened = [_opening(folder / "ours") for _ in range(3)]
    _say("open, s", f"{statistics.median(seconds for seconds, _ in opened):.2f}", "", "", "0.60")
    memory = statistics.median(grown for _, grown in opened)
    _say("memory of a worker, MB", f"{memory / 1e6:.0f}", "", f"{memory / size:.2f} of the journal", "1.50")


def _opening(folder: Path) -> tuple[float, int]:
    program = (
        "import sys, time; from pathlib import Path; from service.storage.embedded.journal import Journal\n"
        "held = lambda: int(open('/proc/self/statm').read().split()[1]) * 4096\n"
        "before, began = held(), time.perf_counter()\n"
        "journal = Journal(Path(sys.argv[1]), indexed={'responses': ('round_id',)})\n"
        "print(time.perf_counter() - began, held() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], cwd=ROOT, capture_output=True, check=True, text=True
    )
    seconds, grown = done.stdout.split()
    return float(seconds), int(grown)


def _together(postgres: Postgres | None) -> None:
    makers: dict[str, Callable[[Path], Callable[[], Measured]]] = {
        "SQLite WAL FULL": lambda folder: lambda: Sqlite(folder),
        "our TinyDB": lambda folder: lambda: Ours(folder),
    }
    if postgres:
        url = _schema(postgres)
        makers["our store on PostgreSQL"] = lambda folder: lambda: Through(url)
    rates: dict[str, list[float]] = {name: [] for name in makers}
    for turn in range(3):
        for name, maker in makers.items():
            with _folder() as folder:
                rates[name].append(_four_processes(maker(folder), turn))
    _say("\n4 processes x 1,000 saves", "a second", "of SQLite")
    for name, each in rates.items():
        _say(name, f"{statistics.median(each):,.0f}", f"{_ratio(each, rates['SQLite WAL FULL']):.2f}")


def _four_processes(make: Callable[[], Measured], turn: int) -> float:
    make()
    ready, go = os.pipe(), os.pipe()
    workers = []
    for worker in range(4):
        process = os.fork()
        if process == 0:
            store = make()
            first = turn * 10_000 + worker * 1_000
            rows = [row(n) for n in range(first, first + 1000)]
            os.write(ready[1], b".")
            os.read(go[0], 1)
            for each in rows:
                store.save(each)
            os._exit(0)
        workers.append(process)
    for _ in workers:
        os.read(ready[0], 1)
    began = time.perf_counter()
    os.write(go[1], b"....")
    assert all(os.waitpid(process, 0)[1] == 0 for process in workers)
    for end in (*ready, *go):
        os.close(end)
    return 4000 / (time.perf_counter() - began)


def _time(work: Callable[[Row], object], rows: list[Row]) -> float:
    began = time.perf_counter()
    for each in rows:
        work(each)
    return (time.perf_counter() - began) / len(rows)


def _ratio(times: list[float], base: list[float]) -> float:
    """The median over the pairs measured one after the other."""
    return statistics.median(one / other for one, other in zip(times, base, strict=False))


@contextmanager
def _folder() -> Iterator[Path]:
    """On the disk where stores are kept, which a folder for temporary files may not be."""
    (ROOT / "instance").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "instance"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _schema(postgres: Postgres) -> str:
    schema = f"s{uuid4().hex}"
    url = postgres.url(schema)
    with psycopg.connect(url) as connection:
        connection.execute(f"create schema {schema}".encode())
    return url


def _say(name: str, *columns: str) -> None:
    sys.stdout.write(f"{name:45}" + "".join(f"{column:>22}" for column in columns) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
