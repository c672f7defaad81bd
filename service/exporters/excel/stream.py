"""Sheets written as streams: openpyxl makes all that surrounds the rows, the rows go straight into the file.

Ready-made rows are several times faster than cell objects, need no memory, and leave no answers in temporary files.
It leans on openpyxl's own sheet writer, so its version is pinned and a test reads every cell back.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.workbook import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.dimensions import SheetDimension
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.writer.excel import ExcelWriter

from service.exporters.excel.bar_charts import Drawing

_ROWS = re.compile(rb"<sheetData\s*(?:/>|></sheetData>)")
CHUNK = 500


class Stream:
    """What goes into one sheet: its rows as XML, how far they reach, links to sheets, what its charts say."""

    def __init__(
        self,
        extent: str,
        rows: Callable[[], Iterator[str]],
        links: Mapping[str, str],
        described: Sequence[str] = (),
    ) -> None:
        self.extent = extent
        self.rows = rows
        self.links = links
        self.described = described


def save(workbook: Workbook, streams: Mapping[str, Stream], file: IO[bytes], now: datetime) -> None:
    """Write the workbook with the rows of its sheets, by sheet name."""
    workbook.properties.created = workbook.properties.modified = now
    with ZipFile(file, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        _Writer(workbook, archive, streams).write_data()


class _Writer(ExcelWriter):
    def __init__(self, workbook: Workbook, archive: ZipFile, streams: Mapping[str, Stream]) -> None:
        super().__init__(workbook, archive)
        self.archive = archive
        self._streams = streams

    def write_worksheet(self, ws: Any) -> None:
        stream = self._streams[ws.title]
        ws._drawing = Drawing(stream.described)
        ws._drawing.charts = ws._charts
        ws._drawing.images = ws._images
        frame = _Frame(ws, stream)
        frame.write()
        before, after = _ROWS.split(frame.read())
        ws._rels = frame.relations
        self.manifest.append(ws)
        with self.archive.open(ws.path[1:], "w", force_zip64=True) as member:
            member.write(before)
            member.write(b"<sheetData>")
            chunk: list[str] = []
            for row in stream.rows():
                chunk.append(row)
                if len(chunk) == CHUNK:
                    member.write("".join(chunk).encode())
                    chunk.clear()
            member.write("".join(chunk).encode())
            member.write(b"</sheetData>")
            member.write(after)


class _Frame(WorksheetWriter):
    """All of a sheet but its rows, kept in memory: openpyxl would use a temporary file."""

    def __init__(self, ws: Any, stream: Stream) -> None:
        super().__init__(ws, BytesIO())
        self._sheet = ws
        self._stream = stream

    @property
    def relations(self) -> Any:
        """What the sheet refers to: its tables, its charts."""
        return self.__dict__["_rels"]

    def write_dimensions(self) -> None:
        self.xf.send(SheetDimension(self._stream.extent).to_tree())

    def write_hyperlinks(self) -> None:
        self._sheet._hyperlinks.extend(
            Hyperlink(ref=cell, location=f"'{sheet.replace(chr(39), chr(39) * 2)}'!A1", display=sheet)
            for cell, sheet in self._stream.links.items()
        )
        super().write_hyperlinks()
