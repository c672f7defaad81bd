"""How cells look: one quiet style for each kind of value, made known to a workbook by number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.workbook import Workbook

# Arial is on every machine that has a spreadsheet, or a font of the same widths is: columns stay as wide as planned.
FONT = "Arial"
SIZE = 10
DEEP = "0B5D66"
INK = "1D2433"
QUIET = "566074"
LINE = "D8D2C6"
ROSE = "B3261E"

FORMATS: Mapping[str, str] = {
    "number": "#,##0",
    "one_decimal": "#,##0.0",
    "two_decimals": "#,##0.00",
    "many_decimals": "#,##0.#########",
    "percent": '0"%"',
    "points": '"▲ "#,##0;"▼ "#,##0;"no change"',
    "change": '"▲ "#,##0.00;"▼ "#,##0.00;"no change"',
    "day": "d mmmm yyyy",
    "month": "mmmm yyyy",
    "year": "yyyy",
    "time": "h:mm AM/PM",
    "moment": "d mmmm yyyy, h:mm AM/PM",
}
DAYS = frozenset(("day", "month", "year", "moment"))
NUMBERS = FORMATS.keys() - DAYS - {"time"}
# Looks of rows that are not in a table.
FRAME = ("title", "section", "heading", "note", "alarm", "header", "header_right")
HEADERS = ("header", "header_right")
# A number of its own for a format that openpyxl does not give one: far beyond those that it gives.
FLAG_FORMAT = 400
# Points that a row of larger letters takes.
TALLER = {"title": 24.0, "section": 20.0, "heading": 17.0}


@dataclass(frozen=True)
class Looks:
    """The number that each look has in a workbook; `guarded` are the texts that resemble formulas."""

    plain: Mapping[str, int]
    guarded: Mapping[str, int]


def looks_in(workbook: Workbook) -> Looks:
    """Make every look known to the workbook. A guarded text stays text even when somebody edits its cell."""
    _set_normal_font(workbook)
    plain = {name: _number(workbook, name, guarded=False) for name in (*FRAME, *_BODY)}
    guarded = {name: _number(workbook, name, guarded=True) for name in (*FRAME, *_BODY)}
    return Looks(plain, guarded)


def flag(from_value: float) -> Rule:
    """The look of numbers that stand out: a sign before them and bold letters, then a colour."""
    look = DifferentialStyle(
        font=Font(bold=True, color=ROSE), numFmt=NumberFormat(numFmtId=FLAG_FORMAT, formatCode='"▲ "#,##0')
    )
    return Rule(type="cellIs", operator="greaterThanOrEqual", formula=[f"{from_value:g}"], dxf=look)


_BODY: tuple[str, ...] = ("text", "code", "strong", "loud", "sign", "sign_right", "link", *FORMATS)


def _set_normal_font(workbook: Any) -> None:
    """Columns are measured in digits of the normal font, which openpyxl settles before anybody is asked."""
    workbook._fonts.clear()
    workbook._fonts._dict.clear()
    workbook._fonts.add(Font(name=FONT, size=SIZE, color=INK))
    workbook._named_styles["Normal"].font = workbook._fonts[0]


def _number(workbook: Workbook, name: str, *, guarded: bool) -> int:
    cell = WriteOnlyCell(workbook.worksheets[0])
    cell.font = _font(name)
    cell.alignment = _alignment(name)
    if name in HEADERS:
        cell.fill = PatternFill("solid", start_color=DEEP)
    elif name not in FRAME:
        cell.border = Border(bottom=Side("thin", color=LINE))
    if name in FORMATS:
        cell.number_format = FORMATS[name]
    cell.quotePrefix = guarded
    return int(cell.style_id)


def _font(name: str) -> Font:
    size = {"title": 16, "section": 13, "heading": 11}.get(name, SIZE)
    bold = name in ("title", "section", "heading", "alarm", *HEADERS, "strong", "loud")
    color = {
        "title": DEEP,
        "section": DEEP,
        "note": QUIET,
        "sign": QUIET,
        "sign_right": QUIET,
        "code": QUIET,
        "alarm": ROSE,
        "loud": ROSE,
        "header": "FFFFFF",
        "header_right": "FFFFFF",
        "link": DEEP,
    }.get(name, INK)
    return Font(name=FONT, size=size, bold=bold, color=color, underline="single" if name == "link" else None)


def _alignment(name: str) -> Alignment:
    if name == "header_right":
        return Alignment(horizontal="right", vertical="bottom", wrap_text=True)
    if name == "header":
        return Alignment(horizontal="left", vertical="bottom", wrap_text=True, indent=1)
    if name in FRAME:
        return Alignment(horizontal="left", vertical="center")
    if name == "sign_right" or (name in FORMATS and name not in DAYS):
        return Alignment(horizontal="right", vertical="top")
    # Set in a little, so that a word does not run into the number on its left.
    return Alignment(horizontal="left", vertical="top", wrap_text=name not in DAYS, indent=1)
