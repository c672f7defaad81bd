"""The empty contact list to fill in: a sheet with an example, and one that says what goes where."""

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from service.collection.people.contact_fields import KIND_WORDS
from service.collection.people.contact_import import MOST_PEOPLE
from service.exporters.excel.styles import DEEP, FONT, QUIET, SIZE
from service.exporters.excel.writer import A4

FILE_NAME = "people-to-ask.xlsx"
_TEXT = "@"  # so that 12 November stays what was typed, and a telephone number keeps its 0

# Header, width, the example, what goes there.
_COLUMNS = (
    ("Kind", 22, "social worker", "What they are. One of the words of the list below."),
    ("Name", 34, "Example: Sam Lee", "Who they are, as a letter would greet them."),
    ("E-mail", 34, "sam.lee@example.org", "Where the letter with their link goes. One address a row."),
    ("Organisation", 30, "Brightwater Council", "Where they work. May be left empty."),
    ("Phone", 18, "01632 960 001", "May be left empty."),
    (
        "Label for letters",
        34,
        "the review on 12 November",
        "How letters to them call what they are asked about. Never a child’s name. May be left empty.",
    ),
)


def empty_sheet() -> bytes:
    """The workbook, ready to download. Its example is marked as one and is not taken when the file comes back."""
    workbook = Workbook()
    people = workbook.worksheets[0]
    people.title = "People to ask"
    _fill_people(people)
    _fill_help(workbook.create_sheet("What goes where"))
    workbook.properties.creator = "Sayso"
    workbook.properties.title = "People to ask"
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _fill_people(sheet: Worksheet) -> None:
    for number, (header, width, example, _) in enumerate(_COLUMNS, 1):
        column = sheet.column_dimensions[sheet.cell(1, number, header).column_letter]
        column.width = width
        column.number_format = _TEXT
        column.font = Font(name=FONT, size=SIZE)
        sheet.cell(2, number, example).font = Font(name=FONT, size=SIZE, italic=True, color=QUIET)
        sheet.cell(2, number).number_format = _TEXT
    _head(sheet)
    kinds = DataValidation("list", formula1=f'"{",".join(one for one, _ in KIND_WORDS.values())}"', allow_blank=True)
    kinds.showErrorMessage = False  # other words are understood too
    kinds.add(f"A2:A{MOST_PEOPLE + 1}")
    sheet.add_data_validation(kinds)


def _fill_help(sheet: Worksheet) -> None:
    sheet.append(["Column", "What goes there"])
    for header, _, _, meaning in _COLUMNS:
        sheet.append([header, meaning])
    sheet.append([])
    sheet.append(["Kind", "Whom it means"])
    for one, many in KIND_WORDS.values():
        sheet.append([one, many])
    sheet.append([])
    sheet.append(["Example", "The row that begins “Example:” is not taken. Write over it, or leave it."])
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 90
    for row in sheet.iter_rows():
        for cell in row:
            cell.font = Font(name=FONT, size=SIZE)
    _head(sheet)


def _head(sheet: Worksheet) -> None:
    for cell in sheet[1]:
        cell.font = Font(name=FONT, size=SIZE, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", start_color=DEEP)
        cell.alignment = Alignment(vertical="center")
    sheet.row_dimensions[1].height = 22
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
    sheet.page_setup.fitToHeight = 0  # as many pages as it has rows for, one wide
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
