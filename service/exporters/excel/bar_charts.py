"""Bar charts as a spreadsheet draws them: from zero, in the order asked, with words for those who do not see them."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from openpyxl.chart import BarChart
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.series import Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.colors import ColorChoice
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor, SpreadsheetDrawing
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.utils import get_column_letter

from service.exporters.excel.styles import DEEP, FONT, INK, LINE, QUIET
from service.reports import cell_values
from service.reports.tables import Chart

POINT = 12_700  # EMU
PIXEL = 9_525
WIDTH = 350.0  # points
GAP = 12.0
# A title of two lines with its base, and the room that a bar takes.
ABOVE = 62.0
BAR = 19.0
LONGEST_TITLE = 120
LONGEST_DESCRIPTION = 2_000
# One hue in steps, and a pattern for each step after the first, so that none is told by its colour alone.
STEPS: tuple[tuple[str, Any], ...] = (
    (DEEP, None),
    ("3D7F86", "wdUpDiag"),
    ("3D7F86", "pct50"),
    ("6FA3A8", "lgGrid"),
    ("6FA3A8", "wdDnDiag"),
    ("9DC0C4", "pct20"),
)


def height(chart: Chart) -> float:
    """How tall a chart is, in points."""
    return ABOVE + BAR * len(chart.bars)


def across(widths: Sequence[int]) -> int:
    """How many charts stand beside each other on a sheet with columns of these widths."""
    room = sum(map(_pixels, widths)) * 0.75
    return max(int((room + GAP) // (WIDTH + GAP)), 1)


def drawn(chart: Chart, sheet: str, header: int, row: int, place: int, widths: Sequence[int]) -> BarChart:
    """The chart of a table whose header is in this row, put into a row of its own at this place from the left."""
    bars = BarChart()
    bars.type = "bar"
    bars.grouping = "clustered"
    bars.varyColors = False
    bars.gapWidth = 35
    bars.legend = None
    bars.title = _title(chart)
    bars.x_axis.scaling.orientation = "maxMin"  # the first answer at the top
    bars.x_axis.delete = False
    bars.x_axis.majorTickMark = "none"
    bars.x_axis.txPr = _small()
    bars.x_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=QUIET))
    bars.y_axis.scaling.min = 0
    bars.y_axis.scaling.max = 100
    bars.y_axis.delete = True
    bars.y_axis.majorGridlines = None
    bars.series.append(_series(chart, sheet, header))
    bars.graphical_properties = GraphicalProperties(ln=LineProperties(solidFill=LINE))
    bars.roundedCorners = False
    bars.anchor = _anchor(chart, row, place, widths)  # type: ignore[assignment]
    return bars


class Drawing(SpreadsheetDrawing):
    """The charts of a sheet, each with the text that a screen reader says in its place."""

    # openpyxl reads these from each class by itself, not from those that it is made from.
    tagname = SpreadsheetDrawing.tagname
    __elements__ = SpreadsheetDrawing.__elements__

    def __init__(self, described: Sequence[str] = ()) -> None:
        super().__init__()
        self._described = described

    def _chart_frame(self, idx: int) -> Any:
        frame = super()._chart_frame(idx)  # type: ignore[misc]
        frame.nvGraphicFramePr.cNvPr.descr = cell_values.shortened(
            cell_values.cleaned(self._described[idx - 1]), LONGEST_DESCRIPTION
        )
        return frame


def _series(chart: Chart, sheet: str, header: int) -> Series:
    def place(row: int, column: int) -> str:
        return f"'{sheet.replace(chr(39), chr(39) * 2)}'!${get_column_letter(column + 1)}${header + 1 + row}"

    values = NumData(
        formatCode='0"%"',
        ptCount=len(chart.bars),
        pt=[NumVal(idx=number, v=str(bar.value)) for number, bar in enumerate(chart.bars)],
    )
    labels = StrData(
        ptCount=len(chart.bars),
        pt=[StrVal(idx=number, v=cell_values.cleaned(bar.label)) for number, bar in enumerate(chart.bars)],
    )
    series = Series(
        cat=AxDataSource(strRef=StrRef(_joined([place(*bar.label_at) for bar in chart.bars]), labels)),
        val=NumDataSource(numRef=NumRef(_joined([place(*bar.value_at) for bar in chart.bars]), values)),
        spPr=GraphicalProperties(solidFill=DEEP),
        invertIfNegative=False,
    )
    if chart.ordered:
        series.dPt = [_point(number) for number in range(len(chart.bars))]
    series.dLbls = _labels()
    return series


@cache
def _labels() -> DataLabelList:
    return DataLabelList(
        numFmt='0"%"',
        showVal=True,
        showSerName=False,
        showCatName=False,
        showLegendKey=False,
        showPercent=False,
        showBubbleSize=False,
        dLblPos="outEnd",
        txPr=_small(),
    )


def _joined(places: list[str]) -> str:
    return places[0] if len(places) == 1 else f"({','.join(places)})"


@cache
def _point(number: int) -> DataPoint:
    colour, pattern = STEPS[min(number, len(STEPS) - 1)]
    point = DataPoint(idx=number, invertIfNegative=False, spPr=GraphicalProperties(solidFill=colour))
    if pattern is not None:
        filled = PatternFillProperties(prst=pattern, fgClr=_colour(colour), bgClr=_colour("FFFFFF"))
        point.spPr = GraphicalProperties(pattFill=filled, ln=LineProperties(solidFill=colour))
    return point


def _colour(value: str) -> Any:
    return ColorChoice(srgbClr=value)  # type: ignore[arg-type]


def _title(chart: Chart) -> Title:
    asked = cell_values.shortened(cell_values.cleaned(chart.title), LONGEST_TITLE)
    rich = RichText(
        bodyPr=RichTextProperties(),
        p=[_paragraph((asked,), 1000, INK, bold=True), _paragraph((chart.base,), 900, QUIET)],
    )
    top = Layout(manualLayout=ManualLayout(xMode="edge", yMode="edge", x=0.02, y=0.03))
    return Title(tx=Text(rich=rich), overlay=False, layout=top)


@cache
def _small() -> RichText:
    return RichText(bodyPr=RichTextProperties(), p=[_paragraph((), 900, INK)])


def _paragraph(texts: Sequence[str], size: int, colour: str, *, bold: bool = False) -> Paragraph:
    looks = _looks(size, colour, bold)
    return Paragraph(
        pPr=ParagraphProperties(algn="l", defRPr=looks),
        r=[RegularTextRun(rPr=looks, t=text) for text in texts],
        endParaRPr=None if texts else looks,
    )


@cache
def _looks(size: int, colour: str, bold: bool) -> CharacterProperties:
    return CharacterProperties(sz=size, b=bold, solidFill=colour, latin=Font(typeface=FONT))


def _anchor(chart: Chart, row: int, place: int, widths: Sequence[int]) -> OneCellAnchor:
    left = int((GAP / 2 + place * (WIDTH + GAP)) * POINT)
    column = 0
    while column < len(widths) - 1 and left >= _pixels(widths[column]) * PIXEL:
        left -= _pixels(widths[column]) * PIXEL
        column += 1
    corner = AnchorMarker(col=column, colOff=left, row=row - 1, rowOff=int(GAP / 2 * POINT))
    return OneCellAnchor(_from=corner, ext=XDRPositiveSize2D(int(WIDTH * POINT), int(height(chart) * POINT)))


def _pixels(width: int) -> int:
    """A column's width on the screen, from digits of the normal font."""
    return width * 7 + 5
