"""What stands in a cell of a result: a number, or the sign that says why there is none."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeAlias


class Sign(StrEnum):
    """Why there is no number. The signs are those of the Government's statistics; a true zero is a number."""

    WITHHELD = "[c]"
    NOT_APPLICABLE = "[z]"


Figure: TypeAlias = int | float | Sign

SIGNS_EXPLAINED = {
    Sign.WITHHELD: "withheld, so that nobody can be recognised",
    Sign.NOT_APPLICABLE: "not applicable: this was not asked, or was not among the answers offered",
}


def percent(count: Figure, base: Figure) -> Figure:
    """The whole percentage of the base, halves rounded up. Nothing is a share of an empty base."""
    if isinstance(count, Sign) or isinstance(base, Sign):
        return Sign.WITHHELD if Sign.WITHHELD in (count, base) else Sign.NOT_APPLICABLE
    if base == 0:
        return Sign.NOT_APPLICABLE
    # Whole numbers all the way: a float would put some halves just below the half.
    return int((200 * count + base) // (2 * base))


def total(figures: Sequence[Figure]) -> Figure:
    """The sum of what applies; withheld where any part of it is, or it could be worked out again."""
    if Sign.WITHHELD in figures:
        return Sign.WITHHELD
    known = [figure for figure in figures if not isinstance(figure, Sign)]
    return sum(known) if known else Sign.NOT_APPLICABLE
