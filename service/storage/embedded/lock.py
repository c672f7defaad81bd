"""One writer at a time, between threads, forked workers and processes; a writer that dies lets go."""

import errno
import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from service.storage.errors import StoreUnavailable, unavailable

_FIRST_PAUSE = 0.00002
_LONGEST_PAUSE = 0.0005


class WriteLock:
    """A lock on a file of its own, so that the journal beside it can be replaced.

    Threads queue for `_turn` first; then one of them asks the other processes. flock belongs to the opened
    file, not to the process, so the file is opened for each turn.
    """

    def __init__(self, path: Path, seconds: float) -> None:
        self._path = path
        self._seconds = seconds
        self._turn = threading.Lock()
        self._held: int | None = None

    @contextmanager
    def held(self, meanwhile: Callable[[], object] = lambda: None) -> Iterator[None]:
        """Hold the lock; raises StoreUnavailable when it is not to be had in time.

        `meanwhile` is done again and again while another process has it.
        """
        deadline = time.monotonic() + self._seconds
        if not self._turn.acquire(timeout=self._seconds):
            raise StoreUnavailable("The store is busy.")
        try:
            file = self._open()
            try:
                _lock(file, deadline, meanwhile)
                self._held = file
                try:
                    yield
                finally:
                    self._held = None
                    with suppress(OSError):
                        fcntl.flock(file, fcntl.LOCK_UN)  # a copy of it in a forked child must not hold on
            finally:
                os.close(file)
        finally:
            self._turn.release()

    def mark(self) -> None:
        """Note for good that what the lock is for has been made."""
        self._path.write_bytes(b"made\n")

    def is_marked(self) -> bool:
        """Whether it has been made before."""
        return self._path.stat().st_size > 0

    def after_fork(self) -> None:
        """In a forked child: none of the parent's threads live here, and its lock is not ours."""
        self._turn = threading.Lock()
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as fault:
            raise unavailable(fault) from fault


@contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Whether this file's lock was free; then it is held until the end of the block, or of the process."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        raise unavailable(fault) from fault
    try:
        free = _is_free(file)
        try:
            yield free
        finally:
            if free:
                with suppress(OSError):
                    fcntl.flock(file, fcntl.LOCK_UN)  # a copy of it in a forked child must not hold on
    finally:
        os.close(file)


def _is_free(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        if fault.errno in (errno.EWOULDBLOCK, errno.EINTR):
            return False
        raise unavailable(fault) from fault
    return True


def _lock(file: int, deadline: float, meanwhile: Callable[[], object]) -> None:
    pause = _FIRST_PAUSE
    while True:
        if _is_free(file):
            return
        if time.monotonic() > deadline:
            raise StoreUnavailable("The store is busy.")
        meanwhile()
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
