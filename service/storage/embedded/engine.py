"""The embedded engine: records in a TinyDB, which lies on a journal."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from service.storage.embedded.contents import Contents
from service.storage.embedded.journal import Journal, Places
from service.storage.embedded.line_format import Operation
from service.storage.embedded.lock import try_lock
from service.storage.embedded.tables import RecordDB, RecordTable
from service.storage.engine import Change, Snapshot
from service.storage.serialise import Json, pack, unpack


class TinyEngine:
    """Documents of the journal in a folder; inside a transaction the same methods see what was put."""

    def __init__(self, folder: Path, indexed: Mapping[str, Collection[str]], lock_seconds: float) -> None:
        self.journal = Journal(folder, indexed=indexed, lock_seconds=lock_seconds)
        self._db = RecordDB(self.journal)

    def get(self, table: str, id: str) -> Json | None:
        """The document under this id."""
        return self._table(table).document(id)

    def all(self, table: str) -> Iterator[tuple[str, Json]]:
        """Every document with its id."""
        return self._table(table).documents()

    def find(self, table: str, field: str, values: Sequence[str]) -> Iterator[tuple[str, Json]]:
        """The documents whose indexed field has one of these values."""
        found = [ids for value in values if (ids := self._table(table).found(field, value))]
        wanted = set().union(*found)
        for id in found[0] if len(found) == 1 else (id for id in self._table(table).ids() if id in wanted):
            document = self._table(table).document(id)
            if document is not None:
                yield id, document

    def count(self, table: str, field: str, values: Sequence[str]) -> int:
        """How many they are."""
        return sum(self._table(table).count_found(field, value) for value in values)

    def put(self, table: str, id: str, document: Json) -> None:
        """Keep the document under its id."""
        self._changing(table).put(id, document)

    def remove(self, table: str, id: str) -> None:
        """Let the document go."""
        self._changing(table).discard(id)

    @contextmanager
    def transaction(self) -> Iterator["TinyEngine"]:
        """Read and change as one."""
        if self.journal.change():
            raise RuntimeError("a transaction is open here already")
        with self.journal.transaction():
            yield self

    @contextmanager
    def snapshot(self) -> Iterator["_Snapshot"]:
        """Read everything as it is at this moment, whatever is written meanwhile."""
        yield _Snapshot(*self.journal.snapshot())

    def try_lock(self, name: str) -> AbstractContextManager[bool]:
        """Take the lock of this name without waiting; gives whether no one else holds it."""
        return try_lock(self.journal.folder / f"{name}.lock")

    def format(self) -> int:
        """The format of the documents."""
        return self.journal.format()

    def rewrite(
        self, tables: Collection[str], change: Change, target: int, before: Callable[[Snapshot], object]
    ) -> None:
        """Change every document of these tables and note the format: a new journal, and nothing stays of the old one.

        `before` sees everything as it was; where it raises, nothing is changed.
        """

        def changed(operation: Operation) -> Operation:
            if operation.table not in tables:
                return operation
            document = change(operation.table, operation.id, unpack(operation.body))
            return operation._replace(body=pack(document))

        self.journal.rewrite(changed, target, lambda contents, places: before(_Snapshot(contents, places)))

    def compact(self) -> None:
        """Write the journal anew, so that nothing remains in it of what was replaced or removed."""
        self.journal.compact()

    def faults(self) -> list[str]:
        """What of the journal cannot be read, and where; what was set aside counts until somebody takes it away."""
        return [
            *(
                f"journal, byte {damage.offset}: {damage.length} bytes cannot be read{_naming(damage.documents)};"
                " what was kept before them is served"
                for damage in self.journal.contents().damage
            ),
            *(
                f"set-aside/{path.name}: part of the journal could not be read{_naming(documents)};"
                " when all is well again, delete the file"
                for path, documents in self.journal.evidence.damaged()
            ),
        ]

    def notes(self) -> list[str]:
        """What is no fault but may be of interest."""
        return [
            f"set-aside/{path.name}: the beginning of a commit whose writer died; nobody was told that it was kept"
            for path in self.journal.evidence.torn()
        ]

    def forget_set_aside(self, before: datetime) -> int:
        """Delete what was set aside before this moment."""
        return self.journal.evidence.forget(before)

    def close(self) -> None:
        """Nothing is held open that another process would miss."""
        self._db.close()

    def _changing(self, name: str) -> RecordTable:
        if self.journal.change() is None:
            raise RuntimeError("nothing is changed outside a transaction")
        return self._table(name)

    def _table(self, name: str) -> RecordTable:
        table: RecordTable = self._db.table(name)  # type: ignore[assignment]  # TinyDB names the class it began with
        return table


def _naming(documents: Collection[tuple[str, str]]) -> str:
    return " (" + ", ".join(f"{table} {id}" for table, id in documents) + ")" if documents else ""


class _Snapshot:
    """The documents of one moment: their places in a file that only grows."""

    def __init__(self, contents: Contents, places: Places) -> None:
        self._contents = contents
        self._places = places

    def size(self, table: str) -> int:
        return len(self._places.get(table, ()))

    def all(self, table: str) -> Iterator[tuple[str, Json]]:
        return ((id, unpack(self._contents.read(place))) for id, place in self._places.get(table, ()))
