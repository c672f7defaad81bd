"""Clean text: the one form in which every engine, page and file keeps it."""

import re
from typing import Any
from unicodedata import normalize

LONGEST_TEXT = 300_000  # more characters than one request may have bytes
DEEPEST = 150  # levels; an expression of the greatest depth that a form may have takes about 90
LARGEST_NUMBER = 1e300

# Control characters but tab and line feed, lone surrogates, noncharacters: no engine, file or page wants them.
UNKEEPABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)


class TooLarge(ValueError):
    """More than is kept in one piece; nothing is ever cut in silence."""


def clean(value: Any) -> Any:
    """The JSON value with every text clean. Cleaning what is clean changes nothing.

    A number that cannot be reckoned with (NaN, infinite, beyond what a float holds) becomes None. Raises TooLarge for
    a text that is too long or lists nested too deep, ValueError for two keys that become one, TypeError for what is
    not JSON.
    """
    return _clean(value, 0)


def clean_text(text: str) -> str:
    """The text in normal form C, with one kind of line end and nothing that cannot be kept. Raises TooLarge."""
    if len(text) > LONGEST_TEXT:
        raise TooLarge(f"A text of {len(text):,} characters; at most {LONGEST_TEXT:,} are kept.")
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # a character that came as two halves is joined; a half alone is dropped
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return normalize("NFC", UNKEEPABLE.sub("", whole))


def _clean(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise TooLarge(f"Lists within lists: at most {DEEPEST} deep are kept.")
    match value:
        case str():
            return clean_text(value)
        case None | bool():
            return value
        case int() | float():
            return value if abs(value) <= LARGEST_NUMBER else None
        case list():
            return [_clean(each, depth + 1) for each in value]
        case dict():
            cleaned = {clean_text(key): _clean(each, depth + 1) for key, each in value.items()}
            if len(cleaned) != len(value):
                raise ValueError("two keys are the same once cleaned")
            return cleaned
    raise TypeError(f"a {type(value).__name__} is not kept as JSON")
