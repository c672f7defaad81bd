"""Words in free text that a person must read soon: they mark a comment for reading and decide nothing."""

import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from service.answers.visibility import Visible
from service.definitions.question import TextQuestion

_FOLDER = Path(__file__).parent / "worry_lists"
_REST = "*"  # in a list: however the word goes on
_UNSEEN = ("Mn", "Cf")  # accents, and what has no width
_APOSTROPHES = "['’‘‛`´ʼʹ′＇]"


def worrying_in(visible: Visible, language: str) -> tuple[str, ...]:
    """The names of the text questions in whose answer something worries, in the language it was written in.

    The lists are data, one file for each language, reviewed as data. A language without a list is read with the
    English one, for children often write in it; easy read of a language uses that language's.
    """
    own = language.partition("-")[0]
    pattern = _pattern(own)
    return tuple(
        asked.name
        for asked in visible.asked
        if isinstance(asked.question, TextQuestion)
        and isinstance(asked.answer, str)
        and pattern.search(_even(asked.answer, own))
    )


def languages() -> list[str]:
    """The languages that have a list of their own."""
    return sorted(path.stem for path in _FOLDER.glob("*.json"))


@cache
def _pattern(language: str) -> re.Pattern[str]:
    words = [word for data in _lists(language) for group in data["groups"].values() for word in group]
    # an asterisk stands for the rest of a word: `bull*` finds bully, bullied, bullying
    found = "|".join(r"\w*".join(map(re.escape, _even(word, language).split(_REST))) for word in words)
    return re.compile(rf"\b(?:{found})\b")


def _lists(language: str) -> list[dict[str, Any]]:
    files = [_FOLDER / f"{name}.json" for name in dict.fromkeys(["en", language])]
    return [json.loads(file.read_text(encoding="utf-8")) for file in files if file.exists()]


@cache
def _alike(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """What is read as another word, where two are written for one: `do not` as `dont`, `no one` as `nobody`."""
    alike = {word: same for data in _lists(language) for word, same in data.get("alike", {}).items()}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, alike))})\b"), alike


def _even(text: str, language: str) -> str:
    """Lower case, plain letters, no apostrophes, one space for whatever else parts two words: as children type it."""
    letters = unicodedata.normalize("NFKD", re.sub(_APOSTROPHES, "", text.casefold()))
    plain = "".join(letter for letter in letters if unicodedata.category(letter) not in _UNSEEN)
    words = re.sub(rf"[^\w{_REST}]+", " ", plain).strip()
    pattern, alike = _alike(language)
    return pattern.sub(lambda found: alike[found[0]], words)
