"""A submitted response as it counts: the version that was answered, what was shown, what was said.

A year's responses are held together while they are counted, so each takes no more room than its own words and places
for its answers: whatever many have in common is there once.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from service.answers.visibility import visible
from service.definitions import Form

# Longer texts are somebody's own words, which nobody else has written.
SHORT = 60


@dataclass(frozen=True, slots=True)
class CountedResponse:
    """One person's answers. `asked` holds the names of what they were shown (`feel_safe`, `moves.0.date`)."""

    response_id: str
    form: Form
    asked: frozenset[str]
    answers: Mapping[str, Any]


def count_response(
    response_id: str, form: Form, answers: Mapping[str, Any], meta: Mapping[str, Any]
) -> CountedResponse:
    """The response as it counts, with `meta` as it was when it was submitted."""
    shown = visible(form, answers, meta)
    # Answers are taken as they are kept: hidden ones were let go at submission, when all of `meta` was known.
    # What was answered was asked, whatever this second look thinks of it.
    asked = _one_for_all(frozenset(shown.questions) | _answered(form, answers))
    return CountedResponse(response_id, form, asked, _Answers(form, answers))


class _Answers(Mapping[str, Any]):
    """Answers by name, in places that all answers to a form have in common."""

    __slots__ = ("_places", "_said")

    def __init__(self, form: Form, answers: Mapping[str, Any]) -> None:
        self._places = _places(tuple(form.questions), tuple(name for name in answers if name not in form.questions))
        self._said = tuple(_shared(answers[name]) if name in answers else _NOT_SAID for name in self._places)

    def __getitem__(self, name: str) -> Any:
        said = self._said[self._places[name]]
        if said is _NOT_SAID:
            raise KeyError(name)
        return said

    def __iter__(self) -> Iterator[str]:
        return (name for name, said in zip(self._places, self._said, strict=True) if said is not _NOT_SAID)

    def __len__(self) -> int:
        return sum(said is not _NOT_SAID for said in self._said)


_NOT_SAID = object()


@lru_cache(maxsize=256)
def _places(asked: tuple[str, ...], others: tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, name in enumerate((*asked, *others))}


def _shared(said: Any) -> Any:
    """The answer with its options, and other short texts, that many give, once for all."""
    if isinstance(said, str):
        return sys.intern(said) if type(said) is str and len(said) <= SHORT else said
    if isinstance(said, dict):
        return {_shared(name): _shared(each) for name, each in said.items()}
    return [_shared(each) for each in said] if isinstance(said, list) else said


@lru_cache(maxsize=4096)
def _one_for_all(names: frozenset[str]) -> frozenset[str]:
    """The same names once: most people are shown the same."""
    return names


def _answered(form: Form, answers: Mapping[str, Any]) -> frozenset[str]:
    names = {name for name in answers if name in form.questions}
    for group in list(names):
        rows = answers[group]
        if isinstance(rows, list | tuple):
            names.update(
                f"{group}.{number}.{inner}"
                for number, row in enumerate(rows)
                if isinstance(row, Mapping)
                for inner in row
            )
    return frozenset(names)
