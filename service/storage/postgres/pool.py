"""Connections to PostgreSQL that are used again, and made anew the moment they turn out to be gone."""

import os
import select
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from service.storage.errors import StoreUnavailable

Connection = psycopg.Connection[tuple[Any, ...]]

_MOST = 16  # of one process; a thread never needs more than one
# A machine that lost its power says no goodbye: ask it whether it is there, and give up after a minute.
_WATCHED = (
    b"select set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),"
    b" set_config('tcp_keepalives_count', '3', false)"
)
_IDLE_SECONDS = 60  # how long a transaction may do nothing before its lock is taken away from it


class Connections:
    """The connections of one process.

    psycopg's own pool makes connections in the background: after the server was away, callers wait for it and
    give up although the server is there again. This one asks the server when somebody asks it.
    """

    def __init__(self, url: str, seconds: float) -> None:
        self._url = url
        self._seconds = seconds
        self._idle: list[Connection] = []
        self._free = threading.Semaphore(_MOST)
        weakref.finalize(self, _close, self._idle)
        _all.add(self)

    @contextmanager
    def one(self) -> Iterator[Connection]:
        """A connection for as long as it is needed."""
        connection = self.take()
        try:
            yield connection
        finally:
            self.give_back(connection)

    def of_its_own(self) -> Connection:
        """One for a single purpose, to be closed; the server soon notices when whoever has it is gone."""
        connection = self._new()
        try:
            connection.execute(_WATCHED)
        except BaseException:
            connection.close()
            raise
        return connection

    def take(self) -> Connection:
        """A connection, to be given back."""
        if not self._free.acquire(timeout=self._seconds):
            raise StoreUnavailable("The store is busy.")
        try:
            return self._living() or self._new()
        except BaseException:
            self._free.release()
            raise

    def give_back(self, connection: Connection) -> None:
        """Nobody needs it any more; whatever was not committed is rolled back."""
        try:
            if connection.pgconn.transaction_status != TransactionStatus.IDLE:
                with suppress(psycopg.Error):
                    connection.rollback()
            if connection.pgconn.transaction_status == TransactionStatus.IDLE:
                self._idle.append(connection)
            else:
                connection.close()
        finally:
            self._free.release()

    def close(self) -> None:
        """Close those that nobody uses."""
        _close(self._idle)

    def after_fork(self) -> None:
        """In a forked child: the parent's connections stay the parent's."""
        _inherited.extend(self._idle)
        self._idle.clear()
        self._free = threading.Semaphore(_MOST)

    def _living(self) -> Connection | None:
        while self._idle:
            with suppress(IndexError):  # another thread took the last
                connection = self._idle.pop()
                if not select.select([connection.fileno()], [], [], 0)[0]:
                    return connection
                connection.close()  # the server has something to say though nothing was asked: it has hung up
        return None

    def _new(self) -> Connection:
        connection: Connection = psycopg.connect(
            self._url, autocommit=True, connect_timeout=max(2, round(self._seconds)), application_name="sayso"
        )
        try:
            self._settle(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _settle(self, connection: Connection) -> None:
        """Acknowledged means on disk, whatever the server's default; nobody waits for ever, nor holds on for ever."""
        connection.execute(
            b"select set_config('lock_timeout', %s, false),"
            b" set_config('idle_in_transaction_session_timeout', %s, false),"
            b" case when current_setting('synchronous_commit') = 'off'"
            b" then set_config('synchronous_commit', 'on', false) end",
            (f"{self._seconds * 1000:.0f}ms", f"{_IDLE_SECONDS}s"),
        )


def _close(connections: list[Connection]) -> None:
    while connections:
        connections.pop().close()


_all: "weakref.WeakSet[Connections]" = weakref.WeakSet()
_inherited: list[Connection] = []  # kept, because to let go of one would hang up on the parent's server


def _after_fork() -> None:
    for connections in list(_all):
        connections.after_fork()


os.register_at_fork(after_in_child=_after_fork)
