"""Every drill in its long form, as one table: `python -m tests.drills`; ends with 1 where one shows a fault."""

import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from service.storage import open_store
from tests.drills.concurrency import answer_at_once, send_three_times
from tests.drills.database_away import connections_cut, database_stopped, only_to_be_read
from tests.drills.environment import DrillEnvironment
from tests.drills.full_disk import no_room, not_to_be_written
from tests.drills.kills import kill_workers, restart_while_asked
from tests.drills.migration import cut_migration, kill_migration
from tests.drills.people import Shown
from tests.drills.retention import nothing_left
from tests.drills.store_moves import there_and_back
from tests.postgres import Postgres, binaries
from tests.storage.drills import Shown as StoreShown
from tests.storage.drills import four_at_once, kill_one_at_a_time, kill_one_of_four

Drill = Callable[[DrillEnvironment], Shown]

KILLS = 200


def drills(postgres: Postgres, chance: random.Random) -> tuple[list[Drill], list[Drill], list[Drill]]:
    """Those for both engines, those for the embedded one, those for PostgreSQL."""
    both: list[Drill] = [
        lambda environment: kill_workers(environment, KILLS, chance),
        lambda environment: _of_the_store("R1 kill -9, one writer", environment, KILLS, kill_one_at_a_time, chance),
        lambda environment: _of_the_store(
            "R1 kill -9, one of four writers", environment, KILLS, kill_one_of_four, chance
        ),
        lambda environment: _of_the_store("R2 4 processes x 1,000 moves", environment, 1000, _four_at_once, chance),
        lambda environment: answer_at_once(environment, 2, 8, 100),
        lambda environment: answer_at_once(environment, 4, 8, 100),
        lambda environment: send_three_times(environment, 4, 100),
        lambda environment: there_and_back(environment, postgres, 300),
        lambda environment: restart_while_asked(environment, 8, 100, chance),
        lambda environment: nothing_left(environment, 40, chance),
        kill_migration,
    ]
    embedded: list[Drill] = [
        lambda environment: no_room(environment, 20),
        lambda environment: not_to_be_written(environment, 20),
        cut_migration,
    ]
    database: list[Drill] = [
        lambda environment: connections_cut(environment, 100, chance),
        lambda environment: database_stopped(environment, 12, chance),
        lambda environment: only_to_be_read(environment, 5),
    ]
    return both, embedded, database


def main() -> int:
    """Run them all; 1 where any shows a fault."""
    programs = binaries()
    if programs is None:
        sys.stderr.write("PostgreSQL is not installed, and half of the drills are about it.\n")
        return 1
    postgres = Postgres(programs)
    try:
        both, embedded, database = drills(postgres, random.Random(22))
        _print("what", "engine", "times", "acked", "lost", "doubled", "unread", "seconds", "")
        shown = [_run(drill, None) for drill in (*both, *embedded)]
        shown += [_run(drill, postgres) for drill in (*both, *database)]
    finally:
        postgres.remove()
    return int(not all(shown))


def _run(drill: Drill, postgres: Postgres | None) -> bool:
    folder = Path(tempfile.mkdtemp(prefix="sayso-drill-"))
    environment = DrillEnvironment(folder, postgres)
    try:
        shown = drill(environment)
        numbers = (shown.times, shown.acknowledged, shown.lost, shown.doubled, shown.unreadable)
        _print(shown.what, shown.engine, *(f"{n:,}" for n in numbers), f"{shown.seconds:.1f}", _judged(shown.ok))
        for fault in shown.faults[:5]:
            sys.stdout.write(f"    {fault}\n")
        return shown.ok
    except Exception as fault:
        _print(f"{type(fault).__name__}: {fault}", environment.engine, "", "", "", "", "", "", _judged(False))
        return False
    finally:
        environment.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _of_the_store(
    what: str,
    environment: DrillEnvironment,
    times: int,
    drill: Callable[[str, int, random.Random], StoreShown],
    chance: random.Random,
) -> Shown:
    """A drill on the store itself, without the service before it."""
    open_store(environment.url).close()
    started = time.monotonic()
    found = drill(environment.url, times, chance)
    seconds = time.monotonic() - started
    doubled = sum("doubled" in fault for fault in found.faults)
    lost = len(found.faults) - doubled
    return Shown(what, environment.engine, times, found.acknowledged, lost, doubled, 0, seconds, found.faults)


def _four_at_once(url: str, number: int, chance: random.Random) -> StoreShown:
    return four_at_once(url, number)


def _judged(ok: bool) -> str:
    return "ok" if ok else "FAULT"


def _print(what: str, engine: str, *rest: object) -> None:
    sys.stdout.write(f"{what:<52} {engine:<11}" + "".join(f"{each!s:>8}" for each in rest) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
