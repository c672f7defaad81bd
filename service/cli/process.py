"""A command that stays: it stops when it is told to, and what it does is begun anew when that dies."""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_LOOK = 0.25  # seconds within which a word to stop is noticed
_ANEW_AFTER = 5.0  # seconds after a death, so that one that dies at once does not keep the machine busy

_log = logging.getLogger(__name__)


class Stop:
    """Whether somebody has said stop: by SIGTERM or Ctrl-C, or, where it is watched, by the parent's end."""

    def __init__(self, parent: int | None = None) -> None:
        self._said = False
        self._parent = parent

    @property
    def told(self) -> bool:
        """Whether to stop at the next good moment."""
        return self._said or (self._parent is not None and os.getppid() != self._parent)

    def wait(self, seconds: float) -> None:
        """Do nothing for so long, or until told to stop."""
        until = time.monotonic() + seconds
        while not self.told and time.monotonic() < until:
            time.sleep(_LOOK)

    def say(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Stop. As the handler of a signal it does no more than note it: the work that it breaks into goes on."""
        self._said = True


@contextmanager
def told_to_stop(parent: int | None = None) -> Iterator[Stop]:
    """Take SIGTERM and Ctrl-C as a word to stop soon, in place of an end at once."""
    stop = Stop(parent)
    before = {number: signal.signal(number, stop.say) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def kept_alive(stop: Stop, work: Callable[[Stop], None]) -> None:
    """Do the work in a process of its own, and in another one when it dies, until told to stop."""
    while not stop.told:
        child = os.fork()
        if child == 0:
            _work(work)
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if stop.told:
                os.kill(child, signal.SIGTERM)
                os.waitpid(child, 0)
                return
            time.sleep(_LOOK)
        if not stop.told:
            _log.error("What happens by itself has died; it begins anew.")
            stop.wait(_ANEW_AFTER)


def _work(work: Callable[[Stop], None]) -> None:
    """In the child: work until told to stop, or until whoever would begin it anew has died."""
    code = 1
    try:
        with told_to_stop(os.getppid()) as stop:
            work(stop)
        code = 0
    finally:
        os._exit(code)
