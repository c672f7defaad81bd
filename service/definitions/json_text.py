"""The text of a definition as plain JSON values, with what no JSON of ours may hold taken out and named."""

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from service.definitions.expression import LARGEST
from service.definitions.fault import Fault
from service.text import DEEPEST, UNKEEPABLE, TooLarge, clean_text

LARGEST_FILE = 2_000_000  # bytes; the largest form we know has 150 thousand
LONGEST_PLACE = 160

_SYNTAX = {
    "Expecting ',' delimiter": "the JSON is broken here: a comma or a closing bracket is missing",
    "Expecting ':' delimiter": "the JSON is broken here: a colon must follow the key",
    "Expecting property name enclosed in double quotes": "the JSON is broken here: a key in double quotes must follow",
    "Illegal trailing comma before end of object": "the JSON is broken here: a comma stands before the closing bracket",
    "Illegal trailing comma before end of array": "the JSON is broken here: a comma stands before the closing bracket",
    "Expecting value": "the JSON is broken here: a value must follow",
    "Unterminated string starting at": "the JSON is broken here: the text that begins here has no closing quote",
    "Invalid control character at": "the JSON is broken here: a line break inside a text is written \\n",
    "Extra data": "the JSON ends before this, and more follows",
}


@dataclass(frozen=True)
class ParsedJson:
    """The JSON of a definition, and what was wrong with it. `lost` holds the places whose value was put aside."""

    value: Any
    faults: tuple[Fault, ...] = ()
    lost: frozenset[str] = frozenset()


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys stand in it more than once."""

    doubled: tuple[str, ...] = ()


def read_json(content: bytes) -> ParsedJson:
    """The JSON that these bytes spell; what breaks it is a fault with its line."""
    if len(content) > LARGEST_FILE:
        return ParsedJson(None, (Fault("", f"the definition is larger than {LARGEST_FILE:,} bytes"),))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return ParsedJson(None, (Fault(f"line {line}", "the file is not written in UTF-8"),))
    try:
        value = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        sentence = _SYNTAX.get(error.msg, "the JSON is broken here")
        return ParsedJson(None, (Fault(f"line {error.lineno}, column {error.colno}", sentence),))
    except RecursionError:
        return ParsedJson(None, (_too_deep(""),))
    except ValueError:  # Python reads no whole number of more than 4,300 digits
        return ParsedJson(None, (Fault("", "a number has too many digits"),))
    return cleaned(value)


def cleaned(value: Any) -> ParsedJson:
    """The value as JSON of ours: text without control characters, finite numbers, not too deep, no doubled keys."""
    cleaning = _Cleaning()
    value = cleaning.clean(value, "", 0)
    return ParsedJson(value, tuple(cleaning.faults), frozenset(cleaning.lost))


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    made = _Object(pairs)
    if len(made) < len(pairs):
        times = Counter(key for key, _ in pairs)
        made.doubled = tuple(key for key in made if times[key] > 1)
    return made


@dataclass
class _Cleaning:
    faults: list[Fault] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)

    def clean(self, value: Any, place: str, depth: int) -> Any:
        if isinstance(value, dict | list) and depth > DEEPEST:
            self.lost.add(place)
            return self._aside(_too_deep(place), None)
        if isinstance(value, dict):
            return self._clean_object(value, place, depth)
        if isinstance(value, list | tuple):
            return [self.clean(item, f"{place}[{index}]", depth + 1) for index, item in enumerate(value)]
        if isinstance(value, str):
            return self._clean_text(value, place)
        if isinstance(value, float | int) and not isinstance(value, bool):
            if not (math.isfinite(value) and abs(value) <= LARGEST):
                return self._aside(Fault(place, "a number must be finite, and no larger than 2 to the power of 53"), 1)
        elif value is not None and not isinstance(value, bool):
            return self._aside(Fault(place, "this is not a JSON value"), None)
        return value

    def _clean_text(self, text: str, place: str) -> str:
        try:
            cleaned = clean_text(text)
        except TooLarge:
            return str(self._aside(Fault(place, "the text is too long"), text[:LONGEST_PLACE]))
        if UNKEEPABLE.search(text):
            self._aside(Fault(place, "the text holds a control character"), cleaned)
        return cleaned

    def _clean_object(self, value: dict[Any, Any], place: str, depth: int) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key in getattr(value, "doubled", ()):
            self.faults.append(Fault(_inside(place, _spelled(key)), "this key stands here more than once"))
        for key, item in value.items():
            here = _inside(place, _spelled(key))
            if not isinstance(key, str) or UNKEEPABLE.search(key):
                self._aside(Fault(here, "a key holds a control character"), None)
                continue
            name = self._clean_text(key, here)
            if name in kept:
                self.faults.append(Fault(here, "this key stands here more than once"))
            kept[name] = self.clean(item, here, depth + 1)
        return kept

    def _aside(self, fault: Fault, instead: Any) -> Any:
        self.faults.append(fault)
        self.lost.add(fault.place)
        return instead


def shortened(place: str) -> str:
    """The place without its far end where that would fill the screen."""
    return place if len(place) <= LONGEST_PLACE else f"{place[:LONGEST_PLACE]}…"


def _inside(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _spelled(key: Any) -> str:
    return UNKEEPABLE.sub("?", str(key))[:80]


def _too_deep(place: str) -> Fault:
    return Fault(shortened(place), f"the definition is nested more than {DEEPEST} levels deep")
