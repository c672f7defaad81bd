"""Sentences on what changed in a form."""

import json

from service.definitions.differences.inventory import InventoryItem
from service.definitions.editing import Address, Json, find
from service.definitions.editing.condition_words import condition_text
from service.definitions.editing.words import called, field_called, language_name

_LONGEST = 1000
_PLURAL = frozenset({"readers", "notify", "codes", "languages", "settings", "age_bands", "escalate", "questions"})
_PEOPLE = frozenset({"readers", "notify", "to"})
_NAMES = frozenset({"readers", "notify", "settings", "age_bands", "audience", "type", "appearance", "severity"})
_OF_THE_FORM = {
    ("readers",): "the people who can read answers",
    ("denominator",): "the number that response rates are taken of",
    ("retention", "responses_days"): "the number of days that answers are kept",
    ("retention", "drafts_days"): "the number of days that unfinished answers are kept",
    ("reporting", "minimum_group_size"): "the smallest group whose figures are shown",
}
_VERBS = {"visible_if": "shown when", "when": "raised when"}


def added(document: Json, item: InventoryItem) -> str:
    """That an item is new, with its condition, and whom an alert tells."""
    said = [f"{_name(document, item)} was added{_place(document, item.address, 'to')}"]
    for field in ("visible_if", "when"):
        if (field,) in item.fields:
            said.append(f"It is {_VERBS[field]} {condition_text(document, item.fields[(field,)])}")
    if ("notify",) in item.fields:
        said.append(f"It tells {value_words(document, ('notify',), item.fields[('notify',)])}")
    if item.fields.get(("escalate",)):
        later = value_words(document, ("escalate",), item.fields[("escalate",)])
        said.append(f"If no one acknowledges it, it tells {later}")
    return sentence(*said)


def deleted(document: Json, item: InventoryItem) -> str:
    """That an item is gone, from the document in which it stood."""
    return sentence(f"{_name(document, item)} was deleted{_place(document, item.address, 'from')}")


def moved(document: Json, item: InventoryItem) -> str:
    """That an item stands in another page, group or option."""
    return sentence(f"{_name(document, item)} was moved{_place(document, item.address, 'to')}")


def reordered(document: Json, item: InventoryItem, previous: InventoryItem | None) -> str:
    """That an item stands after another one than before."""
    where = f"after {_name(document, previous)}" if previous else "first"
    return sentence(f"{_name(document, item)} now comes {where}")


def field_changed(before: Json, after: Json, old: InventoryItem, new: InventoryItem, way: Address) -> str:
    """What a field of an item is now, and what a condition was."""
    was, now = old.fields.get(way), new.fields.get(way)
    if way[0] in ("visible_if", "when", "rule", "computed"):
        return _condition_changed(before, after, old, new, way)
    if way == ("options",) and now is not None:
        return sentence(f"{_name(before, old)} now uses the list {_whole(str(now))}")
    field = way[:-1] if way[0] == "validation" and way[-1] == "value" else way
    name = field_called(before, (*old.address, *field)) if old.address else _OF_THE_FORM.get(way)
    name = name or field_called(after, field)
    if isinstance(was, bool) or isinstance(now, bool):
        return sentence(f"{name} is now {'on' if now else 'off'}")
    if now is None:
        return sentence(f"{name} was deleted")
    verb = "are" if way[-1] in _PLURAL else "is"
    return sentence(f"{name} {verb} now {value_words(after, way, now)}")


def translation_changed(document: Json, language: str, address: Address, text: str | None) -> str:
    """What the translation of a text is now."""
    name = f"the {language_name(language)} for {field_called(document, address)}"
    return sentence(f"{name} was deleted" if text is None else f"{name} is now {_whole(text)}")


def sentence(*parts: str) -> str:
    """Each part as a sentence of its own."""
    return " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts)


def value_words(document: Json, way: Address, value: Json) -> str:
    """A value of a field as people read it."""
    if isinstance(value, list):
        said = [value_words(document, way, each) for each in value]
        if not said:
            return "no one" if way[-1] in _PEOPLE else "none"
        return f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else said[0]
    if way[-1] == "codes" or way[-1] == "denominator":
        return f"{value.get('system')} {value.get('code')}" if isinstance(value, dict) else str(value)
    if way[-1] == "escalate" and isinstance(value, dict):
        after = value.get("after")
        minutes = after.get("minutes") if isinstance(after, dict) else after
        return f"{value_words(document, ('notify',), value.get('to'))} after {minutes} minutes"
    if way[-1] == "languages":
        return language_name(str(value))
    if isinstance(value, str):
        return value.replace("_", " ") if way[-1] in _NAMES else _whole(value)
    if isinstance(value, dict):
        return condition_text(document, value) if way[0] == "validation" else _whole(json.dumps(value))
    return str(value)


def _condition_changed(before: Json, after: Json, old: InventoryItem, new: InventoryItem, way: Address) -> str:
    was, now = old.fields.get(way), new.fields.get(way)
    name = _name(after, new)
    verb = _VERBS.get(way[0], "")
    if way[0] == "visible_if" and (now is None or isinstance(now, bool)):
        said = f"{name} is now {'never' if now is False else 'always'} shown"
    elif way[0] == "rule":
        said = f"{name} now needs that {condition_text(after, now)}"
    else:
        said = f"{name} is now {verb} {condition_text(after, now)}".replace("  ", " ")
    if was is None:
        return sentence(said)
    earlier = "needed that" if way[0] == "rule" else f"was {verb}".strip()
    return sentence(said, f"It {earlier} {condition_text(before, was)}")


def _name(document: Json, item: InventoryItem) -> str:
    return called(document, item.address)


def _place(document: Json, address: Address, word: str) -> str:
    """Where a question stands, for the end of a sentence; "" for what names its place itself."""
    if address[-1] == "detail" and address[-2:-1] != ("questions",):
        return f" {word} {called(document, address[:-1])}"
    holder = address[:-2]
    return f" {word} {called(document, holder)}" if address[-2] == "questions" and find(document, holder) else ""


def _whole(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= _LONGEST else f"“{line[:_LONGEST].rstrip()}…”"
