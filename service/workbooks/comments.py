"""The Comments: what people wrote, by audience and question, in an order that joins no two of one person."""

from collections.abc import Iterator
from dataclasses import dataclass

from service.analysis.figures import Sign
from service.analysis.joined import JoinedQuestion
from service.analysis.suppression import Protection
from service.definitions.question import TextQuestion
from service.workbooks.cells import parts
from service.workbooks.gathering import Gathered, Sent, Voice
from service.workbooks.layout import Cell, Column, Sheet, Table
from service.workbooks.wording import count_of, wording

# What a row can show in full: taller rows than a spreadsheet allows would hide the end of a text.
LONGEST_SHOWN = 2_400
TOO_FEW = "Too few people answered this."


def comments_sheet(gathered: Gathered, name: str, title: str, longest: int = LONGEST_SHOWN) -> Sheet:
    """Everything written that may be read as it was written; what may not is said in its place.

    What is longer than `longest` goes on in the next row.
    """
    named = any(voice.protection.identity == "named" and voice.shown for voice in gathered.voices)
    rows = [row for voice in gathered.voices for row in _of_voice(gathered, voice, longest)]
    columns = [Column("Audience", 18), Column("Question", 40), Column("Comment", 90), Column("Part", 9)]
    columns += [Column("From", 22)]
    used = [0, 1, 2, *([3] if any(row[3] for row in rows) else []), *([4] if named else [])]
    table = Table(
        "Comments",
        tuple(columns[index] for index in used),
        [[row[index] for index in used] for row in rows],
        empty="Nobody has written anything yet.",
    )
    notes = ("Words are as they were written. The order of comments says nothing, and differs from the other sheets.",)
    return Sheet(name, title, notes, (table,))


@dataclass(frozen=True)
class Written:
    """What was written in answer to one question; `withheld` says why it may not be shown, and then `said` is empty."""

    question: JoinedQuestion
    asked: str
    said: tuple[tuple[Sent, str], ...]
    withheld: str | None = None


def written_by(gathered: Gathered, voice: Voice) -> Iterator[Written]:
    """All that an audience wrote, question by question, as far as it may be read."""
    for question in voice.joined.reported:
        if not isinstance(question.question, TextQuestion) or question.question.type != "text":
            continue
        asked = wording(question, gathered.homes)
        rounds = _showing(voice, question)
        found = [one for one in _written(gathered, voice, question) if one[0].round.id in rounds]
        why = _why_not(question, voice.protection)
        if why is None and rounds:
            yield Written(question, asked, tuple(found))
        elif not rounds and voice.protection.no_rows is not None:
            # How many wrote is a figure too.
            yield Written(question, asked, (), f"{Sign.WITHHELD} {why or TOO_FEW}")
        elif found:
            yield Written(question, asked, (), f"{Sign.WITHHELD} {count_of(len(found), 'comment')}. {why}")


def writer_of(voice: Voice, sent: Sent) -> str | None:
    """The name of who wrote it, where the form promised nothing else."""
    if voice.protection.identity != "named" or sent.invitation is None:
        return None
    return sent.invitation.name or None


def _of_voice(gathered: Gathered, voice: Voice, longest: int) -> Iterator[list[Cell]]:
    for one in written_by(gathered, voice):
        if one.withheld is not None:
            yield [voice.label, one.asked, one.withheld, None, None]
        for sent, text in one.said:
            yield from _comment(voice.label, one.asked, text, writer_of(voice, sent), longest)


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


def _written(gathered: Gathered, voice: Voice, question: JoinedQuestion) -> Iterator[tuple[Sent, str]]:
    """Who wrote what, shuffled anew for each question, so that one person's comments cannot be put together."""
    shuffled = sorted(voice.sent, key=lambda sent: gathered.order(sent.response.id, question.id))
    for sent in shuffled:
        for said in question.said(sent.heard):
            if said.answer is not None:
                yield sent, str(said.answer)


def _comment(audience: str, asked: str, text: str, writer: str | None, longest: int) -> Iterator[list[Cell]]:
    pieces = parts(text, longest)
    for number, piece in enumerate(pieces, 1):
        yield [audience, asked, piece, f"{number} of {len(pieces)}" if len(pieces) > 1 else None, writer]
