"""Conditions and computed values: JsonLogic syntax, a closed list of operators, strict types, nothing run as code."""

import math
import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol, TypeAlias

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

# What an expression can meet: nothing, true, a number, a text, a day, a list of these, a row of a repeating group.
Value: TypeAlias = Any
Tree: TypeAlias = Any

DEEPEST = 40
LARGEST = 2**53  # what a browser counts exactly
VARIABLE = re.compile(r"(?:(?:meta|computed|row)\.)?[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?")
DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)

# How many operands each operator takes: (fewest, most).
OPERANDS: dict[str, tuple[int, int]] = {
    "var": (1, 1),
    "answered": (1, 1),
    "date": (1, 2),
    "==": (2, 2),
    "!=": (2, 2),
    "<": (2, 2),
    "<=": (2, 2),
    ">": (2, 2),
    ">=": (2, 2),
    "in": (2, 2),
    "any_in": (2, 2),
    "all_in": (2, 2),
    "and": (1, 500),
    "or": (1, 500),
    "!": (1, 1),
    "if": (3, 501),
    "+": (2, 500),
    "*": (2, 500),
    "-": (2, 2),
    "/": (2, 2),
    "count": (1, 1),
    "distinct": (1, 1),
    "sum": (1, 1),
    "filter": (2, 2),
    "map": (2, 2),
}


class Scope(Protocol):
    """What an expression may look at: what was asked and answered before the place where it stands."""

    def value(self, name: str) -> Value:
        """The value called so (`feel_safe`, `meta.today`, `computed.worried`, `row.date`), or None."""
        ...


@dataclass(frozen=True)
class Reference:
    """A name that an expression uses, and where in it."""

    place: str
    name: str


@dataclass(frozen=True)
class Expression:
    """A well-formed expression; `tree` is its JSON."""

    tree: Tree

    def value(self, scope: Scope) -> Value:
        """What it comes to in this scope; None where something it needs is missing."""
        return _value(self.tree, scope)

    def holds(self, scope: Scope) -> bool:
        """Whether it comes to something true."""
        return is_true(_value(self.tree, scope))

    def references(self) -> Iterator[Reference]:
        """Every name it uses, with its place inside the expression."""
        return _references(self.tree, "")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(parsed, core_schema.any_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"description": "An expression in JsonLogic syntax", "type": ["object", "boolean"]}


def parsed(tree: Tree) -> Expression:
    """The expression that this JSON spells.

    Raises PydanticCustomError of type `expression`, whose context lists every fault with its place.
    """
    if isinstance(tree, Expression):
        return tree
    faults = list(_faults(tree, "", 0))
    if faults:
        raise PydanticCustomError("expression", "{sentence}", {"faults": faults, "sentence": faults[0][1]})
    return Expression(tree)


def is_missing(value: Value) -> bool:
    """Whether nothing was said: no value, an empty text, an empty list or row."""
    return value is None or (isinstance(value, str | list | tuple | dict) and not value)


def is_true(value: Value) -> bool:
    """The truth that `and`, `or`, `!` and conditions take."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value != 0
    return not is_missing(value)


def is_number(value: Value) -> bool:
    """A number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def day_of(text: str) -> date | None:
    """The day that `2026-11-22`, `2026-11` or `2026` stands for (a month or year: its first), or None."""
    match = DAY.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


# --- reading ---


def _faults(tree: Tree, place: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > DEEPEST:
        yield place, f"the expression is nested more than {DEEPEST} levels deep"
    elif isinstance(tree, list):
        for index, item in enumerate(tree):
            yield from _faults(item, f"{place}[{index}]", depth + 1)
    elif isinstance(tree, dict):
        yield from _operation_faults(tree, place, depth)
    elif is_number(tree) and not abs(tree) <= LARGEST:
        yield place, "a number must be finite, and no larger than 2 to the power of 53"


def _operation_faults(tree: dict[str, Tree], place: str, depth: int) -> Iterator[tuple[str, str]]:
    if len(tree) != 1:
        yield place, "an expression has exactly one operator"
        return
    operator, operands = next(iter(tree.items()))
    if operator not in OPERANDS:
        yield place, f"no operator is called '{operator}'"
        return
    operands = operands if isinstance(operands, list) else [operands]
    fewest, most = OPERANDS[operator]
    here = f"{place}.{operator}"
    if not fewest <= len(operands) <= most:
        yield here, f"'{operator}' takes {_range(fewest, most)}, and {len(operands)} are given"
    elif operator == "if" and len(operands) % 2 == 0:
        yield here, "'if' takes pairs of condition and value, and one value for all else"
    elif operator in ("var", "answered"):
        if not isinstance(operands[0], str) or not VARIABLE.fullmatch(operands[0]):
            yield here, f"'{operator}' takes the name of a question, of meta.… or of computed.…"
    else:
        if operator == "date" and len(operands) == 2:
            yield from _offset_faults(operands[1], f"{here}[1]")
            operands = operands[:1]
        for index, item in enumerate(operands):
            yield from _faults(item, f"{here}[{index}]", depth + 1)


def _offset_faults(offset: Tree, place: str) -> Iterator[tuple[str, str]]:
    if not isinstance(offset, dict) or not offset:
        yield place, "the second part of 'date' is days, months or years to add"
        return
    for unit, amount in offset.items():
        if unit not in ("days", "months", "years"):
            yield f"{place}.{unit}", "a date moves by days, months or years"
        elif not isinstance(amount, int) or isinstance(amount, bool) or abs(amount) > 100_000:
            yield f"{place}.{unit}", "a date moves by a whole number"


def _range(fewest: int, most: int) -> str:
    if fewest == most:
        return "one operand" if most == 1 else f"{most} operands"
    return f"{fewest} to {most} operands" if most < 500 else f"{fewest} or more operands"


def _operator(tree: Tree) -> tuple[str, list[Tree]] | None:
    if not isinstance(tree, dict):
        return None
    operator, operands = next(iter(tree.items()))
    return operator, operands if isinstance(operands, list) else [operands]


def _references(tree: Tree, place: str) -> Iterator[Reference]:
    if isinstance(tree, list):
        for index, item in enumerate(tree):
            yield from _references(item, f"{place}[{index}]")
    elif found := _operator(tree):
        operator, operands = found
        if operator in ("var", "answered"):
            yield Reference(f"{place}.{operator}", operands[0])
        else:
            for index, item in enumerate(operands[:1] if operator == "date" else operands):
                yield from _references(item, f"{place}.{operator}[{index}]")


# --- evaluating ---


def _value(tree: Tree, scope: Scope) -> Value:
    if isinstance(tree, list):
        return [_value(item, scope) for item in tree]
    if not isinstance(tree, dict):
        return tree
    operator, operands = next(iter(tree.items()))
    return _OPERATIONS[operator](operands if isinstance(operands, list) else [operands], scope)


@dataclass(frozen=True)
class _Row:
    """The scope inside a row: `row.…` is the row's, all else the form's."""

    outer: Scope
    row: Mapping[str, Value]

    def value(self, name: str) -> Value:
        return self.row.get(name[4:]) if name.startswith("row.") else self.outer.value(name)


def _var(operands: list[Tree], scope: Scope) -> Value:
    return scope.value(operands[0])


def _answered(operands: list[Tree], scope: Scope) -> Value:
    return not is_missing(scope.value(operands[0]))


def _date(operands: list[Tree], scope: Scope) -> Value:
    start = _value(operands[0], scope)
    if start == "now":
        start = scope.value("meta.today")
    day = start if isinstance(start, date) else day_of(start) if isinstance(start, str) else None
    if day is None or len(operands) == 1:
        return day
    offset = operands[1]
    months = day.year * 12 + day.month - 1 + offset.get("years", 0) * 12 + offset.get("months", 0)
    year, month = months // 12, months % 12 + 1
    try:
        return date(year, month, min(day.day, monthrange(year, month)[1])) + timedelta(days=offset.get("days", 0))
    except (ValueError, OverflowError):
        return None


def _alike(left: Value, right: Value) -> tuple[Value, Value]:
    """Both sides as they compare: texts lower-cased; a text beside a date as the day it spells, or None."""
    if isinstance(left, date) and isinstance(right, str):
        return left, day_of(right)
    if isinstance(left, str) and isinstance(right, date):
        return day_of(left), right
    if isinstance(left, str) and isinstance(right, str):
        return left.lower(), right.lower()
    return left, right


def _same(left: Value, right: Value) -> bool:
    if is_missing(left) or is_missing(right):
        return is_missing(left) and is_missing(right)
    left, right = _alike(left, right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return all(_same(left.get(key), right.get(key)) for key in {*left, *right})
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if is_number(left) and is_number(right):
        return bool(left == right)
    return type(left) is type(right) and bool(left == right)


def _ordered(holds: Callable[[Value, Value], bool]) -> Callable[[list[Tree], Scope], Value]:
    def compare(operands: list[Tree], scope: Scope) -> Value:
        left, right = _alike(_value(operands[0], scope), _value(operands[1], scope))
        if is_missing(left) or is_missing(right):
            return False
        comparable = (
            (is_number(left) and is_number(right))
            or (isinstance(left, str) and isinstance(right, str))
            or (isinstance(left, date) and isinstance(right, date))
        )
        return comparable and holds(left, right)

    return compare


def _as_list(value: Value) -> list[Value]:
    if isinstance(value, list | tuple):
        return list(value)
    return []


def _within(value: Value, values: Value) -> bool:
    return any(_same(value, other) for other in _as_list(values))


def _any_in(operands: list[Tree], scope: Scope) -> Value:
    values, among = (_value(operand, scope) for operand in operands)
    return any(_within(value, among) for value in _as_list(values))


def _all_in(operands: list[Tree], scope: Scope) -> Value:
    values, among = (_value(operand, scope) for operand in operands)
    wanted = _as_list(values)
    return bool(wanted) and all(_within(value, among) for value in wanted)


def _if(operands: list[Tree], scope: Scope) -> Value:
    for condition, then in zip(operands[:-1:2], operands[1::2], strict=True):
        if is_true(_value(condition, scope)):
            return _value(then, scope)
    return _value(operands[-1], scope)


def _arithmetic(combine: Callable[[Value, Value], Value]) -> Callable[[list[Tree], Scope], Value]:
    def compute(operands: list[Tree], scope: Scope) -> Value:
        total, *rest = (_value(operand, scope) for operand in operands)
        if not is_number(total):
            return None
        for number in rest:
            if not is_number(number):
                return None
            try:
                total = combine(total, number)
            except (ZeroDivisionError, OverflowError):
                return None
        return tidied(total)

    return compute


def _sum(operands: list[Tree], scope: Scope) -> Value:
    total = 0.0
    # from the left, as a browser adds; sum() of Python 3.12 and later comes to other last digits
    for number in _as_list(_value(operands[0], scope)):
        if is_number(number):
            total += number
    return tidied(total)


def tidied(number: float) -> float | None:
    """A number as JSON in a browser has it too: whole ones without a point, none beyond what a double holds."""
    try:
        number = float(number)
    except OverflowError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) <= 2**53 else number


def _distinct(operands: list[Tree], scope: Scope) -> Value:
    kept: list[Value] = []
    for value in _as_list(_value(operands[0], scope)):
        if not is_missing(value) and not _within(value, kept):
            kept.append(value)
    return kept


def _rows(operands: list[Tree], scope: Scope) -> list[_Row]:
    return [_Row(scope, row) for row in _as_list(_value(operands[0], scope)) if isinstance(row, dict)]


_OPERATIONS: dict[str, Callable[[list[Tree], Scope], Value]] = {
    "var": _var,
    "answered": _answered,
    "date": _date,
    "==": lambda operands, scope: _same(*(_value(operand, scope) for operand in operands)),
    "!=": lambda operands, scope: not _same(*(_value(operand, scope) for operand in operands)),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
    "in": lambda operands, scope: _within(*(_value(operand, scope) for operand in operands)),
    "any_in": _any_in,
    "all_in": _all_in,
    "and": lambda operands, scope: all(is_true(_value(operand, scope)) for operand in operands),
    "or": lambda operands, scope: any(is_true(_value(operand, scope)) for operand in operands),
    "!": lambda operands, scope: not is_true(_value(operands[0], scope)),
    "if": _if,
    "+": _arithmetic(lambda left, right: float(left) + float(right)),
    "-": _arithmetic(lambda left, right: float(left) - float(right)),
    "*": _arithmetic(lambda left, right: float(left) * float(right)),
    "/": _arithmetic(lambda left, right: float(left) / float(right)),
    "count": lambda operands, scope: len(_as_list(_value(operands[0], scope))),
    "distinct": _distinct,
    "sum": _sum,
    "filter": lambda operands, scope: [row.row for row in _rows(operands, scope) if is_true(_value(operands[1], row))],
    "map": lambda operands, scope: [_value(operands[1], row) for row in _rows(operands, scope)],
}
