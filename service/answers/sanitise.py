"""What people type, made safe to keep anywhere: the same bytes on every engine, in a workbook and on a page."""

import math
import re
import unicodedata
from typing import Any

DEEPEST = 12

# Control characters but tab and line feed, lone surrogates, noncharacters: no engine, file or page wants them.
UNKEEPABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)


def clean_text(text: str) -> str:
    """The text in normal form C, with one kind of line end and nothing that cannot be kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", UNKEEPABLE.sub("", text))


def clean(value: Any, depth: int = 0) -> Any:
    """JSON with every text in it clean; a number that is not finite and what lies too deep become None."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**300:
        return None
    if depth >= DEEPEST and isinstance(value, dict | list):
        return None
    if isinstance(value, dict):
        return {clean_text(str(key)): clean(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item, depth + 1) for item in value]
    return value
