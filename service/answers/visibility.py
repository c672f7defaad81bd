"""Which pages and questions a respondent sees, given the answers so far: one pass in document order."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from service.definitions import Expression, Form, Question
from service.definitions.expression import Value, day_of, is_missing, is_number, tidied
from service.definitions.question import (
    DATE_LENGTHS,
    DateQuestion,
    GroupQuestion,
)

_POINT = re.compile(r"\d{1,2}", re.ASCII)

Answers = Mapping[str, Any]
Meta = Mapping[str, Any]


@dataclass(frozen=True)
class AskedQuestion:
    """A question that is shown, under the name its answer goes by (`feel_safe`, `restraints.0.date`).

    `answer` is what was said, or the question's default, or None. `row` holds what the row said before it.
    """

    name: str
    question: Question
    answer: Any
    row: Mapping[str, Value] | None = None


@dataclass(frozen=True)
class Visible:
    """What is shown and what of the answers counts. `value` makes it the scope of expressions at the form's end."""

    pages: tuple[str, ...]
    asked: tuple[AskedQuestion, ...]
    answers: dict[str, Any]
    dropped: tuple[str, ...]
    computed: dict[str, Any]
    _scope: "_Scope"

    @property
    def questions(self) -> tuple[str, ...]:
        """The names of what is shown, in order."""
        return tuple(asked.name for asked in self.asked)

    def value(self, name: str) -> Value:
        """What an expression at the end of the form sees under this name."""
        return self._scope.value(name)


def visible(form: Form, answers: Answers, meta: Meta) -> Visible:
    """Walk the form once, from the first page to the last.

    A hidden question is missing for all that comes after it; a shown one without an answer has its default.
    `meta["today"]` is the home's day as ISO text, and what `now` means.
    """
    walk = _Walk(form, answers, _Scope(form.computed, meta))
    for page in form.pages:
        walk.page(page.id, page.visible_if, page.questions)
    shown = {asked.name for asked in walk.asked}
    return Visible(
        pages=tuple(walk.pages),
        asked=tuple(walk.asked),
        answers=walk.kept,
        dropped=tuple(name for name in _given(form, answers) if name not in shown),
        computed={name: _as_json(walk.scope.value(f"computed.{name}")) for name in form.computed},
        _scope=walk.scope,
    )


def asked_only(form: Form, answers: Answers, meta: Meta) -> dict[str, Any]:
    """The answers without those to questions that ended up hidden."""
    return visible(form, answers, meta).answers


def typed(question: Question, answer: Any) -> Value:
    """An answer as expressions see it; one of the wrong kind for its question counts as missing."""
    match question.facts.answer, answer:
        case "date", str():
            return day_of(answer)
        case "number", int() | float() if is_number(answer):
            return tidied(answer)
        case "text" | "option", str():
            return answer
        case "point", str():
            return int(answer) if _POINT.fullmatch(answer) else answer
        case "lines", dict():
            return {key: text for key, text in answer.items() if isinstance(text, str)}
        case "options" | "order" | "rows", list() | tuple():
            return [text for text in answer if isinstance(text, str)]
    return None


@dataclass
class _Scope:
    computed: Mapping[str, Expression]
    meta: Meta
    values: dict[str, Value] = field(default_factory=dict)
    _worked_out: dict[str, Value] = field(default_factory=dict)

    def value(self, name: str) -> Value:
        start, _, rest = name.partition(".")
        if not rest:
            return self.values.get(name)
        if start == "meta":
            return self.meta.get(rest)
        if start == "computed":
            return self._compute(rest)
        lines = self.values.get(start)
        return lines.get(rest) if isinstance(lines, dict) else None

    def _compute(self, name: str) -> Value:
        if name not in self._worked_out and name in self.computed:
            self._worked_out[name] = None  # so that a circle, which no checked form has, ends
            self._worked_out[name] = self.computed[name].value(self)
        return self._worked_out.get(name)

    def learn(self, name: str, value: Value) -> None:
        self.values[name] = value
        self._worked_out.clear()


@dataclass(frozen=True)
class _RowScope:
    outer: _Scope
    row: dict[str, Value]

    def value(self, name: str) -> Value:
        return self.row.get(name[4:]) if name.startswith("row.") else self.outer.value(name)

    def learn(self, name: str, value: Value) -> None:
        self.row[name] = value


@dataclass
class _Walk:
    form: Form
    answers: Answers
    scope: _Scope
    pages: list[str] = field(default_factory=list)
    asked: list[AskedQuestion] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)

    def page(self, page_id: str, visible_if: Expression | None, questions: tuple[Question, ...]) -> None:
        if visible_if is None or visible_if.holds(self.scope):
            before = len(self.asked)
            for question in questions:
                self.question(question, self.answers, self.scope, self.kept, "")
            if len(self.asked) > before:
                self.pages.append(page_id)

    def question(
        self,
        question: Question,
        answers: Answers,
        scope: _Scope | _RowScope,
        kept: dict[str, Any],
        prefix: str,
    ) -> None:
        """Ask one question, in the form itself or in a row, whose names then begin with `prefix`."""
        if question.visible_if is not None and not question.visible_if.holds(scope):
            return
        if isinstance(question, GroupQuestion):
            if question.repeat is None:
                for inner in question.questions:
                    self.question(inner, answers, scope, kept, prefix)
            else:
                self._rows(question, answers.get(question.id))
            return
        answer = answers.get(question.id) if question.facts.takes_answer else None
        if is_missing(answer):
            answer = self._default(question)
        row = dict(scope.row) if isinstance(scope, _RowScope) else None
        self.asked.append(AskedQuestion(prefix + question.id, question, answer, row))
        if is_missing(answer):
            return
        kept[question.id] = answer
        value = typed(question, answer)
        scope.learn(question.id, value)
        chosen = value if isinstance(value, list) else [value]
        for _, option, detail in self.form.details(question):
            if option.value in chosen:
                self.question(detail, answers, scope, kept, prefix)

    def _rows(self, group: GroupQuestion, given: Any) -> None:
        rows = [row for row in given if isinstance(row, dict)] if isinstance(given, list | tuple) else []
        self.asked.append(AskedQuestion(group.id, group, rows or None))
        kept_rows: list[dict[str, Any]] = []
        typed_rows: list[dict[str, Value]] = []
        for number, row in enumerate(rows):
            kept: dict[str, Any] = {}
            scope = _RowScope(self.scope, {})
            for inner in group.questions:
                self.question(inner, row, scope, kept, f"{group.id}.{number}.")
            kept_rows.append(kept)
            typed_rows.append(scope.row)
        if rows:
            self.kept[group.id] = kept_rows
            self.scope.learn(group.id, typed_rows)

    def _default(self, question: Question) -> Any:
        default = getattr(question, "default", None)
        if default == "today" and isinstance(question, DateQuestion):
            today = self.scope.meta.get("today")
            return today[: DATE_LENGTHS[question.precision]] if isinstance(today, str) else None
        return list(default) if isinstance(default, tuple) else default


def _given(form: Form, answers: Answers) -> Iterator[str]:
    """The names of all questions that have an answer, shown or not, in document order."""
    for placed in form.placed():
        question = placed.question
        if placed.group is None:
            if not is_missing(answers.get(question.id)):
                yield question.id
        else:
            rows = answers.get(placed.group.id)
            for number, row in enumerate(rows if isinstance(rows, list) else ()):
                if isinstance(row, dict) and not is_missing(row.get(question.id)):
                    yield f"{placed.group.id}.{number}.{question.id}"


def _as_json(value: Value) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    return value
