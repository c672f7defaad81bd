"""Processes that write to a store, say what they were told is kept, and are killed at any moment."""

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from service.collection.models.response import Ledger, Response, Tombstone
from service.storage import open_store
from service.storage.store import RecordTransaction
from tests.storage.samples import LEDGER, MORNING, response

MOVES = ("draft", "sent", "gone")  # the states of a response, in the order in which a writer brings them about


def text_of(record_id: str) -> str:
    """What the response with this id must say."""
    return f"what {record_id} said " * 20


def write(url: str, name: str, number: int | None, say: Callable[[str], object]) -> None:
    """Draft and send responses, removing every third one again; each said before and after it is done."""
    store = open_store(url, lock_seconds=30)
    n = 0
    while number is None or n < number:
        record_id = f"{name}-{n}"
        for move in MOVES if n % 3 == 0 else MOVES[:2]:
            say(f"try {record_id} {move}\n")
            with store.transaction() as tx:
                if move == "draft":
                    tx[Response].put(response(record_id, name, answers={"text": text_of(record_id)}))
                elif move == "sent":
                    draft = tx[Response].get(record_id)
                    assert draft is not None
                    tx[Response].put(replace(draft, submitted_at=MORNING))
                    ledger = tx[Ledger].get(name) or Ledger(name, name, LEDGER.form_id)
                    tx[Ledger].put(replace(ledger, started=ledger.started + 1))
                else:
                    tx[Response].remove(record_id)
                    tx[Tombstone].put(Tombstone(record_id))
            say(f"done {record_id} {move}\n")
        n += 1
    store.close()


class Writer:
    """A forked process that writes, and what it was told through a pipe."""

    def __init__(self, url: str, name: str, number: int | None = None) -> None:
        self.name = name
        reading, writing = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            code = 1
            try:
                os.close(reading)
                write(url, name, number, lambda line: os.write(writing, line.encode()))
                code = 0
            except BaseException as fault:
                print(f"writer {name}: {fault!r}", file=sys.stderr, flush=True)
            finally:
                os._exit(code)
        os.close(writing)
        self._said = os.fdopen(reading)
        self._first = self._said.readline()  # from here on it is at work

    def kill(self, after: int = 0, pause: float = 0) -> list[str]:
        """End it as a power cut would, once it was told of so many moves, and a moment later; what it said."""
        heard = [self._first]
        while sum(line.startswith("done") for line in heard) < after:
            heard.append(self._said.readline())
            assert heard[-1], f"writer {self.name} ended by itself"
        time.sleep(pause)
        os.kill(self.process, signal.SIGKILL)
        lines = ("".join(heard) + self._said.read()).splitlines()
        self._end()
        return lines

    def finish(self) -> list[str]:
        """Wait until it has done its number; what it said."""
        lines = (self._first + self._said.read()).splitlines()
        assert self._end() == 0, f"writer {self.name} failed"
        return lines

    def _end(self) -> int:
        self._said.close()
        return os.waitpid(self.process, 0)[1]


def check(url: str, name: str, said: list[str]) -> tuple[int, list[str]]:
    """Hold what a writer was told against what is kept: the number of acknowledged moves, and every difference."""
    done: dict[str, str] = {}
    trying: tuple[str, str] | None = None
    acknowledged = 0
    for line in said:
        what, record_id, move = line.split(" ")
        if what == "try":
            trying = record_id, move
        else:
            done[record_id], trying = move, None
            acknowledged += 1
    store = open_store(url, lock_seconds=30)
    # as one: what a killed writer had already told PostgreSQL to commit may be done a moment after its death
    with store.transaction() as tx:
        faults = _differences(tx, name, done, trying)
    store.close()
    return acknowledged, faults


def _differences(tx: RecordTransaction, name: str, done: dict[str, str], trying: tuple[str, str] | None) -> list[str]:
    faults = []
    sent = 0
    for record_id in done.keys() | ({trying[0]} if trying else set()):
        allowed = {done.get(record_id, "nothing")} | ({trying[1]} if trying and trying[0] == record_id else set())
        kept = tx[Response].get(record_id)
        if kept is None:
            state = "gone" if tx[Tombstone].get(record_id) else "nothing"
        else:
            state = "sent" if kept.submitted_at else "draft"
            if kept.answers != {"text": text_of(record_id)}:
                faults.append(f"{record_id} says something else")
        if state not in allowed:
            faults.append(f"{record_id} is {state}, not {allowed}")
        sent += state in ("sent", "gone")
    ledger = tx[Ledger].get(name)
    if (ledger.started if ledger else 0) != sent:
        faults.append(f"{name} counted {ledger}, but {sent} were sent")
    known = [kept.id for kept in tx[Response].find("round_id", name)]
    counted = tx[Response].count("round_id", name)
    if len(known) != len(set(known)) or len(known) != counted:
        faults.append(f"{name} is doubled: {len(known)} found, {len(set(known))} of them different, {counted} counted")
    return faults
