"""The columns that a question makes, and what an answer looks like in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import singledispatch
from typing import Any

from service.analysis.figures import Sign
from service.analysis.merged_form import JoinedQuestion, QuestionAnswer
from service.analysis.scales import is_scored
from service.collection.models.home import Home
from service.definitions import Option
from service.definitions.expression import is_number
from service.definitions.question import (
    Asked,
    DateQuestion,
    GroupQuestion,
    MatrixQuestion,
    NumberQuestion,
    OneChoice,
    RankQuestion,
    SelectMultipleQuestion,
    TextQuestion,
    TimeQuestion,
)
from service.reports.labels import count_of, with_home
from service.reports.tables import Column, Look, Value

NARROW = 12
CHOICE = 16
WORDS = 36
_DECIMALS: tuple[Look, ...] = ("number", "one_decimal", "two_decimals")


@dataclass(frozen=True)
class AnswerColumn:
    """A column of answers. `allowed` says what may stand in it, with the coded values, for the codebook.

    `score` marks the number that stands for an answer on a scale: it repeats another column, for those who reckon.
    """

    column: Column
    question: JoinedQuestion
    allowed: str
    value: Callable[[Any], Value]
    line: str | None = None
    score: bool = False

    def cell(self, said: QuestionAnswer) -> Value:
        """What was said. What was skipped is empty; what was not asked says so."""
        if not said.asked or (self.line is not None and self.line not in said.lines):
            return Sign.NOT_APPLICABLE
        return None if said.answer is None else self.value(said.answer)


def columns_of(joined: JoinedQuestion, homes: Sequence[Home] = ()) -> tuple[AnswerColumn, ...]:
    """The columns of a question; none for a repeating group, which has a sheet of its own."""
    header = with_home(joined.question.label, homes)
    if joined.under is not None:
        header = f"{header} ({joined.under[1].label})"
    return _columns(joined.question, joined, header)


@singledispatch
def _columns(question: Asked, joined: JoinedQuestion, header: str) -> tuple[AnswerColumn, ...]:
    raise TypeError(f"no columns are known for {type(question).__name__}")


@_columns.register
def _(question: TextQuestion, joined: JoinedQuestion, header: str) -> tuple[AnswerColumn, ...]:
    width = WORDS if question.type == "text" else 22
    if joined.verbatim == "never":
        said = "[c] where something was written: the form says that these words are not repeated"
        return (AnswerColumn(Column(header, CHOICE), joined, said, lambda answer: Sign.WITHHELD),)
    return (AnswerColumn(Column(header, width), joined, "as written", str),)


@_columns.register
def _(question: NumberQuestion, joined: JoinedQuestion, header: str) -> tuple[AnswerColumn, ...]:
    if question.unit:
        header = f"{header} ({question.unit})"
    column = Column(header, 12, number_look(question))
    places = count_of(question.decimal_places, "decimal place")
    allowed = f"a number with up to {places}" if question.decimal_places else "a whole number"
    return (AnswerColumn(column, joined, allowed, lambda answer: answer if is_number(answer) else str(answer)),)


@_columns.register
def _(question: DateQuestion, joined: JoinedQuestion, header: str) -> tuple[AnswerColumn, ...]:
    allowed = {"day": "a date", "month": "a month, kept as its first day", "year": "a year, kept as its first day"}
    return (AnswerColumn(Column(header, 18, question.precision), joined, allowed[question.precision], day_in),)


@_columns.register
def _(question: TimeQuestion, joined: JoinedQuestion, header: str) -> tuple[AnswerColumn, ...]:
    return (AnswerColumn(Column(header, 11, "time"), joined, "a time of day", time_in),)


@_columns.register
def _(question: OneChoice, joined: JoinedQuestion, header: str) -> tuple[AnswerColumn, ...]:
    return _label_and_score(joined, header, lambda answer: answer)


@_columns.register
def _(question: MatrixQuestion, joined: JoinedQuestion, header: str) -> tuple[AnswerColumn, ...]:
    return tuple(
        column
        for row in joined.rows
        for column in _label_and_score(joined, f"{header}: {row.label}", _line_of(row.id), row.id)
    )


@_columns.register
def _(question: SelectMultipleQuestion, joined: JoinedQuestion, header: str) -> tuple[AnswerColumn, ...]:
    """A column for each option, so that each can be filtered and counted by itself."""
    return tuple(
        AnswerColumn(
            Column(f"{header}: {option.label}", NARROW),
            joined,
            _coded(option),
            _chosen(option.value),
        )
        for option in joined.options
    )


@_columns.register
def _(question: RankQuestion, joined: JoinedQuestion, header: str) -> tuple[AnswerColumn, ...]:
    return tuple(
        AnswerColumn(
            Column(f"{header}: {option.label}", NARROW, "number"),
            joined,
            _coded(option),
            _place_of(option.value),
        )
        for option in joined.options
    )


@_columns.register
def _(question: GroupQuestion, joined: JoinedQuestion, header: str) -> tuple[AnswerColumn, ...]:
    value: Callable[[Any], Value] = len
    return (AnswerColumn(Column(f"{header}: rows", NARROW, "number"), joined, "how many rows were given", value),)


def number_look(question: NumberQuestion) -> Look:
    """As many decimals as the question asks for."""
    places = question.decimal_places
    return _DECIMALS[places] if places < len(_DECIMALS) else "many_decimals"


def day_in(answer: Any) -> Value:
    """A day, month or year as a true date; what is none stays as it was said."""
    try:
        year, month, day = (int(part) for part in f"{answer}-01-01".split("-")[:3])
        return date(year, month, day)
    except ValueError:
        return str(answer)


def time_in(answer: Any) -> Value:
    """A time of day as a true time."""
    try:
        return time.fromisoformat(str(answer))
    except ValueError:
        return str(answer)


def _label_and_score(
    joined: JoinedQuestion, header: str, picked: Callable[[Any], Any], line: str | None = None
) -> tuple[AnswerColumn, ...]:
    labels = {option.value: option.label for option in joined.options}
    scores = {option.value: option.score for option in joined.options}
    allowed = "; ".join(_coded(option) for option in joined.options)

    def label(answer: Any) -> Value:
        value = picked(answer)
        return None if value is None else labels.get(value, str(value))

    def score(answer: Any) -> Value:
        return scores.get(picked(answer))

    said = AnswerColumn(Column(header, CHOICE), joined, allowed, label, line)
    if not is_scored(joined.options):
        return (said,)
    points = ", ".join(f"{option.score:g} = {option.label}" for option in joined.options if option.score is not None)
    points = f"in the column of scores: {points}"
    look: Look = "number" if all(float(point or 0).is_integer() for point in scores.values()) else "two_decimals"
    return said, AnswerColumn(Column(f"Score: {header}", CHOICE, look), joined, points, score, line, score=True)


def _line_of(row: str) -> Callable[[Any], Any]:
    return lambda answer: answer.get(row) if isinstance(answer, dict) else None


def _chosen(value: str) -> Callable[[Any], Value]:
    return lambda answer: "Yes" if value in answer else "No"


def _place_of(value: str) -> Callable[[Any], Value]:
    return lambda answer: list(answer).index(value) + 1 if value in answer else None


def _coded(option: Option) -> str:
    coded = option.label if option.label == option.value else f"{option.label} = {option.value}"
    return f"{coded}, counted apart" if option.missing else coded
