"""The rows of a sheet as XML: its title and notes, then its tables, every cell through one function."""

import textwrap
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from openpyxl.utils import get_column_letter

from service.analysis.figures import Sign
from service.exporters.excel import bar_charts, row_heights
from service.exporters.excel.styles import DAYS, FORMATS, NUMBERS, TALLER, Looks
from service.reports import cell_values
from service.reports.tables import Cell, Chart, Column, Marked, Sheet, Streamed, Table

NARROWEST_NOTE = 100
WIDEST_NOTE = 110
# Short texts, option labels above all, come again and again.
SHORT_TEXT = 60
MOST_REMEMBERED = 1_000
_REMEMBERED = frozenset((str, int, float, date, datetime, time, type(None)))
# The arrow of a filter covers a part of its header.
ROOM_FOR_BUTTON = 2


def fitted_table(table: Table) -> Table:
    """The table with unique headers, and a further column wherever a text is too long for one cell."""
    columns, rows = table.columns, table.rows
    if table.may_be_long:
        columns, rows = _spread(columns, rows)
    headers = cell_values.unique_headers(column.header for column in columns)
    return replace(
        table,
        columns=tuple(
            replace(column, header=header, width=max(column.width, row_heights.widest_word(header)))
            for column, header in zip(columns, headers, strict=True)
        ),
        rows=rows,
    )


def _spread(
    columns: tuple[Column, ...], rows: Collection[Sequence[Cell]]
) -> tuple[tuple[Column, ...], Collection[Sequence[Cell]]]:
    most = [1] * len(columns)
    for row in rows:
        for index, cell in enumerate(row):
            if _is_long(cell):
                most[index] = max(most[index], len(_pieces(cell)))
    if sum(most) == len(columns):
        return columns, rows
    spread = (
        replace(column, header=f"{column.header} (continued {number})" if number > 1 else column.header)
        for column, number_of in zip(columns, most, strict=True)
        for number in range(1, number_of + 1)
    )
    return tuple(spread), Streamed(len(rows), lambda: (_spread_row(row, most) for row in rows))


def _spread_row(row: Sequence[Cell], most: Sequence[int]) -> list[Cell]:
    found: list[Cell] = []
    for cell, places in zip(row, most, strict=True):
        pieces = _pieces(cell)
        found += [*pieces, *[None] * (places - len(pieces))]
    return found


def _is_long(cell: Cell) -> bool:
    return (
        isinstance(cell, str)
        and len(cell) * 2 > cell_values.LONGEST_TEXT
        and cell_values.units(cell) > cell_values.LONGEST_TEXT
    )


def _pieces(cell: Cell) -> list[Cell]:
    return [*cell_values.parts(cell)] if isinstance(cell, str) and _is_long(cell) else [cell]


@dataclass(frozen=True)
class PlacedChart:
    """A chart of the table whose header is in this row; it stands in a row of its own, so many from the left."""

    chart: Chart
    header: int
    row: int
    place: int


class SheetRows:
    """The rows of one sheet. What stands where is settled first, so that tables and panes can refer to it."""

    def __init__(self, sheet: Sheet, tables: Sequence[Table], widths: Sequence[int], looks: Looks) -> None:
        self._looks = looks
        self._letters = [get_column_letter(number) for number in range(1, max(len(widths), 1) + 1)]
        self._widths = widths
        self._width = min(max(sum(widths), NARROWEST_NOTE), WIDEST_NOTE)
        self._plan: list[tuple[int, str, str] | tuple[int, Table | float]] = []
        self._next = 1
        self.links: dict[str, str] = {}
        self.headers: list[int] = []
        self.charts: list[PlacedChart] = []
        self.sections: list[int] = []
        self._lines(sheet.title, "title")
        self._lines(sheet.alarm, "alarm")
        for note in sheet.notes:
            self._lines(note, "note")
        for table in tables:
            self._table(table)

    @property
    def extent(self) -> str:
        """The cells that are used."""
        return f"A1:{self._letters[-1]}{max(self._next - 1, 1)}"

    def range_of(self, index: int, table: Table) -> str:
        """The cells of a table, its header among them."""
        top = self.headers[index]
        return f"A{top}:{self._letters[len(table.columns) - 1]}{top + len(table.rows)}"

    def column_of(self, index: int, table: Table, column: int) -> str:
        """The cells of one column of a table, without its header."""
        top, letter = self.headers[index], self._letters[column]
        return f"{letter}{top + 1}:{letter}{top + len(table.rows)}"

    def xml(self) -> Iterator[str]:
        """The rows, in order."""
        for planned in self._plan:
            if len(planned) == 3:
                number, text, look = planned
                yield _row(number, TALLER.get(look), f'<c r="A{number}" {self.text(text, look)}')
            elif isinstance(planned[1], Table):
                yield from self._table_xml(planned[0], planned[1])
            else:
                # It holds drawings, which no program would leave room for by itself.
                yield f'<row r="{planned[0]}" ht="{planned[1]:g}" customHeight="1"/>'

    def _line(self, text: str, look: str) -> None:
        self._plan.append((self._next, text, look))
        self._next += 1

    def _lines(self, text: str, look: str) -> None:
        """Text over as many rows as it needs: beside empty cells it runs on, and prints, without merging them."""
        width = self._width * 3 // 4 if look in ("title", "section") else self._width
        for paragraph in text.splitlines():
            for line in textwrap.wrap(paragraph, width):
                self._line(line, look)

    def _table(self, table: Table) -> None:
        self._next += 1
        if table.section:
            self.sections.append(self._next)
            self._lines(table.section, "section")
        for said in table.told:
            self._lines(said, "note")
        if table.heading:
            self._lines(table.heading, "heading")
        for note in table.notes:
            self._lines(note, "note")
        self.headers.append(self._next)
        if not table.columns:
            return
        self._plan.append((self._next, table))
        for index, column in enumerate(table.columns):
            if column.look == "link":
                for number, row in enumerate(table.rows, self._next + 1):
                    if isinstance(row[index], str):
                        self.links[f"{self._letters[index]}{number}"] = str(row[index])
        self._next += 1 + len(table.rows)
        if not table.rows:
            self._line(table.empty, "note")
        self._charts(table)

    def _charts(self, table: Table) -> None:
        """Each line of charts in one tall row: a page ends between rows, so no chart is cut in two."""
        across = bar_charts.across(self._widths)
        for first in range(0, len(table.charts), across):
            together = table.charts[first : first + across]
            self.charts += [
                PlacedChart(chart, self.headers[-1], self._next, place) for place, chart in enumerate(together)
            ]
            self._plan.append((self._next, max(map(bar_charts.height, together)) + bar_charts.GAP))
            self._next += 1

    def _table_xml(self, top: int, table: Table) -> Iterator[str]:
        letters = self._letters[: len(table.columns)]
        widths = self._widths[: len(letters)]
        headers = [
            f'<c r="{letter}{top}" {self.text(column.header, _header_look(column))}'
            for letter, column in zip(letters, table.columns, strict=True)
        ]
        most = max(
            row_heights.lines(column.header, width - ROOM_FOR_BUTTON * table.filtered, bold=True)
            for column, width in zip(table.columns, widths, strict=True)
        )
        yield _row(top, row_heights.height(most), "".join(headers))
        lanes = [
            _Lane(self, letter, column.look, width)
            for letter, column, width in zip(letters, table.columns, widths, strict=True)
        ]
        # This loop runs once for every cell of a workbook: what a column has met before is not worked out again.
        for number, row in enumerate(table.rows, top + 1):
            most, inside = 1, []
            for lane, cell in zip(lanes, row, strict=True):
                met = lane.met.get(cell) if cell.__class__ in _REMEMBERED else None
                written, lines = met or lane.write(cell)
                if lines > most:
                    most = lines
                inside.append(f'<c r="{lane.letter}{number}" {written}')
            yield _row(number, row_heights.height(most) if most > 1 else None, "".join(inside))

    def text(self, text: str, look: str) -> str:
        """A text as what follows the place of its cell."""
        styles = self._looks.guarded if cell_values.like_a_formula(text) else self._looks.plain
        return f's="{styles[look]}" {cell_values.text_xml(cell_values.fitted(text))}'

    def value(self, cell: Cell, look: str) -> str:
        """Any value as what follows the place of its cell: the only way into a sheet."""
        if isinstance(cell, Marked):
            return self.value(cell.value, cell.look)
        if isinstance(cell, str):
            if isinstance(cell, Sign):
                return self.text(cell.value, "sign_right" if look in NUMBERS else "sign")
            return self.text(cell, "text" if look in FORMATS else look)
        if cell is None:
            return f's="{self._looks.plain[look]}"/>'
        return self._measured(cell, look)

    def _measured(self, value: float | date | time, look: str) -> str:
        """A number, a day or a time; as text where a spreadsheet would not hold it exactly."""
        if isinstance(value, bool):
            return self.text("Yes" if value else "No", "text")
        if isinstance(value, int | float):
            if not cell_values.is_exact(value):
                return self.text(str(value), "text")
            return self._number(value, look if look in NUMBERS else "number")
        if isinstance(value, time):
            return self._number(cell_values.serial(value), "time")
        if not cell_values.has_serial(value):
            return self.text(value.isoformat(), "text")
        kind = "moment" if isinstance(value, datetime) else "day"
        return self._number(cell_values.serial(value), look if look in DAYS else kind)

    def _number(self, value: float, look: str) -> str:
        return f's="{self._looks.plain[look]}"><v>{value!r}</v></c>'


def _header_look(column: Column) -> str:
    return "header_right" if column.look in NUMBERS else "header"


class _Lane:
    """One column while its rows are written. `met` holds what was written for values met before, and its lines."""

    def __init__(self, rows: SheetRows, letter: str, look: str, width: int) -> None:
        self.letter = letter
        self.met: dict[Any, tuple[str, int]] = {}
        self._rows = rows
        self._look = look
        self._width = width
        self._short = row_heights.surely_one_line(width)

    def write(self, cell: Cell) -> tuple[str, int]:
        """What follows the place of the cell, and how many lines it takes."""
        text = cell.value if isinstance(cell, Marked) else cell
        lines = 1
        if isinstance(text, str) and (len(text) > self._short or "\n" in text):
            lines = row_heights.lines(text, self._width)
        made = self._rows.value(cell, self._look), lines
        # Values are remembered by type: a sign is equal to a text that somebody may have written.
        short = not isinstance(cell, str) or len(cell) <= SHORT_TEXT
        if short and cell.__class__ in _REMEMBERED and len(self.met) < MOST_REMEMBERED:
            self.met[cell] = made
        return made


def _row(number: int, height: float | None, inside: str) -> str:
    """A row. Its height is how it begins, not a fixed one: whoever edits a cell gets a row that fits again."""
    tall = "" if height is None else f' ht="{height:g}"'
    return f'<row r="{number}"{tall}>{inside}</row>'
