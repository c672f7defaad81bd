"""The figures of a closed round as they were shown, so that nothing that goes later can be had by subtraction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class KeptTally:
    """What was shown of one question, or of one line of a matrix: `numbers` by where they stand, `[c]` among them.

    `hidden` is what was taken out and why, by the names of the reasons.
    """

    question: str
    line: str
    numbers: dict[str, Any]
    hidden: dict[str, Any]


@dataclass(frozen=True)
class RoundFigures:
    """One form of one round, worked out once when the round closed. `id` is `figures_id`.

    `people` answered; `no_figures` says why all is withheld, and is empty where something is shown. Versions before
    `by_person` counted every response, and what they kept is never worked out again.
    """

    id: str
    round_id: str
    form_id: str
    kept_at: datetime
    people: int
    no_figures: str = ""
    no_counts: bool = False
    tallies: tuple[KeptTally, ...] = ()
    by_person: bool = False


def figures_id(round_id: str, form_id: str) -> str:
    """The key of the figures of one form in one round."""
    return f"{round_id}:{form_id}"
