"""Figures as a page shows them: each question's answers as bars that repeat the numbers beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch

from service.analysis.figures import Figure, Sign, percent, total
from service.analysis.merged_form import JoinedQuestion
from service.analysis.scales import best_two, is_scored, mean_score, median_score, share, the_rest
from service.analysis.tallies import ChoiceTally, Count, NumberTally, RankTally, RowsTally, Tally, tallies
from service.collection.models.home import Home
from service.definitions import Option
from service.frameworks.national_figures import base_in_words, national
from service.reports.dataset import Voice
from service.reports.labels import either_or, wording
from service.reports.sheets.national_figures import NationalComparison, beside
from service.reports.tables import Cell, Column, Look, Marked, Table

NO_ANSWER = "Gave no answer"
STEPS = 6  # one hue in so many steps, each with a pattern of its own


@dataclass(frozen=True)
class BarLine:
    """One answer: its value with its base, and how long its bar is; None where nothing is drawn."""

    label: str
    value: str
    width: Figure | None = None
    step: int = 0


@dataclass(frozen=True)
class Elsewhere:
    """One national figure: how many of a hundred said what, of whom and when, and where it stands."""

    value: str
    answer: str
    of_whom: str
    note: str
    source: str


@dataclass(frozen=True)
class ThemeFigures:
    """What has been published of a question's theme, with the figure of ours that is nearest to it."""

    theme: str
    ours: str
    answers: str
    base: str
    figures: tuple[Elsewhere, ...]


@dataclass(frozen=True)
class QuestionBlock:
    """One question, or one line of a matrix. `facts` are reckoned of all who answered; `silent` is who gave no
    answer, `apart` why not. `published` is what children said of it nationally."""

    question: JoinedQuestion
    words: str
    how: str
    base: str
    lines: tuple[BarLine, ...]
    facts: tuple[tuple[str, str], ...]
    silent: BarLine
    apart: tuple[tuple[str, str], ...]
    published: tuple[ThemeFigures, ...]


@dataclass(frozen=True)
class Compared:
    """What children said on their own, and what with somebody there, to one question."""

    words: str
    measure: str
    alone: str
    with_somebody: str


def blocks(voice: Voice, homes: Sequence[Home]) -> list[QuestionBlock]:
    """Every question in the order asked; nothing where all of it is withheld, or nobody was there to answer."""
    told = voice.told
    if voice.protection.no_figures is not None or not any(tally.asked or tally.not_asked for tally in told):
        return []
    return [_block(tally, voice, homes) for tally in told]


def _block(tally: Tally, voice: Voice, homes: Sequence[Home]) -> QuestionBlock:
    lines, facts = _figures(tally)
    hidden = any(line.width is Sign.WITHHELD for line in lines)
    if hidden:  # bars around a hidden one would show how long it is: all are drawn, or none
        lines = [BarLine(line.label, line.value) for line in lines]
    how = [
        *(["more than one answer could be given"] if tally.question.question.facts.takes_several else []),
        *(["counted in rows"] if tally.question.within is not None else []),
    ]
    return QuestionBlock(
        tally.question,
        wording(tally.question, homes, tally.line),
        ", ".join(how),
        f"{said(tally.answered)} of {said(tally.asked)} asked answered",
        tuple(lines),
        tuple(facts),
        _silent(tally, drawn=not hidden),
        tuple(_apart(tally)),
        tuple(_published(found) for found in beside(voice, tally)),
    )


@singledispatch
def _figures(tally: Tally) -> tuple[list[BarLine], list[tuple[str, str]]]:
    """Words, days and times: how many gave one is all there is to say."""
    return [], []


@_figures.register
def _(tally: ChoiceTally) -> tuple[list[BarLine], list[tuple[str, str]]]:
    options = [count.option for count in tally.counts]
    steps = _steps(options)
    lines = [
        _of_base(count.option.label, count.number, tally.answered, steps.get(count.option.value, 0))
        for count in tally.counts
    ]
    facts = []
    if best_two(options):
        facts += [
            (either_or(group), _percentage(share(tally.counts, group, tally.answered)))
            for group in (best_two(options), the_rest(options))
        ]
    if is_scored(options):
        scores = [option.score for option in options if option.score is not None]
        facts += [
            (f"Mean score ({min(scores):g} to {max(scores):g})", said(mean_score(tally.counts), 2)),
            ("Median score", said(median_score(tally.counts), 1)),
        ]
    return lines, facts


@_figures.register
def _(tally: RankTally) -> tuple[list[BarLine], list[tuple[str, str]]]:
    lines = [_of_base(f"{place.option.label}: put first", place.first, tally.answered) for place in tally.places]
    facts = [
        (place.option.label, f"given a place by {said(place.ranked)}, mean place {said(place.mean, 2)}")
        for place in tally.places
    ]
    return lines, facts


@_figures.register
def _(tally: NumberTally) -> tuple[list[BarLine], list[tuple[str, str]]]:
    names = ("total", "mean", "median", "lowest", "highest")
    return [], [(name.capitalize(), said(getattr(tally, name), 2)) for name in names]


@_figures.register
def _(tally: RowsTally) -> tuple[list[BarLine], list[tuple[str, str]]]:
    return [], [("Rows", said(tally.rows)), ("Most rows", said(tally.most))]


def _silent(tally: Tally, *, drawn: bool) -> BarLine:
    """All who were asked and gave no answer, for whatever reason."""
    if isinstance(tally.asked, Sign) or isinstance(tally.answered, Sign):
        return BarLine(NO_ANSWER, Sign.WITHHELD.value)
    number = tally.asked - tally.answered
    return BarLine(NO_ANSWER, f"{said(number)} of {said(tally.asked)}", percent(number, tally.asked) if drawn else None)


def _apart(tally: Tally) -> Iterator[tuple[str, str]]:
    yield from ((count.option.label, said(count.number)) for count in tally.missing)
    yield "Skipped", said(tally.skipped)
    yield "Not asked", said(tally.not_asked)


def _published(found: NationalComparison) -> ThemeFigures:
    figures = [
        Elsewhere(
            f"{one.percent}%",
            one.answer,
            f"{one.setting or 'setting not known'}, {one.year or 'year not known'}, {base_in_words(one)}",
            one.note or "",
            national().sources[one.source],
        )
        for one in found.figures
    ]
    return ThemeFigures(found.theme.title, _percentage(found.share), found.answers, said(found.base), tuple(figures))


def _of_base(label: str, number: Figure, base: Figure, step: int = 0) -> BarLine:
    """A number with its base and percentage: 7 of 9 · 78%."""
    of_all = percent(number, base)
    if isinstance(number, Sign):
        return BarLine(label, number.value, number, step)
    value = f"{said(number)} of {said(base)}"
    return BarLine(label, value if isinstance(of_all, Sign) else f"{value} · {_percentage(of_all)}", of_all, step)


def _steps(options: Sequence[Option]) -> dict[str, int]:
    """The step of each option of a scale, the best the darkest."""
    scores = sorted({option.score for option in options if option.score is not None}, reverse=True)
    return {option.value: min(scores.index(option.score), STEPS - 1) for option in options if option.score is not None}


def said(figure: Figure, decimals: int = 0) -> str:
    """A figure in digits, or its sign; whole numbers stay whole."""
    if isinstance(figure, Sign):
        return figure.value
    return f"{figure:,}" if isinstance(figure, int) else f"{figure:,.{decimals}f}"


@dataclass(frozen=True)
class Head:
    """The head of a column, or of several that belong together: then each of its `parts` is a column."""

    title: str
    parts: tuple[str, ...]
    number: bool


@dataclass(frozen=True)
class OnPage:
    """A table of a workbook as a page shows it, without the columns in which nothing stands."""

    heads: tuple[Head, ...]
    columns: tuple[tuple[str, str], ...]  # the head that each stands under, and what it is there
    rows: tuple[tuple[tuple[str, bool], ...], ...]  # what stands in a cell, and whether it is a number


def on_page(table: Table) -> OnPage:
    """The table of a sheet, columns that begin with the same words under one head."""
    used = [at for at, column in enumerate(table.columns) if any(row[at] is not None for row in table.rows)]
    columns = [table.columns[at] for at in used]
    heads: list[Head] = []
    for column in columns:
        title, _, part = column.header.rpartition(": ")
        last = heads[-1] if heads else None
        # Two rounds of a day may be called the same: each has its own parts.
        if last and title and last.title == title and part.capitalize() not in last.parts:
            heads[-1] = replace(last, parts=(*last.parts, part.capitalize()))
        else:
            heads.append(Head(title or part, (part.capitalize(),) if title else (), _is_number(column)))
    rows = (
        tuple((in_cell(row[at], table.columns[at].look), _is_number(table.columns[at])) for at in used)
        for row in table.rows
    )
    parts = (column.header.rpartition(": ") for column in columns)
    return OnPage(tuple(heads), tuple((title, part) for title, _, part in parts), tuple(rows))


def _is_number(column: Column) -> bool:
    return column.look not in ("text", "strong")


def in_cell(cell: Cell, look: Look) -> str:
    """What stands in a cell of a workbook's table, as a page writes it."""
    value = cell.value if isinstance(cell, Marked) else cell
    look = cell.look if isinstance(cell, Marked) else look
    if value is None:
        return ""
    if isinstance(value, Sign | str) or not isinstance(value, int | float):
        return str(value)
    if look in ("points", "change"):
        amount = f"{abs(value):.0f}" if look == "points" else f"{abs(value):.2f}"
        return f"{'▲' if value > 0 else '▼'} {amount}" if value else "0"
    return f"{value}%" if look == "percent" else said(value, 2)


def _percentage(figure: Figure) -> str:
    return figure.value if isinstance(figure, Sign) else f"{figure}%"


def with_and_without_somebody(voice: Voice, homes: Sequence[Home]) -> list[Compared]:
    """Children's answers on their own beside those with somebody there, for whoever may read every single answer.

    Anybody else could set the two against all of them, and so what is withheld from them could be worked out. Where
    either are few, their answers would stand beside each other as those of one child.
    """
    if voice.protection.no_rows is not None or voice.form.audience != "child":
        return []
    alone = [heard for heard in voice.counted if heard.answers.get("company") == "alone"]
    others = [heard for heard in voice.counted if heard.answers.get("company") in ("chosen", "helping", "nearby")]
    if min(len(alone), len(others)) < voice.protection.smallest_group:
        return []
    found = []
    for question in voice.joined.reported:
        if question.within is None and question.id != "company" and is_scored(question.options):
            pairs = zip(tallies(question, alone), tallies(question, others), strict=True)
            found += [_compared(first, second, homes) for first, second in pairs if isinstance(first, ChoiceTally)]
    return found


def _compared(alone: Tally, others: Tally, homes: Sequence[Home]) -> Compared:
    best = best_two(alone.question.options)
    words = wording(alone.question, homes, alone.line)
    measure = either_or(best) if best else "Mean score"
    return Compared(words, measure, _best(alone, best), _best(others, best))


def _best(tally: Tally, best: Sequence[Option]) -> str:
    counts: Sequence[Count] = tally.counts if isinstance(tally, ChoiceTally) else ()
    if not best:
        return f"{said(mean_score(counts), 2)} (of {said(tally.answered)})"
    return _of_base("", total([count.number for count in counts if count.option in best]), tally.answered).value
