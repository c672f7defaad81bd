"""What has been published nationally of what children said: to read beside one's own figures, never as a target."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_type_hints

from service.frameworks.framework import FrameworkError
from service.frameworks.library import DATA, known_code

QUESTIONNAIRE = "ofsted-child-questionnaire"
_FILE = DATA / "published" / f"{QUESTIONNAIRE}.json"
_AMOUNT = re.compile(r"(more than|fewer than|less than|nearly|about|around) (\d+)")
_OTHER_SIDE = {"more than": "less than", "less than": "more than", "fewer than": "more than", "nearly": "more than"}


@dataclass(frozen=True)
class Amount:
    """A number as it was published; `bound` is the word before it where it was not exact."""

    number: int
    bound: str = ""

    def __str__(self) -> str:
        return f"{self.bound} {self.number:,}".strip()


@dataclass(frozen=True)
class Published:
    """One figure: what percentage of the children of a year and setting gave one of these answers to a theme.

    None where it is not known: the year, the setting, and the base, the number of children who answered.
    """

    code: str
    answers: tuple[str, ...]
    percent: Amount
    source: str
    year: int | None = None
    setting: str | None = None
    base: int | None = None
    note: str | None = None

    @property
    def answer(self) -> str:
        """The answers that were joined, as they are reported: always or most of the time."""
        *first, last = self.answers
        return f"{', '.join(first)} or {last}" if first else last

    @property
    def rest(self) -> Amount:
        """The other side: the percentage that said something else."""
        return Amount(100 - self.percent.number, _OTHER_SIDE.get(self.percent.bound, self.percent.bound))


@dataclass(frozen=True)
class Answered:
    """How many answered in a year; `first_published` is what was said before the number of children was restated."""

    year: int
    sources: tuple[str, ...]
    all: Amount | None = None
    children: Amount | None = None
    first_published: int | None = None
    window: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Homes:
    """How many children's homes there are at the end of a period, and how it came about."""

    period: str
    registered: Amount
    closed: Amount
    total: int
    source: str

    @property
    def more(self) -> int:
        """By how many the number has risen."""
        return self.registered.number - self.closed.number

    @property
    def before(self) -> int:
        """How many there were at the start."""
        return self.total - self.more


@dataclass(frozen=True)
class NationalFigures:
    """Everything published about one framework's themes, newest first."""

    note: str
    sources: Mapping[str, str]
    figures: tuple[Published, ...]
    responses: tuple[Answered, ...]
    homes: tuple[Homes, ...]


Record = TypeVar("Record", Published, Answered, Homes)


@cache
def national() -> NationalFigures:
    """What comes with the service, read once."""
    return read_published(_FILE)


def published_for(code: str) -> tuple[Published, ...]:
    """The national figures for a theme of Ofsted's questionnaire for children, newest first, undated ones last."""
    return tuple(figure for figure in national().figures if figure.code == code)


def base_in_words(figure: Published) -> str:
    """How many children a figure is of; where that is not known, how many answered in all in its year."""
    if figure.base is not None:
        return f"of {figure.base:,} children"
    answered = next((one.children for one in national().responses if one.year == figure.year and one.children), None)
    return "base not known" + (f" ({answered} children answered in all that year)" if answered else "")


def read_published(path: Path) -> NationalFigures:
    """The figures of a file; FrameworkError names every fault with its place."""
    problems: list[str] = []

    def fault(place: str, sentence: str) -> None:
        problems.append(f"{path.name}: {place}: {sentence}")

    data = json.loads(path.read_text(encoding="utf-8"))
    sources: dict[str, str] = data["sources"]
    figures = _records(Published, data["figures"], "figures", fault)
    responses = _records(Answered, data["responses"], "responses", fault)
    homes = _records(Homes, data["homes"], "homes", fault)
    for figure in figures:
        place = f"figures.{figure.code}.{figure.year}"
        if not known_code(data["system"], figure.code):
            fault(place, f"{data['system']} has no code {figure.code!r}")
        if not 0 <= figure.percent.number <= 100:
            fault(place, f"{figure.percent} is not a percentage")
        if not figure.answers:
            fault(place, "which answers were counted must be said")
    named = [*(figure.source for figure in figures), *(home.source for home in homes)]
    for source in dict.fromkeys([*named, *(source for one in responses for source in one.sources)]):
        if source not in sources:
            fault("sources", f"nothing is called {source!r}")
    if problems:
        raise FrameworkError(problems)
    return NationalFigures(
        data["note"],
        sources,
        tuple(sorted(figures, key=lambda figure: -(figure.year or 0))),
        tuple(sorted(responses, key=lambda one: -one.year)),
        tuple(homes),
    )


def _records(
    kind: type[Record], values: list[dict[str, Any]], place: str, fault: Callable[[str, str], None]
) -> list[Record]:
    made = []
    for number, value in enumerate(values):
        try:
            made.append(kind(**_typed(kind, value)))
        except (TypeError, ValueError) as error:
            fault(f"{place}[{number}]", str(error))
    return made


def _typed(kind: type[Record], value: dict[str, Any]) -> dict[str, Any]:
    """The values as the record has them: amounts from numbers or words before a number, lists as tuples."""
    hints = get_type_hints(kind)
    unknown = set(value) - {field.name for field in fields(kind)}
    if unknown:
        raise ValueError(f"no key is called {', '.join(sorted(unknown))}")
    return {name: _as(hints[name], name, found) for name, found in value.items()}


def _as(hint: Any, name: str, found: Any) -> Any:
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    if Amount in kinds:
        return _amount(name, found)
    if isinstance(found, list):
        return tuple(found)
    if type(found) not in kinds:
        raise ValueError(f"{name} cannot be {found!r}")
    return found


def _amount(name: str, found: Any) -> Amount:
    if type(found) is int:
        return Amount(found)
    matched = _AMOUNT.fullmatch(str(found))
    if matched is None:
        raise ValueError(f"{name} must be a number, or one with a word before it that says how near it is")
    return Amount(int(matched[2]), matched[1])
