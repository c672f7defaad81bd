"""The sheets of single responses: a row for each, and a sheet of rows for each repeating group."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from service.analysis.counted_response import CountedResponse
from service.analysis.merged_form import JoinedQuestion, rows_of
from service.dates import HOME_TIME, week_of
from service.reports.cell_values import LONGEST_TEXT, sheet_name, unique_headers
from service.reports.dataset import Dataset, Sent, Voice
from service.reports.labels import CHANNELS, ROLES, in_a_list, with_home
from service.reports.sheets.columns import AnswerColumn, columns_of
from service.reports.tables import Cell, Column, Sheet, Streamed, Table

LONG_TEXTS = "Long texts can be read in full on the sheet Comments."


@dataclass(frozen=True)
class Plan:
    """One sheet to come: of a form's responses, or of the rows of one of its repeating groups.

    `about` are the columns that say what a row is, `answers` those that say what was answered. `responses` names the
    sheet of the form's responses.
    """

    name: str
    responses: str
    voice: Voice
    group: JoinedQuestion | None
    about: tuple[Column, ...]
    answers: tuple[AnswerColumn, ...]


def plans(dataset: Dataset, taken: set[str]) -> tuple[Plan, ...]:
    """The sheets of responses, in order, with names that are not `taken`; they are added to it."""
    found = []
    for voice in dataset.voices:
        name = sheet_name(voice.label, taken)
        found.append(_plan(name, name, dataset, voice, None))
        for group in voice.joined.reported:
            if group.repeats and voice.protection.no_rows is None:
                of_group = sheet_name(f"{name} - {group.question.label}", taken)
                found.append(_plan(of_group, name, dataset, voice, group))
    return tuple(found)


def response_sheet(plan: Plan, dataset: Dataset, number: int) -> Sheet:
    """The sheet as planned, or the reason why it shows nothing."""
    voice = plan.voice
    subject = voice.form.title if plan.group is None else plan.group.question.label
    title = f"{plan.responses}: {with_home(subject, dataset.homes)}"
    if voice.protection.no_rows is not None:
        return Sheet(plan.name, title, (voice.protection.no_rows, _instead(voice)))
    table = Table(
        name=f"Responses_{number}",
        columns=(*plan.about, *(answer.column for answer in plan.answers)),
        rows=_made(plan, dataset),
        empty="Nobody has answered yet." if plan.group is None else "No rows were given.",
        may_be_long=any(_is_long(sent.heard.answers) for sent in voice.shown),
    )
    readers = in_a_list([ROLES[role] for role in voice.protection.readers])
    frozen = 2 if "Name" in [column.header for column in plan.about] else 1
    return Sheet(plan.name, title, (f"For the {readers}. {_explained(plan)}",), (table,), frozen=frozen)


def _plan(name: str, responses: str, dataset: Dataset, voice: Voice, group: JoinedQuestion | None) -> Plan:
    about = _about(dataset, voice) if group is None else (Column("Row", 7, "number"), Column("Line", 7, "number"))
    within = None if group is None else group.id
    answers = [
        column
        for question in voice.joined.reported
        if question.within == within
        for column in columns_of(question, dataset.homes)
    ]
    # People read the answers; the scores that stand for them are for reckoning, and come last.
    answers.sort(key=lambda answer: answer.score)
    headers = unique_headers(column.header for column in (*about, *(answer.column for answer in answers)))
    return Plan(
        name,
        responses,
        voice,
        group,
        tuple(replace(column, header=header) for column, header in zip(about, headers, strict=False)),
        tuple(
            replace(answer, column=replace(answer.column, header=header))
            for answer, header in zip(answers, headers[len(about) :], strict=True)
        ),
    )


def _about(dataset: Dataset, voice: Voice) -> tuple[Column, ...]:
    columns = [Column("Row", 7, "number")]
    if voice.protection.identity == "named":
        columns += [Column("Name", 22), Column("Asked about", 20), Column("Sent", 26, "moment"), Column("Came by", 9)]
        columns += [Column("Language", 10)]
    else:
        columns += [Column("Week beginning", 18, "day")]
    if len(dataset.homes) > 1:
        columns += [Column("Home", 18)]
    if len(dataset.rounds) > 1:
        columns += [Column("Round", 18)]
    columns += [Column("Form version", 9, "number")]
    if voice.account.conflicts or voice.account.repeated or voice.account.by_title:
        columns += [Column("Second sending", 14)]
    return tuple(columns)


def _about_row(dataset: Dataset, voice: Voice, sent: Sent, number: int) -> Iterator[Cell]:
    """What a row is, in the order of `_about`: of a response without a name nothing finer than its week."""
    yield number
    if voice.protection.identity == "named":
        yield (sent.addressee.name if sent.addressee else "") or None
        yield (sent.addressee.label if sent.addressee else "") or None
        yield sent.at.astimezone(HOME_TIME).replace(tzinfo=None, second=0, microsecond=0)
        yield CHANNELS[sent.channel]
        yield sent.language
    else:
        yield week_of(sent.at)
    if len(dataset.homes) > 1:
        yield sent.home.name
    if len(dataset.rounds) > 1:
        yield sent.round.title
    yield sent.form_version
    if voice.account.conflicts or voice.account.repeated or voice.account.by_title:
        yield _why_not_counted(voice, sent)


def _why_not_counted(voice: Voice, sent: Sent) -> Cell:
    if sent.conflict:
        return "Yes, with other answers: not in the Summary"
    if not sent.counts:
        return "Kept, not counted: begun by its title"
    return "Kept, not counted: the same picture again" if sent.id in voice.repeated else None


def _is_long(said: Any) -> bool:
    """Whether an answer holds a text that may not fit into a cell."""
    if isinstance(said, str):
        return len(said) * 2 > LONGEST_TEXT
    if isinstance(said, Mapping):
        return any(map(_is_long, said.values()))
    return isinstance(said, list | tuple) and any(map(_is_long, said))


def _made(plan: Plan, dataset: Dataset) -> Streamed:
    group = plan.group
    if group is None:
        return Streamed(len(plan.voice.shown), lambda: _rows(plan, dataset))
    lines = sum(_count(sent.heard, group) for sent in plan.voice.shown)
    return Streamed(lines, lambda: _group_rows(plan, group))


def _rows(plan: Plan, dataset: Dataset) -> Iterator[list[Cell]]:
    by_question = _by_question(plan)
    for number, sent in enumerate(plan.voice.shown, 1):
        row = list(_about_row(dataset, plan.voice, sent, number))
        for question, columns in by_question:
            said = next(question.said(sent.heard))
            row.extend(column.cell(said) for column in columns)
        plan.voice.work.did("written")
        yield row


def _group_rows(plan: Plan, group: JoinedQuestion) -> Iterator[list[Cell]]:
    by_question = _by_question(plan)
    for number, sent in enumerate(plan.voice.shown, 1):
        lines: list[list[Cell]] = [[number, line] for line in range(1, _count(sent.heard, group) + 1)]
        for question, columns in by_question:
            for line, said in zip(lines, question.said(sent.heard), strict=True):
                line.extend(column.cell(said) for column in columns)
        yield from lines


def _count(heard: CountedResponse, group: JoinedQuestion) -> int:
    return len(rows_of(heard, group.id))


def _by_question(plan: Plan) -> list[tuple[JoinedQuestion, list[AnswerColumn]]]:
    """The columns with the question that they share, so that each response is asked for each answer once."""
    grouped = groupby(plan.answers, key=lambda answer: (id(answer.question), answer.score))
    found = [list(columns) for _, columns in grouped]
    return [(columns[0].question, columns) for columns in found]


def _instead(voice: Voice) -> str:
    if voice.protection.no_figures is not None:
        return f"{voice.protection.no_figures} The Summary shows [c] in their place."
    return "The Summary shows the figures of all who answered."


def _explained(plan: Plan) -> str:
    if plan.group is not None:
        return f"Row is the row of the response on the sheet {plan.responses}; Line counts what that person told of."
    if plan.voice.protection.identity == "named":
        return f"One row for each response. The order of the rows says nothing. {LONG_TEXTS}"
    return (
        "One row for each response, without names. The order of the rows says nothing, and no time is finer than a "
        f"week. People who know someone well may still guess: do not try. {LONG_TEXTS}"
    )
