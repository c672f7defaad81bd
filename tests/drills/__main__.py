"""Every drill in its long form, as one table: `python -m tests.drills`; ends with 1 where one shows a fault."""

import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from service.storage import open_store
from tests.drills.crowding import answer_at_once, send_three_times
from tests.drills.database_away import connections_cut, database_stopped, only_to_be_read
from tests.drills.ground import Ground
from tests.drills.killing import kill_workers, restart_while_asked
from tests.drills.leaving_nothing import nothing_left
from tests.drills.migration import cut_migration, kill_migration
from tests.drills.moving import there_and_back
from tests.drills.people import Shown
from tests.drills.running_out import no_room, not_to_be_written
from tests.postgres import Postgres, binaries
from tests.storage.drills import Shown as StoreShown
from tests.storage.drills import four_at_once, kill_one_at_a_time, kill_one_of_four

Drill = Callable[[Ground], Shown]

KILLS = 200


def drills(postgres: Postgres, chance: random.Random) -> tuple[list[Drill], list[Drill], list[Drill]]:
    """Those for both engines, those for the embedded one, those for PostgreSQL."""
    both: list[Drill] = [
        lambda ground: kill_workers(ground, KILLS, chance),
        lambda ground: _of_the_store("R1 kill -9, one writer", ground, KILLS, kill_one_at_a_time, chance),
        lambda ground: _of_the_store("R1 kill -9, one of four writers", ground, KILLS, kill_one_of_four, chance),
        lambda ground: _of_the_store("R2 4 processes x 1,000 moves", ground, 1000, _four_at_once, chance),
        lambda ground: answer_at_once(ground, 2, 8, 100),
        lambda ground: answer_at_once(ground, 4, 8, 100),
        lambda ground: send_three_times(ground, 4, 100),
        lambda ground: there_and_back(ground, postgres, 300),
        lambda ground: restart_while_asked(ground, 8, 100, chance),
        lambda ground: nothing_left(ground, 40, chance),
        kill_migration,
    ]
    embedded: list[Drill] = [
        lambda ground: no_room(ground, 20),
        lambda ground: not_to_be_written(ground, 20),
        cut_migration,
    ]
    database: list[Drill] = [
        lambda ground: connections_cut(ground, 100, chance),
        lambda ground: database_stopped(ground, 12, chance),
        lambda ground: only_to_be_read(ground, 5),
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
    ground = Ground(folder, postgres)
    try:
        shown = drill(ground)
        numbers = (shown.times, shown.acknowledged, shown.lost, shown.doubled, shown.unreadable)
        _print(shown.what, shown.engine, *(f"{n:,}" for n in numbers), f"{shown.seconds:.1f}", _judged(shown.ok))
        for fault in shown.faults[:5]:
            sys.stdout.write(f"    {fault}\n")
        return shown.ok
    except Exception as fault:
        _print(f"{type(fault).__name__}: {fault}", ground.engine, "", "", "", "", "", "", _judged(False))
        return False
    finally:
        ground.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _of_the_store(
    what: str, ground: Ground, times: int, drill: Callable[[str, int, random.Random], StoreShown], chance: random.Random
) -> Shown:
    """A drill on the store itself, without the service before it."""
    open_store(ground.url).close()
    started = time.monotonic()
    found = drill(ground.url, times, chance)
    seconds = time.monotonic() - started
    doubled = sum("doubled" in fault for fault in found.faults)
    lost = len(found.faults) - doubled
    return Shown(what, ground.engine, times, found.acknowledged, lost, doubled, 0, seconds, found.faults)


def _four_at_once(url: str, number: int, chance: random.Random) -> StoreShown:
    return four_at_once(url, number)


def _judged(ok: bool) -> str:
    return "ok" if ok else "FAULT"


def _print(what: str, engine: str, *rest: object) -> None:
    sys.stdout.write(f"{what:<52} {engine:<11}" + "".join(f"{each!s:>8}" for each in rest) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
