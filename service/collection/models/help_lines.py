"""The national lines on every questionnaire, and the day on which somebody last checked their numbers."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from service.definitions import Audience
from service.repository import Records

ShownTo = Literal["children", "adults", "everyone"]

MOST_LINES = 8  # of a page that a child takes in, and that must come quickly
LONGEST_NAME, LONGEST_NUMBER, LONGEST_ABOUT = 60, 20, 120
EMERGENCY = "999"
KEPT_AS = "help-lines"  # there is one record
_NUMBER = re.compile(r"[0-9](?: ?[0-9]){2,14}")
_SHIPPED = Path(__file__).with_suffix(".json")


@dataclass(frozen=True)
class HelpLine:
    """A line that is there for everyone in England, as a questionnaire shows it."""

    name: str
    number: str
    about: str = ""
    shown_to: ShownTo = "everyone"

    def is_for(self, audience: Audience) -> bool:
        """Whether questionnaires for this audience show it."""
        return self.shown_to in ("everyone", "children" if audience == "child" else "adults")


@dataclass(frozen=True)
class HelpLines:
    """All of them, in the order in which they are shown; `checked_on` is None until somebody here has."""

    lines: tuple[HelpLine, ...]
    checked_on: date | None
    id: str = KEPT_AS


def lines_kept(records: Records) -> HelpLines:
    """The lines as an administrator last kept them; until then those that Sayso comes with."""
    return records[HelpLines].get(KEPT_AS) or lines_shipped()


@lru_cache(maxsize=1)
def lines_shipped() -> HelpLines:
    """The lines that Sayso comes with. Nobody who answers for a home has checked them yet, so no page says so."""
    data = json.loads(_SHIPPED.read_text())
    return HelpLines(tuple(HelpLine(**line) for line in data), None)


def faults_in(lines: Sequence[HelpLine]) -> Iterator[str]:
    """What is wrong with such lines, as sentences."""
    if len(lines) > MOST_LINES:
        yield f"At most {MOST_LINES} lines. Whoever needs one looks for it in a hurry."
    for place, line in enumerate(lines, 1):
        if not line.name or not line.number:
            yield f"Line {place}: give a name and a number."
        elif not _NUMBER.fullmatch(line.number):
            yield f"Line {place}: a number is 3 to 15 digits, with single spaces where you like."
        if len(line.name) > LONGEST_NAME or len(line.about) > LONGEST_ABOUT:
            yield f"Line {place}: at most {LONGEST_NAME} characters for the name, {LONGEST_ABOUT} for the rest."
    if not any(line.is_for("child") for line in lines):
        yield "Keep at least one line for children."
    if not any(line.number == EMERGENCY and line.is_for("staff") for line in lines):
        yield f"Keep {EMERGENCY} among the lines for adults."
