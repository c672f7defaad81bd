"""The Comments and their Themes: what people wrote, and about what, in an order that joins no two of one person."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from service.analysis.figures import Figure, Sign, total
from service.analysis.merged_form import JoinedQuestion
from service.analysis.release_rules import Protection
from service.collection.comments.themes import Theme, in_order
from service.definitions.question import TextQuestion
from service.reports.cell_values import parts
from service.reports.dataset import Dataset, Sent, Voice
from service.reports.labels import count_of, wording
from service.reports.tables import Cell, Column, Sheet, Streamed, Table

# What a row can show in full: taller rows than a spreadsheet allows would hide the end of a text.
LONGEST_SHOWN = 2_400
TOO_FEW = "Too few people answered this."
NO_THEME = "No theme yet"
THEMES_WITHHELD = (
    "How many comments have a theme is a count of answers, and it can change after the round has closed: themes are "
    "for those who may read single answers."
)


def comments_sheet(dataset: Dataset, name: str, title: str, longest: int = LONGEST_SHOWN) -> Sheet:
    """Everything written that may be read as it was written; what may not is said in its place.

    What is longer than `longest` goes on in the next row.
    """
    named = any(voice.protection.identity == "named" and voice.shown for voice in dataset.voices)

    def rows() -> Iterator[list[Cell]]:
        return (row for voice in dataset.voices for row in _of_voice(dataset, voice, longest))

    number, goes_on, is_themed = 0, False, False
    for row in rows():
        number, goes_on, is_themed = number + 1, goes_on or bool(row[3]), is_themed or bool(row[4])
    columns = [Column("Audience", 18), Column("Question", 40), Column("Comment", 90), Column("Part", 9)]
    columns += [Column("Themes", 30), Column("From", 22)]
    used = [0, 1, 2, *([3] if goes_on else []), *([4] if is_themed else []), *([5] if named else [])]
    table = Table(
        "Comments",
        tuple(columns[index] for index in used),
        Streamed(number, lambda: ([row[index] for index in used] for row in rows())),
        empty="Nobody has written anything yet.",
        may_be_long=False,  # it goes on in the next row before that
    )
    notes = ("Words are as they were written. The order of comments says nothing, and differs from the other sheets.",)
    return Sheet(name, title, notes, (table,))


def themes_sheet(dataset: Dataset, name: str, title: str) -> Sheet | None:
    """How many of the comments that are shown have each theme; None where none has any."""
    found = themed(dataset, dataset.voices)
    if found is None:
        return None
    columns = [Column("Theme", 40), *(Column(who, 14, "number") for who in ("Comments", *found.who))]
    notes = (
        "Themes are what readers say that a comment is about. One comment may have several: rows may add up to more.",
        *((f"{Sign.WITHHELD} {THEMES_WITHHELD}",) if found.some_withheld else ()),
    )
    return Sheet(name, title, notes, (Table("Themes", tuple(columns), found.rows),), fit="one_wide")


@dataclass(frozen=True)
class Themed:
    """A row for each theme: its words, how many comments have it, and how many of each audience in `who`."""

    who: tuple[str, ...]
    rows: tuple[tuple[Figure | str, ...], ...]

    @property
    def some_withheld(self) -> bool:
        """Whether there is an audience of which no themes are shown."""
        return any(Sign.WITHHELD in row for row in self.rows)


def themed(dataset: Dataset, voices: Sequence[Voice]) -> Themed | None:
    """The themes of all comments of these audiences that are shown; None where none has any."""
    if not dataset.themes:
        return None
    columns = [(voice, _themes_in(dataset, voice)) for voice in voices if writes(voice)]
    given = {each.words: each for _, found in columns for themes in found or () for each in themes}
    if not given:
        return None

    def row(words: str, is_it: Callable[[tuple[Theme, ...]], bool]) -> tuple[Figure | str, ...]:
        figures = [Sign.WITHHELD if found is None else sum(map(is_it, found)) for _, found in columns]
        return words, total(figures), *figures

    rows = [row(theme.words, partial(_has, theme.words)) for theme in in_order(given.values())]
    return Themed(tuple(voice.label for voice, _ in columns), (*rows, row(NO_THEME, lambda themes: not themes)))


def writes(voice: Voice) -> bool:
    """Whether its form asks for anything in people's own words."""
    return any(_is_written(question) for question in voice.joined.reported)


@dataclass(frozen=True, slots=True)
class WrittenComment:
    """One text that somebody wrote, in answer to the question of this name."""

    sent: Sent
    name: str
    words: str
    themes: tuple[Theme, ...] = ()

    @property
    def key(self) -> str:
        """What its reading and its themes are kept under."""
        return _key(self.sent, self.name)


@dataclass(frozen=True)
class QuestionComments:
    """What was written in answer to one question; `withheld` says why it may not be shown, and then `said` is empty."""

    question: JoinedQuestion
    asked: str
    said: tuple[WrittenComment, ...]
    withheld: str | None = None


def written_by(dataset: Dataset, voice: Voice) -> Iterator[QuestionComments]:
    """All that an audience wrote, question by question, as far as it may be read."""
    for question in voice.joined.reported:
        if not _is_written(question):
            continue
        asked = wording(question, dataset.homes)
        rounds = _showing(voice, question)
        found = [one for one in _written(dataset, voice, question) if one.sent.round.id in rounds]
        why = _why_not(question, voice.protection)
        if why is None and rounds:
            yield QuestionComments(question, asked, tuple(found))
        elif not rounds and voice.protection.no_rows is not None:
            # How many wrote is a figure too.
            yield QuestionComments(question, asked, (), f"{Sign.WITHHELD} {why or TOO_FEW}")
        elif written := _how_many(voice, question, found):
            yield QuestionComments(question, asked, (), f"{Sign.WITHHELD} {count_of(written, 'comment')}. {why}")


def writer_of(voice: Voice, sent: Sent) -> str | None:
    """The name of who wrote it, where the form promised nothing else."""
    if voice.protection.identity != "named" or sent.addressee is None:
        return None
    return sent.addressee.name or None


def _of_voice(dataset: Dataset, voice: Voice, longest: int) -> Iterator[list[Cell]]:
    for one in written_by(dataset, voice):
        if one.withheld is not None:
            yield [voice.label, one.asked, one.withheld, None, None, None]
        for comment in one.said:
            yield from _rows(voice, one.asked, comment, longest)


def _themes_in(dataset: Dataset, voice: Voice) -> list[tuple[Theme, ...]] | None:
    """The themes of each comment of an audience that is shown; None where they may not be told."""
    if voice.protection.no_rows is not None:
        return None
    return [comment.themes for one in written_by(dataset, voice) for comment in one.said]


def _has(words: str, themes: tuple[Theme, ...]) -> bool:
    return any(theme.words == words for theme in themes)


def _is_written(question: JoinedQuestion) -> bool:
    return isinstance(question.question, TextQuestion) and question.question.type == "text"


def _showing(voice: Voice, question: JoinedQuestion) -> set[str]:
    """The rounds of which it is shown how many answered this: of the others no words are shown either."""
    if voice.protection.no_rows is None:
        return {sent.round.id for sent in voice.sent}
    return {
        one.round.id
        for one in voice.in_rounds
        if any(
            tally.question.id == question.id and tally.answered is not Sign.WITHHELD
            for tally in voice.told_in(one.round.id)
        )
    }


def _how_many(voice: Voice, question: JoinedQuestion, found: Sequence[WrittenComment]) -> int:
    """How many wrote something. To whoever sees figures only it is what they saw before: of one that has been erased
    since, the difference would tell whether they wrote."""
    if voice.protection.no_rows is None:
        return len(found)
    figures = [tally.answered for tally in voice.told if tally.question.id == question.id]
    return sum(int(figure) for figure in figures if not isinstance(figure, Sign))


def _why_not(question: JoinedQuestion, protection: Protection) -> str | None:
    """Why words may not be shown here: the question's own rule first, then the audience's."""
    if question.verbatim == "never":
        return "The form says that these words are not repeated."
    if protection.no_rows is None:
        return None
    if protection.no_figures is not None:
        return protection.no_figures
    # Enough people have answered, the round is closed, and they were told that their words may be quoted.
    return None if question.verbatim == "always" else protection.no_rows


def _written(dataset: Dataset, voice: Voice, question: JoinedQuestion) -> Iterator[WrittenComment]:
    """Who wrote what, shuffled anew for each question, so that one person's comments cannot be put together.

    Whoever is no reader gets the words of those who count: others could be made up, or be the same child's again.
    """
    everyone = voice.protection.no_rows is None
    read = [sent for sent in voice.sent if everyone or (sent.counts and sent.id not in voice.repeated)]
    shuffled = sorted(read, key=lambda sent: dataset.order(sent.id, question.id))
    for sent in shuffled:
        for number, said in enumerate(question.said(sent.heard)):
            if said.answer is not None:
                name = question.id if question.within is None else f"{question.within}.{number}.{question.id}"
                themes = dataset.themes_of(voice, _key(sent, name))
                yield WrittenComment(sent, name, str(said.answer), themes)


def _key(sent: Sent, name: str) -> str:
    return f"{sent.id}:{name}"


def _rows(voice: Voice, asked: str, comment: WrittenComment, longest: int) -> Iterator[list[Cell]]:
    pieces = parts(comment.words, longest)
    themes = "; ".join(theme.words for theme in comment.themes) or None
    for number, piece in enumerate(pieces, 1):
        part = f"{number} of {len(pieces)}" if len(pieces) > 1 else None
        yield [voice.label, asked, piece, part, themes, writer_of(voice, comment.sent)]
