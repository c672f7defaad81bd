"""Over time: a question through the rounds of a home, what has changed, and whether it was asked alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from service.analysis.figures import Figure, Sign
from service.analysis.merged_form import JoinedQuestion
from service.analysis.scales import best_two, is_scored, mean_score, share
from service.analysis.tallies import ChoiceTally, NumberTally, Tally

Measure = Literal["best_two", "mean_score", "mean"]
# What one round, or one home, said, as it may be shown; None where it did not ask the form.
Said: TypeAlias = Sequence[Tally] | None


@dataclass(frozen=True)
class Point:
    """One round: how many answered, and the figure; not applicable where the round did not ask."""

    answered: Figure
    figure: Figure


NOT_ASKED = Point(Sign.NOT_APPLICABLE, Sign.NOT_APPLICABLE)


@dataclass(frozen=True)
class Trend:
    """One question, or line of a matrix, through the rounds, the oldest first.

    `change` is how much the last round differs from the one before it that asked. `changes` says what earlier
    versions of the form worded or scored differently: then the figures do not answer quite the same question.
    """

    question: JoinedQuestion
    line: str | None
    measure: Measure
    points: tuple[Point, ...]

    @property
    def changes(self) -> tuple[str, ...]:
        """What was asked differently before."""
        return self.question.changes

    @property
    def change(self) -> Figure:
        """The difference between what is shown of both rounds; withheld where either is."""
        asked = [point for point in self.points if point.answered is not Sign.NOT_APPLICABLE]
        if len(asked) < 2 or asked[-1] is not self.points[-1]:
            return Sign.NOT_APPLICABLE
        before, last = asked[-2].figure, asked[-1].figure
        if isinstance(before, Sign) or isinstance(last, Sign):
            return Sign.WITHHELD if Sign.WITHHELD in (before, last) else Sign.NOT_APPLICABLE
        return last - before


def trends(rounds: Sequence[Said], together: Sequence[Tally]) -> tuple[Trend, ...]:
    """Every question with a figure that can be followed, in the order asked. `together` is all rounds as one.

    A round that is hidden could be worked out from all rounds and the others: then none of them is shown.
    """
    by_round = [None if said is None else {name_of(tally): tally for tally in said} for said in rounds]
    found = []
    for tally in together:
        measure = measure_of(tally)
        if measure is None:
            continue
        same = [None if told is None else told.get(name_of(tally)) for told in by_round]
        if tells_what_is_hidden(same, tally):
            points = tuple(Point(Sign.WITHHELD, Sign.WITHHELD) if one else NOT_ASKED for one in same)
        else:
            points = tuple(point_of(one, measure) for one in same)
        found.append(Trend(tally.question, tally.line, measure, points))
    return tuple(found)


def name_of(tally: Tally) -> tuple[str | None, str, str | None]:
    """By which the same question, or line of it, is found in another round."""
    return tally.question.within, tally.question.id, tally.line


def measure_of(tally: Tally) -> Measure | None:
    """The one figure that stands for the whole question, where there is one."""
    if isinstance(tally, NumberTally):
        return "mean"
    if isinstance(tally, ChoiceTally) and is_scored(tally.question.options):
        return "best_two" if best_two(tally.question.options) else "mean_score"
    return None


def point_of(tally: Tally | None, measure: Measure) -> Point:
    """That figure, with how many it is of."""
    if tally is None or (tally.asked == 0 and tally.not_asked):
        return NOT_ASKED
    if isinstance(tally, NumberTally):
        return Point(tally.answered, tally.mean)
    if not isinstance(tally, ChoiceTally):
        return NOT_ASKED
    if measure == "mean_score":
        return Point(tally.answered, mean_score(tally.counts))
    return Point(tally.answered, share(tally.counts, best_two(tally.question.options), tally.answered))


def tells_what_is_hidden(rounds: Sequence[Tally | None], together: Tally) -> bool:
    """Whether any hidden cell would be what is left of all together when what is shown of each is taken away."""
    cells = [_cells(tally) for tally in rounds if tally is not None]
    for name, of_all in _cells(together).items():
        same = [one.get(name, Sign.NOT_APPLICABLE) for one in cells]
        if Sign.WITHHELD not in same or isinstance(of_all, Sign):
            continue
        shown = [figure for figure in same if not isinstance(figure, Sign)]
        # Where the others are all there is of it, the hidden one was left out of the sum.
        if shown and sum(shown) != of_all:
            return True
    return False


def _cells(tally: Tally) -> dict[str, Figure]:
    """The figures that add up over rounds."""
    figures = {name: getattr(tally, name) for name in ("asked", "not_asked", "answered", "skipped")}
    figures |= {f"missing {count.option.value}": count.number for count in tally.missing}
    if isinstance(tally, ChoiceTally):
        figures |= {f"chose {count.option.value}": count.number for count in tally.counts}
    if isinstance(tally, NumberTally):
        figures["total"] = tally.total
    return figures
