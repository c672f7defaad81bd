"""What the service itself says to a respondent, in their language: buttons, sentences about privacy, faults."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from service.definitions.form import EASY_READ
from service.locales import date_text, plural_form

Sentence = str | Mapping[str, str]  # a sentence about a number has one text for each plural form of its language

FOLDER = Path(__file__).parent / "message_texts"
BASE = "en"


def phrase(language: str, key: str, **values: object) -> str:
    """The sentence of this key with its values put in; dates as this language writes them.

    `finish.child` is how a child is told what `finish` says; where a language has no words of its own for
    children, it uses those for everyone before another language is tried. Raises KeyError for a key that is not there.
    """
    plain = key.removesuffix(".child")
    for spoken, sentences in _spoken(language):
        for name in (key, plain):
            if name in sentences:
                text = in_number(sentences[name], spoken, values)
                shown = {n: date_text(v, language) if isinstance(v, date) else v for n, v in values.items()}
                return text.format(**shown) if shown else text
    raise KeyError(key)


def in_number(sentence: Sentence, language: str, values: Mapping[str, object]) -> str:
    """The text of a sentence in the plural form that the whole number among its values takes."""
    if isinstance(sentence, str):
        return sentence
    number = next((value for value in values.values() if isinstance(value, int)), None)
    form = "other" if number is None else plural_form(number, language)
    return sentence.get(form, sentence["other"])


def keys() -> frozenset[str]:
    """Every key that there is."""
    return frozenset(_words(BASE))


def languages() -> tuple[str, ...]:
    """The languages that the service itself speaks, some of them in part."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


@lru_cache(maxsize=256)
def _spoken(language: str) -> tuple[tuple[str, dict[str, Sentence]], ...]:
    """Each language that we speak and its sentences, in the order of falling back from this one."""
    whole = language.removesuffix(f"-{EASY_READ}")
    wanted = [language, whole, whole.partition("-")[0]]
    if language.endswith(EASY_READ):
        wanted.append(f"{BASE}-{EASY_READ}")
    # Only files that are there are opened, whatever language a visitor asks for.
    return tuple((name, _words(name)) for name in dict.fromkeys([*wanted, BASE]) if name in languages())


@cache
def _words(language: str) -> dict[str, Sentence]:
    words: dict[str, Sentence] = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    return words
