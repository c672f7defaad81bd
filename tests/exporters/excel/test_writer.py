"""Whatever people write, other programs open the workbook and read it as it was written."""

import csv
import shutil
import subprocess
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from service.audit import SignedIn, remember
from service.collection.models.home import Home
from service.collection.models.response import Response
from service.collection.models.theme import OwnTheme, Theming
from service.dates import HOME_TIME
from service.exporters.excel.sheet_rows import fitted_table
from service.exporters.excel.writer import write_book
from service.reports.cell_values import cleaned
from service.reports.tables import Column, Marked, Report, Sheet, Table
from service.repository import Store
from tests.accounts_factory import account_with, signed_in
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks
from tests.cli.test_commands import run
from tests.exporters.excel.test_formulas import FORMULAS, every_place, texts
from tests.reports.study import NOW, Study, table, write_workbook

LONG_ON_POSTGRES = True
NASTY = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org","here")',
    "+44 7700 900123",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\n=1+1",
    "'=1+1",
    "#N/A",
    "#REF!",
    "TRUE",
    "1e5",
    "007",
    "1/2",
    "2026-11-22",
    "NULL",
    "<b>bold</b> & “quoted” 'text'",
    "]]><!--",
    "&amp;&#10;",
    "_x0041_ and _x000D_",
    "  spaces before and after  ",
    "two\nlines\n",
    "nul \x00 bell \x07 escape \x1b delete \x7f",
    "lone \ud800 surrogate",
    "non\ufffecharacter\uffff",
    "emoji 👩‍👩‍👧 🏳️‍🌈",
    "עברית و العربية \u202ebackwards",
    "é as two: e\u0301",
    "🙂" * 3_000,
    "x" * 5_000,
)
soffice = shutil.which("soffice")


def described(texts: tuple[str, ...]) -> Report:
    rows = [[number, text] for number, text in enumerate(texts)]
    sheet = Sheet("Words", "=TITLE()", ("+note",), (Table("Words", (Column("No.", 7), Column("=Text", 60)), rows),))
    return Report("t", "s", "=head", "=foot & more", NOW, (sheet,))


def written(report: Report) -> BytesIO:
    file = BytesIO()
    write_book(report, file)
    file.seek(0)
    return file


def as_read(text: str) -> str:
    """What a program that does not undo the spelling of `_x0041_` reads."""
    return cleaned(text).replace("_x0041_", "_x005F_x0041_").replace("_x000D_", "_x005F_x000D_")


def test_nasty_texts_come_back_as_they_were_and_as_texts() -> None:
    sheet = load_workbook(written(described(NASTY)))["Words"]
    assert [row["=Text"] for row in table(sheet)] == [as_read(text) for text in NASTY]
    texts = [cell for row in sheet for cell in row if cell.column > 1 and cell.value is not None]
    assert {cell.data_type for cell in texts} == {"s"}
    assert sheet["A1"].data_type == "s"


def test_what_resembles_a_formula_stays_text_even_when_its_cell_is_edited() -> None:
    sheet = load_workbook(written(described(NASTY)))["Words"]
    guarded = {cell.value for row in sheet for cell in row if cell.quotePrefix}
    assert {text for text in NASTY if text[0] in "=+-@\t'"} <= guarded
    assert {"=TITLE()", "+note", "=Text"} <= guarded
    assert "TRUE" not in guarded


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=60), min_size=1, max_size=20))
def test_any_text_at_all_comes_back_cleaned(texts: list[str]) -> None:
    sheet = load_workbook(written(described(tuple(texts))))["Words"]
    found = ["" if row["=Text"] is None else row["=Text"].replace("_x005F_x", "_x") for row in table(sheet)]
    assert found == [cleaned(text).replace("_x005F_x", "_x") for text in texts]


def test_a_text_too_long_for_one_cell_goes_on_in_a_marked_one(study: Study) -> None:
    text = "A long story about the garden. " * 2_600
    form = a_form(asks("q", "text"), asks("z", "text"))
    study.ask(form)
    study.hear(form, [{"q": text, "z": "after"}, {"q": "short"}])
    long, short = sorted(table(study.read()["Staff"]), key=lambda row: -len(row["q?"]))
    assert long["q?"] + long["q? (continued 2)"] + long["q? (continued 3)"] == text
    assert long["z?"] == "after"
    assert (short["q?"], short["q? (continued 2)"]) == ("short", None)


def test_every_cell_is_read_back_as_it_was_described(study: Study) -> None:
    form = a_form(asks("q", options=HOW_OFTEN), asks("n", "number"), asks("d", "date"), asks("w", "text"))
    study.ask(form)
    study.hear(form, [{"q": "always", "n": n, "d": "2026-11-22", "w": f"words {n}"} for n in range(50)])
    collation = study.collate()
    book = study.read()
    checked = 0
    for sheet in collation.report.sheets:
        for described_table in map(fitted_table, sheet.tables):
            if not described_table.rows:
                continue
            for expected, row in zip(described_table.rows, table(book[sheet.name], described_table.name), strict=True):
                assert [plain(cell) for cell in expected] == [plain(cell) for cell in row.values()]
                checked += len(row)
    assert checked > 600


def plain(cell: Any) -> Any:
    value = cell.value if isinstance(cell, Marked) else cell
    return value.date() if hasattr(value, "date") else value


class TestTheLook:
    """What makes it pleasant and accessible."""

    @pytest.fixture
    def book(self, study: Study) -> Workbook:
        form = a_form(asks("q", options=HOW_OFTEN), asks("w", "text"), identity="named")
        study.ask(form)
        study.hear(form, [{"q": "always", "w": "words"}], names=["Sam"])
        return study.read()

    def test_every_sheet_prints_on_landscape_a4_with_its_header_and_page_numbers(self, book: Workbook) -> None:
        for sheet in book:
            assert sheet.page_setup.orientation == "landscape"
            assert sheet.page_setup.paperSize == 9
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert sheet.page_setup.fitToWidth >= 1
            assert sheet.oddFooter.right.text == "Page &P of &N"
            assert sheet.print_title_rows

    def test_headers_are_frozen_and_filtered_and_nothing_is_merged(self, book: Workbook) -> None:
        for name in ("Staff", "Comments", "Codebook"):
            sheet = book[name]
            [found] = sheet.tables.values()
            top = int(found.ref.split(":")[0][1:])
            assert sheet.freeze_panes[-len(str(top + 1)) :] == str(top + 1)
            assert found.autoFilter.ref == found.ref
            assert sheet.print_title_rows == f"${top}:${top}"
        assert not [sheet.title for sheet in book if sheet.merged_cells.ranges]
        assert book["Staff"].freeze_panes.startswith("C")

    def test_every_sheet_begins_with_its_title(self, book: Workbook) -> None:
        for sheet in book:
            assert isinstance(sheet["A1"].value, str)
            assert sheet["A1"].font.sz == 16
            assert "Oak House" in sheet["A1"].value or sheet.title in sheet["A1"].value

    def test_days_are_true_dates_and_a_scale_is_a_word_and_a_number(self, book: Workbook) -> None:
        [row] = table(book["Staff"])
        assert isinstance(row["Sent"], datetime)
        assert (row["q?"], row["Score: q?"]) == ("Always", 4)
        sent = next(cell for cell in book["Staff"][book["Staff"].max_row] if cell.is_date)
        assert sent.number_format == "d mmmm yyyy, h:mm AM/PM"

    def test_every_table_of_figures_and_answers_is_a_real_one(self, book: Workbook) -> None:
        for name in ("Read me", "Summary", "Staff", "Comments", "Codebook"):
            assert book[name].tables, name

    def test_on_paper_every_audience_begins_a_page(self, study: Study) -> None:
        ask = asks("q", options=HOW_OFTEN)
        study.ask(*(a_form(ask, id=one, audience=one) for one in ("child", "staff", "parent")))
        sheet = study.read()["Summary"]
        starts = [sheet[f"A{stop.id + 1}"].value for stop in sheet.row_breaks.brk]
        assert starts == ["Staff: Your views", "Parents: Your views"]

    def test_headers_are_white_on_deep_and_wrap(self, book: Workbook) -> None:
        sheet = book["Staff"]
        [found] = sheet.tables.values()
        for cell in sheet[found.ref][0]:
            assert cell.fill.start_color.rgb == "000B5D66"
            assert cell.font.color.rgb == "00FFFFFF"
            assert cell.font.b
            assert cell.alignment.wrap_text

    def test_the_workbook_says_what_it_is(self, book: Workbook) -> None:
        assert book.properties.title == "What people said: Oak House, Autumn"
        assert book.properties.subject == "To act on: for the readers named on the first sheet"
        assert book.properties.creator == "Sayso"
        assert book.properties.language == "en-GB"
        assert book.properties.created == NOW.astimezone(HOME_TIME).replace(tzinfo=None)

    def test_heads_and_feet_stay_within_what_a_page_may_have(self, study: Study) -> None:
        form = a_form(*(asks(f"q{n}", options=HOW_OFTEN) for n in range(20)), title="A long title & more " * 40)
        study.ask(form, title="A long round " * 30)
        study.hear(form, [{}])
        for sheet in study.read():
            for item in (sheet.oddHeader, sheet.oddFooter):
                assert len(str(item)) <= 255
        assert study.read()["Staff"].oddHeader.left.text.startswith("Staff: A long title and more")

    def test_table_names_are_unique_in_the_workbook(self, book: Workbook) -> None:
        names = [name for sheet in book for name in sheet.tables]
        assert len(set(names)) == len(names)


def test_no_answer_touches_a_temporary_file(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o500)
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere / "missing"))
    study.ask(a_form(asks("q", "text")))
    assert write_workbook(study.collate(), tmp_path / "exports").exists()


@pytest.mark.skipif(soffice is None, reason="LibreOffice is not here, so no second program has opened a workbook")
class TestLibreOffice:
    """Another spreadsheet, which works out every formula it finds."""

    def opened(self, path: Path, folder: Path) -> Workbook:
        profile = f"-env:UserInstallation=file://{folder / 'profile'}"
        command = [str(soffice), profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
        subprocess.run(
            [*command, "--outdir", str(folder / "out"), str(path)], check=True, capture_output=True, timeout=120
        )
        return load_workbook(folder / "out" / path.name)

    def test_opens_it_and_finds_no_formula_and_no_error(self, study: Study, tmp_path: Path) -> None:
        form = a_form(asks("q", options=HOW_OFTEN), asks("w", "text"), asks("d", "date"), asks("t", "time"))
        study.ask(form)
        said = [{"q": "mostly", "w": cleaned(text), "d": "2026-11-22", "t": "18:30"} for text in NASTY]
        study.hear(form, said)
        path = write_workbook(study.collate(), tmp_path / "exports")
        ours, theirs = load_workbook(path), self.opened(path, tmp_path)
        assert theirs.sheetnames == ours.sheetnames
        cells = [cell for sheet in theirs for row in sheet for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
        for sheet in ours:
            for row in sheet:
                for cell in row:
                    same = theirs[sheet.title][cell.coordinate].value
                    if isinstance(cell.value, str):
                        assert (same or "").replace("_x005F_x", "_x") == cell.value.replace("_x005F_x", "_x")
                    else:
                        assert same == cell.value
        kept = {unicodedata.normalize("NFC", cleaned(text)) for text in NASTY}
        assert {row["w?"].replace("_x005F_x", "_x") for row in table(ours["Staff"])} == kept


def test_a_file_is_a_plain_archive_without_macros_or_links_outside(study: Study) -> None:
    form = a_form(asks("w", "text"))
    study.ask(form)
    study.hear(form, [{"w": '=HYPERLINK("http://example.org")'}])
    file = BytesIO()
    write_book(replace(study.collate().report), file)
    with ZipFile(file) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert not [name for name in names if "vba" in name.lower() or "external" in name.lower()]
        relations = b"".join(archive.read(name) for name in names if name.endswith(".rels"))
        sheets = b"".join(archive.read(name) for name in names if name.startswith("xl/worksheets/"))
    assert b"External" not in relations
    assert b"<f>" not in sheets


@pytest.mark.skipif(soffice is None, reason="LibreOffice is not here, so no second program has opened an export")
@pytest.mark.parametrize("store_url", ["tiny"], indirect=True)
def test_formulas_in_every_place_stay_words_in_every_file_that_leaves_the_service(
    app: Flask, store: Store, study: Study, tmp_path: Path
) -> None:
    """Names of homes, rounds, people, accounts and themes; answers, comments, labels: each file as it is handed out."""
    study.store.close()
    study.store = store
    fill(study, app)
    folder = tmp_path / "files"
    round_id, home_id, provider = study.rounds[0].id, study.home.id, study.home.provider
    for number, words in enumerate(
        [
            [round_id, "--to-hand-on"],
            ["--home", home_id, "--to-hand-on", "--csv"],
            [f"--provider={provider}"],
            [f"--provider={provider}", "--to-act-on"],
            [f"--provider={provider}", "--to-act-on", "--csv"],
        ]
    ):
        done = run(app, "export", *words, "--out", str(tmp_path / str(number)))
        assert done.exit_code == 0, done.output
        unpack(Path(done.stdout.splitlines()[0]), folder, str(number))
    administrator = signed_in(app, account_with(app, "administrator", name=FORMULAS[1]))
    (folder / "audit.csv").write_bytes(administrator.client.get("/audit.csv").get_data())
    opened = all_opened(folder, tmp_path)
    assert len(opened) > 25
    for name, theirs in opened.items():
        cells = [cell for sheet in theirs for row in sheet for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}, name
        if (folder / f"{name}.xlsx").exists():
            ours = load_workbook(folder / f"{name}.xlsx")
            assert texts(theirs) == texts(ours), name
        else:
            with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
                ours_texts = Counter(field for row in csv.reader(file) for field in row if not is_number(field))
            theirs_texts = Counter(str(cell.value) for cell in cells if not is_number(str(cell.value)))
            assert theirs_texts == ours_texts, name
    said = {text for theirs in opened.values() for text in texts(theirs).values()}
    assert {cleaned(text) for text in FORMULAS} | {"=theme()", "@elm", "-quoted", "=quoted()"} <= said


def fill(study: Study, app: Flask) -> None:
    """Formulas wherever somebody can write, in two homes of one provider, with themes, quotes and accounts."""
    every_place(study)
    quoting = a_form(
        asks("quoted", "text", label="=quoted()", reporting={"verbatim": "always"}),
        id="quoting", audience="child", title="@quoting", identity="anonymous",
    )  # fmt: skip
    first = study.home
    study.ask(quoting, title="-quoted")
    study.hear(quoting, [{"quoted": text} for text in FORMULAS])
    people = [account_with(app, "staff", name=text) for text in FORMULAS]
    study.home = replace(first, id="elm-house", name="@elm")
    with study.store.transaction() as tx:
        tx[Home].put(study.home)
        tx[OwnTheme].put(OwnTheme("own/1", first.id, "=theme()", ()))
        response = next(one.id for one in tx[Response].all() if one.form_id != quoting.id)
        tx[Theming].put(Theming(f"{response}:words", first.id, response, ("own/1",)))
        for person in people:
            remember(tx, SignedIn(second_factor=True), person.id, NOW, first.id)
    study.ask(quoting, title="+elm")
    study.hear(quoting, [{"quoted": text} for text in FORMULAS])
    study.home = first


def is_number(text: str) -> bool:
    """Whether it is one, or nothing."""
    return not text or text.replace(".", "", 1).removeprefix("-").isdigit()


def unpack(path: Path, folder: Path, name: str) -> None:
    """The file, or the files of an archive, under names of their own."""
    folder.mkdir(exist_ok=True)
    if path.suffix == ".xlsx":
        (folder / f"{name}.xlsx").write_bytes(path.read_bytes())
        return
    with ZipFile(path) as archive:
        for inner in archive.namelist():
            (folder / f"{name}-{Path(inner).name}").write_bytes(archive.read(inner))


def all_opened(folder: Path, tmp_path: Path) -> dict[str, Workbook]:
    """Every workbook and table as another program reads it, with texts as texts, by its name."""
    found = {}
    for ending, options in (("xlsx", []), ("csv", ["--infilter=CSV:44,34,76,1,,0,true,false"])):
        command = [str(soffice), f"-env:UserInstallation=file://{tmp_path / 'profile'}", "--headless", *options]
        command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / ending)]
        subprocess.run([*command, *map(str, folder.glob(f"*.{ending}"))], check=True, capture_output=True, timeout=180)
        found |= {path.stem: load_workbook(path) for path in (tmp_path / ending).iterdir()}
    return found
