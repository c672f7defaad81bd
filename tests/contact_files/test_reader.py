"""Contact lists as files: what is read out of those that people have, and what is refused of those that mean harm."""

import io
import json
import os
import subprocess
import sys
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook

from service.collection.models.person import PERSON_KINDS
from service.collection.people.contact_fields import kind_called
from service.collection.people.contact_import import MOST_PEOPLE, judge
from service.contact_files.reader import rows_of
from service.contact_files.template import empty_sheet
from tests.contact_files.bad_files import BAD, MAIN, PADDING, SHEET, answer, sheet, with_parts, workbook
from tests.paths import ROOT

MOST_MEMORY = 100_000_000  # bytes


def texts(content: bytes) -> list[list[str]]:
    """The filled cells of each row."""
    return [[cell for cell in cells if cell] for _, cells in rows_of(content)]


# --- what people have ---


@pytest.mark.parametrize(
    "content",
    [
        "kind,name,e-mail\nSW,Zoë Müller,zoe@example.org\n".encode(),
        "kind,name,e-mail\r\nSW,Zoë Müller,zoe@example.org\r\n".encode("utf-8-sig"),
        "kind;name;e-mail\nSW;Zoë Müller;zoe@example.org".encode("cp1252"),
        "kind\tname\te-mail\nSW\tZoë Müller\tzoe@example.org\n".encode("utf-16"),
        '"kind";"name";"e-mail"\n"SW";"Zoë Müller";"zoe@example.org"\n'.encode(),
        workbook(("kind", "name", "e-mail"), ("SW", "Zoë Müller", "zoe@example.org")),
    ],
    ids=["UTF-8", "with a mark", "cp1252", "UTF-16 with tabs", "quoted", "workbook"],
)
def test_a_list_is_read_however_it_was_saved(content: bytes) -> None:
    assert texts(content) == [["kind", "name", "e-mail"], ["SW", "Zoë Müller", "zoe@example.org"]]


def test_rows_keep_the_number_that_the_spreadsheet_shows() -> None:
    content = b'kind,name\n\n"SW","two\nlines"\n,,\n\nIRO,last\n'
    assert [(number, cells) for number, cells in rows_of(content)] == [
        (1, ["kind", "name"]),
        (3, ["SW", "two\nlines"]),
        (6, ["IRO", "last"]),
    ]
    book = Workbook()
    book.worksheets[0]["B3"], book.worksheets[0]["A900000"] = "here", "far below"
    file = io.BytesIO()
    book.save(file)
    assert [number for number, _ in rows_of(file.getvalue())] == [3, 900_000]


def test_a_comma_inside_a_cell_does_not_make_commas_the_separator() -> None:
    assert texts(b"kind;name\nSW;Lee, Sam, of Brightwater\n") == [["kind", "name"], ["SW", "Lee, Sam, of Brightwater"]]


def test_values_become_the_text_that_somebody_would_have_typed() -> None:
    values = (
        7700900123,
        7700900123.0,
        1.5,
        date(2026, 11, 12),
        datetime(2026, 11, 12, 14, 30),  # noqa: DTZ001  # a cell knows no time zone
        time(9, 5),
        True,
        "=A1&A2",
        "  spaced  ",
        "0770 0900",
    )
    [found] = texts(workbook(values))
    assert found == [
        "7700900123",
        "7700900123",
        "1.5",
        "12 November 2026",
        "12 November 2026, 14:30",
        "09:05",
        "yes",
        "=A1&A2",
        "  spaced  ",
        "0770 0900",
    ]


def test_a_formula_that_cells_share_is_not_worked_out_for_each() -> None:
    first = b'<c r="A1"><f t="shared" si="0">' + b"B1+" * 2_000 + b"B1</f></c>"
    rest = b'<c r="B1"><f t="shared" si="0"/></c>' * 20_000  # worked out, they would take a minute
    [row] = texts(sheet(b'<row r="1">' + first + rest + b"</row>", PADDING))
    assert row[0].startswith("=B1+B1+")
    assert row[1] == "="


def test_a_workbook_of_another_program_with_shared_strings_and_two_sheets() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    notes, people = book.add_worksheet("Notes"), book.add_worksheet("People")
    notes.write(0, 0, "not this one")
    notes.hide()
    people.activate()
    people.set_first_sheet()
    bold = book.add_format({"bold": True})
    for place, text in enumerate(("kind", "name", "e-mail")):
        people.write(0, place, text, bold)
    people.write_rich_string(1, 0, "social ", bold, "worker")
    people.write_url(1, 2, "mailto:sam@example.org", string="sam@example.org")
    people.write_datetime(1, 5, datetime(2026, 11, 12), book.add_format({"num_format": "dd/mm/yyyy"}))  # noqa: DTZ001
    book.close()
    assert texts(file.getvalue()) == [
        ["kind", "name", "e-mail"],
        ["social worker", "sam@example.org", "12 November 2026"],
    ]


def test_two_thousand_rows_with_styles_are_read_whole() -> None:
    rows = [(f"kind {n}", f"name {n}", f"p{n}@example.org", "Council", 7700900000 + n, "label") for n in range(2_001)]
    found = rows_of(workbook(*rows))
    assert len(found) == 2_001
    assert [cell for cell in found[-1][1] if cell] == [str(cell) for cell in rows[-1]]


def test_what_a_sheet_says_of_its_own_size_is_not_believed() -> None:
    claimed = MAIN + b'<dimension ref="A1:XFD1048576"/><sheetData>'
    cells = b'<row r="1" spans="1:16384"><c r="A1" t="str"><v>kind</v></c><c r="XFD1" t="str"><v>far</v></c></row>'
    assert texts(with_parts({SHEET: claimed + cells + b"</sheetData></worksheet>"})) == [["kind"]]
    small = MAIN + b'<dimension ref="A1"/><sheetData><row r="5"><c r="C5" t="str"><v>kind</v></c></row></sheetData>'
    assert texts(with_parts({SHEET: small + b"</worksheet>"})) == [["kind"]]


# --- the empty list ---


def test_the_empty_list_comes_back_without_its_example() -> None:
    rows = rows_of(empty_sheet())
    found = judge(rows, "elm", ())
    assert (found.people, found.faults, found.not_read) == ((), (), ())
    assert rows[1][1][1].startswith("Example:")


def test_the_empty_list_filled_in_is_taken_as_it_is() -> None:
    book = load_workbook(io.BytesIO(empty_sheet()))
    book.worksheets[0].append(["IRO", "Ann Roe", "ann@example.org", "", "01632 960002", "the review on 12 November"])
    file = io.BytesIO()
    book.save(file)
    [person] = judge(rows_of(file.getvalue()), "elm", ()).new
    assert (person.kind, person.name, person.email, person.phone, person.label) == (
        "iro",
        "Ann Roe",
        "ann@example.org",
        "01632 960002",
        "the review on 12 November",
    )


def test_the_empty_list_offers_every_kind_and_keeps_numbers_as_typed() -> None:
    sheet = load_workbook(io.BytesIO(empty_sheet())).worksheets[0]
    [offered] = sheet.data_validations.dataValidation
    assert [kind_called(word) for word in offered.formula1.strip('"').split(",")] == list(PERSON_KINDS)
    assert str(offered.sqref) == f"A2:A{MOST_PEOPLE + 1}"
    assert sheet.column_dimensions["E"].number_format == "@"


# --- what means harm ---


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What a process of its own says of every bad file, and how much memory each took there."""
    folder = tmp_path_factory.mktemp("bad")
    for name, (make, _) in BAD.items():
        (folder / name).write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-m", "tests.contact_files.bad_files", str(folder)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, object]] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is measured on Linux only")
@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_a_sentence_and_little_memory(
    name: str, answers: dict[str, dict[str, object]]
) -> None:
    said, more = answers[name]["said"], answers[name]["more"]
    assert BAD[name][1] in str(said)
    assert str(said).endswith(".")
    assert isinstance(more, int)
    assert more < MOST_MEMORY, f"{more:,} bytes"


def test_no_file_of_this_machine_is_ever_read_into_a_list(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("kept on this machine")
    declared = f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY x SYSTEM "file://{secret}">]>'
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>'
    content = f"{declared}{MAIN.decode()}<sheetData>{row}</sheetData></worksheet>".encode("utf-16")
    assert answer(with_parts({SHEET: content})).startswith("This workbook cannot be read.")


@pytest.mark.parametrize("number", range(40))
def test_a_workbook_that_was_damaged_anywhere_is_read_or_refused_and_nothing_else(number: int) -> None:
    content = bytearray(workbook(("kind", "name"), ("SW", "Sam")))
    place = number * len(content) // 40
    content[place : place + 8] = bytes(255 - byte for byte in content[place : place + 8])
    said = answer(bytes(content))
    assert said.startswith("took") or said.endswith("."), said


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/styles.xml", SHEET, "xl/_rels/workbook.xml.rels"])
@pytest.mark.parametrize("xml", [b"", b"<a/>", b"\xff\xfe\x00", b"not xml", b'<a xmlns="x"><b></a>'])
def test_a_part_that_is_something_else_is_refused_or_left_out(name: str, xml: bytes) -> None:
    said = answer(with_parts({name: xml}, workbook(("kind", "name"), ("SW", "Sam"))))
    assert said.startswith(("This workbook", "took")), said


def test_a_service_whose_reader_lost_its_guard_does_not_start() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import service.contact_files.reader"],
        cwd=ROOT,
        check=False,
        env={**os.environ, "OPENPYXL_DEFUSEDXML": "False"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode != 0
    assert "OPENPYXL_DEFUSEDXML" in done.stderr
