"""What is wrong with a definition, in a sentence, and where."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. `place` reads as the way there: `pages[0].questions[2].visible_if`."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


class DefinitionError(Exception):
    """The definition is not a form that can be used; `problems` holds every fault, each with its place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        self.problems = [str(fault) for fault in self.faults]
        super().__init__("\n".join(self.problems))
