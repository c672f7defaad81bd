"""Telephone numbers in what people read: as links, and beside each sentence that says to ring."""

import re
from collections.abc import Callable

from markupsafe import Markup, escape

from service.collection.models.home import Home

# UK numbers that begin with 0 or +, and the short ones for help.
_NUMBER = re.compile(r"(?<![\w+@./-])(?:\+\d[\d ]{7,16}\d|0\d[\d ]{5,12}\d|999|111|101|112)(?![\w@])")
_HOME = re.compile(r"\b(?:ring|call|phone|telephone|contact)\b[^.!?]*\bthe (?:home|agency)\b", re.IGNORECASE)
_OFFICER = re.compile(r"\bdesignated officer\b|\bLADO\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")

Say = Callable[..., str]


def linked(text: str) -> Markup:
    """A text in which each telephone number can be pressed to ring it."""
    return _linked(escape(text))


def with_numbers(text: str, home: Home | None, say: Say, *, links: bool = True, unread: bool = False) -> Markup:
    """A form's text with a number directly after the first sentence that says to ring the home, or the officer.

    Where none is known, how to find it stands there. Sentences are read as English: with `unread`, of a text in
    another language, both numbers follow the whole.
    """
    sentences = [Markup(one) for one in _SENTENCE_END.split(escape(text))]  # noqa: S704 - parts of what is escaped
    wanted = {_HOME: number_of_home(home, say), _OFFICER: _number_of_officer(home, say)}
    shown: list[Markup] = []
    for sentence in sentences:
        shown.append(_linked(sentence) if links else sentence)
        for pattern in [pattern for pattern in wanted if pattern.search(sentence)]:
            shown.append(_beside(wanted.pop(pattern), links=links))
    if unread:
        shown += [_beside(number, links=links) for number in wanted.values()]
    return Markup(" ").join(shown)


def number_of_home(home: Home | None, say: Say) -> str:
    """The home's number as a sentence; how to find it where none is known."""
    name = home.name if home else ""
    if home and home.telephone:
        return say("number.home", home=name, how=home.telephone)
    return say("number.home_unknown", home=name) if home else say("number.no_home")


def _number_of_officer(home: Home | None, say: Say) -> str:
    officer = home.designated_officer if home else None
    return say("number.officer", name=officer.name, how=officer.how) if officer else say("number.officer_unknown")


def _beside(words: str, *, links: bool) -> Markup:
    inside = linked(words) if links else escape(words)
    return Markup('<span class="number">{}</span>').format(inside)


def _linked(escaped: Markup) -> Markup:
    def link(found: re.Match[str]) -> str:
        return f'<a href="tel:{found[0].replace(" ", "")}">{found[0]}</a>'

    return Markup(_NUMBER.sub(link, escaped))  # noqa: S704 - digits and what is escaped
