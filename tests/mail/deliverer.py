"""A process that delivers, to be killed; forked from one that has read all the code already."""

from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Self

from service.mail.outbox import deliver
from service.mail.smtp import sender_for
from service.storage import open_store
from tests.mail.conftest import FROM

_forked = get_context("forkserver")
_forked.set_forkserver_preload([__name__])


def deliver_when_told(told: Connection, store_url: str, smtp_url: str, now: datetime) -> None:
    """Say that it is ready, wait for a word, deliver, and say how many letters were sent."""
    store = open_store(store_url, lock_seconds=30)
    told.send("begun")
    told.recv()
    with sender_for(smtp_url, FROM) as sender:
        delivered = deliver(store, sender, lambda: now, lambda tx, letter: True)
    store.close()
    told.send(delivered.sent)


class Deliverer:
    """Another process that delivers what waits in a store."""

    def __init__(self, store_url: str, smtp_url: str, now: datetime) -> None:
        self._told, there = _forked.Pipe()
        self._process = _forked.Process(target=deliver_when_told, args=(there, store_url, smtp_url, now))
        self._process.start()
        there.close()
        assert self._told.recv() == "begun"

    def begin(self) -> Self:
        """Let it deliver."""
        self._told.send("go")
        return self

    @property
    def running(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.join()
        self._told.close()

    def finish(self) -> int:
        """Wait until it is done; how many letters it sent."""
        sent: int = self._told.recv()
        self._process.join()
        assert self._process.exitcode == 0
        self._told.close()
        return sent
