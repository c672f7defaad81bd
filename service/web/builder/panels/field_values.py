"""Values of a draft as fields show and send them, and back."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.definitions.editing import ABSENT, Address, Json, find
from service.web.builder.panels.conditions import (
    LineCondition,
    Subject,
    condition_of,
    incomplete_line,
    posted_condition,
    tree_of,
)
from service.web.builder.panels.fields import ItemField

_MOST_STEPS = 5


class FieldFault(ValueError):
    """What was sent cannot stand in the field; the message says what to enter."""


@dataclass(frozen=True)
class Limit:
    """A rule with the sentence that is said where it does not hold."""

    value: str = ""
    message: str = ""


@dataclass(frozen=True)
class EscalationStep:
    """Who is told next, and after how many minutes."""

    minutes: str = ""
    to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Formula:
    """A condition: as lines where it can be said so, else only as JSON text; `text` is what JSON was typed."""

    condition: LineCondition | None
    text: str = ""


def shown(field: ItemField, document: Json, item: Address, subjects: Mapping[str, Subject]) -> Any:
    """The value as the field shows it."""
    value = find(document, (*item, *field.path))
    if field.kind == "tick":
        return value is True or (value is ABSENT and field.unset == "yes")
    if field.kind == "several":
        return tuple(str(each) for each in value) if isinstance(value, list) else ()
    if field.kind == "list":
        return ", ".join(str(each) for each in value) if isinstance(value, list) else ""
    if field.kind == "codes":
        codes = value if isinstance(value, list) else [value]
        return tuple(f"{each.get('system')} {each.get('code')}" for each in codes if isinstance(each, dict))
    if field.kind == "steps":
        steps = value if isinstance(value, list) else ()
        return tuple(_step(each) for each in steps if isinstance(each, dict))
    if field.kind == "limit":
        return _limit(value)
    if field.kind in ("condition", "formula"):
        tree = None if value is ABSENT or value is False else value
        text = "" if tree is None else json.dumps(tree, ensure_ascii=False)
        return Formula(condition_of(tree, subjects) if field.kind == "condition" else None, text)
    if field.kind == "source":
        return value if isinstance(value, str) else ""
    return "" if value is ABSENT or value is None else str(value)


def posted(field: ItemField, sent: Any, before: Any, subjects: Mapping[str, Subject]) -> Any:
    """The value that a form sends, in the same shape as `shown`."""
    name = field.name
    if field.kind == "tick":
        return name in sent
    if field.kind == "several":
        chosen = sent.getlist(name)
        kept = tuple(each for each in before if each in chosen)  # what stays keeps its order
        return (*kept, *(each for each in chosen if each not in kept))
    if field.kind == "codes":
        return tuple(dict.fromkeys(" ".join(each.split()) for each in sent.getlist(name) if each.strip()))
    if field.kind == "steps":
        steps = (
            EscalationStep(sent.get(f"{name}-{n}-minutes", "").strip(), tuple(sent.getlist(f"{name}-{n}-to")))
            for n in range(_MOST_STEPS)
        )
        return tuple(step for step in steps if step != EscalationStep())
    if field.kind == "limit":
        return Limit(sent.get(name, "").strip(), sent.get(f"{name}-message", "").strip())
    if field.kind == "condition":
        text = sent.get(f"{name}-text", "").strip()
        if before.condition is None and f"{name}-anew" not in sent:
            return Formula(None, text)
        if before.condition is not None and text != before.text:
            return Formula(None, text)
        return Formula(posted_condition(sent, name, subjects), text)
    if field.kind == "formula":
        return Formula(None, sent.get(name, "").strip())
    text = sent.get(name, "").replace("\r\n", "\n")
    return text if field.kind == "words" and text.strip() else text.strip()


def value_of(field: ItemField, value: Any, before: Json, subjects: Mapping[str, Subject]) -> Json:
    """The JSON of what a form sent; None where the field is left out of the form.

    Raises FieldFault.
    """
    if field.kind == "tick":
        return True if value and field.unset != "yes" else None if value or field.unset != "yes" else False
    if field.kind == "several":
        return list(value) or None
    if field.kind == "list":
        return [each.strip() for each in value.split(",") if each.strip()] or None
    if field.kind == "codes":
        if any(" " not in each for each in value):
            raise FieldFault("Choose from the list: a framework, a space, and its code.")
        codes = [dict(zip(("system", "code"), each.split(" ", 1), strict=True)) for each in value]
        return (codes[0] if codes else None) if field.path == ("denominator",) else codes or None
    if field.kind == "steps":
        return [_step_json(step) for step in value] or None
    if field.kind == "limit":
        return _limit_json(field, value)
    if field.kind in ("condition", "formula"):
        return _tree(value, subjects)
    if field.kind in ("whole", "number"):
        return _number(value, whole=field.kind == "whole")
    return value or None


def _limit(value: Json) -> Limit:
    message = ""
    if isinstance(value, dict) and "value" in value:
        value, message = value["value"], value.get("message") or ""
    if value is ABSENT or value is None:
        return Limit()
    return Limit(json.dumps(value) if isinstance(value, dict) else str(value), str(message))


def _limit_json(field: ItemField, limit: Limit) -> Json:
    if not limit.value:
        if limit.message:
            raise FieldFault("Enter the limit that this sentence is about.")
        return None
    value: Json = limit.value
    if limit.value.startswith("{"):
        value = _json(limit.value)
    elif field.path[-1] in ("min_length", "max_length", "min_choices", "max_choices"):
        value = _number(limit.value, whole=True)
    elif field.hint == "number":
        value = _number(limit.value, whole=False)
    return {"value": value, "message": limit.message} if limit.message else value


def _step(value: dict[str, Json]) -> EscalationStep:
    after, to = value.get("after"), value.get("to")
    minutes = after.get("minutes", "") if isinstance(after, dict) else ""
    return EscalationStep(str(minutes), tuple(str(each) for each in to) if isinstance(to, list) else ())


def _step_json(step: EscalationStep) -> Json:
    if not step.to:
        raise FieldFault("Choose who is told next, or empty the minutes.")
    return {"after": {"minutes": _number(step.minutes, whole=True)}, "to": list(step.to)}


def _tree(value: Formula, subjects: Mapping[str, Subject]) -> Json:
    if value.condition is None:
        return _json(value.text) if value.text else None
    line = incomplete_line(value.condition, subjects)
    if line is not None:
        label = subjects[line.name].label if line.name in subjects else "the question"
        raise FieldFault(f"Choose or enter what the answer to {label} is compared with.")
    return tree_of(value.condition, subjects)


def _json(text: str) -> Json:
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise FieldFault("This is not JSON. Check the brackets and quotation marks.") from None


def _number(text: str, *, whole: bool) -> Json:
    asks = "Enter a whole number, such as 4." if whole else "Enter a number, such as 4 or 2.5."
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        raise FieldFault(asks) from None
    if not math.isfinite(number) or abs(number) >= 2**53 or (whole and not number.is_integer()):
        raise FieldFault(asks)
    return int(number) if number.is_integer() else number
