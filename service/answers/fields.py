"""A question as WTForms fields: what a browser posts becomes the answer, and its faults stand beside it.

An input that cannot be read (a word where a number belongs) stays as it was typed, so that a draft loses
nothing; the rules in `validation` then say what is wrong with it.
"""

import re
from collections.abc import Iterator, Mapping
from functools import singledispatch
from typing import TYPE_CHECKING, Any, TypeAlias

from wtforms import Field
from wtforms.fields.core import UnboundField

from service.definitions import Form, Question
from service.definitions.expression import LARGEST, is_missing
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
from service.text import clean_text

if TYPE_CHECKING:
    Unbound: TypeAlias = UnboundField[Any]  # generic in its stubs, not when it runs
else:
    Unbound = UnboundField

NUMBER = re.compile(r"[+-]?\d{1,16}(?:\.\d{1,15})?", re.ASCII)
MOST_ROWS = 1000


class PostedField(Field):
    """A field whose data is an answer. `parts` are the further names it is posted under, after its own and a dot."""

    parts: tuple[str, ...] = ()

    def __init__(self, parts: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parts = parts

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the answer from what was posted."""
        self.process_errors: list[str] = []
        if self.parts:
            posted = [(formdata.getlist(f"{self.name}.{part}") or [""])[0] for part in self.parts]
        else:
            posted = formdata.getlist(self.name)
        self.data = self.answer([clean_text(text) for text in posted])

    def answer(self, posted: list[str]) -> Any:
        """The answer that these texts spell, or None."""
        text = posted[0].strip() if posted else ""
        return text or None


class LongTextField(PostedField):
    """Words as they were typed, line ends and all, without the space around them."""


class NumberField(PostedField):
    """A number; `1,200` and `12.50` are read as people mean them."""

    def answer(self, posted: list[str]) -> Any:
        text = super().answer(posted)
        plain = re.sub(r"(?<=\d)[, ](?=\d{3}(?:\D|$))", "", text) if text else ""
        if not NUMBER.fullmatch(plain):
            return text
        number = float(plain)
        if abs(number) > LARGEST:
            return text
        return int(plain) if "." not in plain else int(number) if number.is_integer() else number


class ChoicesField(PostedField):
    """The values of what was ticked."""

    def answer(self, posted: list[str]) -> Any:
        return list(dict.fromkeys(text for text in posted if text)) or None


class RankField(PostedField):
    """The values in the order of the places they were given."""

    def answer(self, posted: list[str]) -> Any:
        return [text for text in posted if text] or None


class MatrixField(PostedField):
    """One value for each line that was answered."""

    def answer(self, posted: list[str]) -> Any:
        return {part: text for part, text in zip(self.parts, posted, strict=True) if text} or None


class MonthField(PostedField):
    """A month from its two inputs."""

    def answer(self, posted: list[str]) -> Any:
        month, year = (text.strip() for text in posted)
        return f"{year}-{month.zfill(2) if month else ''}" if month or year else None


@singledispatch
def field_for(question: Asked, form: Form) -> Unbound:
    """The field that reads this question's answer. Groups and notes have none of their own."""
    raise TypeError(f"{type(question).__name__} takes no answer")


@field_for.register(TextQuestion)
@field_for.register(TimeQuestion)
@field_for.register(OneChoice)
def _(question: Question, form: Form) -> Unbound:
    return UnboundField(LongTextField)


@field_for.register
def _(question: NumberQuestion, form: Form) -> Unbound:
    return UnboundField(NumberField)


@field_for.register
def _(question: DateQuestion, form: Form) -> Unbound:
    if question.precision == "month":
        return UnboundField(MonthField, parts=("month", "year"))
    return UnboundField(LongTextField)


@field_for.register
def _(question: SelectMultipleQuestion, form: Form) -> Unbound:
    return UnboundField(ChoicesField)


@field_for.register
def _(question: RankQuestion, form: Form) -> Unbound:
    return UnboundField(RankField, parts=tuple(str(n + 1) for n in range(len(form.options(question)))))


@field_for.register
def _(question: MatrixQuestion, form: Form) -> Unbound:
    return UnboundField(MatrixField, parts=tuple(row.id for row in question.rows))


def fields_of(form: Form, posted: Mapping[str, Any]) -> dict[str, Unbound]:
    """A field for every question that was posted, and for every question of each row that was, by its name."""
    names = {*posted, *(name.rpartition(".")[0] for name in posted)}  # `month.year` is a part of `month`
    return {name: field_for(question, form) for name, question in _asked(form, posted) if name in names}


def rows_posted(group: GroupQuestion, posted: Mapping[str, Any]) -> list[int]:
    """The numbers of a repeating group's rows that stand in what was posted, in order."""
    pattern = re.compile(rf"{group.id}\.(\d{{1,6}})\.", re.ASCII)
    found = {int(match[1]) for name in posted if (match := pattern.match(name))}
    return sorted(found)[:MOST_ROWS]


def assembled(form: Form, posted: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields' data as answers: rows gathered under their group, rows with nothing in them let go."""
    answers: dict[str, Any] = {}
    for placed in form.placed():
        question = placed.question
        if placed.group is None and not is_missing(data.get(question.id)):
            answers[question.id] = data[question.id]
        if isinstance(question, GroupQuestion) and question.repeat:
            inside = [other.question.id for other in form.placed() if other.group is question]
            rows = [
                {
                    name: data[f"{question.id}.{row}.{name}"]
                    for name in inside
                    if data.get(f"{question.id}.{row}.{name}") is not None
                }
                for row in rows_posted(question, posted)
            ]
            if any(rows):
                answers[question.id] = [row for row in rows if row]
    return answers


def _asked(form: Form, posted: Mapping[str, Any]) -> Iterator[tuple[str, Question]]:
    for placed in form.placed():
        question = placed.question
        if not question.facts.takes_answer:
            continue
        if placed.group is None:
            yield question.id, question
        else:
            for row in rows_posted(placed.group, posted):
                yield f"{placed.group.id}.{row}.{question.id}", question
