"""How values go into cells: text stays text, nothing breaks the file, nothing is cut in silence."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from itertools import count

# What one cell holds, in UTF-16 units as Excel counts them.
LONGEST_TEXT = 32_767
LONGEST_HEADER = 160
LONGEST_SHEET_NAME = 31
EXACT_DIGITS = 15

# Excel counts days from here; its 29 February 1900 never was, so that earlier days would be one off.
DAY_ZERO = date(1899, 12, 30)
FIRST_DAY = date(1900, 3, 1)

_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
# A quick look that lets nearly every text through as it is; what it stops is looked at properly.
_NEEDS_CARE = re.compile(
    "[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe-\uffff\U0001fffe-\U0010ffff]|_x"
)
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\n", "'")


def cleaned(text: str) -> str:
    """The text with what no file can hold replaced by the replacement character, so that it shows that it was there."""
    return _NOT_TEXT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def like_a_formula(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula once somebody edits the cell."""
    return text.startswith(_LIKE_A_FORMULA)


def units(text: str) -> int:
    """The length of a text as Excel counts it."""
    return len(text) + sum(character > "\uffff" for character in text)


def parts(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """The text in pieces that each fit, cut at a space or line end where there is one in the last fifth."""
    text = cleaned(text)
    pieces = []
    while units(text) > longest:
        end = longest
        while (beyond := units(text[:end]) - longest) > 0:
            end -= (beyond + 1) // 2  # a character takes two units at most
        space = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end)) + 1
        if space > end * 4 // 5:
            end = space
        pieces.append(text[:end])
        text = text[end:]
    return [*pieces, text]


def fitted(text: str) -> str:
    """The text as one cell can hold it. What is too long says so; tables split long texts before they come here."""
    if len(text) * 2 <= LONGEST_TEXT or units(text) <= LONGEST_TEXT:
        return text
    notice = f" [cut here: the full text has {len(text):,} characters]"
    return parts(text, LONGEST_TEXT - len(notice))[0] + notice


def unique_headers(headers: Iterable[str]) -> list[str]:
    """Headers as a table needs them: one line each, not empty, no two alike whatever their case."""
    taken: set[str] = set()
    unique = []
    for header in headers:
        header = shortened(" ".join(cleaned(header).split()) or "Column", LONGEST_HEADER)
        header = _not_taken(header, taken, LONGEST_HEADER + 8)
        unique.append(header)
    return unique


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that Excel takes for a sheet: short, none of `[]:*?/\\`, unlike those taken, among which it then is."""
    plain = " ".join(_NOT_IN_SHEET_NAME.sub(" ", cleaned(wanted)).split()).strip("'") or "Sheet"
    if plain.casefold() == "history":  # Excel keeps that name for itself
        plain = "History of answers"
    return _not_taken(shortened(plain, LONGEST_SHEET_NAME), taken, LONGEST_SHEET_NAME)


def shortened(text: str, longest: int) -> str:
    """The text, or as much of it as fits with an ellipsis: for names of things that are given in full elsewhere."""
    if units(text) <= longest:
        return text
    return parts(text, longest - 1)[0].rstrip() + "…"


def _not_taken(text: str, taken: set[str], longest: int) -> str:
    unique = text
    for number in count(2):
        if unique.casefold() not in taken:
            break
        suffix = f" ({number})"
        unique = shortened(text, longest - len(suffix)) + suffix
    taken.add(unique.casefold())
    return unique


def text_xml(text: str) -> str:
    """The text as the inside of an inline string: by its type no program takes it for anything but text."""
    if _NEEDS_CARE.search(text):
        text = spelled_out(cleaned(text)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    keep = ' xml:space="preserve"' if text != text.strip() or "\n" in text or "  " in text else ""
    return f't="inlineStr"><is><t{keep}>{text}</t></is></c>'


def spelled_out(text: str) -> str:
    """The text as workbooks spell it: `_x0041_` would be read as "A", so its first underscore is spelled out."""
    return _ESCAPE.sub("_x005F_", text)


def is_exact(value: float) -> bool:
    """Whether a spreadsheet's numbers can hold it to the last digit; text holds what they cannot."""
    if isinstance(value, int):
        return len(str(abs(value)).rstrip("0")) <= EXACT_DIGITS and abs(value) < 10**300
    return value == value and abs(value) != float("inf")


def serial(value: date | datetime | time) -> float:
    """The day or time of day as Excel counts it."""
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86_400
    days = (value.date() if isinstance(value, datetime) else value) - DAY_ZERO
    return days.days + serial(value.time()) if isinstance(value, datetime) else days.days


def has_serial(value: date | datetime) -> bool:
    """Whether Excel knows the day: earlier ones are written as text."""
    return (value.date() if isinstance(value, datetime) else value) >= FIRST_DAY
