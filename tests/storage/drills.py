"""Drills that take longer than a test may: `python -m tests.storage.drills` prints what they showed on each engine."""

import random
import sys
import tempfile
import time
from typing import NamedTuple

from service.storage import open_store
from tests.postgres import Postgres, binaries
from tests.storage.writers import Writer, check


class Shown(NamedTuple):
    """What a drill came to."""

    acknowledged: int
    faults: list[str]
    seconds: float


def kill_one_at_a_time(url: str, rounds: int, chance: random.Random) -> Shown:
    """A writer is killed at a random moment, and another takes its place."""
    started, acknowledged, faults = time.monotonic(), 0, []
    for number in range(rounds):
        writer = Writer(url, f"alone-{number}")
        time.sleep(chance.uniform(0.001, 0.06))
        told, wrong = check(url, writer.name, writer.kill())
        acknowledged += told
        faults += wrong
    return Shown(acknowledged, faults, time.monotonic() - started)


def kill_one_of_four(url: str, rounds: int, chance: random.Random) -> Shown:
    """One of four writers is killed again and again, while the others go on."""
    started, acknowledged, faults = time.monotonic(), 0, []
    others = [Writer(url, f"other-{number}") for number in range(3)]
    for number in range(rounds):
        writer = Writer(url, f"victim-{number}")
        time.sleep(chance.uniform(0.001, 0.06))
        told, wrong = check(url, writer.name, writer.kill())
        acknowledged += told
        faults += wrong
    for writer in others:
        told, wrong = check(url, writer.name, writer.kill())
        acknowledged += told
        faults += wrong
    return Shown(acknowledged, faults, time.monotonic() - started)


def four_at_once(url: str, number: int) -> Shown:
    """Four processes save so many drafts and submissions each."""
    started = time.monotonic()
    writers = [Writer(url, f"worker-{n}", number) for n in range(4)]
    said = {writer.name: writer.finish() for writer in writers}
    seconds = time.monotonic() - started
    results = [check(url, name, lines) for name, lines in said.items()]
    return Shown(sum(told for told, _ in results), [fault for _, faults in results for fault in faults], seconds)


def main(urls: list[str]) -> int:
    """Run every drill on each store and print a line for each."""
    chance = random.Random(22)
    failed = False
    for url in urls:
        open_store(url).close()
        for name, shown in (
            ("4 processes x 1,000 drafts and submissions", four_at_once(url, 1000)),
            ("kill -9, one writer, 200 times", kill_one_at_a_time(url, 200, chance)),
            ("kill -9, one of four writers, 200 times", kill_one_of_four(url, 200, chance)),
        ):
            failed = failed or bool(shown.faults)
            print(
                f"{url.partition(':')[0]:10} {name:45} {shown.acknowledged:7,} acknowledged"
                f" {len(shown.faults):3} lost, doubled or wrong {shown.seconds:7.1f} s",
                *shown.faults[:5],
                sep="\n  ",
            )
    return int(failed)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        programs = binaries()
        postgres = Postgres(programs) if programs else None
        try:
            raise SystemExit(
                main(sys.argv[1:] or [f"tinydb:{folder}/store", *([postgres.url("public")] if postgres else [])])
            )
        finally:
            if postgres:
                postgres.remove()
