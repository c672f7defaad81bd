"""Drills that take longer than a test may: `python -m tests.storage.drills` prints what they showed on each engine."""

import random
import time
from typing import NamedTuple

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
        told, wrong = check(url, writer.name, writer.kill(after=chance.randrange(5), pause=chance.uniform(0, 0.02)))
        acknowledged += told
        faults += wrong
    return Shown(acknowledged, faults, time.monotonic() - started)


def kill_one_of_four(url: str, rounds: int, chance: random.Random) -> Shown:
    """One of four writers is killed again and again, while the others go on."""
    started, acknowledged, faults = time.monotonic(), 0, []
    others = [Writer(url, f"other-{number}") for number in range(3)]
    for number in range(rounds):
        writer = Writer(url, f"victim-{number}")
        told, wrong = check(url, writer.name, writer.kill(after=chance.randrange(5), pause=chance.uniform(0, 0.02)))
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
