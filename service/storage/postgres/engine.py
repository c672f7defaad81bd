"""The engine for more than one machine: PostgreSQL, with the same documents and the same promises."""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from service.storage.engine import Change, Snapshot
from service.storage.errors import StoreUnavailable
from service.storage.postgres.pool import Connections
from service.storage.postgres.schema import FORMAT_OF, LOCK, NOTE_FORMAT, TRY_LOCK, UNLOCK, SqlTable, prepare
from service.storage.serialise import Json, pack

_PAGE = 500


class Statement(NamedTuple):
    """What is said to the server; `alone` is how to say it where it is all that a transaction does."""

    query: bytes
    values: Sequence[object] = ()
    alone: bytes | None = None


_BEGIN = Statement(b"begin")
_LOCK = Statement(LOCK)
_SNAPSHOT = Statement(b"begin isolation level repeatable read read only")
_COMMIT = Statement(b"commit")

Rows = list[tuple[Any, ...]]


class PostgresEngine:
    """Documents in a table for each kind, as the very text that the journal would hold.

    `indexed` names every table and the fields by which its documents are found. Inside a transaction the same
    methods see what was put.
    """

    def __init__(self, url: str, indexed: Mapping[str, Collection[str]], lock_seconds: float) -> None:
        self._tables = {name: SqlTable(name, fields) for name, fields in indexed.items()}
        self._connections = Connections(url, lock_seconds)
        self._here = threading.local()
        try:
            with _said, self._connections.one() as connection:
                prepare(connection, list(self._tables.values()))
        except StoreUnavailable as fault:
            self.close()
            reason = str(fault.__cause__).strip().splitlines()
            raise StoreUnavailable(f"{fault} {reason[0] if reason else ''}".strip()) from fault
        except BaseException:
            self.close()
            raise

    def get(self, table: str, id: str) -> Json | None:
        """The document under this id."""
        rows = self._read(self._tables[table].get, (id,))
        return rows[0][0] if rows else None

    def size(self, table: str) -> int:
        """How many documents there are."""
        number: int = self._read(self._tables[table].size, ())[0][0]
        return number

    def all(self, table: str) -> Iterator[tuple[str, Json]]:
        """Every document with its id, read a page at a time."""
        last = -1
        while rows := self._read(self._tables[table].page, (last, _PAGE)):
            yield from ((id, document) for _, id, document in rows)
            last = rows[-1][0]

    def find(self, table: str, field: str, values: Sequence[str]) -> Iterator[tuple[str, Json]]:
        """The documents whose indexed field has one of these values."""
        yield from self._read(self._tables[table].find[field], (list(values),))

    def count(self, table: str, field: str, values: Sequence[str]) -> int:
        """How many they are."""
        number: int = self._read(self._tables[table].count[field], (list(values),))[0][0]
        return number

    def put(self, table: str, id: str, document: Json) -> None:
        """Keep the document under its id."""
        wanted = self._tables[table]
        self._change(Statement(wanted.put, (id, pack(document).decode()), wanted.put_alone))

    def remove(self, table: str, id: str) -> None:
        """Let the document go."""
        self._change(Statement(self._tables[table].remove, (id,)))

    def transaction(self) -> AbstractContextManager["PostgresEngine"]:
        """Read and change as one."""
        return _Transaction(self, self._connections, self._here, _BEGIN, _LOCK)

    @contextmanager
    def snapshot(self) -> Iterator["PostgresEngine"]:
        """Read everything as it is at this moment, whatever is written meanwhile: this thread, until it leaves."""
        with _Transaction(self, self._connections, self._here, _SNAPSHOT):
            self._read(b"select 1")  # the moment is that of the first statement
            yield self

    @contextmanager
    def try_lock(self, name: str) -> Iterator[bool]:
        """Take the lock of this name without waiting; gives whether no one else holds it, on any machine."""
        with _said:
            connection = self._connections.of_its_own()
        try:
            with _said:
                rows = connection.execute(TRY_LOCK, (name,)).fetchall()
            yield bool(rows[0][0])
        finally:
            with suppress(psycopg.Error):  # where the connection was cut nothing is held any more
                connection.execute(UNLOCK)  # a server notices the end of a connection only a moment later
            connection.close()

    def format(self) -> int:
        """The format of the documents."""
        number: int = self._read(FORMAT_OF)[0][0]
        return number

    def rewrite(
        self, tables: Collection[str], change: Change, target: int, before: Callable[[Snapshot], object]
    ) -> None:
        """Change every document of these tables and note the format: one transaction, and no old row stays.

        `before` sees everything as it was; where it raises, nothing is changed.
        """
        with self.transaction():
            before(self)
            for table in tables:
                for record_id, document in self.all(table):
                    self.put(table, record_id, change(table, record_id, document))
                self._change(Statement(self._tables[table].rewrite))
            self._change(Statement(NOTE_FORMAT, (target,)))

    def compact(self) -> None:
        """Write the tables anew, so that nothing remains in them of what was replaced or removed."""
        with _said, self._connections.one() as connection:
            for table in self._tables.values():
                connection.execute(table.compact)

    def faults(self) -> list[str]:
        """Settings of the server under which acknowledged would not mean on disk."""
        names = ["fsync", "full_page_writes"]
        off = self._read(b"select name from pg_settings where name = any(%s) and setting <> 'on' order by 1", (names,))
        return [f"the server's {name} is off: it may lose what it has acknowledged" for (name,) in off]

    def notes(self) -> list[str]:
        """What is no fault but may be of interest."""
        return []

    def forget_set_aside(self, before: datetime) -> int:
        """Nothing is ever set aside here."""
        return 0

    def close(self) -> None:
        """Let go of the connections."""
        self._connections.close()

    def _read(self, query: bytes, values: Sequence[object] = ()) -> Rows:
        transaction = self._open()
        with _said:
            if transaction is not None:
                return transaction.send(Statement(query, values))
            with self._connections.one() as connection:
                return connection.execute(query, values).fetchall()

    def _change(self, statement: Statement) -> None:
        transaction = self._open()
        if transaction is None:
            raise RuntimeError("nothing is changed outside a transaction")
        with _said:
            transaction.add(statement)

    def _open(self) -> "_Transaction | None":
        return getattr(self._here, "transaction", None)


class _Transaction:
    """Statements of one thread that become one commit; they are sent when something is read, or at the end."""

    def __init__(
        self, engine: PostgresEngine, connections: Connections, here: threading.local, *beginning: Statement
    ) -> None:
        self._engine = engine
        self._connections = connections
        self._here = here
        self._beginning = beginning
        self._begun = False
        self._pending: list[Statement] = []

    def __enter__(self) -> PostgresEngine:
        if getattr(self._here, "transaction", None) is not None:
            raise RuntimeError("a transaction is open here already")
        with _said:
            self._connection = self._connections.take()
        self._here.transaction = self
        return self._engine

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: object) -> None:
        self._here.transaction = None
        try:
            if fault is None:
                with _said:
                    self._commit()
        finally:
            self._connections.give_back(self._connection)

    def add(self, statement: Statement) -> None:
        """Let this be part of it."""
        self._pending.append(statement)
        if len(self._pending) >= _PAGE:
            self.send()

    def send(self, *more: Statement) -> Rows:
        """Send all that is pending, and these, in one go; what the last one gives."""
        statements = [*(() if self._begun else self._beginning), *self._pending, *more]
        self._pending = []
        self._begun = True
        return self._together(statements)

    def _commit(self) -> None:
        if self._begun:
            self.send(_COMMIT)
        elif len(self._pending) == 1 and self._pending[0].alone:
            self._connection.execute(self._pending[0].alone, self._pending[0].values)
        elif self._pending:
            self._together([_LOCK, *self._pending])  # what is sent together is a transaction by itself

    def _together(self, statements: list[Statement]) -> Rows:
        if len(statements) == 1:
            return _rows(self._connection.execute(statements[0].query, statements[0].values))
        with self._connection.pipeline():
            for statement in statements:
                cursor = self._connection.execute(statement.query, statement.values)
        return _rows(cursor)


def _rows(cursor: psycopg.Cursor[tuple[Any, ...]]) -> Rows:
    return cursor.fetchall() if cursor.description else []


class _Said:
    """What goes wrong with the server inside it, in a sentence of ours."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: object) -> None:
        match fault:
            case psycopg.errors.LockNotAvailable():
                raise StoreUnavailable("The store is busy.") from fault
            case psycopg.errors.DiskFull():
                raise StoreUnavailable("The disk that holds the store is full.") from fault
            case psycopg.errors.ReadOnlySqlTransaction():
                raise StoreUnavailable("The store's database cannot be written to.") from fault
            case psycopg.OperationalError() | psycopg.InterfaceError():
                raise StoreUnavailable("The store's database cannot be reached.") from fault


_said = _Said()
