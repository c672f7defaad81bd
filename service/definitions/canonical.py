"""The one way in which Sayso writes a form's file: keys in one order, short parts on one line, texts as they are."""

import json
from typing import Any

LONGEST_LINE = 120  # of a list or object that stays on one line
_ORDER = (
    "$schema", "format", "system", "id", "value", "min", "max", "after", "to", "type", "version", "when", "raise_on",
    "severity", "rule", "appearance", "audience", "settings", "age_bands", "label", "title", "score", "exclusive",
    "missing", "default", "unit", "lowest", "highest", "lowest_label", "highest_label", "hint", "notify", "escalate",
    "message", "code", "introduction", "description", "thank_you", "show_respondent", "visible_if", "required",
    "required_message", "decimal_places", "precision", "media", "repeat", "rows", "options", "others", "questions",
    "detail", "validation", "level", "languages", "codes", "identity", "readers", "layout", "reporting", "retention",
    "denominator", "choice_lists", "pages", "computed", "checks", "alerts", "translations",
    "symbol", "image", "alt", "audio", "verbatim", "include", "min_length", "max_length", "pattern", "min_choices",
    "max_choices", "minutes", "minimum_group_size", "secondary_suppression", "responses_days", "drafts_days",
)  # fmt: skip
_PLACES = {key: number for number, key in enumerate(_ORDER)}
_AS_WRITTEN = frozenset({"choice_lists", "computed", "translations"})  # their keys are names


def canonical_text(definition: Any) -> str:
    """The file of a form. What it says is not changed, and neither is its fingerprint.

    What the format does not know stands after what it knows.
    """
    return _written(_in_order(definition), 0) + "\n"


def _in_order(value: Any, *, names: bool = False) -> Any:
    if isinstance(value, list):
        return [_in_order(each) for each in value]
    if not isinstance(value, dict):
        return value
    keys = list(value) if names else sorted(value, key=lambda key: _PLACES.get(key, len(_ORDER)))
    return {key: _in_order(value[key], names=key in _AS_WRITTEN and not names) for key in keys}


def _written(value: Any, depth: int) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, list | dict) or not value or len(line) + 2 * depth <= LONGEST_LINE:
        return line
    inner, end = "  " * (depth + 1), "  " * depth
    if isinstance(value, list):
        parts = [_written(each, depth + 1) for each in value]
    else:
        parts = [f"{json.dumps(key, ensure_ascii=False)}: {_written(each, depth + 1)}" for key, each in value.items()]
    first, last = ("[", "]") if isinstance(value, list) else ("{", "}")
    return f"{first}\n" + ",\n".join(f"{inner}{part}" for part in parts) + f"\n{end}{last}"
