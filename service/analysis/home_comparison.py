"""Homes side by side: each question with what every home says to it, and all of them together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from service.analysis import trends
from service.analysis.figures import Figure, Sign, percent
from service.analysis.merged_form import JoinedQuestion
from service.analysis.tallies import ChoiceTally, RankTally, Tally
from service.analysis.trends import NOT_ASKED, Point, Said, measure_of, name_of, point_of, tells_what_is_hidden
from service.definitions import Option

Measure: TypeAlias = trends.Measure | Literal["chose", "first"]
SHARES: tuple[Measure, ...] = ("best_two", "chose", "first")
HIDDEN = Point(Sign.WITHHELD, Sign.WITHHELD)


@dataclass(frozen=True)
class HomeComparison:
    """One figure of a question, or of a line of a matrix, home by home; `option` is the answer that it is about.

    `together` is all homes as one, made of what is shown of each.
    """

    question: JoinedQuestion
    line: str | None
    measure: Measure
    option: Option | None
    homes: tuple[Point, ...]
    together: Point

    @property
    def gap(self) -> Figure:
        """How many points the shares that are shown lie apart."""
        shown = [point.figure for point in self.homes if not isinstance(point.figure, Sign)]
        return max(shown) - min(shown) if len(shown) > 1 and self.measure in SHARES else Sign.NOT_APPLICABLE


def homes_beside(homes: Sequence[Said], together: Sequence[Tally]) -> Iterator[HomeComparison]:
    """Every question with a figure that homes can be held side by side by, in the order asked.

    A scale has one figure, other answers have one each. `homes` is what each of them said, as it may be shown,
    `together` all of them as one. A home that is hidden could be worked out from all and the others: then none of
    them is shown.
    """
    by_home = [None if said is None else {name_of(tally): tally for tally in said} for said in homes]
    for tally in together:
        same = [None if told is None else told.get(name_of(tally)) for told in by_home]
        hidden = tells_what_is_hidden(same, tally)
        for measure, option, points in _figures(tally, (*same, tally)):
            if hidden:
                points = [point if point is NOT_ASKED else HIDDEN for point in points]
            yield HomeComparison(tally.question, tally.line, measure, option, tuple(points[:-1]), points[-1])


def _figures(tally: Tally, same: Sequence[Tally | None]) -> Iterator[tuple[Measure, Option | None, list[Point]]]:
    """What is held side by side of a question, with the figure of each of these."""
    measure = measure_of(tally)
    if measure is not None:
        yield measure, None, [point_of(one, measure) for one in same]
    elif isinstance(tally, ChoiceTally):
        for count in tally.counts:
            yield "chose", count.option, [_share(one, count.option) for one in same]
    elif isinstance(tally, RankTally):
        for place in tally.places:
            yield "first", place.option, [_share(one, place.option) for one in same]


def _share(tally: Tally | None, option: Option) -> Point:
    """How many of a hundred gave this answer, or put it first."""
    if tally is None or (tally.asked == 0 and tally.not_asked):
        return NOT_ASKED
    given: dict[str, Figure] = {}
    if isinstance(tally, ChoiceTally):
        given = {count.option.value: count.number for count in tally.counts}
    elif isinstance(tally, RankTally):
        given = {place.option.value: place.first for place in tally.places}
    # An answer that was not among those offered does not apply.
    return Point(tally.answered, percent(given.get(option.value, Sign.NOT_APPLICABLE), tally.answered))
