"""What a page needs to know of a form to show and hide by itself: ids, conditions, defaults, nothing to read."""

from collections.abc import Iterable
from typing import Any

from service.definitions import Expression, Form, Question
from service.definitions.form import Page
from service.definitions.question import (
    DATE_LENGTHS,
    AnswerKind,
    DateQuestion,
    GroupQuestion,
)

Rules = dict[str, Any]

# What `static/js/expression.js` must know of an answer's kind; all others are texts.
KINDS: dict[AnswerKind, str] = {
    "number": "number",
    "date": "date",
    "point": "point",
    "options": "list",
    "order": "list",
    "lines": "matrix",
    "none": "note",
}


def rules_of(form: Form) -> Rules:
    """The form as `Sayso.visible` in `static/js/expression.js` reads it; a key that would say nothing is left out.

    A page: `id`, `if`, `ask` (its questions). A question: `id`, `if`, `type`, `default`, `today` (a date that starts as
    today: so much of its ISO text), `details` (pairs of option and question), `ask` and `repeat` (a group).
    `computed` holds what conditions use: what else is worked out for checks and alerts is not the respondent's to read.
    """
    rules: Rules = {"pages": [_page(form, page) for page in form.pages]}
    if used := _computed_by_conditions(form):
        rules["computed"] = {name: form.computed[name].tree for name in form.computed if name in used}
    return rules


def _computed_by_conditions(form: Form) -> set[str]:
    """The names of the computed values that a condition uses, itself or through another computed value."""
    conditions = [page.visible_if for page in form.pages]
    conditions += [placed.question.visible_if for placed in form.placed()]
    waiting = [condition for condition in conditions if condition is not None]
    used: set[str] = set()
    while waiting:
        for reference in waiting.pop().references():
            name = reference.name.removeprefix("computed.")
            if name != reference.name and name in form.computed and name not in used:
                used.add(name)
                waiting.append(form.computed[name])
    return used


def _page(form: Form, page: Page) -> Rules:
    return {"id": page.id, **_condition(page.visible_if), "ask": _questions(form, page.questions)}


def _questions(form: Form, questions: Iterable[Question]) -> list[Rules]:
    return [_question(form, question) for question in questions]


def _question(form: Form, question: Question) -> Rules:
    rules: Rules = {"id": question.id, **_condition(question.visible_if)}
    if kind := KINDS.get(question.facts.answer):
        rules["type"] = kind
    default = getattr(question, "default", None)
    if isinstance(question, DateQuestion) and default == "today":
        rules["today"] = DATE_LENGTHS[question.precision]
    elif default is not None:
        rules["default"] = list(default) if isinstance(default, tuple) else default
    if isinstance(question, GroupQuestion):
        rules["ask"] = _questions(form, question.questions)
        if question.repeat is not None:
            rules["repeat"] = True
    if details := [[option.value, _question(form, detail)] for _, option, detail in form.details(question)]:
        rules["details"] = details
    return rules


def _condition(visible_if: Expression | None) -> Rules:
    return {} if visible_if is None else {"if": visible_if.tree}
