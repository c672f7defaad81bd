"""The kept store of 0.1.0 is migrated, and the migration is killed at every record and every byte."""

import time

from tests.drills.ground import Ground
from tests.drills.people import Shown
from tests.storage import kills, old_stores


def kill_migration(ground: Ground) -> Shown:
    """The migration of the whole kept store, killed at every record; then it ends."""
    started = time.monotonic()
    operations = old_stores.whole()
    old_stores.write(ground.url, operations)
    backups = ground.folder / "backups"
    backups.mkdir()
    times = sum(operation.table in ("homes", "responses", "alerts") for operation in operations)
    where = kills.Ground(ground.url, backups, old_stores.read(operations))
    faults = list(kills.kill_at_records(where, range(1, times + 1)))
    return _shown("kill -9 of a migration, at every record", ground, times, started, faults)


def cut_migration(ground: Ground) -> Shown:
    """A new journal and a new backup, cut at every byte."""
    started = time.monotonic()
    operations = old_stores.one_of_each()
    faults = list(kills.cut_new_journal(ground.folder, operations))
    times = (ground.folder / "whole" / "store" / "journal").stat().st_size + 1
    return _shown("a migration cut at every byte", ground, times, started, faults)


def _shown(what: str, ground: Ground, times: int, started: float, faults: list[str]) -> Shown:
    return Shown(what, ground.engine, times, 0, len(faults), 0, 0, time.monotonic() - started, faults)
