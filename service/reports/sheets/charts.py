"""Which questions of the Summary are drawn, and which cells of their tables the bars are drawn from."""

from collections.abc import Sequence

from service.analysis.figures import Figure, Sign, percent
from service.analysis.scales import is_scored
from service.analysis.tallies import ChoiceTally, Count, RankTally, Tally
from service.reports.labels import count_of
from service.reports.tables import MOST_BARS, Bar, Chart

# Where the first answer stands in a table with a row for each question, and how many columns each answer takes.
BESIDE, EACH = 3, 2
# Where the percentage stands in a table with a row for each answer.
BELOW = 4


def chart_beside(tally: ChoiceTally, row: int, options: Sequence[str], question: str) -> tuple[Chart, ...]:
    """The chart of one row of a table that has these answers beside each other; none where anything is withheld."""
    columns = {value: BESIDE + EACH * number for number, value in enumerate(options)}
    return _chart(
        tally,
        question,
        [
            (
                count.option.label,
                count.number,
                (-1, columns[count.option.value]),
                (row, columns[count.option.value] + 1),
            )
            for count in tally.counts
        ],
        ordered=is_scored([count.option for count in tally.counts]),
    )


def chart_below(tally: ChoiceTally, question: str) -> tuple[Chart, ...]:
    """The chart of a table with a row for each answer."""
    return _chart(
        tally,
        question,
        [_own_row(number, count.option.label, count.number) for number, count in enumerate(tally.counts)],
        ordered=is_scored([count.option for count in tally.counts]),
    )


def chart_ranked(tally: RankTally, question: str) -> tuple[Chart, ...]:
    """How many put each option first."""
    return _chart(
        tally,
        f"{question}: put first",
        [_own_row(number, place.option.label, place.first) for number, place in enumerate(tally.places)],
        ordered=False,
    )


_Drawn = tuple[str, Figure, tuple[int, int], tuple[int, int]]


def _own_row(number: int, label: str, figure: Figure) -> _Drawn:
    return label, figure, (number, 0), (number, BELOW)


def _chart(tally: Tally, question: str, drawn: Sequence[_Drawn], *, ordered: bool) -> tuple[Chart, ...]:
    base = tally.answered
    # Bars around a hidden one would show how long it is, so a question is drawn whole or not at all.
    if isinstance(base, Sign) or not base or Sign.WITHHELD in [figure for _, figure, _, _ in drawn]:
        return ()
    bars = []
    for label, figure, label_at, value_at in drawn:
        share = percent(figure, base)
        if not isinstance(share, Sign):
            bars.append(Bar(label, share, label_at, value_at))
    if not bars or len(bars) > MOST_BARS:
        return ()
    said = f"% of {count_of(int(base), 'person', 'people')} who answered"
    if tally.question.within is not None:
        said = f"% of {count_of(int(base), 'row')} with an answer"
    apart = _apart(tally.missing, tally.skipped)
    description = f"Bar chart. {question} {said}: {', '.join(f'{bar.label} {bar.value:g}%' for bar in bars)}.{apart}"
    return (Chart(question, f"{said}.{apart}", tuple(bars), description, ordered),)


def _apart(missing: Sequence[Count], skipped: Figure) -> str:
    """Who did not answer, said apart from the bars."""
    numbers = [(f"“{count.option.label}”", count.number) for count in missing] + [("skipped", skipped)]
    said = [f"{number} {label}" for label, number in numbers if not isinstance(number, Sign) and number]
    return f" Apart: {', '.join(said)}." if said else ""
