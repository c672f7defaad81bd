"""Figures of several rounds put together from what was shown of each, so that no sum tells what a part did not."""

from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch

from service.analysis.figures import Figure, Sign, total
from service.analysis.masking import Kind
from service.analysis.tallies import ChoiceTally, Count, NumberTally, RankCount, RankTally, RowsTally, Tally
from service.definitions import Option


def pooled(rounds: Sequence[Sequence[Tally]]) -> list[Tally]:
    """The same questions over several rounds, each round as it was shown: what is hidden of one is hidden of the sum.

    A round of which nothing at all is shown is left out of it; where nothing is shown of any, nothing is of the sum.
    """
    # What a round did not ask is no figure of its: nobody's zeros would keep it in, and hide the sum of the others.
    shown = [told for told in rounds if any(one.answered is not Sign.WITHHELD and one.asked != 0 for one in told)]
    return [_sum(same[0], same[1:]) for same in zip(*(shown or rounds), strict=True)]


@singledispatch
def _sum(first: Tally, others: Sequence[Tally]) -> Tally:
    return _bases(first, others)


@_sum.register
def _(first: ChoiceTally, others: Sequence[ChoiceTally]) -> Tally:
    return replace(_bases(first, others), counts=_counts([one.counts for one in (first, *others)]))


@_sum.register
def _(first: RankTally, others: Sequence[RankTally]) -> Tally:
    if not others:
        return first
    options: dict[str, tuple[Option, list[RankCount]]] = {}
    for tally in (first, *others):
        for place in tally.places:
            options.setdefault(place.option.value, (place.option, []))[1].append(place)
    places = tuple(
        RankCount(
            option,
            total([place.first for place in same]),
            total([place.ranked for place in same]),
            _mean([(place.mean, place.ranked) for place in same]),
        )
        for option, same in options.values()
    )
    return replace(_bases(first, others), places=places)


@_sum.register
def _(first: NumberTally, others: Sequence[NumberTally]) -> Tally:
    if not others:
        return first
    every = (first, *others)
    added = total([one.total for one in every])
    answered = total([one.answered for one in every if not isinstance(one.total, Sign)])
    lowest = [one.lowest for one in every if one.lowest is not Sign.NOT_APPLICABLE]
    highest = [one.highest for one in every if one.highest is not Sign.NOT_APPLICABLE]
    return replace(
        _bases(first, others),
        total=added,
        mean=added if isinstance(added, Sign) else added / _number(answered),
        # The middle of all is not to be had from the middles of the parts.
        median=Sign.WITHHELD if Sign.WITHHELD in [one.median for one in every] else Sign.NOT_APPLICABLE,
        lowest=Sign.WITHHELD if Sign.WITHHELD in lowest else min(lowest, default=Sign.NOT_APPLICABLE),
        highest=Sign.WITHHELD if Sign.WITHHELD in highest else max(highest, default=Sign.NOT_APPLICABLE),
    )


@_sum.register
def _(first: RowsTally, others: Sequence[RowsTally]) -> Tally:
    if not others:
        return first
    most = [one.most for one in (first, *others) if one.most is not Sign.NOT_APPLICABLE]
    return replace(
        _bases(first, others),
        rows=total([one.rows for one in (first, *others)]),
        most=Sign.WITHHELD if Sign.WITHHELD in most else max(most, default=Sign.NOT_APPLICABLE),
    )


def _bases(first: Kind, others: Sequence[Tally]) -> Kind:
    every: list[Tally] = [first, *others]
    return replace(
        first,
        asked=total([one.asked for one in every]),
        not_asked=total([one.not_asked for one in every]),
        answered=total([one.answered for one in every]),
        skipped=total([one.skipped for one in every]),
        missing=_counts([one.missing for one in every]),
    )


def _counts(every: Sequence[tuple[Count, ...]]) -> tuple[Count, ...]:
    """Option by option; a round may have an answer that no version offered, and another round may not."""
    options: dict[str, tuple[Option, list[Figure]]] = {}
    for counts in every:
        for count in counts:
            options.setdefault(count.option.value, (count.option, []))[1].append(count.number)
    return tuple(Count(option, total(numbers)) for option, numbers in options.values())


def _mean(parts: Sequence[tuple[Figure, Figure]]) -> Figure:
    if any(Sign.WITHHELD in part for part in parts):
        return Sign.WITHHELD
    known = [(mean, n) for mean, n in parts if not isinstance(mean, Sign) and not isinstance(n, Sign)]
    people = sum(n for _, n in known)
    return sum(mean * n for mean, n in known) / people if people else Sign.NOT_APPLICABLE


def _number(figure: Figure) -> int | float:
    return 0 if isinstance(figure, Sign) else figure
