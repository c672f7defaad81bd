"""What may be kept: text and values that every engine keeps alike, cleaned once before either sees them."""

import math
from typing import Any
from unicodedata import normalize

LONGEST_TEXT = 300_000  # more characters than one request may have bytes
LARGEST_RECORD = 4_000_000
_DEEPEST = 50


class TooLarge(ValueError):
    """More than is kept in one piece; nothing is ever cut in silence."""


def clean(value: Any) -> Any:
    """The value as JSON and every engine can keep it, and give it back the same.

    Text is NFC without NUL and lone surrogates; a number that cannot be reckoned with (NaN, infinite, beyond
    what a float holds) is no answer. Cleaning what is clean changes nothing.
    """
    return _clean(value, 0)


def clean_text(text: str) -> str:
    """Text in its composed form, without NUL; halves of surrogate pairs are joined, lone ones replaced."""
    if len(text) > LONGEST_TEXT:
        raise TooLarge(f"A text of {len(text):,} characters; at most {LONGEST_TEXT:,} are kept.")
    if text.isascii() and "\0" not in text:
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return normalize("NFC", whole.replace("\0", ""))


def _clean(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise TooLarge(f"Lists within lists: at most {_DEEPEST} deep are kept.")
    match value:
        case None | bool():
            return value
        case str():
            return clean_text(value)
        case int() | float():
            return value if _finite(value) else None
        case list():
            return [_clean(each, depth + 1) for each in value]
        case dict():
            cleaned = {clean_text(key): _clean(each, depth + 1) for key, each in value.items()}
            if len(cleaned) != len(value):
                raise ValueError("two keys are the same once cleaned")
            return cleaned
    raise TypeError(f"a {type(value).__name__} is not kept as JSON")


def _finite(number: int | float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:
        return False
