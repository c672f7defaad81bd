"""Responses as plain tables for other programs: a row for each, columns with short names, codes beside their labels.

What may be shown was decided where the workbook was made: the rows here are those of its sheets.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, count
from typing import Any

from service.definitions import Option
from service.reports.dataset import Dataset
from service.reports.labels import TYPES, wording
from service.reports.report import Collation
from service.reports.sheets.codebook import measured
from service.reports.sheets.columns import AnswerColumn
from service.reports.sheets.responses import Plan, response_sheet
from service.reports.tables import Cell, Look, Marked, Streamed, Value

_CODEBOOK = (
    *("file", "column", "question_id", "question", "type", "holds", "value", "label", "score", "counted_apart"),
    *("measures", "form_versions", "worded_differently_before"),
)
# What a column holds of an answer that has codes.
CODE, LABEL, SCORE = "the answer as a code", "the answer in words", "its score"
YES_NO = (Option(value="1", label="Yes"), Option(value="0", label="No"))


@dataclass(frozen=True)
class Field:
    """A column. `holds` says what of the answer; `options` are the answers that its codes stand for."""

    name: str
    label: str
    look: Look = "text"
    holds: str = ""
    question_id: str = ""
    type: str = ""
    options: tuple[Option, ...] = ()
    measures: tuple[str, ...] = ()
    versions: tuple[int, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tidy:
    """A table by the name of its file. `why_not` says why its rows are withheld."""

    name: str
    title: str
    fields: tuple[Field, ...]
    rows: Collection[Sequence[Value]] = ()
    why_not: str | None = None

    def records(self) -> Iterator[dict[str, Value]]:
        """The rows by the names of their columns."""
        names = [field.name for field in self.fields]
        return (dict(zip(names, row, strict=True)) for row in self.rows)


def responses_of(collation: Collation) -> tuple[Tidy, ...]:
    """The responses of each audience, and of each repeating group; of withheld ones only why."""
    taken: set[str] = set()
    return tuple(
        _responses(plan, collation.dataset, unlike(f"responses-{plan.name}", taken)) for plan in collation.plans
    )


def codebook(tables: Iterable[Tidy]) -> Tidy:
    """What the columns of responses mean: a row for each, or for each answer that its codes stand for."""
    rows = [row for table in tables for field in table.fields for row in _explained(table, field)]
    return Tidy("codebook", "What the columns of responses mean", named(*_CODEBOOK), rows)


def named(*names: str) -> tuple[Field, ...]:
    """Columns whose names say all that is to be said."""
    return tuple(Field(name, name.replace("_", " ").capitalize()) for name in names)


def plain(row: Sequence[Cell], fields: Sequence[Field]) -> list[Value]:
    """What the cells of a row hold, without how they look; of a year or month no more than was said."""
    return [_plain(cell, field.look) for cell, field in zip(row, fields, strict=True)]


def unlike(wanted: str, taken: set[str], joint: str = "-") -> str:
    """A short name in plain letters, unlike those taken, among which it then is."""
    base = (
        re.sub(r"[^a-z0-9_]+", joint, wanted.lower().replace("%", " percent")).strip(joint)[:60].rstrip(joint)
        or "column"
    )
    names = chain([base], (f"{base}{joint}{number}" for number in count(2)))
    name = next(name for name in names if name not in taken)
    taken.add(name)
    return name


def _responses(plan: Plan, dataset: Dataset, name: str) -> Tidy:
    taken: set[str] = set()
    about = [
        Field(unlike(column.header, taken, "_"), column.header, column.look, "about the response")
        for column in plan.about
    ]
    made = [one for column in _by_question(plan) for one in _coded(column, plan, dataset, taken)]
    sheet = response_sheet(replace(plan, answers=tuple(column for _, column in made)), dataset, 1)
    fields = (*about, *(field for field, _ in made))
    # A sheet of responses has one table, or none where it only says why.
    rows = next((table.rows for table in sheet.tables), ())
    plainly = Streamed(len(rows), lambda: (plain(row, fields) for row in rows))
    return Tidy(name, sheet.title, fields, plainly, plan.voice.protection.no_rows)


def _by_question(plan: Plan) -> list[AnswerColumn]:
    """The columns of a question together, its scores among them."""
    places = {id(column.question): number for number, column in reversed(list(enumerate(plan.answers)))}
    return sorted(plan.answers, key=lambda column: places[id(column.question)])


def _coded(column: AnswerColumn, plan: Plan, dataset: Dataset, taken: set[str]) -> Iterator[tuple[Field, AnswerColumn]]:
    """The column under its short name, and before it the codes that it words."""
    joined, question = column.question, column.question.question
    same = [one for one in plan.answers if one.question is joined and not one.score]
    line = next((row.label for row in joined.rows if row.id == column.line), None)
    field = Field(
        name="",
        label=wording(joined, dataset.homes, line),
        look=column.column.look,
        question_id=joined.id,
        type=TYPES[question.type],
        measures=tuple(measured(code) for code in question.codes),
        versions=joined.versions,
        changes=joined.changes,
    )
    name = f"{joined.id}__{column.line}" if column.line else joined.id

    def made(suffix: str, holds: str, options: tuple[Option, ...] = (), **more: Any) -> tuple[Field, AnswerColumn]:
        unique = unlike(f"{name}{suffix}", taken, "_")
        return replace(field, name=unique, holds=holds, options=options, **more), column

    if column.score:
        yield made("__score", SCORE)
    elif question.facts.answer in ("option", "point", "lines"):
        picked = _picked(column.line)
        coded, _ = made("", CODE, joined.options)
        yield coded, replace(column, value=picked)
        yield made("__label", LABEL)
    elif question.facts.answer in ("options", "order"):
        option = joined.options[next(number for number, one in enumerate(same) if one is column)]
        more: dict[str, Any] = {"label": f"{field.label}: {option.label}"}
        if question.facts.answer == "order":
            yield made(f"__{option.value}", "its place, 1 = first", **more)
        else:
            chosen, _ = made(f"__{option.value}", "whether it was chosen", YES_NO, look="number", **more)
            yield chosen, replace(column, value=_as_number(column))
    else:
        yield made("", column.allowed)


def _plain(cell: Cell, look: Look) -> Value:
    value = cell.value if isinstance(cell, Marked) else cell
    if isinstance(value, date) and look in ("year", "month"):
        return value.year if look == "year" else f"{value:%Y-%m}"
    return value


def _picked(line: str | None) -> Callable[[Any], Value]:
    def value(answer: Any) -> Value:
        found = answer.get(line) if line is not None and isinstance(answer, dict) else answer
        return None if found is None else str(found)

    return value


def _as_number(column: AnswerColumn) -> Callable[[Any], Value]:
    return lambda answer: 1 if column.value(answer) == "Yes" else 0


def _explained(table: Tidy, field: Field) -> Iterator[list[Value]]:
    before: list[Value] = [table.name, field.name, field.question_id or None, field.label, field.type or None]
    after: list[Value] = ["; ".join(field.measures) or None, ", ".join(map(str, field.versions)) or None]
    after.append("; ".join(field.changes) or None)
    for option in field.options:
        coded: list[Value] = [option.value, option.label, option.score, "yes" if option.missing else "no"]
        yield [*before, field.holds, *coded, *after]
    if not field.options:
        yield [*before, field.holds, None, None, None, None, *after]
