"""A submitted response as it counts: the version that was answered, what was shown, what was said."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from service.answers.visibility import visible
from service.definitions import Form


@dataclass(frozen=True)
class Heard:
    """One person's answers. `asked` holds the names of what they were shown (`feel_safe`, `moves.0.date`)."""

    response_id: str
    form: Form
    asked: frozenset[str]
    answers: Mapping[str, Any]


def hear(response_id: str, form: Form, answers: Mapping[str, Any], meta: Mapping[str, Any]) -> Heard:
    """The response as it counts, with `meta` as it was when it was submitted."""
    shown = visible(form, answers, meta)
    # Answers are taken as they are kept: hidden ones were let go at submission, when all of `meta` was known.
    # What was answered was asked, whatever this second look thinks of it.
    return Heard(response_id, form, _one_for_all(frozenset(shown.questions) | _answered(form, answers)), answers)


@lru_cache(maxsize=4096)
def _one_for_all(names: frozenset[str]) -> frozenset[str]:
    """The same names once: most people are shown the same, and a year's responses are held together."""
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
