"""A migration that ends at any moment: what is found afterwards is the old store or the new one, and whole."""

import os
import random
import shutil
import signal
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from service.storage import open_store
from service.storage.embedded.line_format import Operation
from service.storage.migrations import FORMAT
from service.storage.progress import Progress
from service.storage.record_types import RECORD_TYPES
from service.storage.serialise import Json
from service.storage.store import open_engine
from tests.storage import old_stores
from tests.storage.old_stores import KEYS, Everything, in_clear, read, read_store


class Ground(NamedTuple):
    """Where a migration is killed: the address of a store of format 1, a folder for backups, and what it holds."""

    url: str
    backups: Path
    expected: Everything


def kill_at_records(ground: Ground, numbers: Iterable[int]) -> Iterator[str]:
    """Kill the migration of one store at each of these records in turn, then let it end: every fault."""
    before = _raw(ground.url)
    for number in numbers:
        ended = _kill_at(ground, number)
        if ended != signal.SIGKILL:
            yield f"the migration was not killed at record {number}: {ended}"
        if _raw(ground.url) != before:
            yield f"killed at record {number}: the store is not as it was"
        for path in ground.backups.iterdir():
            path.unlink()
    yield from _faults(ground, "after all kills")


def cut_new_journal(folder: Path, operations: list[Operation], cuts: int | None = None) -> Iterator[str]:
    """Leave the beginning of a new journal behind, of so many lengths or of every one; every fault."""
    expected = read(operations)
    whole = Ground(f"tinydb:{folder / 'whole' / 'store'}", folder / "whole", expected)
    old_stores.write(whole.url, operations)
    old = (folder / "whole" / "store" / "journal").read_bytes()
    open_store(whole.url, seal_keys=KEYS, backups=whole.backups).close()
    new = (folder / "whole" / "store" / "journal").read_bytes()
    [backup] = whole.backups.glob("*.backup")
    ground = Ground(f"tinydb:{folder / 'cut' / 'store'}", folder / "cut", expected)
    store = folder / "cut" / "store"
    for length in _lengths(len(new), cuts):
        store.mkdir(parents=True)
        (store / "journal").write_bytes(old)
        (store / "journal.new").write_bytes(new[:length])
        (folder / "cut" / f".{backup.name}.unfinished").write_bytes(backup.read_bytes()[:length])
        yield from _faults(ground, f"cut at byte {length}")
        shutil.rmtree(folder / "cut")


def _lengths(size: int, cuts: int | None) -> Iterable[int]:
    every = range(size + 1)
    return every if cuts is None else sorted(random.Random(22).sample(every, cuts))


def _kill_at(ground: Ground, number: int) -> int:
    """How a process ended that migrates until this record."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        open_store(ground.url, seal_keys=KEYS, backups=ground.backups, progress=_killer(number))
    finally:
        os._exit(1)


def _killer(number: int) -> Progress:
    def kill(done: int, total: int) -> None:
        if done == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return kill


def _raw(url: str) -> tuple[int, dict[str, list[tuple[str, Json]]]]:
    with closing(open_engine(url)) as engine:
        return engine.format(), {each.table: list(engine.all(each.table)) for each in RECORD_TYPES}


def _faults(ground: Ground, when: str) -> Iterator[str]:
    with closing(open_store(ground.url, seal_keys=KEYS, backups=ground.backups)) as store:
        if store.engine.format() != FORMAT:
            yield f"{when}: it was not migrated"
        if read_store(store) != ground.expected:
            yield f"{when}: it holds something else"
        yield from (f"{when}: {field} is in the clear" for field in in_clear(store))
        yield from (f"{when}: {fault}" for fault in store.engine.faults())
