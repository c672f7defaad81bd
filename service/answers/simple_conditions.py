"""The conditions of a simple form, put so plainly that its page needs no engine for expressions to show and hide."""

from collections.abc import Iterable
from itertools import chain, product
from math import prod
from typing import Any, TypeAlias

from service.answers.piping import PIPE
from service.definitions import Expression, Form, Question
from service.definitions.question import (
    GroupQuestion,
)

# A question's id and the answers of which it must have one; any, where none stands there. With "!" before: it must not.
Clause: TypeAlias = tuple[str, ...]
# One of these must hold, and of it all.
Condition: TypeAlias = list[tuple[Clause, ...]]

ALWAYS: Condition = [()]
NEVER: Condition = []
MOST = 20  # more ways for a condition to hold are no longer plain


class _NotSimpleError(Exception):
    """Something in this form needs more than is said here."""


def simple_conditions(form: Form) -> dict[str, Condition] | None:
    """What must hold for each question that is not always shown, its page's and group's conditions included.

    None where the form is not simple: its page then has `static/js/expression.js`. `static/js/show-hide.js` reads
    these, and
    tests/browser/test_expression.py holds both to service/answers/visibility.py.
    """
    try:
        return _Reading(form).conditions
    except _NotSimpleError:
        return None


class _Reading:
    """One walk through the form: a condition knows what was asked before it, and nothing of what comes after."""

    def __init__(self, form: Form) -> None:
        if any(not match[1].startswith("meta.") for match in PIPE.finditer(str(form.to_json()))):
            raise _NotSimpleError  # an earlier answer is repeated
        self.form = form
        self.asked: dict[str, Question] = {}
        self.conditions: dict[str, Condition] = {}
        for page in form.pages:
            self._several(page.questions, self._own(page.visible_if))

    def _several(self, questions: Iterable[Question], around: Condition) -> None:
        for question in questions:
            self._question(question, around)

    def _question(self, question: Question, around: Condition) -> None:
        condition = _all([around, self._own(question.visible_if)])
        if isinstance(question, GroupQuestion) and question.repeat is None:
            return self._several(question.questions, condition)
        if not question.facts.is_quick:
            raise _NotSimpleError
        if getattr(question, "default", None) is not None:
            raise _NotSimpleError
        if condition != ALWAYS:
            self.conditions[question.id] = condition
        self.asked[question.id] = question
        options = self.form.options(question)
        if len({option.value.lower() for option in options}) < len(options):
            raise _NotSimpleError  # only a detail tells "Yes" from "yes"
        for _, option, detail in self.form.details(question):
            self._question(detail, [((question.id, _plain(option.value)),)])
        return None

    def _own(self, visible_if: Expression | None) -> Condition:
        return ALWAYS if visible_if is None else self._condition(visible_if.tree)

    def _condition(self, tree: Any) -> Condition:
        if isinstance(tree, bool):
            return ALWAYS if tree else NEVER
        if not isinstance(tree, dict):
            raise _NotSimpleError
        [(operator, written)] = tree.items()
        operands = written if isinstance(written, list) else [written]
        if operator in ("var", "answered"):
            return self._said(operands[0], ())
        if operator == "and":
            return _all([self._condition(operand) for operand in operands])
        if operator == "or":
            return [way for operand in operands for way in self._condition(operand)]
        if operator == "!":
            return _not(self._condition(operands[0]))
        if operator in ("==", "!="):
            asked, value = operands if isinstance(operands[0], dict) else reversed(operands)
            same = self._said(_name(asked), [value], several=False)
            return same if operator == "==" else _not(same)
        if operator in ("in", "any_in") and isinstance(operands[1], list):
            return self._said(_name(operands[0]), operands[1], several=operator == "any_in")
        raise _NotSimpleError

    def _said(self, name: str, values: Iterable[Any], several: bool | None = None) -> Condition:
        """That a question has one of these answers, or any; `several` tells if it must be one that takes several."""
        question = self.asked.get(name)
        if question is None and name not in self.form.questions:
            raise _NotSimpleError
        if question is None or not question.facts.takes_answer:
            return NEVER
        if several is not None and several != question.facts.takes_several:
            raise _NotSimpleError
        return [((name, *map(_plain, values)),)]


def _name(operand: Any) -> str:
    """The name of a question, where that is all that stands there."""
    if not isinstance(operand, dict) or operand.keys() != {"var"}:
        raise _NotSimpleError
    [name] = operand["var"] if isinstance(operand["var"], list) else [operand["var"]]
    return str(name)


def _plain(value: Any) -> str:
    """An answer as it is compared: in small letters, which every language of ours agrees on."""
    if not isinstance(value, str) or not value.isascii() or not value or value != value.strip():
        raise _NotSimpleError
    return value.lower()


def _all(conditions: list[Condition]) -> Condition:
    if prod(map(len, conditions)) > MOST:
        raise _NotSimpleError
    return [tuple(chain.from_iterable(ways)) for ways in product(*conditions)]


def _not(condition: Condition) -> Condition:
    return _all([[(_opposite(clause),) for clause in way] for way in condition])


def _opposite(clause: Clause) -> Clause:
    name, *values = clause
    return (name.removeprefix("!") if name.startswith("!") else f"!{name}", *values)
