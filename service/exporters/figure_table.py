"""Every figure of a workbook in a row of its own, with its base: as other programs want them."""

from collections.abc import Iterator
from functools import singledispatch

from service.analysis.figures import Figure, percent
from service.analysis.scales import best_two, is_scored, mean_score, median_score, share, the_rest
from service.analysis.tallies import ChoiceTally, NumberTally, RankTally, RowsTally, Tally
from service.exporters.response_tables import Tidy, named
from service.reports.dataset import Dataset
from service.reports.labels import either_or, wording
from service.reports.tables import Value

NAMES = ("audience", "form", "question_id", "question", "measure", "value", "label", "figure", "base", "percent")


def figures(dataset: Dataset) -> Tidy:
    """The figures as the workbook shows them; withheld and not applicable ones as their signs."""
    rows: list[list[Value]] = [
        [voice.label, voice.form.id, tally.question.id, wording(tally.question, dataset.homes, tally.line), *row]
        for voice in dataset.voices
        for tally in voice.told
        for row in _rows(tally)
    ]
    return Tidy("figures", "How many said what, each figure with its base", named(*NAMES), rows)


def _rows(tally: Tally) -> Iterator[list[Value]]:
    """Measure, coded value, its label, figure, base, percent."""
    for measure, figure in (
        ("asked", tally.asked),
        ("answered", tally.answered),
        ("skipped", tally.skipped),
        ("not asked", tally.not_asked),
    ):
        yield _one(measure, figure)
    for count in tally.missing:
        yield ["counted apart", count.option.value, count.option.label, count.number, None, None]
    yield from _measures(tally)


@singledispatch
def _measures(tally: Tally) -> Iterator[list[Value]]:
    yield from ()


@_measures.register
def _(tally: ChoiceTally) -> Iterator[list[Value]]:
    base, options = tally.answered, [count.option for count in tally.counts]
    for count in tally.counts:
        yield ["chosen by", count.option.value, count.option.label, count.number, base, percent(count.number, base)]
    for measure, joined in (("best two", best_two(options)), ("the others", the_rest(options))):
        if joined:
            yield [measure, None, either_or(joined), None, base, share(tally.counts, joined, base)]
    if is_scored(options):
        yield _one("mean score", mean_score(tally.counts))
        yield _one("median score", median_score(tally.counts))


@_measures.register
def _(tally: RankTally) -> Iterator[list[Value]]:
    for place in tally.places:
        option = [place.option.value, place.option.label]
        yield ["put first by", *option, place.first, tally.answered, percent(place.first, tally.answered)]
        yield ["given a place by", *option, place.ranked, None, None]
        yield ["mean place", *option, place.mean, None, None]


@_measures.register
def _(tally: NumberTally) -> Iterator[list[Value]]:
    for measure in ("total", "mean", "median", "lowest", "highest"):
        yield _one(measure, getattr(tally, measure))


@_measures.register
def _(tally: RowsTally) -> Iterator[list[Value]]:
    yield _one("rows", tally.rows)
    yield _one("most rows", tally.most)


def _one(measure: str, figure: Figure) -> list[Value]:
    return [measure, None, None, figure, None, None]
