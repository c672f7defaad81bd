"""A form as it is filled in: what was posted or kept, drawn back into its fields with what is wrong beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from service.answers.fields import assembled, fields_of
from service.answers.piping import piped
from service.answers.validation import Say, faults_of
from service.answers.visibility import Meta, Visible, visible
from service.definitions import Form
from service.definitions.question import GroupQuestion, RankQuestion
from service.text import clean


@dataclass(frozen=True)
class AnswerFault:
    """One line of the summary of what is wrong: the question's name to link to, its label, the sentence."""

    name: str
    label: str
    message: str


@dataclass(frozen=True)
class PageForm:
    """The answers to one form, as templates draw them. `form` is in the respondent's `language`."""

    form: Form
    answers: Mapping[str, Any]
    visible: Visible
    language: str = "en"
    errors_by_name: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warnings_by_name: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extra_rows: frozenset[str] = frozenset()

    def value(self, name: str) -> str:
        """What stands in the input of this name, as it was typed."""
        answer = self._answer(name)
        if isinstance(answer, bool | list | dict) or answer is None:
            return ""
        return str(answer)

    def chosen(self, name: str) -> frozenset[str]:
        """The values ticked under this name."""
        answer = self._answer(name)
        return frozenset(map(str, answer)) if isinstance(answer, list) else frozenset(filter(None, [self.value(name)]))

    def errors(self, name: str) -> tuple[str, ...]:
        """What is wrong with the answer of this name."""
        return self.errors_by_name.get(name, ())

    def warnings(self, name: str) -> tuple[str, ...]:
        """What is worth a second look in the answer of this name."""
        return self.warnings_by_name.get(name, ())

    def rows(self, group_id: str) -> int:
        """How many rows of a repeating group to draw: those filled in, and one to begin with or to add."""
        given = self.answers.get(group_id)
        number = len(given) if isinstance(given, list) else 0
        placed = self.form.questions.get(group_id)
        repeat = placed.question.repeat if placed and isinstance(placed.question, GroupQuestion) else None
        least = max(1, repeat.min if repeat else 1)
        most = repeat.max if repeat else 1
        return min(max(number + (group_id in self.extra_rows), least), max(most, number))

    def is_untouched(self, question_id: str) -> bool:
        """Whether nothing was said to this question of a page or to what stands in it, and nothing is wrong there."""
        return self._touched.isdisjoint(self.form.families[question_id])

    @cached_property
    def _touched(self) -> frozenset[str]:
        names = (*self.answers, *self.errors_by_name, *self.warnings_by_name, *self.extra_rows)
        return frozenset(part for name in names for part in name.split("."))

    @property
    def faults(self) -> list[AnswerFault]:
        """Everything wrong, in the order of the page, for the summary at its top."""
        return self._listed(self.errors_by_name)

    @property
    def doubts(self) -> list[AnswerFault]:
        """Everything worth a second look, in the order of the page."""
        return self._listed(self.warnings_by_name)

    def text(self, template: str) -> Markup:
        """A text of the form with earlier answers put in where it names them."""
        return piped(template, self.form, self.visible, self.language)

    def _listed(self, by_name: Mapping[str, tuple[str, ...]]) -> list[AnswerFault]:
        return [
            AnswerFault(asked.name, self.text(asked.question.label).striptags(), message)
            for asked in self.visible.asked
            for message in by_name.get(asked.name, ())
        ]

    def _answer(self, name: str) -> Any:
        """The answer under a field's name: `id`, `group.0.id`, `matrix.row`, `rank.1`, `month.year`."""
        start, *rest = name.split(".")
        answer = self.answers.get(start)
        placed = self.form.questions.get(start)
        if rest and isinstance(answer, list) and rest[0].isdigit() and len(rest) > 1:
            number = int(rest[0])
            row = answer[number] if number < len(answer) else {}
            placed = self.form.questions.get(rest[1])
            answer, rest = (row.get(rest[1]) if isinstance(row, dict) else None), rest[2:]
        if not rest:
            return answer
        if isinstance(answer, dict):
            return answer.get(rest[0])
        if isinstance(answer, list) and placed and isinstance(placed.question, RankQuestion):
            place = int(rest[0]) - 1 if rest[0].isdigit() else -1
            return answer[place] if 0 <= place < len(answer) else None
        if isinstance(answer, str) and rest[0] in ("year", "month"):
            year, _, month = answer.partition("-")
            return year if rest[0] == "year" else month
        return None


def opened(form: Form, answers: Mapping[str, Any], meta: Meta, language: str = "en") -> PageForm:
    """The form with answers that were kept, before anything is said about them."""
    return PageForm(form, answers, visible(form, answers, meta), language)


def posted(form: Form, data: MultiDict[str, str], meta: Meta, language: str = "en") -> PageForm:
    """The form as a browser posted it, unjudged: what a draft keeps. Names that are not the form's are not read."""
    read = BaseForm(fields_of(form, data))
    read.process(data)
    answers = clean(assembled(form, data, read.data))
    return replace(opened(form, answers, meta, language), extra_rows=frozenset(data.getlist("add-row")))


def without_row(page_form: PageForm, named: str, meta: Meta) -> PageForm:
    """The form without the row that `named` names (`group.2`); as it is where there is no such row."""
    group_id, _, number = named.partition(".")
    rows = page_form.answers.get(group_id)
    if not isinstance(rows, list):
        return page_form
    left = [row for place, row in enumerate(rows) if str(place) != number]
    if left == rows:
        return page_form
    return opened(page_form.form, {**page_form.answers, group_id: left}, meta, page_form.language)


def judged(form: Form, page_form: PageForm, meta: Meta, say: Say) -> PageForm:
    """The same with every fault beside its question: what a submission must pass."""
    faults = faults_of(form, page_form.visible, meta, say)
    return replace(page_form, errors_by_name=faults.errors, warnings_by_name=faults.warnings)
