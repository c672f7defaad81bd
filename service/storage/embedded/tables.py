"""TinyDB over the journal: its public API, and the few ways by which records are looked up."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document, Table

from service.storage.embedded.journal import OWN_TABLE, Journal
from service.storage.embedded.transaction import Change
from service.storage.serialise import Json, pack, unpack


class JournalStorage(Storage):
    """What TinyDB asks of a storage, answered from a journal (or from the folder of one)."""

    def __init__(self, journal: Journal | Path) -> None:
        self.journal = journal if isinstance(journal, Journal) else Journal(journal)

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Every table that has a document, decoded only where it is looked at."""
        contents = self.journal.contents()
        names = [name for name in contents.tables() if name != OWN_TABLE and contents.ids(name)]
        views: dict[str, Any] = {name: Documents(self.journal, name) for name in names}
        return views or None

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Make the tables be these; TinyDB comes here only to drop some."""
        with self.journal.transaction() as change:
            for name in self.read() or {}:
                wanted = data.get(name, {})
                for id in change.ids(name):
                    if id not in wanted:
                        change.remove(name, id)


class Documents(Mapping[str, Json]):
    """The documents of a table as they are now (in a transaction: as they are being changed).

    Each look makes the document anew, so that who gets it owns it.
    """

    def __init__(self, journal: Journal, table: str) -> None:
        self._journal = journal
        self._table = table

    def __getitem__(self, id: str) -> Json:
        body = (self._journal.change() or self._journal.contents()).get(self._table, id)
        if body is None:
            raise KeyError(id)
        return unpack(body)

    def __iter__(self) -> Iterator[str]:
        change = self._journal.change()
        return iter(change.ids(self._table) if change else list(self._journal.contents().ids(self._table)))

    def __len__(self) -> int:
        change = self._journal.change()
        return change.count(self._table) if change else len(self._journal.contents().ids(self._table))

    def items(self) -> Any:
        """Every document with its id: those of this moment, whatever is written while they are read."""
        change = self._journal.change()
        if change:
            return [(id, self[id]) for id in self]
        contents = self._journal.contents()
        return ((id, unpack(contents.read(place))) for id, place in contents.places(self._table))


class JournalTable(Table):
    """A table that reads single documents and writes no more than what changed."""

    def __init__(self, storage: JournalStorage, name: str, **options: Any) -> None:
        self._journal = storage.journal
        self._cached: tuple[int, int] | None = None
        super().__init__(storage, name, **options)

    def insert(self, document: Mapping[str, Any]) -> int:
        """Insert a new document; its id is given out under the lock."""
        with self._journal.transaction():
            return super().insert(document)

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        """Insert documents as one commit."""
        with self._journal.transaction():
            return super().insert_multiple(documents)

    def update(self, fields: Any, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Update matching documents; a condition is judged first, so that only they are written."""
        with self._journal.transaction():
            if cond is not None and doc_ids is None:
                doc_ids = self._matching(cond)
            return super().update(fields, doc_ids=doc_ids)

    def update_multiple(self, updates: Iterable[Any]) -> list[int]:
        """Update by several conditions as one commit."""
        with self._journal.transaction():
            return super().update_multiple(updates)

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[int]:
        """Update what matches or insert, as one commit."""
        with self._journal.transaction():
            return super().upsert(document, cond)

    def remove(self, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Remove matching documents; a condition is judged first, so that only they are written."""
        with self._journal.transaction():
            if cond is not None and doc_ids is None:
                doc_ids = self._matching(cond)
            return super().remove(doc_ids=doc_ids)

    def search(self, cond: QueryLike) -> list[Document]:
        """Search for all matching documents; what was remembered of a search counts while nothing changed."""
        if self._journal.change():
            return [self._document(id, found) for id, found in self._read_table().items() if cond(found)]
        contents = self._journal.contents()
        version = contents.inode, contents.end
        if self._cached != version:
            self.clear_cache()
            self._cached = version
        return super().search(cond)

    def _document(self, id: str, found: Json) -> Document:
        return self.document_class(found, self.document_id_class(id))

    def _matching(self, cond: QueryLike) -> list[Any]:
        return [self.document_id_class(id) for id, found in self._read_table().items() if cond(found)]

    def _read_table(self) -> Any:
        return Documents(self._journal, self.name)

    def _get_next_id(self) -> Any:
        with self._journal.transaction() as change:
            return self.document_id_class(change.next_id(self.name))

    def _update_table(self, updater: Callable[[dict[Any, Any]], None]) -> None:
        with self._journal.transaction() as change:
            table = _Updating(change, self.name, self.document_id_class)
            updater(table)  # type: ignore[arg-type]  # it behaves like the dict that TinyDB would hand out
            table.write()
        self.clear_cache()


class _Updating(MutableMapping[Any, Json]):
    """The documents of a table while TinyDB changes them: notes what was touched."""

    def __init__(self, change: Change, table: str, id_class: type) -> None:
        self._change = change
        self._table = table
        self._id_class = id_class
        self._touched: dict[str, Json] = {}

    def __getitem__(self, id: Any) -> Json:
        name = str(id)
        if name not in self._touched:
            body = self._change.get(self._table, name)
            if body is None:
                raise KeyError(id)
            self._touched[name] = unpack(body)
        return self._touched[name]

    def __setitem__(self, id: Any, document: Json) -> None:
        name = str(id)
        self._touched.pop(name, None)
        self._change.put(self._table, name, document)

    def __delitem__(self, id: Any) -> None:
        name = str(id)
        if name not in self:
            raise KeyError(id)
        self._touched.pop(name, None)
        self._change.remove(self._table, name)

    def __contains__(self, id: object) -> bool:
        return self._change.get(self._table, str(id)) is not None

    def __iter__(self) -> Iterator[Any]:
        return (self._id_class(id) for id in self._change.ids(self._table))

    def __len__(self) -> int:
        return self._change.count(self._table)

    def write(self) -> None:
        """Put down what was changed in place."""
        for name, document in self._touched.items():
            if pack(document) != self._change.get(self._table, name):
                self._change.put(self._table, name, document)


class RecordTable(JournalTable):
    """A table of records: named by text, replaced whole, found by indexed fields."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB lets any class name documents

    def document(self, id: str) -> Json | None:
        """The document under this id."""
        found: Json | None = self.get(doc_id=id)  # type: ignore[call-overload]
        return found

    def documents(self) -> Iterator[tuple[str, Json]]:
        """Every document with its id, in the order of first writing."""
        return iter(self._read_table().items())

    def ids(self) -> list[str]:
        """The ids of all documents, in the order of first writing."""
        return list(self._read_table())

    def put(self, id: str, document: Json) -> None:
        """Keep the document under this id, in place of one that has it."""
        with self._journal.transaction() as change:
            change.put(self.name, id, document)

    def discard(self, id: str) -> None:
        """Let the document go, if it is there."""
        with self._journal.transaction() as change:
            change.remove(self.name, id)

    def found(self, field: str, value: str) -> list[str]:
        """The ids of the documents whose indexed field has this value, in the order of first writing."""
        return list(self._found(field, value))

    def count_found(self, field: str, value: str) -> int:
        """How many they are."""
        return len(self._found(field, value))

    def _found(self, field: str, value: str) -> Collection[str]:
        return (self._journal.change() or self._journal.contents()).found(self.name, field, value)


class JournalDB(TinyDB):
    """TinyDB, as it is known, on a journal: `JournalDB(folder)`."""

    table_class = JournalTable  # type: ignore[assignment]  # TinyDB declares these by their defaults
    default_storage_class = JournalStorage  # type: ignore[assignment]


class RecordDB(JournalDB):
    """TinyDB with tables of records."""

    table_class = RecordTable
