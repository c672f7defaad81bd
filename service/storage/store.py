"""The store: every kind of record, on whichever engine the address names."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from service.storage import record_types
from service.storage.codec import from_json, to_json
from service.storage.embedded.engine import TinyEngine
from service.storage.encryption import KeyLost, Seal
from service.storage.engine import Books, Engine, Shelves
from service.storage.postgres.engine import PostgresEngine
from service.storage.record_types import Kind
from service.storage.serialise import Json
from service.text import TooLarge, clean_text

Kept = TypeVar("Kept")

_LONGEST_ID = 200


def open_store(url: str, *, seal_keys: Sequence[str] = (), lock_seconds: float = 5) -> "KeptStore":
    """The store at `tinydb:FOLDER` or `postgresql://…`, made if it is not there yet.

    What is put is sealed with the first key, what was sealed with any of them can be read; without keys
    nothing is sealed. `lock_seconds` is how long to wait for others before saying StoreUnavailable.
    """
    engine, _, place = url.partition(":")
    if engine == "tinydb" and place:
        return KeptStore(TinyEngine(Path(place), record_types.FOUND_BY, lock_seconds), Seal(seal_keys))
    if engine == "postgresql":
        return KeptStore(PostgresEngine(url, record_types.FOUND_BY, lock_seconds), Seal(seal_keys))
    raise ValueError(f"{engine!r} is no address of a store: tinydb:FOLDER and postgresql://… are")


class KeptReader(Generic[Kept]):
    """The records of one kind."""

    def __init__(self, shelves: Shelves, seal: Seal, kind: Kind[Kept]) -> None:
        self._shelves = shelves
        self._seal = seal
        self._kind = kind

    def get(self, record_id: str) -> Kept | None:
        """The record, or None where there is none. Raises KeyLost for one sealed with a key that was not given."""
        if not _is_id(record_id):
            return None
        document = self._shelves.get(self._kind.table, record_id)
        return None if document is None else self._record(record_id, document)

    def all(self) -> Iterator[Kept]:
        """Every record, in the order of first writing. Raises KeyLost, but only after all that can be read."""
        return self._records(self._shelves.all(self._kind.table))

    def find(self, field: str, value: str) -> Iterator[Kept]:
        """The records whose indexed `field` is `value`, in the order of first writing. Raises KeyLost as `all` does."""
        return self._records(self._shelves.find(self._kind.table, field, self._written(field, value)))

    def count(self, field: str, value: str) -> int:
        """How many `find` would give, without reading them."""
        return self._shelves.count(self._kind.table, field, self._written(field, value))

    def _record(self, record_id: str, document: Json) -> Kept:
        return from_json(self._kind.record, record_id, self._seal.open(document))

    def _records(self, documents: Iterator[tuple[str, Json]]) -> Iterator[Kept]:
        lost: list[str] = []
        for record_id, document in documents:
            try:
                record = self._record(record_id, document)
            except KeyLost as fault:
                lost.extend(fault.keys)
                continue
            yield record
        if lost:
            raise KeyLost(lost, len(lost))

    def _written(self, field: str, value: str) -> list[str]:
        """As what the value may stand in the field of a document."""
        if field not in self._kind.found_by:
            raise KeyError(f"{self._kind.table} are not found by {field}")
        try:
            cleaned = clean_text(value)
        except TooLarge:
            return []
        return self._seal.hashes(field, cleaned) if field in self._kind.sealed else [cleaned]


class KeptRepository(KeptReader[Kept]):
    """The records of one kind, inside a transaction."""

    def __init__(self, books: Books, seal: Seal, kind: Kind[Kept]) -> None:
        super().__init__(books, seal, kind)
        self._books = books

    def put(self, record: Kept) -> None:
        """Keep the record under its `id`, in place of one that has it already."""
        record_id: str = record.id  # type: ignore[attr-defined]  # every record that is kept has one
        if not _is_id(record_id):
            raise ValueError(f"{record_id!r} cannot be the id of a record")
        document = self._seal.close(to_json(record), self._kind.sealed, self._kind.found_by)
        self._books.put(self._kind.table, record_id, document)

    def remove(self, record_id: str) -> None:
        """Let the record go; removing what is not there is no fault."""
        if _is_id(record_id):
            self._books.remove(self._kind.table, record_id)


class KeptTransaction:
    """All kinds, for changing."""

    def __init__(self, books: Books, seal: Seal) -> None:
        self.homes = KeptRepository(books, seal, record_types.HOMES)
        self.help_lines = KeptRepository(books, seal, record_types.HELP_LINES)
        self.forms = KeptRepository(books, seal, record_types.FORMS)
        self.form_states = KeptRepository(books, seal, record_types.FORM_STATES)
        self.rounds = KeptRepository(books, seal, record_types.ROUNDS)
        self.invitations = KeptRepository(books, seal, record_types.INVITATIONS)
        self.responses = KeptRepository(books, seal, record_types.RESPONSES)
        self.receipts = KeptRepository(books, seal, record_types.RECEIPTS)
        self.tombstones = KeptRepository(books, seal, record_types.TOMBSTONES)
        self.ledgers = KeptRepository(books, seal, record_types.LEDGERS)
        self.figures = KeptRepository(books, seal, record_types.FIGURES)
        self.exports = KeptRepository(books, seal, record_types.EXPORTS)
        self.children = KeptRepository(books, seal, record_types.CHILDREN)
        self.people = KeptRepository(books, seal, record_types.PEOPLE)
        self.planned_rounds = KeptRepository(books, seal, record_types.PLANNED_ROUNDS)
        self.links = KeptRepository(books, seal, record_types.LINKS)
        self.passcodes = KeptRepository(books, seal, record_types.PASSCODES)
        self.letters = KeptRepository(books, seal, record_types.LETTERS)
        self.audit = KeptRepository(books, seal, record_types.AUDIT)
        self.alerts = KeptRepository(books, seal, record_types.ALERTS)
        self.disclosures = KeptRepository(books, seal, record_types.DISCLOSURES)
        self.readings = KeptRepository(books, seal, record_types.READINGS)
        self.themings = KeptRepository(books, seal, record_types.THEMINGS)
        self.own_themes = KeptRepository(books, seal, record_types.OWN_THEMES)
        self.tablets = KeptRepository(books, seal, record_types.TABLETS)
        self.enrolments = KeptRepository(books, seal, record_types.ENROLMENTS)
        self.pins = KeptRepository(books, seal, record_types.PINS)
        self.unlockings = KeptRepository(books, seal, record_types.UNLOCKINGS)
        self.accounts = KeptRepository(books, seal, record_types.ACCOUNTS)
        self.account_sessions = KeptRepository(books, seal, record_types.ACCOUNT_SESSIONS)
        self.account_links = KeptRepository(books, seal, record_types.ACCOUNT_LINKS)
        self.attempts = KeptRepository(books, seal, record_types.ATTEMPTS)
        self.job_runs = KeptRepository(books, seal, record_types.JOB_RUNS)


class KeptStore:
    """All kinds, for reading, and transactions to change them."""

    def __init__(self, engine: Engine, seal: Seal) -> None:
        self.engine = engine
        self.seal = seal
        self.homes = KeptReader(engine, seal, record_types.HOMES)
        self.help_lines = KeptReader(engine, seal, record_types.HELP_LINES)
        self.forms = KeptReader(engine, seal, record_types.FORMS)
        self.form_states = KeptReader(engine, seal, record_types.FORM_STATES)
        self.rounds = KeptReader(engine, seal, record_types.ROUNDS)
        self.invitations = KeptReader(engine, seal, record_types.INVITATIONS)
        self.responses = KeptReader(engine, seal, record_types.RESPONSES)
        self.receipts = KeptReader(engine, seal, record_types.RECEIPTS)
        self.tombstones = KeptReader(engine, seal, record_types.TOMBSTONES)
        self.ledgers = KeptReader(engine, seal, record_types.LEDGERS)
        self.figures = KeptReader(engine, seal, record_types.FIGURES)
        self.exports = KeptReader(engine, seal, record_types.EXPORTS)
        self.children = KeptReader(engine, seal, record_types.CHILDREN)
        self.people = KeptReader(engine, seal, record_types.PEOPLE)
        self.planned_rounds = KeptReader(engine, seal, record_types.PLANNED_ROUNDS)
        self.links = KeptReader(engine, seal, record_types.LINKS)
        self.passcodes = KeptReader(engine, seal, record_types.PASSCODES)
        self.letters = KeptReader(engine, seal, record_types.LETTERS)
        self.audit = KeptReader(engine, seal, record_types.AUDIT)
        self.alerts = KeptReader(engine, seal, record_types.ALERTS)
        self.disclosures = KeptReader(engine, seal, record_types.DISCLOSURES)
        self.readings = KeptReader(engine, seal, record_types.READINGS)
        self.themings = KeptReader(engine, seal, record_types.THEMINGS)
        self.own_themes = KeptReader(engine, seal, record_types.OWN_THEMES)
        self.tablets = KeptReader(engine, seal, record_types.TABLETS)
        self.enrolments = KeptReader(engine, seal, record_types.ENROLMENTS)
        self.pins = KeptReader(engine, seal, record_types.PINS)
        self.unlockings = KeptReader(engine, seal, record_types.UNLOCKINGS)
        self.accounts = KeptReader(engine, seal, record_types.ACCOUNTS)
        self.account_sessions = KeptReader(engine, seal, record_types.ACCOUNT_SESSIONS)
        self.account_links = KeptReader(engine, seal, record_types.ACCOUNT_LINKS)
        self.attempts = KeptReader(engine, seal, record_types.ATTEMPTS)
        self.job_runs = KeptReader(engine, seal, record_types.JOB_RUNS)
        self._books = KeptTransaction(engine, seal)

    @contextmanager
    def transaction(self) -> Iterator[KeptTransaction]:
        """Read and change as one; one inside another is a mistake, for it could not promise to be on disk."""
        with self.engine.transaction():
            yield self._books

    def alone(self, name: str) -> AbstractContextManager[bool]:
        """Whether no other process or machine does what is called so; then none begins it until the block ends.

        Nobody waits. Whoever dies in it lets go.
        """
        return self.engine.alone(name)

    def close(self) -> None:
        """Let go of files and connections."""
        self.engine.close()


def _is_id(record_id: str) -> bool:
    return 0 < len(record_id) <= _LONGEST_ID and record_id.isprintable()
