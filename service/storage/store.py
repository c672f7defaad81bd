"""The store: every type of record, on whichever engine the address names."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from service.repository import RecordsUnreadable
from service.storage.codec import Unreadable, from_json, to_json
from service.storage.embedded.engine import TinyEngine
from service.storage.encryption import SEALED, KeyLost, Seal
from service.storage.engine import Engine, TableReader, TableWriter
from service.storage.migrations.runner import migrate
from service.storage.postgres.engine import PostgresEngine
from service.storage.progress import Progress, silent
from service.storage.record_types import INDEXES, RECORD_TYPES, RecordType
from service.storage.serialise import Json
from service.text import TooLarge, clean_text

Record = TypeVar("Record")

_LONGEST_ID = 200


def open_store(
    url: str,
    *,
    seal_keys: Sequence[str] = (),
    lock_seconds: float = 5,
    backups: Path | None = None,
    progress: Progress = silent,
) -> "RecordStore":
    """The store at `tinydb:FOLDER` or `postgresql://…`: made where there is none, migrated to this version's format.

    What is put is sealed with the first key, what was sealed with any of them can be read; without keys
    nothing is sealed. `lock_seconds` is how long to wait for others before saying StoreUnavailable. `backups` is the
    folder for the backup before a migration (default: where the store's folder stands); `progress` is told how far
    a migration has come. Raises WrongFormat for a store from a newer version.
    """
    engine = open_engine(url, lock_seconds)
    try:
        store = RecordStore(engine, Seal(seal_keys), backup_name(url, backups))
        migrate(engine, store.seal, store.backups, progress)
    except BaseException:
        engine.close()
        raise
    return store


def open_engine(url: str, lock_seconds: float = 5) -> Engine:
    """The engine of the store at this address, as it is: of an older format perhaps. Raises WrongFormat."""
    engine, _, place = url.partition(":")
    if engine == "tinydb" and place:
        return TinyEngine(Path(place), INDEXES, lock_seconds)
    if engine == "postgresql":
        return PostgresEngine(url, INDEXES, lock_seconds)
    raise ValueError(f"{engine!r} is no address of a store: tinydb:FOLDER and postgresql://… are")


def backup_name(url: str, folder: Path | None = None) -> Path:
    """What the backups of migrations of this store are named after."""
    engine, _, place = url.partition(":")
    own = Path(place).absolute() if engine == "tinydb" else Path.cwd() / engine
    return own if folder is None else folder / own.name


class RecordReader(Generic[Record]):
    """The records of one type."""

    def __init__(self, tables: TableReader, seal: Seal, record_type: RecordType[Record]) -> None:
        self._tables = tables
        self._seal = seal
        self._type = record_type

    def get(self, record_id: str) -> Record | None:
        """The record, or None where there is none. Raises KeyLost and Unreadable."""
        if not _is_id(record_id):
            return None
        document = self._tables.get(self._type.table, record_id)
        return None if document is None else self._record(record_id, document)

    def all(self) -> Iterator[Record]:
        """Every record, in the order of first writing. Raises RecordsUnreadable, but only after all others."""
        return self._records(self._tables.all(self._type.table))

    def find(self, field: str, value: str) -> Iterator[Record]:
        """The records whose indexed `field` is `value`, in the order of first writing. Raises as `all` does."""
        return self._records(self._tables.find(self._type.table, field, self._written(field, value)))

    def count(self, field: str, value: str) -> int:
        """How many `find` would give, without reading them."""
        return self._tables.count(self._type.table, field, self._written(field, value))

    def _record(self, record_id: str, document: Json) -> Record:
        try:
            opened = self._seal.open(document)
        except KeyLost as fault:
            if not self._type.readable_without_key:
                raise KeyLost(fault.keys, ids=[record_id]) from None
            opened = {name: value for name, value in document.items() if name != SEALED}
        return from_json(self._type.record, record_id, opened)

    def _records(self, documents: Iterator[tuple[str, Json]]) -> Iterator[Record]:
        keys: list[str] = []
        ids: list[str] = []
        faults: list[str] = []
        for record_id, document in documents:
            try:
                record = self._record(record_id, document)
            except KeyLost as fault:
                keys.extend(fault.keys)
                ids.append(record_id)
                continue
            except Unreadable as fault:
                faults.append(str(fault))
                ids.append(record_id)
                continue
            yield record
        if keys and not faults:
            raise KeyLost(keys, len(keys), ids)
        if faults:
            sealed = [str(KeyLost(keys, len(keys)))] if keys else []
            raise RecordsUnreadable("; ".join([*sealed, *faults]), ids)

    def _written(self, field: str, value: str) -> list[str]:
        """As what the value may stand in the field of a document."""
        if field not in self._type.indexes:
            raise KeyError(f"{self._type.table} are not found by {field}")
        try:
            cleaned = clean_text(value)
        except TooLarge:
            return []
        return self._seal.hashes(field, cleaned) if field in self._type.sealed else [cleaned]


class RecordRepository(RecordReader[Record]):
    """The records of one type, inside a transaction."""

    def __init__(self, tables: TableWriter, seal: Seal, record_type: RecordType[Record]) -> None:
        super().__init__(tables, seal, record_type)
        self._writer = tables

    def put(self, record: Record) -> None:
        """Keep the record under its `id`, in place of one that has it already.

        Raises KeyLost where that would replace sealed fields that could not be read.
        """
        record_id: str = record.id  # type: ignore[attr-defined]  # every record that is kept has one
        if not _is_id(record_id):
            raise ValueError(f"{record_id!r} cannot be the id of a record")
        if self._type.readable_without_key and (there := self._writer.get(self._type.table, record_id)):
            self._seal.open(there)
        document = self._seal.close(to_json(record), self._type.sealed, self._type.indexes)
        self._writer.put(self._type.table, record_id, document)

    def remove(self, record_id: str) -> None:
        """Remove the record; removing what is not there is no fault."""
        if _is_id(record_id):
            self._writer.remove(self._type.table, record_id)


class RecordTransaction:
    """All records, for changing: `tx[Home]` is the repository of homes."""

    def __init__(self, tables: TableWriter, seal: Seal) -> None:
        self._repositories: dict[type, RecordRepository[Any]] = {
            record_type.record: RecordRepository(tables, seal, record_type) for record_type in RECORD_TYPES
        }

    def __getitem__(self, record: type[Record], /) -> RecordRepository[Record]:
        return self._repositories[record]


class RecordStore:
    """All records, for reading, and transactions to change them: `store[Home]` is the reader of homes.

    `backups` is what the backups of migrations are named after.
    """

    def __init__(self, engine: Engine, seal: Seal, backups: Path) -> None:
        self.engine = engine
        self.seal = seal
        self.backups = backups
        self._readers: dict[type, RecordReader[Any]] = {
            record_type.record: RecordReader(engine, seal, record_type) for record_type in RECORD_TYPES
        }
        self._transaction = RecordTransaction(engine, seal)

    def __getitem__(self, record: type[Record], /) -> RecordReader[Record]:
        return self._readers[record]

    @contextmanager
    def transaction(self) -> Iterator[RecordTransaction]:
        """Read and change as one; one inside another is a mistake, for it could not promise to be on disk."""
        with self.engine.transaction():
            yield self._transaction

    def try_lock(self, name: str) -> AbstractContextManager[bool]:
        """Take the lock of this name without waiting; gives whether no other process or machine holds it.

        It is held until the block ends. A process that dies in it lets go.
        """
        return self.engine.try_lock(name)

    def close(self) -> None:
        """Let go of files and connections."""
        self.engine.close()


def _is_id(record_id: str) -> bool:
    return 0 < len(record_id) <= _LONGEST_ID and record_id.isprintable()
