"""The words that advice looks for, one JSON file for each language."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

from service.definitions.form import Audience

WORDS = Path(__file__).parent / "words"
LANGUAGES = frozenset(path.stem for path in WORDS.glob("*.json"))


@dataclass(frozen=True)
class Jargon:
    """The words that one audience may not know, as one pattern: where two fit, the longer counts.

    `plain` has what to say instead, "" for nothing that always fits.
    """

    pattern: re.Pattern[str]
    plain: Mapping[str, str]

    def spans(self, text: str) -> dict[str, list[tuple[int, int]]]:
        """Where the words stand, by the words as the list has them."""
        found: dict[str, list[tuple[int, int]]] = {}
        for each in self.pattern.finditer(text):
            words = each[0] if each[0] in self.plain else each[0].lower()
            found.setdefault(words, []).append(each.span())
        return found


@dataclass(frozen=True)
class AnswerScale:
    """A kind of answers: how often, agreement. `asked` are the starts of questions that they fit."""

    asks: str
    answers: str
    asked: tuple[str, ...]
    labels: frozenset[str]
    standard: tuple[str, ...]
    is_for_statements: bool


@dataclass(frozen=True)
class LanguageWords:
    """The word lists of a language, as patterns on plain text."""

    question: re.Pattern[str]
    leading: Mapping[str, str]
    statement: re.Pattern[str]
    loaded: re.Pattern[str]
    tag: re.Pattern[str]
    negative_starts: Mapping[str, str]
    negative_start: re.Pattern[str]
    not_after_subject: re.Pattern[str]
    negative: re.Pattern[str]
    pair: re.Pattern[str]
    second_clause: re.Pattern[str]
    range: re.Pattern[str]
    one_thing: tuple[frozenset[str], ...]
    jargon: Mapping[str, Jargon]
    abbreviations: frozenset[str]
    scales: tuple[AnswerScale, ...]


def words_for(language: object) -> LanguageWords | None:
    """The words of a language; easy read and regions go by their base language. None where there is no list."""
    base = language.partition("-")[0] if isinstance(language, str) else ""
    return _read(base) if base in LANGUAGES else None


def plain(text: str) -> str:
    """The text with straight apostrophes, as the lists have it; the same length."""
    return text.replace("’", "'")


@cache
def _read(language: str) -> LanguageWords:
    found = json.loads((WORDS / f"{language}.json").read_text(encoding="utf-8"))
    negatives, joins = found["negatives"], _any(found["joins"])
    subject = rf"(?:{_any(negatives['subjects'])}|(?:{_any(negatives['articles'])}) [\w'-]+)"
    between = f"(?:(?:{_any(found['skipped_between'])}) )?"
    return LanguageWords(
        question=_start(found["question_starts"]),
        leading={each["starts"]: each["instead"] for each in found["leading_starts"]},
        statement=_start(found["statement_starts"]),
        loaded=_words(found["loaded"]),
        tag=_pattern(rf",\s*(?:{_any(found['tags'])})\s*\?\s*$"),
        negative_starts=negatives["starts"],
        negative_start=_start(negatives["starts"]),
        not_after_subject=_pattern(rf"^\s*(?:{_any(negatives['before_not'])})\s+{subject}( not)\b"),
        negative=_words(negatives["words"]),
        pair=_pattern(rf"(?<![\w'-])([\w'-]+) {found['list_join']} {between}([\w'-]+)"),
        second_clause=_pattern(rf",? \b(?:{joins}),? (?:{_any(found['clause_starts'])})\b|\band/or\b"),
        range=_pattern(rf"\b{found['range_start']} [\w'-]+ {found['list_join']} "),
        one_thing=tuple(map(frozenset, found["one_thing"])),
        jargon={audience: _jargon(found["jargon"], audience) for audience in get_args(Audience)},
        abbreviations=frozenset(found["abbreviations"]),
        scales=tuple(
            AnswerScale(
                each["asks"],
                each["answers"],
                tuple(each["asked"]),
                frozenset(each["labels"]),
                tuple(each["standard"]),
                each.get("is_for_statements", False),
            )
            for each in found["scales"]
        ),
    )


def _jargon(entries: list[dict[str, Any]], audience: str) -> Jargon:
    known = [each for each in entries if audience in each.get("only_for", [audience])]
    exact = [each["words"] for each in known if each.get("exact")]
    others = [each["words"] for each in known if not each.get("exact")]
    pattern = rf"(?<![\w-])(?:{_any(exact)}|(?i:{_any(others)}))(?![\w-])"
    return Jargon(re.compile(pattern), {each["words"]: each["plain"] for each in known})


def _any(words: Collection[str]) -> str:
    """One of these words, the longest that fits; nothing where there are none."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: -len(word))) or "(?!)"


def _start(words: Collection[str]) -> re.Pattern[str]:
    return _pattern(rf"^\s*(?:{_any(words)})\b")


def _words(words: Collection[str]) -> re.Pattern[str]:
    return _pattern(rf"\b(?:{_any(words)})\b")


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
