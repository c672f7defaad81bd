"""What one audience said in one round, as it is shown."""

from collections.abc import Iterable

from service.analysis.release_rules import Protection, explained
from service.analysis.tallies import Tally


def protected_all(tallies: Iterable[Tally], protection: Protection) -> list[Tally]:
    """The figures alone, without why they are as they are."""
    return [one.tally for one in explained(tallies, protection)]
