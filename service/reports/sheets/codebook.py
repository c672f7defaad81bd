"""The Codebook: what every column means, what may stand in it, and what was worded differently before."""

from collections.abc import Iterator, Sequence

from service.analysis.merged_form import JoinedQuestion
from service.definitions.question import Code
from service.frameworks import descriptor, known_code
from service.reports.dataset import Dataset, Voice
from service.reports.labels import TYPES
from service.reports.sheets.columns import AnswerColumn
from service.reports.sheets.responses import Plan
from service.reports.tables import Cell, Column, Sheet, Table

# How the columns of a question that has one for each answer are read.
_READING = {
    "select_multiple": ("Yes = chosen, No = not chosen; the answers are:",),
    "rank": ("Its place, 1 = first, empty = not placed; the answers are:",),
}


def codebook_sheet(dataset: Dataset, plans: Sequence[Plan], name: str, title: str) -> Sheet:
    """A row for each question, or line of a matrix, with all of its columns; then what is not reported."""
    columns = (
        Column("Sheet", 16),
        Column("Column", 38),
        Column("Question in full", 38),
        Column("Question id", 18),
        Column("Type", 14),
        Column("What can stand in it", 40),
        Column("What it measures", 42),
        Column("Form version", 9),
        Column("Worded differently before", 30),
    )
    rows = [row for plan in plans for row in _of_plan(plan)]
    rows += [row for voice in dataset.voices for row in _left_out(voice)]
    notes = ("Empty = skipped. [z] = not asked, or not part of that version of the form.",)
    return Sheet(name, title, notes, (Table("Codebook", columns, rows),), fit="one_wide", frozen=2)


def _of_plan(plan: Plan) -> Iterator[list[Cell]]:
    hidden = " (not shown)" if plan.voice.protection.no_rows else ""
    same: dict[tuple[int, str | None], list[AnswerColumn]] = {}
    for answer in plan.answers:
        same.setdefault((id(answer.question), answer.line), []).append(answer)
    for answers in same.values():
        question, row_id = answers[0].question, answers[0].line
        line = next((row.label for row in question.rows if row.id == row_id), None)
        yield [
            plan.name + hidden,
            "\n".join(answer.column.header for answer in answers),
            f"{question.question.label}: {line}" if line else question.question.label,
            question.id if row_id is None else f"{question.id}.{row_id}",
            TYPES[question.question.type],
            "\n".join([*_READING.get(question.question.type, ()), *(answer.allowed for answer in answers)]),
            "\n".join(measured(code) for code in question.question.codes) or None,
            _versions(question),
            "\n".join(question.changes) or None,
        ]


def _left_out(voice: Voice) -> Iterator[list[Cell]]:
    for question in voice.joined.questions:
        if not question.included:
            yield [
                f"{voice.label} (not shown)",
                "None: the form says that this is not reported",
                question.question.label,
                question.id,
                TYPES[question.question.type],
                None,
                None,
                _versions(question),
                None,
            ]


def _versions(question: JoinedQuestion) -> str:
    return ", ".join(str(version) for version in question.versions)


def measured(code: Code) -> str:
    if known_code(code.system, code.code):
        return f"{code.code} {descriptor(code.system, code.code).title} ({code.system})"
    return f"{code.code} ({code.system})"


def title_of(code: Code) -> str:
    """What a code is called, or the code itself where no framework here knows it."""
    return descriptor(code.system, code.code).title if known_code(code.system, code.code) else code.code
