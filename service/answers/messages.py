"""What the service itself says to a respondent, in their language: buttons, sentences about privacy, faults."""

import json
from functools import cache, lru_cache
from pathlib import Path

from service.definitions.form import EASY_READ

FOLDER = Path(__file__).parent / "message_texts"
BASE = "en"


def phrase(language: str, key: str, **values: object) -> str:
    """The sentence of this key with its values put in.

    `finish.child` is how a child is told what `finish` says; where a language has no words of its own for
    children, it uses those for everyone before another language is tried.
    """
    plain = key.removesuffix(".child")
    for words in _spoken(language):
        for name in (key, plain):
            if name in words:
                return words[name].format(**values) if values else words[name]
    raise KeyError(key)


def keys() -> frozenset[str]:
    """Every key that there is."""
    return frozenset(_words(BASE))


def languages() -> tuple[str, ...]:
    """The languages that the service itself speaks, some of them in part."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


@lru_cache(maxsize=256)
def _spoken(language: str) -> tuple[dict[str, str], ...]:
    """The words of each language that we speak, in the order of falling back from this one."""
    whole = language.removesuffix(f"-{EASY_READ}")
    wanted = [language, whole, whole.partition("-")[0]]
    if language.endswith(EASY_READ):
        wanted.append(f"{BASE}-{EASY_READ}")
    # Only files that are there are opened, whatever language a visitor asks for.
    return tuple(_words(name) for name in dict.fromkeys([*wanted, BASE]) if name in languages())


@cache
def _words(language: str) -> dict[str, str]:
    words: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    return words
