"""A workbook's content as CSV files in one archive, and as one JSON document."""

import codecs
import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import StringIO
from itertools import chain
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from service.dates import HOME_TIME
from service.exporters.figure_table import figures
from service.exporters.response_tables import Field, Tidy, codebook, plain, responses_of, unlike
from service.reports import cell_values
from service.reports.progress import CSV_TAKES, TAKES, Part
from service.reports.report import CODEBOOK, COMMENTS, READ_ME, SUMMARY, Collation
from service.reports.sheets.comments import comments_sheet
from service.reports.tables import Sheet, Streamed, Table, Value

FORMAT = "sayso-answers/1"
UTF_8_MARK = codecs.BOM_UTF8  # by these first bytes Excel knows UTF-8
_OF_READ_ME = {"Asked": "asked", "Counts": "counts", "Signs": "signs"}
# Signs that some spreadsheets take for those that begin a formula, beside the plain ones.
_WIDE = ("＝", "＋", "－", "＠")


@dataclass(frozen=True)
class ExportFormat:
    """A form that a workbook's content can be handed over in: how its file name ends, its type, and its writer.

    `takes` is how long each part of making it takes beside the others.
    """

    ending: str
    mime_type: str
    write: Callable[[Collation, IO[bytes]], None]
    takes: Mapping[Part, int] = field(default_factory=lambda: TAKES)

    def name(self, collation: Collation) -> str:
        """The file's name: the workbook's, with its own ending."""
        return collation.file_name.removesuffix(".xlsx") + self.ending


def write_csv(collation: Collation, file: IO[bytes]) -> None:
    """One CSV for each table, and a page to read first, in one archive."""
    responses = responses_of(collation)
    tables = [*(table for table in responses if table.why_not is None), codebook(responses), *_others(collation)]
    texts = [("read-me.txt", [_read_me(collation, responses, tables)])]
    made_at = collation.report.made_at.astimezone(HOME_TIME)
    with ZipFile(file, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        for name, pieces in chain(texts, ((f"{table.name}.csv", csv_lines(table)) for table in tables)):
            info = ZipInfo(name, (made_at.year, made_at.month, made_at.day, made_at.hour, made_at.minute, 0))
            info.compress_type = ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as member:
                member.write(UTF_8_MARK)
                for piece in pieces:
                    member.write(piece.encode())


def write_json(collation: Collation, file: IO[bytes]) -> None:
    """The same as one document, with what each column means where it stands."""
    encoder = json.JSONEncoder(ensure_ascii=False, indent=1, default=_as_text)
    document: dict[str, Any] = {
        "format": FORMAT,
        "title": collation.report.title,
        "use": collation.report.subject,
        "demonstration": collation.demonstration,
        "made_at": collation.report.made_at.isoformat(),
        "responses": (_responses(table) for table in responses_of(collation)),
        **{table.name: map(_jsonable, table.records()) for table in _others(collation)},
    }
    for piece in chain(_encoded(document, encoder), ["\n"]):
        file.write(piece.encode())


def _encoded(value: Any, encoder: json.JSONEncoder) -> Iterator[str]:
    """A document whose lists are made while they are written, an entry of theirs on each line."""
    if isinstance(value, dict) and any(isinstance(each, Iterator) for each in value.values()):
        for number, (name, each) in enumerate(value.items()):
            yield f"{',' if number else '{'}\n{encoder.encode(name)}: "
            yield from _encoded(each, encoder)
        yield "\n}"
    elif isinstance(value, Iterator):
        yield "["
        for number, each in enumerate(value):
            yield f"{',' if number else ''}\n"
            yield from _encoded(each, encoder)
        yield "\n]"
    else:
        yield encoder.encode(value)


CSV = ExportFormat("-csv.zip", "application/zip", write_csv, CSV_TAKES)
JSON = ExportFormat(".json", "application/json", write_json)


def csv_lines(table: Tidy) -> Iterator[str]:
    """One table as CSV, line by line."""
    lines = StringIO(newline="")
    # Texts in quotation marks, numbers not: whoever reads it can tell 007 from 7, whatever parts the columns.
    writer = csv.writer(lines, quoting=csv.QUOTE_NONNUMERIC)
    for row in chain([[each.name for each in table.fields]], table.rows):
        writer.writerow([_cell(value) for value in row])
        yield lines.getvalue()
        lines.seek(0)
        lines.truncate()


def guarded(text: str) -> str:
    """The text so that no spreadsheet reckons with it: with an apostrophe before what might begin a formula."""
    text = cell_values.cleaned(text)
    inside = text.lstrip()
    return (
        f"'{text}"
        if cell_values.like_a_formula(text) or cell_values.like_a_formula(inside) or inside.startswith(_WIDE)
        else text
    )


def _cell(value: Value) -> Value:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value if cell_values.is_exact(value) else str(value)
    return None if value is None else guarded(_as_text(value))


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _jsonable(record: dict[str, Value]) -> dict[str, Value]:
    return {name: cell_values.cleaned(value) if isinstance(value, str) else value for name, value in record.items()}


def _responses(table: Tidy) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.title,
        "shown": table.why_not is None,
        "why_not": table.why_not,
        "columns": [_described(field) for field in table.fields],
        "rows": map(_jsonable, table.records()),
    }


def _described(field: Field) -> dict[str, Any]:
    answers = [
        {"value": option.value, "label": option.label, "score": option.score, "counted_apart": option.missing}
        for option in field.options
    ]
    return {
        "name": field.name,
        "label": field.label,
        "holds": field.holds,
        "question_id": field.question_id or None,
        "type": field.type or None,
        "answers": answers,
        "measures": list(field.measures),
        "form_versions": list(field.versions),
        "worded_differently_before": list(field.changes),
    }


def _others(collation: Collation) -> list[Tidy]:
    """All but the responses: who was asked and what became of it, figures, comments, then the further sheets."""
    by_name = {table.name: table for sheet in collation.report.sheets for table in sheet.tables}
    found = [
        _as_tidy(name, by_name[table].heading, by_name[table])
        for table, name in _OF_READ_ME.items()
        if table in by_name
    ]
    found.append(figures(collation.dataset))
    # Whole, however long: only a spreadsheet has rows that can be too tall.
    [comments] = comments_sheet(collation.dataset, COMMENTS, COMMENTS, sys.maxsize).tables
    found.append(_as_tidy("comments", "What people wrote, by audience and question", comments))
    taken = {"codebook", "responses", *(table.name for table in found)}
    for sheet, table in _further(collation):
        name = sheet.name if len(sheet.tables) == 1 else table.name.replace("_", "-")
        found.append(_as_tidy(unlike(name, taken), table.heading or sheet.title, table))
    return found


def _further(collation: Collation) -> Iterator[tuple[Sheet, Table]]:
    """Tables that have no other place here: whatever sheets a workbook has beside those it always has."""
    known = {READ_ME, SUMMARY, COMMENTS, CODEBOOK, *(plan.name for plan in collation.plans)}
    for sheet in collation.report.sheets:
        if sheet.name not in known:
            yield from ((sheet, table) for table in sheet.tables if table.rows)


def _as_tidy(name: str, title: str, table: Table) -> Tidy:
    taken: set[str] = set()
    fields = tuple(Field(unlike(column.header, taken, "_"), column.header, column.look) for column in table.columns)
    return Tidy(name, title, fields, Streamed(len(table.rows), lambda: (plain(row, fields) for row in table.rows)))


def _read_me(collation: Collation, responses: tuple[Tidy, ...], tables: list[Tidy]) -> str:
    withheld = [f"{table.title}: {table.why_not}" for table in responses if table.why_not is not None]
    lines = [
        collation.report.title,
        collation.report.subject,
        collation.report.sheets[0].alarm,
        "",
        "The files:",
        *(f"{table.name}.csv  {table.title}" for table in tables),
        "",
        *(["Not shown one by one:", *withheld, ""] if withheld else []),
        "Empty = skipped. [z] = not asked, or not offered. [c] = withheld, so that nobody can be recognised.",
        "Numbers stand without quotation marks. Texts stand in them, and one that a spreadsheet might take for a",
        "formula has one apostrophe in front: take the first apostrophe away to have it as it was written.",
        "To open a file in a spreadsheet import it as UTF-8 with quoted fields as text: 007 then stays 007.",
    ]
    return "\r\n".join(line for line in "\n".join(lines).splitlines()) + "\r\n"
