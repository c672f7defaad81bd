"""Limits and defaults: possible, in order, and valid for the question they belong to."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from service.definitions.checks.outline import Outline, Standing
from service.definitions.expression import Expression, day_of, is_number
from service.definitions.fault import Fault
from service.definitions.form import as_choice
from service.definitions.question import (
    DATE_LENGTHS,
    LONGEST_TEXT,
    Answerable,
    ChoiceValidation,
    DateQuestion,
    GroupQuestion,
    NumberQuestion,
    SelectMultipleQuestion,
    TextQuestion,
    TimeQuestion,
)

_PRECISION = {"day": "2026-11-22", "month": "2026-11", "year": "2026"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

# Pairs of limits of which the first may not be above the second, with what they limit.
_PAIRS = (("min", "max"), ("min_length", "max_length"), ("min_choices", "max_choices"))


def limits_out_of_order(outline: Outline) -> Iterator[Fault]:
    """A lower limit above the upper one."""
    for standing in outline.questions:
        question = standing.question
        for low_name, high_name in _PAIRS:
            low, high = _limit(standing, low_name), _limit(standing, high_name)
            if isinstance(question, TextQuestion) and high_name == "max_length" and high is None:
                high = LONGEST_TEXT
            if _comparable(low, high) and low > high:
                place = f"{standing.place}.validation"
                if outline.stands(f"{place}.{high_name}"):
                    yield Fault(f"{place}.{low_name}", f"the minimum, {low}, is above the maximum, {high}")
        if isinstance(question, GroupQuestion) and question.repeat and question.repeat.min > question.repeat.max:
            place = f"{standing.place}.repeat"
            if outline.stands(f"{place}.max"):
                yield Fault(
                    f"{place}.min", f"the minimum, {question.repeat.min}, is above the maximum, {question.repeat.max}"
                )


def more_choices_than_options(outline: Outline) -> Iterator[Fault]:
    """A question that asks for more choices than there are."""
    for standing, _ in outline.choices:
        validation = getattr(standing.question, "validation", None)
        values = outline.values_of(standing)
        least = validation.min_choices if isinstance(validation, ChoiceValidation) else None
        if least and values and least.value > len(values):
            yield Fault(
                f"{standing.place}.validation.min_choices",
                f"{least.value} choices are asked for, of {len(values)} options",
            )


def too_many_decimals(outline: Outline) -> Iterator[Fault]:
    """A limit with more decimals than an answer may have."""
    for standing in outline.questions:
        question = standing.question
        if isinstance(question, NumberQuestion) and outline.stands(f"{standing.place}.decimal_places"):
            for name in ("min", "max"):
                limit = _limit(standing, name)
                if is_number(limit) and _decimals(limit) > question.decimal_places:
                    yield Fault(f"{standing.place}.validation.{name}", _too_exact(limit, question.decimal_places))


def invalid_date(outline: Outline) -> Iterator[Fault]:
    """A limit that is written like a date, and no calendar has it."""
    for standing in outline.questions:
        if isinstance(standing.question, DateQuestion):
            for name in ("min", "max"):
                rule = getattr(standing.question.validation, name)
                if rule and isinstance(rule.value, str) and rule.value != "today" and day_of(rule.value) is None:
                    yield Fault(f"{standing.place}.validation.{name}", f"there is no day {rule.value}")


def defaults_on_required(outline: Outline) -> Iterator[Fault]:
    """A default answers for the person, so that "required" would mean nothing."""
    for standing in outline.questions:
        question = standing.question
        if isinstance(question, Answerable) and question.required and getattr(question, "default", None) is not None:
            yield Fault(f"{standing.place}.default", "a required question has no default: it would answer itself")


def defaults_that_are_not_valid(outline: Outline) -> Iterator[Fault]:
    """A default that the question would refuse as an answer."""
    for standing in outline.questions:
        default = getattr(standing.question, "default", None)
        if default is not None and (sentence := _refused(outline, standing, default)):
            yield Fault(f"{standing.place}.default", sentence)


def _refused(outline: Outline, standing: Standing, default: Any) -> str | None:
    question = standing.question
    if isinstance(question, TextQuestion):
        return _refused_text(standing, question, str(default))
    if isinstance(question, NumberQuestion):
        exact = outline.stands(f"{standing.place}.decimal_places")
        if exact and _decimals(default) > question.decimal_places:
            return _too_exact(default, question.decimal_places)
        return _outside(standing, "min", "max", default)
    if isinstance(question, TimeQuestion):
        return _outside(standing, "min", "max", default)
    if isinstance(question, DateQuestion):
        return _refused_date(outline, standing, question, str(default))
    if as_choice(question) is not None:
        return _refused_choice(outline, standing, [default] if isinstance(default, str) else list(default))
    return None


def _refused_text(standing: Standing, question: TextQuestion, default: str) -> str | None:
    if question.type == "email" and not _EMAIL.fullmatch(default):
        return f"'{default}' is not an e-mail address"
    if outside := _outside(standing, "min_length", "max_length", len(default)):
        return f"its length: {outside}"
    return None


def _refused_date(outline: Outline, standing: Standing, question: DateQuestion, default: str) -> str | None:
    if default == "today":
        return None
    if outline.stands(f"{standing.place}.precision") and len(default) != DATE_LENGTHS[question.precision]:
        return f"the answer is a {question.precision}, written like {_PRECISION[question.precision]}"
    day = day_of(default)
    return f"there is no day {default}" if day is None else _outside(standing, "min", "max", day)


def _refused_choice(outline: Outline, standing: Standing, default: list[str]) -> str | None:
    choice = as_choice(standing.question)
    values = outline.values_of(standing)
    if choice is None or not values:
        return None
    for value in default:
        if value not in values:
            return f"there is no option '{value}'"
        if default.count(value) > 1:
            return f"'{value}' is chosen twice"
    alone = [option.value for option in outline.form.options(choice) if option.exclusive and option.value in default]
    if alone and len(default) > 1:
        return f"nothing else can be chosen with '{alone[0]}'"
    if isinstance(standing.question, SelectMultipleQuestion):
        outside = _outside(standing, "min_choices", "max_choices", len(default))
        return f"the number of choices: {outside}" if outside else None
    return None


def _outside(standing: Standing, low_name: str, high_name: str, value: Any) -> str | None:
    low, high = _limit(standing, low_name), _limit(standing, high_name)
    if _comparable(low, high) and low > high:
        return None  # the limits themselves are at fault
    if _comparable(low, value) and value < low:
        return f"{value} is below the minimum, {low}"
    if _comparable(high, value) and value > high:
        return f"{value} is above the maximum, {high}"
    return None


def _comparable(one: Any, other: Any) -> bool:
    return one is not None and (type(one) is type(other) or (is_number(one) and is_number(other)))


def _limit(standing: Standing, name: str) -> Any:
    """The limit where it is known in advance: a number, a day, a time of day."""
    rule = getattr(getattr(standing.question, "validation", None), name, None)
    if rule is None or isinstance(rule.value, Expression):
        return None
    if isinstance(standing.question, DateQuestion):
        return None if rule.value == "today" else day_of(rule.value)
    return rule.value


def _decimals(number: int | float) -> int:
    exponent = Decimal(str(number)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _too_exact(number: int | float, allowed: int) -> str:
    return f"{number} has more decimals than an answer may have ({allowed})"
