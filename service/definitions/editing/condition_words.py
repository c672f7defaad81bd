"""An expression in words: “Do you feel safe?” is “sometimes” or “never”."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from service.definitions.editing.document import Json, find
from service.definitions.editing.places import questions_of
from service.definitions.editing.words import quoted

_MANY: Final = ("and", "or", "if", "+", "-", "*", "/")  # these are put in brackets inside others
_META = {"meta.today": "today", "meta.home_name": "the name of the home"}
_OPERATORS = {
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
    "+": "plus",
    "-": "minus",
    "*": "times",
    "/": "divided by",
}
_OPPOSITES = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def condition_text(document: Json, tree: Json) -> str:
    """The expression in words. Never raises: faulty parts are shown as JSON."""
    return _Words(document, {str(question.get("id")): question for _, question in questions_of(document)}).said(tree)


@dataclass(frozen=True)
class _Words:
    document: Json
    questions: Mapping[str, dict[str, Json]]

    def said(self, tree: Json) -> str:
        if isinstance(tree, list):
            return self.listed(tree, None, "and")
        if isinstance(tree, bool):
            return "always" if tree else "never"
        if not isinstance(tree, dict):
            return self.constant(tree, None)
        operator, operands = _operation(tree)
        spoken = self.spoken().get(operator)
        try:
            return spoken(operands) if spoken else self.plain(operator, operands)
        except (IndexError, TypeError, AttributeError, ValueError):
            return quoted(json.dumps(tree))  # a draft: too few operands, or of another kind

    def inner(self, tree: Json) -> str:
        """The same inside another expression, in brackets where it would not be clear."""
        text = self.said(tree)
        return f"({text})" if isinstance(tree, dict) and _operation(tree)[0] in _MANY else text

    def spoken(self) -> dict[str, Callable[[list[Json]], str]]:
        return {
            "var": lambda x: self.name(x[0]),
            "answered": lambda x: f"{self.name(x[0])} is answered",
            "==": lambda x: self.compared(x, "is"),
            "!=": lambda x: self.compared(x, "is not"),
            "in": self.among,
            "any_in": lambda x: f"{self.inner(x[0])} includes {self.listed(x[1], x[0], 'or')}",
            "all_in": lambda x: f"every answer to {self.inner(x[0])} is {self.listed(x[1], x[0], 'or')}",
            "and": lambda x: " and ".join(self.inner(each) for each in x),
            "or": lambda x: " or ".join(self.inner(each) for each in x),
            "!": lambda x: self.negated(x[0]),
            "if": self.choice,
            "count": lambda x: f"the number of {self.inner(x[0])}",
            "sum": lambda x: f"the sum of {self.inner(x[0])}",
            "distinct": lambda x: f"the different entries of {self.inner(x[0])}",
            "filter": lambda x: f"the entries of {self.inner(x[0])} where {self.inner(x[1])}",
            "map": lambda x: f"{self.inner(x[1])} of each entry of {self.inner(x[0])}",
            "date": self.date,
        }

    def plain(self, operator: str, operands: list[Json]) -> str:
        if operator not in _OPERATORS:
            return quoted(json.dumps({operator: operands}))
        first = operands[0] if operands else None
        sides = [self.constant(each, first) if not isinstance(each, dict) else self.inner(each) for each in operands]
        return f" {_OPERATORS[operator]} ".join(sides)

    def compared(self, operands: list[Json], verb: str) -> str:
        left, right = operands
        if not isinstance(left, dict):
            left, right = right, left
        if right is None or right == "":
            return f"{self.inner(left)} {'is not' if verb == 'is' else 'is'} answered"
        other = self.inner(right) if isinstance(right, dict) else self.listed(right, left, "and")
        return f"{self.inner(left)} {verb} {other}"

    def among(self, operands: list[Json], verb: str = "") -> str:
        value, values = operands
        if isinstance(value, dict) and not isinstance(values, dict):
            return f"{self.inner(value)} {verb or 'is'} {self.listed(values, value, 'or')}"
        found = self.inner(value) if isinstance(value, dict) else self.constant(value, values)
        return f"{self.inner(values)} {'does not include' if verb else 'includes'} {found}"

    def negated(self, tree: Json) -> str:
        operator, operands = _operation(tree) if isinstance(tree, dict) else ("", [])
        if operator in _OPPOSITES and operator in ("==", "!="):
            return self.said({_OPPOSITES[operator]: operands})
        if operator == "answered":
            return f"{self.name(operands[0])} is not answered"
        if operator == "in":
            return self.among(operands, "is not")
        return f"it is not true that {self.inner(tree)}"

    def choice(self, operands: list[Json]) -> str:
        pairs = zip(operands[:-1:2], operands[1::2], strict=False)
        cases = [f"{self.inner(then)} if {self.inner(condition)}" for condition, then in pairs]
        return f"{', '.join(cases)}, otherwise {self.inner(operands[-1])}"

    def date(self, operands: list[Json]) -> str:
        start = "today" if operands[0] == "now" else self.inner(operands[0])
        for unit, amount in operands[1].items() if len(operands) > 1 else ():
            units = unit[:-1] if abs(amount) == 1 else unit
            start = f"{abs(amount)} {units} {'before' if amount < 0 else 'after'} {start}"
        return start

    def listed(self, values: Json, about: Json, word: str) -> str:
        """Values with "and" or "or" before the last."""
        if not isinstance(values, list):
            return self.inner(values) if isinstance(values, dict) else self.constant(values, about)
        said = [self.inner(each) if isinstance(each, dict) else self.constant(each, about) for each in values]
        return f"{', '.join(said[:-1])} {word} {said[-1]}" if len(said) > 1 else said[0] if said else "nothing"

    def constant(self, value: Json, about: Json) -> str:
        """A value as people read it: an option by its label."""
        if isinstance(value, str):
            return quoted(self.label_of(value, about))
        return "nothing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    def label_of(self, value: str, about: Json) -> str:
        """The label of the option that has this value, where the question is known."""
        operator, operands = _operation(about) if isinstance(about, dict) else ("", [])
        name = operands[0] if operator == "var" and operands else None
        question = self.question(name) if isinstance(name, str) else None
        options = question.get("options") if question else None
        if isinstance(options, str):
            options = find(self.document, ("choice_lists", options))
        for option in options if isinstance(options, list) else ():
            if isinstance(option, dict) and str(option.get("value")).lower() == value.lower():
                return str(option.get("label") or value)
        return value

    def question(self, name: str) -> dict[str, Json] | None:
        return self.questions.get(name.removeprefix("row.").partition(".")[0])

    def name(self, name: Json) -> str:
        """A question by its label, a row of a matrix by its own."""
        if not isinstance(name, str):
            return quoted(name)
        start, _, rest = name.partition(".")
        if start == "meta" and rest:
            return _META.get(name, f"the {rest.replace('_', ' ')}")
        if start == "computed" and rest:
            return f"the value {quoted(rest)}"
        question = self.question(name)
        if question is None:
            return quoted(name)
        label = quoted(question.get("label") or name)
        row = rest if start != "row" else ""
        rows = [each for each in question.get("rows") or [] if isinstance(each, dict) and each.get("id") == row]
        return f"{quoted(rows[0].get('label') or row)} of {label}" if rows else label


def _operation(tree: dict[str, Json]) -> tuple[str, list[Json]]:
    operator, operands = next(iter(tree.items()), ("", []))
    return operator, operands if isinstance(operands, list) else [operands]
