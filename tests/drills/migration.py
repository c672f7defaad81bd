"""The kept store of 0.1.0 is migrated, and the migration is killed at every record and every byte."""

import time

from tests.drills.environment import DrillEnvironment
from tests.drills.people import Shown
from tests.storage import kills, old_stores


def kill_migration(environment: DrillEnvironment) -> Shown:
    """The migration of the whole kept store, killed at every record; then it ends."""
    started = time.monotonic()
    operations = old_stores.whole()
    old_stores.write(environment.url, operations)
    backups = environment.folder / "backups"
    backups.mkdir()
    times = sum(operation.table in ("homes", "responses", "alerts") for operation in operations)
    where = kills.Ground(environment.url, backups, old_stores.read(operations))
    faults = list(kills.kill_at_records(where, range(1, times + 1)))
    return _shown("kill -9 of a migration, at every record", environment, times, started, faults)


def cut_migration(environment: DrillEnvironment) -> Shown:
    """A new journal and a new backup, cut at every byte."""
    started = time.monotonic()
    operations = old_stores.one_of_each()
    faults = list(kills.cut_new_journal(environment.folder, operations))
    times = (environment.folder / "whole" / "store" / "journal").stat().st_size + 1
    return _shown("a migration cut at every byte", environment, times, started, faults)


def _shown(what: str, environment: DrillEnvironment, times: int, started: float, faults: list[str]) -> Shown:
    return Shown(what, environment.engine, times, 0, len(faults), 0, 0, time.monotonic() - started, faults)
