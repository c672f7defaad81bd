"""The sheet that follows each question through several rounds of one home."""

from collections.abc import Sequence

from service.analysis.figures import SIGNS_EXPLAINED
from service.analysis.scales import best_two
from service.analysis.trends import Measure, Said, Trend, trends
from service.calendar import day_at, in_words
from service.collection.round import Round
from service.workbooks.gathering import Gathered, Voice
from service.workbooks.layout import Cell, Column, Look, Marked, Sheet, Table
from service.workbooks.wording import either_or, wording

FIGURE = 11
LOOKS: dict[Measure, tuple[Look, Look]] = {
    "best_two": ("percent", "points"),
    "mean_score": ("two_decimals", "change"),
    "mean": ("two_decimals", "change"),
}


def over_time_sheet(gathered: Gathered, name: str, title: str) -> Sheet | None:
    """The sheet, where one home has had several rounds."""
    if len(gathered.homes) != 1 or len(gathered.rounds) < 2:
        return None
    rounds = sorted(gathered.rounds, key=lambda asked: asked.opened_at)
    columns = [Column("Who", 18), Column("Question", 42), Column("Figure", 24)]
    for asked in rounds:
        when = f"{asked.title}, {in_words(day_at(asked.opened_at))}"
        columns += [Column(f"{when}: answered", FIGURE, "number"), Column(f"{when}: figure", FIGURE, "percent")]
    columns += [Column("Change since the round before", 12, "points"), Column("Asked differently before", 46)]
    rows = [
        _row(voice, trend, gathered)
        for voice in gathered.voices
        for trend in trends([_said(voice, asked) for asked in rounds], voice.told)
    ]
    notes = (
        "Each figure is of those who answered in that round. The change is the last round less the one before.",
        "▲ more than before, ▼ less. With few people a change of some points may be one person: look at who answered.",
        "Where a question was asked differently before, the two figures do not answer quite the same question.",
        *(f"{sign} {words}." for sign, words in SIGNS_EXPLAINED.items()),
    )
    table = Table("Over_time", tuple(columns), rows, empty="No question of these forms has a figure to follow.")
    return Sheet(name, title, notes, (table,), frozen=2)


def _said(voice: Voice, asked: Round) -> Said:
    """What this audience said in one round, as it may be shown."""
    return None if asked.form_ref(voice.form.id) is None else voice.told_in(asked.id)


def _row(voice: Voice, trend: Trend, gathered: Gathered) -> list[Cell]:
    look, change = LOOKS[trend.measure]
    row: list[Cell] = [voice.label, wording(trend.question, gathered.homes, trend.line), _figure(trend)]
    for point in trend.points:
        row += [point.answered, Marked(point.figure, look)]
    return [*row, Marked(trend.change, change), "\n".join(trend.changes) or None]


def _figure(trend: Trend) -> str:
    if trend.measure == "mean":
        return "Mean"
    options = trend.question.options
    if trend.measure == "best_two":
        return f"{either_or(best_two(options))}, %"
    scores: Sequence[float] = [option.score for option in options if option.score is not None]
    return f"Mean score ({min(scores):g} to {max(scores):g})"
