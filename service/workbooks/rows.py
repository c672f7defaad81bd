"""The rows of a sheet as XML: its title and notes, then its tables, every cell through one function."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from openpyxl.utils import get_column_letter

from service.analysis.figures import Sign
from service.workbooks import cells, fitting
from service.workbooks.layout import Cell, Column, Marked, Sheet, Table
from service.workbooks.looks import DAYS, FORMATS, NUMBERS, TALLER, Looks

NARROWEST_NOTE = 60
WIDEST_NOTE = 110
# Short texts, option labels above all, come again and again.
SHORT_TEXT = 60
# The arrow of a filter covers a part of its header.
ROOM_FOR_BUTTON = 2


def fitted_table(table: Table) -> Table:
    """The table with unique headers, and a further column wherever a text is too long for one cell."""
    columns, rows = list(table.columns), table.rows
    if _any_long(rows):
        columns, rows = _spread(columns, [list(row) for row in rows])
    headers = cells.unique_headers(column.header for column in columns)
    return replace(
        table,
        columns=tuple(
            replace(column, header=header, width=max(column.width, fitting.widest_word(header)))
            for column, header in zip(columns, headers, strict=True)
        ),
        rows=rows,
    )


def _spread(columns: list[Column], rows: list[list[Cell]]) -> tuple[list[Column], list[list[Cell]]]:
    for index in reversed(range(len(columns))):
        pieces = [_pieces(row[index]) for row in rows]
        most = max(map(len, pieces), default=1)
        columns[index + 1 : index + 1] = [
            replace(columns[index], header=f"{columns[index].header} (continued {number})")
            for number in range(2, most + 1)
        ]
        for row, piece in zip(rows, pieces, strict=True):
            row[index : index + 1] = piece + [None] * (most - len(piece))
    return columns, rows


def _any_long(rows: Sequence[Sequence[Cell]]) -> bool:
    return any(
        isinstance(cell, str) and len(cell) * 2 > cells.LONGEST_TEXT and cells.units(cell) > cells.LONGEST_TEXT
        for row in rows
        for cell in row
    )


def _pieces(cell: Cell) -> list[Cell]:
    return [*cells.parts(cell)] if isinstance(cell, str) and not isinstance(cell, Sign) else [cell]


class Rows:
    """The rows of one sheet. What stands where is settled first, so that tables and panes can refer to it."""

    def __init__(self, sheet: Sheet, tables: Sequence[Table], widths: Sequence[int], looks: Looks) -> None:
        self._looks = looks
        self._letters = [get_column_letter(number) for number in range(1, max(len(widths), 1) + 1)]
        self._widths = widths
        self._width = min(max(sum(widths), NARROWEST_NOTE), WIDEST_NOTE)
        self._known: dict[str, str] = {}
        self._measured_before: dict[tuple[str, int], int] = {}
        self._plan: list[tuple[int, str, str] | tuple[int, Table]] = []
        self._next = 1
        self.links: dict[str, str] = {}
        self.headers: list[int] = []
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

    def xml(self) -> Iterator[str]:
        """The rows, in order."""
        for planned in self._plan:
            if len(planned) == 2:
                yield from self._table_xml(*planned)
            else:
                number, text, look = planned
                yield _row(number, TALLER.get(look), self._text(f"A{number}", text, look))

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

    def _table_xml(self, top: int, table: Table) -> Iterator[str]:
        letters = self._letters[: len(table.columns)]
        widths = self._widths[: len(letters)]
        headers = (
            self._text(f"{letter}{top}", column.header, "header_right" if column.look in NUMBERS else "header")
            for letter, column in zip(letters, table.columns, strict=True)
        )
        most = max(
            fitting.lines(column.header, width - ROOM_FOR_BUTTON * table.filtered, bold=True)
            for column, width in zip(table.columns, widths, strict=True)
        )
        yield _row(top, fitting.height(most), "".join(headers))
        looks = [column.look for column in table.columns]
        sure = [fitting.surely_one_line(width) for width in widths]
        for number, row in enumerate(table.rows, top + 1):
            most = 1
            for cell, width, short in zip(row, widths, sure, strict=True):
                text = cell.value if isinstance(cell, Marked) else cell
                if isinstance(text, str) and (len(text) > short or "\n" in text):
                    most = max(most, self._height_of(text, width))
            inside = "".join(
                [
                    self._cell(f"{letter}{number}", cell, look)
                    for letter, cell, look in zip(letters, row, looks, strict=True)
                ]
            )
            yield _row(number, fitting.height(most) if most > 1 else None, inside)

    def _height_of(self, text: str, width: int) -> int:
        """How many lines a text takes; short texts come again and again."""
        if len(text) > SHORT_TEXT:
            return fitting.lines(text, width)
        key = (text, width)
        if key not in self._measured_before:
            self._measured_before[key] = fitting.lines(text, width)
        return self._measured_before[key]

    def _cell(self, place: str, cell: Cell, look: str) -> str:
        """The only way for a value into a sheet."""
        if isinstance(cell, Marked):
            return self._cell(place, cell.value, cell.look)
        if isinstance(cell, str):
            if isinstance(cell, Sign):
                return self._text(place, cell.value, "sign_right" if look in NUMBERS else "sign")
            return self._text(place, cell, "text" if look in FORMATS else look)
        if cell is None:
            return f'<c r="{place}" s="{self._looks.plain[look]}"/>'
        return self._measured(place, cell, look)

    def _measured(self, place: str, value: float | date | time, look: str) -> str:
        """A number, a day or a time; as text where Excel would not hold it exactly."""
        if isinstance(value, int | float):
            if not cells.is_exact(value):
                return self._text(place, str(value), "text")
            kind = look if look in NUMBERS else "number"
            return f'<c r="{place}" s="{self._looks.plain[kind]}"><v>{value!r}</v></c>'
        if isinstance(value, time):
            return f'<c r="{place}" s="{self._looks.plain["time"]}"><v>{cells.serial(value)!r}</v></c>'
        if not cells.has_serial(value):
            return self._text(place, value.isoformat(), "text")
        kind = look if look in DAYS else ("moment" if isinstance(value, datetime) else "day")
        return f'<c r="{place}" s="{self._looks.plain[kind]}"><v>{cells.serial(value)!r}</v></c>'

    def _text(self, place: str, text: str, look: str) -> str:
        known = self._known.get(text)
        if known is None:
            known = cells.text_xml(cells.fitted(text))
            if len(text) <= SHORT_TEXT:
                self._known[text] = known
        styles = self._looks.guarded if cells.like_a_formula(text) else self._looks.plain
        return f'<c r="{place}" s="{styles[look]}" {known}'


def _row(number: int, height: float | None, inside: str) -> str:
    """A row. Its height is how it begins, not a fixed one: whoever edits a cell gets a row that fits again."""
    tall = "" if height is None else f' ht="{height:g}"'
    return f'<row r="{number}"{tall}>{inside}</row>'
