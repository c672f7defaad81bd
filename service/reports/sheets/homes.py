"""The sheets of a workbook over several homes: how each stands, what each says to the same question, its rounds."""

from collections.abc import Iterator, Mapping, Sequence

from service.analysis.figures import SIGNS_EXPLAINED, Figure, Sign, percent, total
from service.analysis.home_comparison import HomeComparison, homes_beside
from service.analysis.voices import WIDE
from service.collection.follow_up.due import Due, ended_on
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.dates import day_at, in_words
from service.definitions import Audience
from service.definitions.question import Code
from service.reports.dataset import Dataset, InRound, Voice
from service.reports.labels import AUDIENCES, KINDS, wording
from service.reports.sheets.codebook import title_of
from service.reports.sheets.over_time import LOOKS, figure_of
from service.reports.sheets.read_me import by_name
from service.reports.tables import Cell, Column, Marked, Sheet, Table

COUNT = 11
FIGURE = 11
MOST_ON_A_PAGE = 4  # homes whose columns can be read beside each other on one page
STATES = {"overdue": ", overdue", "soon": ", soon", "in_hand": ", in hand", "": ""}
SIGNS = tuple(f"{sign} {words}." for sign, words in SIGNS_EXPLAINED.items())


def homes_sheet(dataset: Dataset, due: Mapping[str, Sequence[Due]], name: str, title: str) -> Sheet:
    """A row for each home, those that asked nobody among them. `due` is what is due at each, the nearest first."""
    audiences = list(dict.fromkeys(voice.form.audience for voice in dataset.voices))
    columns = [
        Column("Home", 24, "strong"),
        Column("Kind", 16),
        Column("To note", 22),
        Column("Rounds", COUNT, "number"),
        Column("Of these open", COUNT, "number"),
        Column("Last round", 22),
        Column("Its last day", 20, "day"),
        Column("Next due", 34),
        Column("By", 20, "day"),
    ]
    for audience in audiences:
        who = AUDIENCES[audience]
        columns += [Column(f"{who} asked", COUNT, "number"), Column(f"{who} answered", COUNT, "number")]
        columns += [Column(f"{who} answered %", COUNT, "percent")]
    rows = [_standing(dataset, home, audiences, due.get(home.id, ())) for home in by_name(dataset.homes)]
    notes = (
        "Asked and answered are of the rounds that are over; somebody asked in two rounds counts twice.",
        "Where no child answered it says so, and that is never a good sign. Nobody stands in for a child.",
        "How many of a few children were asked, or answered, is withheld: it could say who.",
        *SIGNS,
    )
    return Sheet(name, title, notes, (Table("Homes", tuple(columns), rows),))


def beside_sheet(dataset: Dataset, name: str, title: str) -> Sheet:
    """Each question with a column for every home that was asked anything, and one for all of them."""
    asked = {round_.home_id for round_ in dataset.rounds}
    homes = [home for home in by_name(dataset.homes) if home.id in asked]
    columns = [Column("Who", 18), Column("Question", 40), Column("Figure", 26)]
    for words in (*(home.name for home in homes), "All homes"):
        columns += [Column(f"{words}: answered", FIGURE, "number"), Column(f"{words}: figure", FIGURE, "percent")]
    columns += [Column("Gap in points", COUNT, "number", flagged_from=WIDE), Column("What it measures", 38)]
    notes = (
        "All rounds of the period together, of each home as far as it may be shown: look at who answered first.",
        "All homes: put together from what is shown of each. A home that shows nothing of a form is in no sum of it.",
        f"Gap: how far the homes’ shares lie apart, of those that are shown. ▲ marks {WIDE} points or more.",
        "Homes differ in whom they look after: a gap is a question to ask, and no league table.",
        *SIGNS,
    )
    table = Table(
        "Homes_side_by_side",
        tuple(columns),
        list(_beside(dataset, homes)),
        empty="No question of these forms has a figure to hold side by side.",
    )
    few = len(homes) <= MOST_ON_A_PAGE
    return Sheet(name, title, notes, (table,), fit="one_wide" if few else "wide", frozen=2)


def rounds_sheet(dataset: Dataset, name: str, title: str) -> Sheet:
    """Every round that the workbook is about."""
    columns = (
        Column("Home", 26, "strong"),
        Column("Round", 34),
        Column("Why", 30),
        Column("Opened", 19, "day"),
        Column("Last day", 19, "day"),
        Column("How it stands", 26),
        Column("Who was asked", 50),
    )
    names = {home.id: home.name for home in dataset.homes}
    rounds = sorted(dataset.rounds, key=lambda round_: (names[round_.home_id].casefold(), round_.opened_at))
    rows: list[list[Cell]] = [
        [
            names[round_.home_id],
            round_.title,
            round_.reason or None,
            day_at(round_.opened_at),
            ended_on(round_),
            _state(round_, dataset),
            ", ".join(dict.fromkeys(voice.label for voice in dataset.voices if round_.form_ref(voice.form.id))) or None,
        ]
        for round_ in rounds
    ]
    return Sheet(name, title, (), (Table("Rounds", columns, rows),), fit="one_wide")


def _state(round_: Round, dataset: Dataset) -> str:
    return "Still open: more answers may come" if round_.is_open(day_at(dataset.now)) else "Over"


def _standing(dataset: Dataset, home: Home, audiences: Sequence[Audience], due: Sequence[Due]) -> list[Cell]:
    today = day_at(dataset.now)
    rounds = sorted((one for one in dataset.rounds if one.home_id == home.id), key=lambda one: one.opened_at)
    open_rounds = sum(round_.is_open(today) for round_ in rounds)
    row: list[Cell] = [home.name, KINDS[home.kind], _to_note(dataset, home), len(rounds), open_rounds]
    row += [rounds[-1].title, ended_on(rounds[-1])] if rounds else [Sign.NOT_APPLICABLE] * 2
    words = "\n".join(f"{one.title} by {in_words(one.on)}{STATES[one.state]}" for one in due)
    row += [words or None, due[0].on if due else None]
    for audience in audiences:
        over = [one for one in _of(dataset, home, audience) if not one.round.is_open(today)]
        asked, answered = _asked(over), total([one.answered for one in over])
        row += [asked, answered, percent(answered, asked)]
    return row


def _of(dataset: Dataset, home: Home, audience: Audience) -> list[InRound]:
    """All that the home's people of this audience were asked: every form, in every round."""
    voices = [voice for voice in dataset.voices if voice.form.audience == audience]
    return [one for voice in voices for one in voice.in_rounds if one.round.home_id == home.id]


def _asked(over: Sequence[InRound]) -> Figure:
    """How many were asked; not applicable where nobody said so of one round, as the sum would be too small."""
    if any(one.asked == 0 and one.answered != 0 for one in over):
        return Sign.NOT_APPLICABLE
    return total([one.asked for one in over])


def _to_note(dataset: Dataset, home: Home) -> Cell:
    """Whether a child was heard."""
    today = day_at(dataset.now)
    rounds = [round_ for round_ in dataset.rounds if round_.home_id == home.id]
    children = _of(dataset, home, "child")
    if not rounds:
        return Marked("No child voice: no round", "loud")
    if not children:
        return Marked("No child voice: not asked", "loud")
    if total([one.answered for one in children if not one.round.is_open(today)]) not in (0, Sign.NOT_APPLICABLE):
        return None
    if any(one.round.is_open(today) for one in children):
        return "Children are being asked"
    return Marked("No child voice", "loud")


def _beside(dataset: Dataset, homes: Sequence[Home]) -> Iterator[list[Cell]]:
    """Questions of an audience that measure the same stand together, whatever form asks them."""
    found: dict[tuple[object, ...], list[list[Cell]]] = {}
    for voice in dataset.voices:
        for one in homes_beside([voice.told_at(home.id) or None for home in homes], voice.told):
            codes = one.question.question.codes
            about = (codes[0].system, codes[0].code) if codes else (voice.form.id, one.question.id)
            found.setdefault((voice.form.audience, *about), []).append(_row(dataset, voice, one))
    for rows in found.values():
        yield from rows


def _row(dataset: Dataset, voice: Voice, one: HomeComparison) -> list[Cell]:
    row: list[Cell] = [voice.label, wording(one.question, dataset.homes, one.line), _figure(one)]
    for point in (*one.homes, one.together):
        row += [point.answered, Marked(point.figure, LOOKS[one.measure][0])]
    return [*row, one.gap, _measures(one.question.question.codes)]


def _figure(one: HomeComparison) -> str:
    if one.option is None:
        return figure_of(one.question, one.measure)
    return f"“{one.option.label}” put first, %" if one.measure == "first" else f"“{one.option.label}”, %"


def _measures(codes: Sequence[Code]) -> str | None:
    """What a question measures, in the words of whatever it is measured by; the codebook has all of it."""
    return "; ".join(dict.fromkeys(title_of(code) for code in codes)) or None
