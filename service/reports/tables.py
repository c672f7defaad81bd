"""What a workbook is made of, before it is Excel: sheets of tables, whose cells have a value and a look."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal, TypeAlias

Look = Literal[
    "text",
    "code",
    "strong",
    "loud",
    "number",
    "one_decimal",
    "two_decimals",
    "many_decimals",
    "percent",
    "points",
    "change",
    "day",
    "month",
    "year",
    "time",
    "moment",
    "sign",
    "link",
]
Value: TypeAlias = str | int | float | date | datetime | time | None
MOST_BARS = 17  # of a chart: more do not fit into the tallest row that a sheet may have


@dataclass(frozen=True)
class Marked:
    """A value that looks other than its column says."""

    value: Value
    look: Look


Cell: TypeAlias = Value | Marked


@dataclass(frozen=True)
class Column:
    """A column of a table: its header, how its values look, its width in characters.

    What stands in a column that looks like a `link` is the name of a sheet, which it leads to. Numbers of at least
    `flagged_from` are marked with a sign, so that they stand out in print and to whoever sees no colours.
    """

    header: str
    width: int = 11
    look: Look = "text"
    flagged_from: float | None = None


@dataclass(frozen=True)
class Bar:
    """One bar of a chart. Its label and value stand in cells of the table: row (the header is -1) and column."""

    label: str
    value: float
    label_at: tuple[int, int]
    value_at: tuple[int, int]


@dataclass(frozen=True)
class Chart:
    """Bars of whole percentages under the table that they are from, in the order asked.

    `base` says of how many, `description` all of it in words. Those of a scale are `ordered`.
    """

    title: str
    base: str
    bars: tuple[Bar, ...]
    description: str
    ordered: bool = False


class Streamed(Collection[Sequence[Any]]):
    """Rows that are made anew by whoever goes through them, so that they are never there all at once."""

    def __init__(self, number: int, make: Callable[[], Iterator[Sequence[Any]]]) -> None:
        self._number = number
        self._make = make

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return self._make()

    def __contains__(self, row: object) -> bool:
        return any(each == row for each in self)


@dataclass(frozen=True)
class Table:
    """A table with a header row. `name` is unique in the workbook.

    Above it stand a `section` that begins here with what is `told` of it, a `heading` and `notes`.

    `empty` is what is said where there are no rows. Under it stand its `charts`. `may_be_long` says whether a text
    may be too long for a cell.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Collection[Sequence[Cell]]
    section: str = ""
    told: tuple[str, ...] = ()
    heading: str = ""
    notes: tuple[str, ...] = ()
    filtered: bool = True
    empty: str = "Nothing to show yet."
    charts: tuple[Chart, ...] = ()
    may_be_long: bool = True


@dataclass(frozen=True)
class Sheet:
    """A sheet: its title in A1, lines of explanation, then tables.

    `alarm` is said before anything else. Where there is one table, its header and first `frozen` columns stay in view.
    `fit` prints it as wide as it must be to be read, or one page wide, or on one page.
    """

    name: str
    title: str
    notes: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    alarm: str = ""
    fit: Literal["wide", "one_wide", "one"] = "wide"
    frozen: int = 1


@dataclass(frozen=True)
class Report:
    """A workbook: what its properties and the foot of every page say, and its sheets in order."""

    title: str
    subject: str
    head: str
    foot: str
    made_at: datetime
    sheets: tuple[Sheet, ...] = field(default=())
