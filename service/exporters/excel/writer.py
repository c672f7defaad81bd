"""A described workbook made into an Excel file, whole or not at all."""

from itertools import zip_longest
from typing import IO

from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.header_footer import _HeaderFooterPart as HeaderFooterPart
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableColumn
from openpyxl.worksheet.worksheet import Worksheet

from service.dates import HOME_TIME
from service.exporters.excel import bar_charts
from service.exporters.excel.row_heights import LINE, SPACE_AROUND
from service.exporters.excel.sheet_rows import SheetRows, fitted_table
from service.exporters.excel.stream import Stream, save
from service.exporters.excel.styles import Looks, flag, looks_in
from service.reports import cell_values
from service.reports.report import Collation
from service.reports.tables import Report, Sheet, Table

A4 = 9
LONGEST_PART = 100
# What fits across a landscape page before the letters are smaller than 6 points.
PAGE_WIDTH = 225


def write_to(collation: Collation, file: IO[bytes]) -> None:
    """Write the workbook into an open file, for a download that leaves nothing on disk."""
    write_book(collation.report, file)


def write_book(report: Report, file: IO[bytes]) -> None:
    """Write any described workbook."""
    workbook = Workbook()
    # Record times are moments; a workbook shows the home's clock.
    made_at = report.made_at.astimezone(HOME_TIME).replace(tzinfo=None)
    workbook.properties.creator = "Sayso"
    workbook.properties.title = cell_values.cleaned(report.title)
    workbook.properties.subject = cell_values.cleaned(report.subject)
    workbook.properties.language = "en-GB"
    looks = looks_in(workbook)
    workbook.remove(workbook.worksheets[0])
    streams = {}
    for sheet in report.sheets:
        worksheet = workbook.create_sheet(sheet.name)
        streams[sheet.name] = _laid_out(worksheet, sheet, report, looks)
        _set_page(worksheet)
    save(workbook, streams, file, made_at)


def _laid_out(worksheet: Worksheet, sheet: Sheet, report: Report, looks: Looks) -> Stream:
    """Give the worksheet its columns, tables and frozen panes; its rows come as a stream."""
    tables = [fitted_table(table) for table in sheet.tables]
    widths = [
        max(column.width for column in same if column is not None)
        for same in zip_longest(*(table.columns for table in tables))
    ]
    for number, width in enumerate(widths, 1):
        worksheet.column_dimensions[get_column_letter(number)].width = width
    rows = SheetRows(sheet, tables, widths, looks)
    for index, table in enumerate(tables):
        if table.rows:
            worksheet.add_table(_excel_table(table, rows.range_of(index, table)))
            for number, column in enumerate(table.columns):
                if column.flagged_from is not None:
                    cells_used = rows.column_of(index, table, number)
                    worksheet.conditional_formatting.add(cells_used, flag(column.flagged_from))
    if len(tables) == 1:
        header = rows.headers[0]
        worksheet.freeze_panes = f"{get_column_letter(sheet.frozen + 1)}{header + 1}"
        worksheet.print_title_rows = f"{header}:{header}"
    else:
        worksheet.freeze_panes = "A2"
        worksheet.print_title_rows = "1:1"
    pages = -(-sum(widths) // PAGE_WIDTH) if sheet.fit == "wide" else 1
    worksheet.page_setup.fitToWidth = max(pages, 1)
    worksheet.page_setup.fitToHeight = 1 if sheet.fit == "one" else 0
    spread = pages > 1 and len(tables) == 1
    if spread:
        worksheet.print_title_cols = f"A:{get_column_letter(sheet.frozen)}"
        worksheet.print_area = rows.range_of(0, tables[0])
    # Where the first column is repeated a title would be cut, so it goes to the head of the page.
    worksheet.HeaderFooter.oddHeader = HeaderFooterItem(
        left=_part(sheet.title if spread else ""), right=_part(report.head)
    )
    worksheet.HeaderFooter.oddFooter = HeaderFooterItem(
        left=_part(report.foot), right=HeaderFooterPart("Page &P of &N")
    )
    worksheet.sheet_format.defaultRowHeight = LINE + SPACE_AROUND
    worksheet.sheet_view.showGridLines = False
    # On paper each section but the first begins a page.
    for row in rows.sections[1:]:
        worksheet.row_breaks.append(Break(id=row - 1))
    for placed in rows.charts:
        worksheet.add_chart(bar_charts.drawn(placed.chart, sheet.name, placed.header, placed.row, placed.place, widths))
    return Stream(rows.extent, rows.xml, rows.links, [placed.chart.description for placed in rows.charts])


def _excel_table(table: Table, cells_used: str) -> ExcelTable:
    """A real table: it can be filtered and sorted, and read out with its headers."""
    return ExcelTable(
        name=table.name,
        displayName=table.name,
        ref=cells_used,
        tableColumns=[
            # The name must be the header's text to the letter.
            TableColumn(id=number, name=cell_values.spelled_out(column.header))
            for number, column in enumerate(table.columns, 1)
        ],
        autoFilter=AutoFilter(ref=cells_used) if table.filtered else None,
    )


def _set_page(worksheet: Worksheet) -> None:
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.paperSize = A4
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = worksheet.page_margins
    margins.left = margins.right = 0.4
    margins.top = margins.bottom = 0.7


def _part(text: str) -> HeaderFooterPart:
    """Text for the head or foot of a page, which together may have 255 characters and are a fault beyond."""
    # An ampersand begins a code here, and nothing in a name is worth one.
    plain = cell_values.shortened(cell_values.cleaned(text).replace("&", "and"), LONGEST_PART)
    return HeaderFooterPart(plain or None)
