"""The sheet that follows each question through several rounds of a home, or of each of several homes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from service.analysis.figures import SIGNS_EXPLAINED
from service.analysis.merged_form import JoinedQuestion
from service.analysis.scales import best_two
from service.analysis.trends import NOT_ASKED, Said, Trend, trends
from service.collection.models.round import Round
from service.dates import day_at, in_words
from service.reports.dataset import Dataset, Voice
from service.reports.labels import either_or, wording
from service.reports.tables import Cell, Column, Look, Marked, Sheet, Table

FIGURE = 11
LOOKS: Mapping[str, tuple[Look, Look]] = {
    "best_two": ("percent", "points"),
    "chose": ("percent", "points"),
    "first": ("percent", "points"),
    "mean_score": ("two_decimals", "change"),
    "mean": ("two_decimals", "change"),
}


def over_time_sheet(dataset: Dataset, name: str, title: str) -> Sheet | None:
    """The sheet, where a home has had several rounds."""
    if len(dataset.homes) > 1:
        return _home_by_home(dataset, name, title)
    if len(dataset.rounds) < 2:
        return None
    rounds = sorted(dataset.rounds, key=lambda round_: round_.opened_at)
    found = [
        (voice, trend)
        for voice in dataset.voices
        for trend in trends([_said(voice, round_) for round_ in rounds], voice.told)
    ]
    # A round in which nobody was asked any of this would be columns in which nothing stands.
    places = [place for place in range(len(rounds)) if any(one.points[place] != NOT_ASKED for _, one in found)]
    columns = [Column("Who", 18), Column("Question", 42), Column("Figure", 24)]
    for round_ in (rounds[place] for place in places):
        when = f"{round_.title}, {in_words(day_at(round_.opened_at))}"
        columns += [Column(f"{when}: answered", FIGURE, "number"), Column(f"{when}: figure", FIGURE, "percent")]
    columns += [Column("Change since the round before", 12, "points"), Column("Asked differently before", 46)]
    rows = [
        _row(voice, replace(trend, points=tuple(trend.points[place] for place in places)), dataset)
        for voice, trend in found
    ]
    table = Table("Over_time", tuple(columns), rows, empty="No question of these forms has a figure to follow.")
    return Sheet(name, title, _NOTES, (table,), frozen=2)


def _said(voice: Voice, round_: Round) -> Said:
    """What this audience said in one round, as it may be shown."""
    return None if round_.form_ref(voice.form.id) is None else voice.told_in(round_.id)


def _row(voice: Voice, trend: Trend, dataset: Dataset) -> list[Cell]:
    look, change = LOOKS[trend.measure]
    row: list[Cell] = [
        voice.label,
        wording(trend.question, dataset.homes, trend.line),
        figure_of(trend.question, trend.measure),
    ]
    for point in trend.points:
        row += [point.answered, Marked(point.figure, look)]
    return [*row, Marked(trend.change, change), "\n".join(trend.changes) or None]


def _home_by_home(dataset: Dataset, name: str, title: str) -> Sheet | None:
    """A row for each round of each home: homes are asked at different times, and often another number of times."""
    homes = {home.id: home for home in dataset.homes}
    rounds: dict[str, list[Round]] = {}
    for round_ in sorted(dataset.rounds, key=lambda one: (homes[one.home_id].name.casefold(), one.opened_at)):
        rounds.setdefault(round_.home_id, []).append(round_)
    if max(len(of_home) for of_home in rounds.values()) < 2:
        return None
    columns = (
        Column("Who", 22),
        Column("Question", 42),
        Column("Home", 22),
        Column("Figure", 28),
        Column("Round", 26),
        Column("Opened", 18, "day"),
        Column("Answered", FIGURE, "number"),
        Column("Value", FIGURE, "percent"),
        Column("Change since the round before", 12, "points"),
        Column("Asked differently before", 46),
    )
    rows = [row for voice in dataset.voices for row in _of_voice(dataset, voice, rounds)]
    table = Table("Over_time", columns, rows, empty="No question of these forms has a figure to follow.")
    return Sheet(name, title, _NOTES, (table,), fit="one_wide", frozen=2)


_NOTES = (
    "Each figure is of those who answered in that round. The change is the last round less the one before.",
    "▲ more than before, ▼ less. With few people a change of some points may be one person: look at who answered.",
    "Where a question was asked differently before, the two figures do not answer quite the same question.",
    *(f"{sign} {words}." for sign, words in SIGNS_EXPLAINED.items()),
)


def _of_voice(dataset: Dataset, voice: Voice, rounds: Mapping[str, Sequence[Round]]) -> Iterator[list[Cell]]:
    """Question by question, each home's rounds below each other; `rounds` are those of each home."""
    found: dict[tuple[str | None, ...], list[list[Cell]]] = {}
    names = {home.id: home.name for home in dataset.homes}
    for home_id, of_home in rounds.items():
        for trend in trends([_said(voice, round_) for round_ in of_home], voice.told_at(home_id)):
            if len(trend.points) - trend.points.count(NOT_ASKED) < 2:  # nothing to follow
                continue
            question = (trend.question.within, trend.question.id, trend.line)
            found.setdefault(question, []).extend(_rounds_of(dataset, voice, names[home_id], of_home, trend))
    for rows in found.values():
        yield from rows


def _rounds_of(
    dataset: Dataset, voice: Voice, home: str, rounds: Sequence[Round], trend: Trend
) -> Iterator[list[Cell]]:
    """A row for each round in which the home was asked this."""
    look, change = LOOKS[trend.measure]
    for number, (round_, point) in enumerate(zip(rounds, trend.points, strict=True), 1):
        if point is NOT_ASKED:
            continue
        yield [
            voice.label,
            wording(trend.question, dataset.homes, trend.line),
            home,
            figure_of(trend.question, trend.measure),
            round_.title,
            day_at(round_.opened_at),
            point.answered,
            Marked(point.figure, look),
            Marked(replace(trend, points=trend.points[:number]).change, change),
            "\n".join(trend.changes) or None,
        ]


def figure_of(question: JoinedQuestion, measure: str) -> str:
    """What the figure of a whole question is, in words."""
    if measure == "mean":
        return "Mean"
    if measure == "best_two":
        return f"{either_or(best_two(question.options))}, %"
    scores: Sequence[float] = [option.score for option in question.options if option.score is not None]
    return f"Mean score ({min(scores):g} to {max(scores):g})"
