"""The Codebook: what every column means, what may stand in it, and what was worded differently before."""

from collections.abc import Iterator, Sequence

from service.collection.home import Home
from service.definitions.question import Code
from service.frameworks import descriptor, known_code
from service.workbooks.gathering import Gathered, Voice
from service.workbooks.layout import Cell, Column, Sheet, Table
from service.workbooks.responses import Plan
from service.workbooks.wording import TYPES, wording


def codebook_sheet(gathered: Gathered, plans: Sequence[Plan], name: str, title: str) -> Sheet:
    """A row for each column of the responses sheets, then one for each question that is not reported."""
    columns = (
        Column("Sheet", 15),
        Column("Column", 28),
        Column("Question in full", 36),
        Column("Question id", 16),
        Column("Type", 13),
        Column("What can stand in it", 36),
        Column("What it measures", 28),
        Column("Form", 16),
        Column("Versions", 9),
        Column("Worded differently before", 28),
    )
    rows = [row for plan in plans for row in _of_plan(plan, gathered.homes)]
    rows += [row for voice in gathered.voices for row in _left_out(voice, gathered.homes)]
    notes = ("Empty = skipped. [z] = not asked, or not part of that version of the form.",)
    return Sheet(name, title, notes, (Table("Codebook", columns, rows),), frozen=2)


def _of_plan(plan: Plan, homes: Sequence[Home]) -> Iterator[list[Cell]]:
    hidden = " (not shown)" if plan.voice.protection.no_rows else ""
    for answer in plan.answers:
        question = answer.question
        line = next((row.label for row in question.rows if row.id == answer.line), None)
        yield [
            plan.name + hidden,
            answer.column.header,
            wording(question, homes, line),
            question.id if answer.line is None else f"{question.id}.{answer.line}",
            TYPES[question.question.type],
            answer.allowed,
            "\n".join(_measured(code) for code in question.question.codes) or None,
            plan.voice.form.id,
            ", ".join(str(version) for version in question.versions),
            "\n".join(question.changes) or None,
        ]


def _left_out(voice: Voice, homes: Sequence[Home]) -> Iterator[list[Cell]]:
    for question in voice.joined.questions:
        if not question.included:
            yield [
                "(none)",
                "(not reported: the form says so)",
                wording(question, homes),
                question.id,
                TYPES[question.question.type],
                None,
                None,
                voice.form.id,
                ", ".join(str(version) for version in question.versions),
                None,
            ]


def _measured(code: Code) -> str:
    if known_code(code.system, code.code):
        return f"{code.code} {descriptor(code.system, code.code).title} ({code.system})"
    return f"{code.code} ({code.system})"
