"""The store: every kind of record, on whichever engine the address names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from service.storage import kinds
from service.storage.codec import from_json, to_json
from service.storage.engine import Books, Engine, Shelves
from service.storage.kinds import Kind
from service.storage.tiny_engine import TinyEngine

Kept = TypeVar("Kept")

_LONGEST_ID = 200


def open_store(url: str, *, lock_seconds: float = 5) -> "KeptStore":
    """The store at `tinydb:FOLDER`, made if it is not there yet."""
    engine, _, place = url.partition(":")
    if engine == "tinydb" and place:
        return KeptStore(TinyEngine(Path(place), kinds.FOUND_BY, lock_seconds))
    raise ValueError(f"{url!r} is no address of a store: tinydb:FOLDER is")


class KeptReader(Generic[Kept]):
    """The records of one kind."""

    def __init__(self, shelves: Shelves, kind: Kind[Kept]) -> None:
        self._shelves = shelves
        self._kind = kind

    def get(self, record_id: str) -> Kept | None:
        """The record, or None where there is none."""
        if not _is_id(record_id):
            return None
        document = self._shelves.get(self._kind.table, record_id)
        return None if document is None else from_json(self._kind.record, record_id, document)

    def all(self) -> Iterator[Kept]:
        """Every record, in the order of first writing."""
        for record_id, document in self._shelves.all(self._kind.table):
            yield from_json(self._kind.record, record_id, document)

    def find(self, field: str, value: str) -> Iterator[Kept]:
        """The records whose indexed field is `value`, in the order of first writing."""
        self._check_indexed(field)
        return self._found(field, value)

    def count(self, field: str, value: str) -> int:
        """How many `find` would give, without reading them."""
        self._check_indexed(field)
        return self._shelves.count(self._kind.table, field, value)

    def _found(self, field: str, value: str) -> Iterator[Kept]:
        for record_id, document in self._shelves.find(self._kind.table, field, value):
            yield from_json(self._kind.record, record_id, document)

    def _check_indexed(self, field: str) -> None:
        if field not in self._kind.found_by:
            raise KeyError(f"{self._kind.table} are not found by {field}")


class KeptRepository(KeptReader[Kept]):
    """The records of one kind, inside a transaction."""

    def __init__(self, books: Books, kind: Kind[Kept]) -> None:
        super().__init__(books, kind)
        self._books = books

    def put(self, record: Kept) -> None:
        """Keep the record under its `id`, in place of one that has it already."""
        record_id: str = record.id  # type: ignore[attr-defined]  # every record that is kept has one
        if not _is_id(record_id):
            raise ValueError(f"{record_id!r} cannot be the id of a record")
        self._books.put(self._kind.table, record_id, to_json(record))

    def remove(self, record_id: str) -> None:
        """Let the record go; removing what is not there is no fault."""
        if _is_id(record_id):
            self._books.remove(self._kind.table, record_id)


class KeptTransaction:
    """All kinds, for changing."""

    def __init__(self, books: Books) -> None:
        self.homes = KeptRepository(books, kinds.HOMES)
        self.forms = KeptRepository(books, kinds.FORMS)
        self.rounds = KeptRepository(books, kinds.ROUNDS)
        self.invitations = KeptRepository(books, kinds.INVITATIONS)
        self.responses = KeptRepository(books, kinds.RESPONSES)
        self.receipts = KeptRepository(books, kinds.RECEIPTS)
        self.tombstones = KeptRepository(books, kinds.TOMBSTONES)
        self.ledgers = KeptRepository(books, kinds.LEDGERS)


class KeptStore:
    """All kinds, for reading, and transactions to change them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.homes = KeptReader(engine, kinds.HOMES)
        self.forms = KeptReader(engine, kinds.FORMS)
        self.rounds = KeptReader(engine, kinds.ROUNDS)
        self.invitations = KeptReader(engine, kinds.INVITATIONS)
        self.responses = KeptReader(engine, kinds.RESPONSES)
        self.receipts = KeptReader(engine, kinds.RECEIPTS)
        self.tombstones = KeptReader(engine, kinds.TOMBSTONES)
        self.ledgers = KeptReader(engine, kinds.LEDGERS)

    @contextmanager
    def transaction(self) -> Iterator[KeptTransaction]:
        """Read and change as one; one inside another is a mistake, for it could not promise to be on disk."""
        with self.engine.transaction() as books:
            yield KeptTransaction(books)

    def close(self) -> None:
        """Let go of files and connections."""
        self.engine.close()


def _is_id(record_id: str) -> bool:
    return 0 < len(record_id) <= _LONGEST_ID and record_id.isprintable()
