"""Bring a store to the format of this version: once, at opening, after a backup of everything."""

import logging
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from service.storage.backup_file import Counts, write_backup
from service.storage.codec import Unreadable
from service.storage.encryption import KeyLost, Seal
from service.storage.engine import Engine, Snapshot
from service.storage.errors import StoreUnavailable
from service.storage.migrations import FORMAT, steps_from
from service.storage.progress import Progress, silent
from service.storage.record_types import RECORD_TYPES
from service.storage.serialise import Json

_PAUSE = 0.05  # between two looks at whether another process has finished migrating

_log = logging.getLogger(__name__)


class Migrated(NamedTuple):
    """What a migration does, by table; `unreadable` are records that stay as they are, as their key was not given."""

    found: int
    summaries: tuple[str, ...]
    changed: Counts
    unreadable: Counts
    backup: Path | None


def migrate(engine: Engine, seal: Seal, backups: Path, progress: Progress = silent) -> Migrated | None:
    """Migrate a store of an older format, or wait until another process has; None where there was nothing to do.

    The backup stands beside `backups`, named after it; sealed whole with the first key. All or nothing: a process
    that is killed leaves the store as it was. Raises StoreUnavailable, with nothing changed.
    """
    while (found := engine.format()) < FORMAT:
        with engine.try_lock("migration") as ours:
            if ours and engine.format() == found:
                return _migrate(engine, seal, found, backups, progress)
        time.sleep(_PAUSE)
    return None


def preview(engine: Engine, seal: Seal, progress: Progress = silent) -> Migrated | None:
    """What `migrate` would do; changes nothing."""
    found = engine.format()
    if found == FORMAT:
        return None
    change = Rewriting(seal, found, progress)
    with engine.snapshot() as snapshot:
        change.expect(snapshot)
        for table in change.tables:
            for record_id, document in snapshot.all(table):
                change(table, record_id, document)
    return change.migrated(None)


def old_backups(backups: Path, before: datetime) -> list[Path]:
    """The backups that migrations of this store made before this moment."""
    found = backups.parent.glob(f"{backups.name}-before-*.backup")
    return sorted(path for path in found if path.stat().st_mtime < before.timestamp())


def _migrate(engine: Engine, seal: Seal, found: int, backups: Path, progress: Progress) -> Migrated:
    change = Rewriting(seal, found, progress)
    target = _free_name(backups)

    def keep(snapshot: Snapshot) -> None:
        tables = [record_type.table for record_type in RECORD_TYPES]
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_backup(target, snapshot, tables, found, datetime.now(UTC), seal)
        except OSError as fault:
            why = fault.strerror or fault
            raise StoreUnavailable(f"The backup before the migration cannot be written to {target}: {why}.") from fault
        change.expect(snapshot)

    try:
        engine.rewrite(change.tables, change, FORMAT, keep)
    except Exception:
        with suppress(OSError):
            target.unlink()  # nothing was changed, and the next try makes its own
        raise
    migrated = change.migrated(target)
    _log.warning("The store was migrated from format %d to %d. A backup from before: %s", found, FORMAT, target)
    if migrated.unreadable:
        _log.warning("Sealed with keys that were not given, and left as they were: %s", migrated.unreadable)
    return migrated


def _free_name(backups: Path) -> Path:
    """A killed migration leaves its backup behind, and a backup is never written over."""
    names = [f"{backups.name}-before-{FORMAT}{again}.backup" for again in ("", *(f"-{n}" for n in range(2, 1000)))]
    return next(path for name in names if not (path := backups.with_name(name)).exists())


class Rewriting:
    """Takes documents of an older format through the steps, one by one, and counts them by table."""

    def __init__(self, seal: Seal, found: int, progress: Progress = silent) -> None:
        self._seal = seal
        self._found = found
        self._progress = progress
        self._steps = steps_from(found)
        self._types = {record_type.table: record_type for record_type in RECORD_TYPES}
        self._changed: Counter[str] = Counter()
        self._unreadable: Counter[str] = Counter()
        self._total = 0

    @property
    def tables(self) -> list[str]:
        """The tables that the steps rewrite."""
        return list(dict.fromkeys(table for step in self._steps for table in step.tables))

    def expect(self, snapshot: Snapshot) -> None:
        """Learn how many documents there will be, for the progress."""
        self._total = sum(snapshot.size(table) for table in self.tables)

    def __call__(self, table: str, record_id: str, document: Json) -> Json:
        """The document in the format of this version, closed as its record type is declared now."""
        functions = [step.tables[table] for step in self._steps if table in step.tables]
        if not functions:
            return document
        try:
            changed = self._seal.open(document)
        except (KeyLost, Unreadable):
            self._unreadable[table] += 1
            return document
        for function in functions:
            changed = function(changed)
        self._changed[table] += 1
        self._progress(self._changed.total() + self._unreadable.total(), self._total)
        record_type = self._types[table]
        return self._seal.close(changed, record_type.sealed, record_type.indexes)

    def migrated(self, backup: Path | None) -> Migrated:
        """What has been done so far."""
        summaries = tuple(step.summary for step in self._steps)
        changed = {table: self._changed[table] for table in self.tables}
        return Migrated(self._found, summaries, changed, dict(self._unreadable), backup)
