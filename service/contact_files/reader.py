"""A contact list on a sheet: read from a workbook or CSV that anybody may have made, and the empty one to fill in."""

import csv
import io
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from itertools import islice
from typing import Any

# openpyxl refuses entity bombs and outside entities only where this is installed: so it cannot be dropped unnoticed
import defusedxml.ElementTree
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml import functions

from service.collection.people.contact_fields import field_called
from service.collection.people.contact_import import ROWS_ABOVE, Row
from service.contact_files.safe_unzip import SAVE_AGAIN, NotReadable, too_much, unpacked
from service.dates import in_words

LARGEST_FILE = 5_000_000  # bytes
MOST_SHEETS = 200
MOST_ROWS = 2_500  # that hold anything: more than may be imported, so that whoever judges them can say so
MOST_COLUMNS = 40
LONGEST_CELL = 1_000  # characters: longer than anything that is taken

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

if functions.iterparse is not defusedxml.ElementTree.iterparse:
    raise ImportError("openpyxl does not read through defusedxml: take OPENPYXL_DEFUSEDXML out of the environment")


def rows_of(content: bytes) -> list[Row]:
    """The rows of the first sheet that hold anything, as text, each with its number. Raises NotReadable."""
    if not content.strip():
        raise NotReadable("The file is empty.")
    if len(content) > LARGEST_FILE:
        raise NotReadable("The file is larger than 5 MB. A contact list is much smaller: save only the list itself.")
    if content.startswith(_OLD_EXCEL):
        raise NotReadable(f"This is an old Excel file (.xls), or one with a password. {SAVE_AGAIN}")
    with warnings.catch_warnings():
        # of what openpyxl leaves out of a workbook, which is nothing to whoever sends a list
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        return _filled(_workbook_rows(content) if content.startswith(b"PK\x03\x04") else _csv_rows(content))


def _filled(rows: Iterable[Row]) -> list[Row]:
    found: list[Row] = []
    for number, cells in rows:
        texts = [text[:LONGEST_CELL] for text in cells[:MOST_COLUMNS]]
        if not any(text.strip() for text in texts):
            continue
        if len(found) == MOST_ROWS:
            raise NotReadable(f"The sheet has more than {MOST_ROWS:,} rows. Make several files of it.")
        found.append((number, texts))
    return found


# --- CSV ---


def _csv_rows(content: bytes) -> Iterator[Row]:
    text = _text(content)
    if re.search("[\x00-\x08\x0e-\x1f]", text):
        raise NotReadable(f"This is neither an Excel workbook nor CSV. {SAVE_AGAIN}")
    lines = io.StringIO(text, newline="")
    try:
        yield from enumerate(csv.reader(lines, delimiter=_delimiter(text)), 1)
    except csv.Error:
        raise NotReadable(f"This CSV file cannot be read. {SAVE_AGAIN}") from None


def _text(content: bytes) -> str:
    # "Unicode text", as Excel calls it, is UTF-16; "CSV" without more is what Windows wrote thirty years ago
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotReadable(f"This is neither an Excel workbook nor CSV. {SAVE_AGAIN}")


def _delimiter(text: str) -> str:
    """What stands between cells: whatever makes the most columns that we know, then the most cells, at the top."""
    head = [line for line in text[:20_000].splitlines() if line.strip()][:ROWS_ABOVE]

    def worth(mark: str) -> tuple[int, int]:
        lines = _cells(head, mark)
        return max((len({*map(field_called, line)} - {None}) for line in lines), default=0), sum(map(len, lines))

    return max(",;\t", key=worth)


def _cells(lines: Iterable[str], mark: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=mark))
    except csv.Error:
        return []


# --- workbooks ---


def _workbook_rows(content: bytes) -> Iterator[Row]:
    package = unpacked(content)
    try:
        yield from _sheet_rows(package)
    except NotReadable:
        raise
    except Exception:  # a package can be wrong in as many ways as it has parts
        raise NotReadable(f"This workbook cannot be read. {SAVE_AGAIN}") from None


def _sheet_rows(package: io.BytesIO) -> Iterator[Row]:
    """The rows of the first sheet that shows, as openpyxl reads them for `read_only`, but one sheet and no more."""
    reader = ExcelReader(package, read_only=True, keep_links=False)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    book: Any = reader.wb
    sheets = list(islice(reader.parser.find_sheets(), MOST_SHEETS + 1))
    if len(sheets) > MOST_SHEETS:
        raise too_much()
    targets = [(sheet.state, rel.target) for sheet, rel in sheets if rel.target in reader.valid_files]
    targets.sort(key=lambda pair: pair[0] != "visible")
    if not targets:
        raise NotReadable(f"This workbook has no sheet. {SAVE_AGAIN}")
    with reader.archive.open(targets[0][1]) as source:
        cells = _Cells(
            source,
            reader.shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for _, element in functions.iterparse(source):
            if element.tag == ROW_TAG:
                number, found = cells.parse_row(element)
                element.clear()
                yield number, _in_columns(found)
            elif element.tag == DATA_TAG:  # what follows the rows is nothing to a list
                return


class _Cells(WorkSheetParser):
    """Reads cells; a formula is its own text and is not worked out for each cell that shares it."""

    def parse_formula(self, element: Any) -> str:
        return f"={element.findtext(FORMULA_TAG) or ''}"


def _in_columns(cells: Iterable[Mapping[str, Any]]) -> list[str]:
    """The cells each in its place; how wide a row says it is is not believed."""
    texts = [""] * MOST_COLUMNS
    for cell in cells:
        if 1 <= cell["column"] <= MOST_COLUMNS:
            texts[cell["column"] - 1] = _as_text(cell["value"])
    return texts


def _as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime() if (value.hour, value.minute) == (0, 0):
            return in_words(value.date())
        case datetime():
            return f"{in_words(value.date())}, {value:%H:%M}"
        case date():
            return in_words(value)
        case time():
            return f"{value:%H:%M}"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))  # a telephone number
    return str(value)
