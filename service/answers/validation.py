"""Whether answers are valid: the rules of each kind of question, said as sentences to the person who answers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import singledispatch
from typing import Any, Protocol

from service.answers.visibility import AskedQuestion, Meta, Visible
from service.definitions import Expression, Form
from service.definitions.expression import Value, day_of, is_missing, is_number
from service.definitions.question import (
    DATE_LENGTHS,
    LONGEST_TEXT,
    Answerable,
    Asked,
    DateQuestion,
    DateRule,
    GroupQuestion,
    MatrixQuestion,
    NumberQuestion,
    NumberRule,
    OneChoice,
    Option,
    RankQuestion,
    SelectMultipleQuestion,
    TextQuestion,
    TimeQuestion,
    WholeRule,
)

PATTERNS = {
    "urn": re.compile(r"(?:SC|EY|CA)?\d{5,7}", re.IGNORECASE | re.ASCII),
    "postcode": re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", re.IGNORECASE | re.ASCII),
    "uk_phone": re.compile(r"(?:\+44|0)[\d ()-]{8,16}", re.ASCII),
}
EMAIL = re.compile(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;]{1,190}\.[^@\s<>\"',;.]{2,24}")
PHONE = re.compile(r"\+?[\d ()./-]{5,24}", re.ASCII)
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


class Say(Protocol):
    """The sentence for a fault, in the respondent's language."""

    def __call__(self, key: str, /, **values: object) -> str: ...


@dataclass(frozen=True)
class Faults:
    """What stands in the way of submitting, and what is only worth a second look, by the question's name."""

    errors: Mapping[str, tuple[str, ...]]
    warnings: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Place:
    """What a rule may need beside the answer: the form, what is seen from here, and how to say a fault."""

    form: Form
    visible: Visible
    row: Mapping[str, Value] | None
    meta: Meta
    say: Say

    def value(self, name: str) -> Value:
        if self.row is not None and name.startswith("row."):
            return self.row.get(name[4:])
        return self.visible.value(name)


def faults_of(form: Form, visible: Visible, meta: Meta, say: Say) -> Faults:
    """Every fault of what is shown: each question's own rules, then the form's checks across questions."""
    errors: dict[str, tuple[str, ...]] = {}
    warnings: dict[str, tuple[str, ...]] = {}
    for asked in visible.asked:
        if found := answer_faults(form, visible, asked, meta, say):
            errors[asked.name] = found
    shown = set(visible.questions)
    for check in form.checks:
        names = [name for name in check.questions if name in shown]
        if names and not check.rule.holds(visible):
            into = errors if check.level == "error" else warnings
            for name in names:
                into[name] = (*into.get(name, ()), check.message)
    return Faults(errors, warnings)


def answer_faults(form: Form, visible: Visible, asked: AskedQuestion, meta: Meta, say: Say) -> tuple[str, ...]:
    """The faults of one answer by the rules of its own question; none where it is missing and may be."""
    question = asked.question
    if is_missing(asked.answer):
        if isinstance(question, Answerable) and question.required:
            return (question.required_message or say("fault.required", label=question.label),)
        if not isinstance(question, GroupQuestion):
            return ()
    return tuple(_faults(question, asked.answer, _Place(form, visible, asked.row, meta, say)))


@singledispatch
def _faults(question: Asked, answer: Any, place: _Place) -> Iterator[str]:
    """What is wrong with an answer that is there. A note has no answer and no faults."""
    return iter(())


@_faults.register
def _(question: TextQuestion, answer: Any, place: _Place) -> Iterator[str]:
    if not isinstance(answer, str):
        yield place.say("fault.not_a_text", label=question.label)
        return
    rules = question.validation
    most = rules.max_length.value if rules.max_length else LONGEST_TEXT
    if len(answer) > most:
        yield _own(rules.max_length) or place.say("fault.too_long", label=question.label, max=most)
    if rules.min_length and len(answer) < rules.min_length.value:
        yield _own(rules.min_length) or place.say("fault.too_short", label=question.label, min=rules.min_length.value)
    if rules.pattern and not PATTERNS[rules.pattern.value].fullmatch(answer.strip()):
        key = "phone" if rules.pattern.value == "uk_phone" else rules.pattern.value
        yield rules.pattern.message or place.say(f"fault.{key}", label=question.label)
    if question.type == "email" and not EMAIL.fullmatch(answer.strip()):
        yield place.say("fault.email", label=question.label)
    if question.type == "phone" and not PHONE.fullmatch(answer.strip()):
        yield place.say("fault.phone", label=question.label)


@_faults.register
def _(question: NumberQuestion, answer: Any, place: _Place) -> Iterator[str]:
    if not is_number(answer):
        yield place.say("fault.number", label=question.label)
        return
    places = -int(Decimal(str(answer)).normalize().as_tuple().exponent)
    if places > question.decimal_places:
        key = "fault.decimals" if question.decimal_places else "fault.whole_number"
        yield place.say(key, label=question.label, max=question.decimal_places)
    least, most = question.validation.min, question.validation.max
    low, high = _limit(least, place), _limit(most, place)
    if least and is_number(low) and answer < low:
        yield least.message or place.say("fault.min", label=question.label, min=low)
    if most and is_number(high) and answer > high:
        yield most.message or place.say("fault.max", label=question.label, max=high)


@_faults.register
def _(question: DateQuestion, answer: Any, place: _Place) -> Iterator[str]:
    day = day_of(answer) if isinstance(answer, str) else None
    if day is None or len(answer) != DATE_LENGTHS[question.precision]:
        yield place.say("fault.date", label=question.label)
        return
    first, last = question.validation.min, question.validation.max
    earliest, latest = _day(_limit(first, place), place), _day(_limit(last, place), place)
    if first and earliest and day < earliest:
        yield first.message or place.say("fault.date_min", label=question.label, min=earliest)
    if last and latest and day > latest:
        yield last.message or place.say("fault.date_max", label=question.label, max=latest)


def _limit(rule: NumberRule | DateRule | None, place: _Place) -> Value:
    """What a limit comes to here; None where there is none, or where what it is worked out from is missing."""
    if rule is None:
        return None
    return rule.value.value(place) if isinstance(rule.value, Expression) else rule.value


def _day(limit: Value, place: _Place) -> date | None:
    if limit == "today":
        limit = place.meta.get("today")
    return limit if isinstance(limit, date) else day_of(limit) if isinstance(limit, str) else None


@_faults.register
def _(question: TimeQuestion, answer: Any, place: _Place) -> Iterator[str]:
    if not isinstance(answer, str) or not TIME.fullmatch(answer):
        yield place.say("fault.time", label=question.label)
        return
    earliest, latest = question.validation.min, question.validation.max
    if earliest and answer < earliest.value:
        yield earliest.message or place.say("fault.time_min", label=question.label, min=earliest.value)
    if latest and answer > latest.value:
        yield latest.message or place.say("fault.time_max", label=question.label, max=latest.value)


@_faults.register
def _(question: OneChoice, answer: Any, place: _Place) -> Iterator[str]:
    if answer not in [option.value for option in place.form.options(question)]:
        yield place.say("fault.not_an_option", label=question.label)


@_faults.register
def _(question: SelectMultipleQuestion, answer: Any, place: _Place) -> Iterator[str]:
    options = place.form.options(question)
    chosen = _chosen(answer, options)
    if chosen is None:
        yield place.say("fault.not_an_option", label=question.label)
        return
    exclusive = [option for option in chosen if option.exclusive]
    if exclusive and len(chosen) > 1:
        yield place.say("fault.exclusive", label=question.label, option=exclusive[0].label)
    if not exclusive:
        rules = question.validation
        yield from _number_of_choices(question, len(chosen), rules.min_choices, rules.max_choices, place)


@_faults.register
def _(question: RankQuestion, answer: Any, place: _Place) -> Iterator[str]:
    options = place.form.options(question)
    if isinstance(answer, list) and len(answer) != len({str(value) for value in answer}):
        yield place.say("fault.twice", label=question.label)
        return
    chosen = _chosen(answer, options)
    if chosen is None:
        yield place.say("fault.not_an_option", label=question.label)
    else:
        rules = question.validation
        yield from _number_of_choices(question, len(chosen), rules.min_choices, rules.max_choices, place)


@_faults.register
def _(question: MatrixQuestion, answer: Any, place: _Place) -> Iterator[str]:
    values = {option.value for option in place.form.options(question)}
    rows = {row.id for row in question.rows}
    if not isinstance(answer, dict) or any(
        key not in rows or not isinstance(value, str) or value not in values for key, value in answer.items()
    ):
        yield place.say("fault.not_an_option", label=question.label)
    elif question.required and len(answer) < len(rows):
        yield question.required_message or place.say("fault.required", label=question.label)


@_faults.register
def _(question: GroupQuestion, answer: Any, place: _Place) -> Iterator[str]:
    number = len(answer or ())
    if question.repeat and number < question.repeat.min:
        yield place.say("fault.min_rows", label=question.label, min=question.repeat.min)
    elif question.repeat and number > question.repeat.max:
        yield place.say("fault.max_rows", label=question.label, max=question.repeat.max)


def _chosen(answer: Any, options: tuple[Option, ...]) -> list[Option] | None:
    """The options chosen, or None where the answer is no list of different options."""
    by_value = {option.value: option for option in options}
    if not isinstance(answer, list) or not all(isinstance(value, str) for value in answer):
        return None
    if len(set(answer)) != len(answer) or not by_value.keys() >= set(answer):
        return None
    return [by_value[value] for value in answer]


def _number_of_choices(
    question: Asked, number: int, fewest: WholeRule | None, most: WholeRule | None, place: _Place
) -> Iterator[str]:
    if fewest and number < fewest.value:
        yield fewest.message or place.say("fault.min_choices", label=question.label, min=fewest.value)
    if most and number > most.value:
        yield most.message or place.say("fault.max_choices", label=question.label, max=most.value)


def _own(rule: WholeRule | None) -> str | None:
    return rule.message if rule else None
