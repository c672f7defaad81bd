"""Telling somebody how far long work has come."""

from collections.abc import Callable

Progress = Callable[[int, int], None]  # how much is done, of how much


def silent(done: int, total: int) -> None:
    """Tell nobody."""
