"""What a tally looks like with all of its numbers taken out."""

from dataclasses import replace
from functools import singledispatch
from typing import TypeVar

from service.analysis.figures import Sign
from service.analysis.tallies import ChoiceTally, Count, NumberTally, RankTally, RowsTally, Tally

Kind = TypeVar("Kind", bound=Tally)


@singledispatch
def withheld(tally: Tally) -> Tally:
    """The tally without one number left in it, its bases among them."""
    return _base(tally)


def without_places(tally: RankTally) -> RankTally:
    """The order of preference taken out, who answered left in."""
    places = tuple(
        replace(place, first=Sign.WITHHELD, ranked=Sign.WITHHELD, mean=Sign.WITHHELD) for place in tally.places
    )
    return replace(tally, places=places)


def without_mean_places(tally: RankTally) -> RankTally:
    """The mean places taken out, how often each was put first left in; first by all is a mean of 1 anyway."""
    places = (place if place.ranked == place.first else replace(place, mean=Sign.WITHHELD) for place in tally.places)
    return replace(tally, places=tuple(places))


def without_numbers(tally: NumberTally) -> NumberTally:
    """The numbers taken out, who answered left in."""
    return replace(without_single_numbers(tally), total=Sign.WITHHELD, mean=Sign.WITHHELD)


def without_single_numbers(tally: NumberTally) -> NumberTally:
    """Those taken out that are one person's own number."""
    return replace(tally, median=Sign.WITHHELD, lowest=Sign.WITHHELD, highest=Sign.WITHHELD)


def without_rows(tally: RowsTally) -> RowsTally:
    """How many rows there were taken out, who gave some left in."""
    return replace(tally, rows=Sign.WITHHELD, most=Sign.WITHHELD)


@withheld.register
def _(tally: ChoiceTally) -> ChoiceTally:
    return replace(_base(tally), counts=_counts(tally.counts))


@withheld.register
def _(tally: RankTally) -> RankTally:
    return without_places(_base(tally))


@withheld.register
def _(tally: NumberTally) -> NumberTally:
    return without_numbers(_base(tally))


@withheld.register
def _(tally: RowsTally) -> RowsTally:
    return without_rows(_base(tally))


def _base(tally: Kind) -> Kind:
    return replace(
        tally,
        asked=Sign.WITHHELD,
        not_asked=Sign.WITHHELD,
        answered=Sign.WITHHELD,
        skipped=Sign.WITHHELD,
        missing=_counts(tally.missing),
    )


def _counts(counts: tuple[Count, ...]) -> tuple[Count, ...]:
    return tuple(replace(count, number=Sign.WITHHELD) for count in counts)
