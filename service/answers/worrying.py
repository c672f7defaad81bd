"""Words in free text that a person must read soon: they mark a comment for reading and decide nothing."""

import json
import re
import unicodedata
from functools import cache
from pathlib import Path

from service.answers.visibility import Visible
from service.definitions.question import TextQuestion

_FOLDER = Path(__file__).parent / "worries"


def worrying_in(visible: Visible, language: str) -> tuple[str, ...]:
    """The names of the text questions in whose answer something worries, in the language it was written in.

    The lists are data, one file for each language, reviewed as data. A language without a list is read with the
    English one, for children often write in it; easy read of a language uses that language's.
    """
    pattern = _pattern(language.partition("-")[0])
    return tuple(
        asked.name
        for asked in visible.asked
        if isinstance(asked.question, TextQuestion)
        and isinstance(asked.answer, str)
        and pattern.search(_even(asked.answer))
    )


def languages() -> list[str]:
    """The languages that have a list of their own."""
    return sorted(path.stem for path in _FOLDER.glob("*.json"))


@cache
def _pattern(language: str) -> re.Pattern[str]:
    words = _words("en") + (_words(language) if language != "en" and (_FOLDER / f"{language}.json").exists() else [])
    # an asterisk stands for the rest of a word: `bull*` finds bully, bullied, bullying
    found = "|".join(re.escape(_even(word)).replace(r"\*", r"\w*") for word in words)
    return re.compile(rf"\b(?:{found})\b")


def _words(language: str) -> list[str]:
    groups: dict[str, list[str]] = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))["groups"]
    return [word for group in groups.values() for word in group]


def _even(text: str) -> str:
    """Lower case, plain letters, straight apostrophes left out, single spaces: as children type it."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"['’`]", "", plain).split())
