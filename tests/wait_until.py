"""Waiting for what another process, thread or browser is about to do: as long as a busy machine may need for it."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 90.0  # seconds: a test fails for what does not come about, never for what comes late

Seen = TypeVar("Seen")


def soon(look: Callable[[], Seen], what: str = "it", pause: float = 0.05) -> Seen:
    """What this gives, once it is something."""
    until = time.monotonic() + PATIENCE
    while not (seen := look()):
        assert time.monotonic() < until, f"{what} did not come about"
        time.sleep(pause)
    return seen
