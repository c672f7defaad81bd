"""The Summary: what each audience said, a row for each question, questions with the same answers together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from service.analysis.figures import SIGNS_EXPLAINED, Figure, Sign, percent
from service.analysis.scales import best_two, is_scored, mean_score, median_score, share, the_rest
from service.analysis.tallies import ChoiceTally, NumberTally, RankTally, RowsTally, Tally
from service.collection.models.home import Home
from service.definitions import Option
from service.reports.dataset import Dataset, Voice
from service.reports.labels import count_of, either_or, with_home, wording
from service.reports.sheets.charts import chart_below, chart_beside, chart_ranked
from service.reports.tables import Cell, Chart, Column, Look, Sheet, Table

QUESTION = 42
FIGURE = 7
# More answers than this stand below each other: beside each other nobody could read them. Scales are read across.
MOST_BESIDE = 5
MOST_BESIDE_ON_A_SCALE = 7


@dataclass
class OptionBlock:
    """Questions answered with the same options; `options` are those of the longest, `missing` of them all."""

    several: bool
    options: tuple[Option, ...]
    tallies: list[ChoiceTally] = field(default_factory=list)

    @property
    def missing(self) -> list[Option]:
        """The answers counted apart, of all questions together."""
        found = {count.option.value: count.option for tally in self.tallies for count in tally.missing}
        return list(found.values())


def summary_sheet(dataset: Dataset, name: str, title: str) -> Sheet:
    """The figures of every audience."""
    tables: list[Table] = []
    for voice in dataset.voices:
        tables += _tables(dataset, voice, len(tables))
    notes = (
        "Percentages are whole numbers of those who answered; halves are rounded up, so a row need not add up to 100.",
        "Skipped, not asked and answers like “I don’t want to say” are counted apart and are in no percentage.",
        *(f"{sign} {words}." for sign, words in SIGNS_EXPLAINED.items()),
    )
    return Sheet(name, title, notes, tuple(tables), fit="one_wide")


def _tables(dataset: Dataset, voice: Voice, count: int) -> Iterator[Table]:
    """The tables of one audience: choices by scale, then long lists, rankings, numbers, and the rest."""
    found = list(_kinds(voice.told, dataset.homes))
    section = f"{voice.label}: {with_home(voice.form.title, dataset.homes)}"
    for number, table in enumerate(found):
        first = number == 0
        yield Table(
            name=f"Summary_{count + number + 1}",
            columns=table.columns,
            rows=table.rows,
            section=section if first else "",
            told=_told(voice) if first else (),
            heading=table.heading,
            notes=table.notes,
            filtered=False,
            charts=table.charts,
        )
    if not found:
        yield Table(f"Summary_{count + 1}", (), (), section=section, told=_told(voice), filtered=False)


def _told(voice: Voice) -> tuple[str, ...]:
    people = voice.people
    if voice.protection.no_counts:
        return () if voice.protection.no_figures is None else (voice.protection.no_figures,)
    if people == 0 and voice.form.audience == "child":
        answered = "No child has answered. That is a gap to look into, and never a good sign."
    elif people == 0:
        answered = "Nobody has answered."
    else:
        answered = f"{count_of(people, 'person has', 'people have')} answered."
    return (answered,) if voice.protection.no_figures is None else (answered, voice.protection.no_figures)


def _kinds(told: Sequence[Tally], homes: Sequence[Home]) -> Iterator[Table]:
    choices = [tally for tally in told if isinstance(tally, ChoiceTally)]
    for block in blocks(choices):
        if _is_readable_beside(block):
            yield _beside(block, homes)
        else:
            yield from (_below(tally, homes) for tally in block.tallies)
    yield from (_ranked(tally, homes) for tally in told if isinstance(tally, RankTally))
    numbers = [tally for tally in told if isinstance(tally, NumberTally)]
    if numbers:
        yield _numbers(numbers, homes)
    groups = [tally for tally in told if isinstance(tally, RowsTally)]
    if groups:
        yield _groups(groups, homes)
    words = [tally for tally in told if type(tally) is Tally]
    if words:
        yield _table("Answered in words, dates and times", _base_columns("Question"), [_base(t, homes) for t in words])


def blocks(choices: Sequence[ChoiceTally]) -> list[OptionBlock]:
    """Questions whose options are the same, or some of the same in the same order, stand in one block.

    What a question does not offer is then not applicable in its row, which is not the same as nobody choosing it.
    """
    made: list[OptionBlock] = []
    for tally in sorted(choices, key=lambda one: -len(one.counts)):
        several = tally.question.question.facts.takes_several
        options = tuple(count.option for count in tally.counts)
        for block in made:
            if block.several is several and _fits(options, block.options):
                block.tallies.append(tally)
                break
        else:
            made.append(OptionBlock(several, options, [tally]))
    place = {id(tally): number for number, tally in enumerate(choices)}
    for block in made:
        block.tallies.sort(key=lambda tally: place[id(tally)])
    return sorted(made, key=lambda block: place[id(block.tallies[0])])


def _fits(options: Sequence[Option], into: Sequence[Option]) -> bool:
    """Whether the options are among the others, in their order, with the same words and scores."""
    rest = iter([(option.value, option.label, option.score) for option in into])
    return len(options) > 1 and all((option.value, option.label, option.score) in rest for option in options)


def _is_readable_beside(block: OptionBlock) -> bool:
    most = MOST_BESIDE_ON_A_SCALE if is_scored(block.options) or len(block.tallies) > 1 else MOST_BESIDE
    return len(block.options) <= most


def _beside(block: OptionBlock, homes: Sequence[Home]) -> Table:
    """A row for each question: how many and what percentage for each answer, side by side."""
    best, rest = best_two(block.options), the_rest(block.options)
    columns = [Column("Question", QUESTION), Column("Asked", FIGURE, "number"), Column("Answered", FIGURE, "number")]
    for option in block.options:
        columns += [Column(option.label, FIGURE, "number"), Column(f"{option.label} %", FIGURE, "percent")]
    if best:
        columns += [Column(f"{either_or(best)} %", FIGURE, "percent")]
        columns += [Column(f"{either_or(rest)} %", FIGURE, "percent")]
    if is_scored(block.options):
        columns += [Column(f"Mean score{_range(block.options)}", FIGURE, "two_decimals")]
        columns += [Column("Median score", FIGURE, "one_decimal")]
    columns += [Column(option.label, FIGURE, "number") for option in block.missing]
    columns += [Column("Skipped", FIGURE, "number"), Column("Not asked", FIGURE, "number")]
    rows = [_beside_row(block, tally, homes) for tally in block.tallies]
    values = [option.value for option in block.options]
    charts = [
        chart
        for number, tally in enumerate(block.tallies)
        for chart in chart_beside(tally, number, values, wording(tally.question, homes, tally.line))
    ]
    answers = ", ".join(option.label for option in block.options)
    heading = f"More than one answer could be given: {answers}" if block.several else f"Answers: {answers}"
    return _table(heading, columns, rows, charts=charts)


def _beside_row(block: OptionBlock, tally: ChoiceTally, homes: Sequence[Home]) -> list[Cell]:
    numbers = {count.option.value: count.number for count in tally.counts}
    row: list[Cell] = [_question(tally, homes), tally.asked, tally.answered]
    for option in block.options:
        number = numbers.get(option.value, Sign.NOT_APPLICABLE)
        row += [number, percent(number, tally.answered)]
    best = best_two(block.options)
    if best:
        row += [share(tally.counts, best, tally.answered)]
        row += [share(tally.counts, the_rest(block.options), tally.answered)]
    if is_scored(block.options):
        row += [mean_score(tally.counts), median_score(tally.counts)]
    apart = {count.option.value: count.number for count in tally.missing}
    row += [apart.get(option.value, Sign.NOT_APPLICABLE) for option in block.missing]
    return [*row, tally.skipped, tally.not_asked]


def _below(tally: ChoiceTally, homes: Sequence[Home]) -> Table:
    """A row for each answer to one question with many."""
    several = tally.question.question.facts.takes_several
    columns = [
        Column("Answer", QUESTION),
        Column("Asked", FIGURE, "number"),
        Column("Answered", FIGURE, "number"),
        Column("Chosen by", FIGURE, "number"),
        Column("Chosen by %", FIGURE, "percent"),
    ]
    rows: list[list[Cell]] = [
        [count.option.label, tally.asked, tally.answered, count.number, percent(count.number, tally.answered)]
        for count in tally.counts
    ]
    heading = _question(tally, homes)
    charts = chart_below(tally, wording(tally.question, homes, tally.line))
    said = f"{heading} (more than one answer could be given)" if several else heading
    return _table(said, columns, rows, tally, charts)


def _ranked(tally: RankTally, homes: Sequence[Home]) -> Table:
    """A row for each option that people put in order."""
    columns = [
        Column("In order of preference", QUESTION),
        Column("Asked", FIGURE, "number"),
        Column("Answered", FIGURE, "number"),
        Column("Put first by", FIGURE, "number"),
        Column("Put first by %", FIGURE, "percent"),
        Column("Given a place by", FIGURE, "number"),
        Column("Mean place (1 = first)", FIGURE, "two_decimals"),
    ]
    rows: list[list[Cell]] = [
        [
            place.option.label,
            tally.asked,
            tally.answered,
            place.first,
            percent(place.first, tally.answered),
            place.ranked,
            place.mean,
        ]
        for place in tally.places
    ]
    return _table(
        _question(tally, homes), columns, rows, tally, chart_ranked(tally, wording(tally.question, homes, tally.line))
    )


def _numbers(numbers: Sequence[NumberTally], homes: Sequence[Home]) -> Table:
    figures: list[tuple[str, Look]] = [
        ("Total", "many_decimals"),
        ("Mean", "two_decimals"),
        ("Median", "many_decimals"),
        ("Lowest", "many_decimals"),
        ("Highest", "many_decimals"),
    ]
    columns = [*_base_columns("Question"), *(Column(header, FIGURE, look) for header, look in figures)]
    rows = [[*_base(t, homes), t.total, t.mean, t.median, t.lowest, t.highest] for t in numbers]
    return _table("Numbers", columns, rows)


def _groups(groups: Sequence[RowsTally], homes: Sequence[Home]) -> Table:
    columns = [*_base_columns("Question"), Column("Rows", FIGURE, "number"), Column("Most rows", FIGURE, "number")]
    return _table(
        "Told of in rows",
        columns,
        [[*_base(tally, homes), tally.rows, tally.most] for tally in groups],
    )


def _base_columns(first: str) -> list[Column]:
    names = ("Asked", "Answered", "Skipped", "Not asked")
    return [Column(first, QUESTION), *(Column(name, FIGURE, "number") for name in names)]


def _base(tally: Tally, homes: Sequence[Home]) -> list[Cell]:
    return [_question(tally, homes), tally.asked, tally.answered, tally.skipped, tally.not_asked]


def _table(
    heading: str,
    columns: Sequence[Column],
    rows: list[list[Cell]],
    apart: Tally | None = None,
    charts: Sequence[Chart] = (),
) -> Table:
    """A table of the Summary. `apart` is said above it where there is no row of the question to hold it."""
    notes: tuple[str, ...] = ()
    if apart is not None:
        missing = [f"{_said(count.number)} “{count.option.label}”" for count in apart.missing]
        notes = (", ".join([*missing, f"{_said(apart.skipped)} skipped", f"{_said(apart.not_asked)} not asked"]) + ".",)
    return Table("", tuple(columns), rows, heading=heading, notes=notes, charts=tuple(charts))


def _said(figure: Figure) -> str:
    return figure.value if isinstance(figure, Sign) else f"{figure:,}"


def _question(tally: Tally, homes: Sequence[Home]) -> str:
    text = wording(tally.question, homes, tally.line)
    if tally.question.within is not None:
        text = f"{text} (counted in rows)"
    return f"{text} (worded differently before: see Codebook)" if tally.question.changes else text


def _range(options: Sequence[Option]) -> str:
    scores = [option.score for option in options if option.score is not None]
    return f" ({min(scores):g} to {max(scores):g})"
