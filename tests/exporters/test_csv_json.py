"""CSV and JSON hold what the workbook holds, no more, and every text as it was written."""

import csv
import json
import shutil
import subprocess
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from service.collection.models.home import Home
from service.collection.models.response import Response
from service.exporters.csv_json import CSV, JSON, guarded
from service.reports import Collation, collate
from service.reports.cell_values import cleaned
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks, options
from tests.exporters.excel.test_writer import NASTY
from tests.reports.study import KEY, NOW, Study

soffice = shutil.which("soffice")
SEEN = [*NASTY, " =1+1", "＝1+1", "semi;colon", "tab\tinside", 'quote"d', "comma, too", "\r=1+1"]


def files(collation: Collation) -> dict[str, str]:
    """What is in the archive."""
    made = BytesIO()
    CSV.write(collation, made)
    with ZipFile(made) as archive:
        assert archive.testzip() is None
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert all(content.startswith(b"\xef\xbb\xbf") for content in contents.values())
    return {name: content.decode("utf-8-sig") for name, content in contents.items()}


def rows(text: str) -> list[dict[str, str]]:
    """A CSV as another program reads it, the guarding apostrophes taken away as the first page says."""
    read = csv.DictReader(StringIO(text, newline=""))
    return [{name: value[1:] if value.startswith("'") else value for name, value in row.items()} for row in read]


def document(collation: Collation) -> Any:
    made = BytesIO()
    JSON.write(collation, made)
    return json.loads(made.getvalue())


@pytest.fixture
def told(study: Study) -> Study:
    """Two staff without names, one who skipped what the other was not asked."""
    form = a_form(
        asks("q", options=HOW_OFTEN),
        asks("m", "matrix", rows=[{"id": "food", "label": "Food"}], options=HOW_OFTEN),
        asks("s", "select_multiple", options=options("red", "green")),
        asks("r", "rank", options=options("one", "two")),
        asks("n", "number"),
        asks("w", "text", visible_if={"==": [{"var": "q"}, "never"]}),
    )
    study.ask(form)
    full = {"q": "never", "m": {"food": "always"}, "s": ["green"], "r": ["two", "one"], "n": 7, "w": "words"}
    study.hear(form, [full, {"q": "not_say"}])
    return study


class TestResponses:
    def test_a_scale_stands_as_code_label_and_score(self, told: Study) -> None:
        found = {row["q"]: row for row in rows(files(told.collate())["responses-staff.csv"])}
        assert (found["never"]["q__label"], found["never"]["q__score"]) == ("Never", "1")
        assert (found["not_say"]["q__label"], found["not_say"]["q__score"]) == ("I don’t want to say", "")
        never = found["never"]
        assert (never["m__food"], never["m__food__label"], never["m__food__score"]) == ("always", "Always", "4")
        assert (never["s__red"], never["s__green"]) == ("0", "1")
        assert (never["r__one"], never["r__two"], never["n"], never["w"]) == ("2", "1", "7", "words")

    def test_what_was_skipped_is_empty_and_what_was_not_asked_says_so(self, told: Study) -> None:
        [row] = [row for row in rows(files(told.collate())["responses-staff.csv"]) if row["q"] == "not_say"]
        assert (row["n"], row["w"]) == ("", "[z]")

    def test_a_row_is_the_workbooks_row(self, told: Study) -> None:
        collation = told.collate()
        ours = rows(files(collation)["responses-staff.csv"])
        [sheet] = [sheet for sheet in collation.report.sheets if sheet.name == "Staff"]
        headers = [column.header for column in sheet.tables[0].columns]
        theirs = [dict(zip(headers, row, strict=True)) for row in sheet.tables[0].rows]
        assert [row["q__label"] for row in ours] == [row["q?"] for row in theirs]
        assert [row["week_beginning"] for row in ours] == [row["Week beginning"].isoformat() for row in theirs]

    def test_every_column_is_in_the_codebook_with_the_answers_that_it_codes(self, told: Study) -> None:
        found = files(told.collate())
        columns = next(csv.reader(StringIO(found["responses-staff.csv"])))
        told_of = rows(found["codebook.csv"])
        assert list(dict.fromkeys(row["column"] for row in told_of)) == columns
        of_q = [(r["value"], r["label"], r["score"], r["counted_apart"]) for r in told_of if r["column"] == "q"]
        assert of_q[0] == ("always", "Always", "4", "no")
        assert of_q[-1] == ("not_say", "I don’t want to say", "", "yes")
        assert {row["question"] for row in told_of if row["question_id"] == "m"} == {"m?: Food"}

    def test_of_a_year_or_month_no_more_stands_there_than_was_said(self, study: Study) -> None:
        form = a_form(*(asks(precision, "date", precision=precision) for precision in ("year", "month", "day")))
        study.ask(form)
        study.hear(form, [{"year": "2019", "month": "2026-11", "day": "2026-11-22"}])
        [row] = rows(files(study.collate())["responses-staff.csv"])
        assert (row["year"], row["month"], row["day"]) == ("2019", "2026-11", "2026-11-22")

    def test_rows_of_a_repeating_group_have_a_file_of_their_own(self, study: Study) -> None:
        group = asks("visits", "group", repeat={"max": 3}, questions=[asks("who", options=options("family", "friend"))])
        form = a_form(group)
        study.ask(form)
        study.hear(form, [{"visits": [{"who": "family"}, {"who": "friend"}]}, {"visits": []}])
        found = files(study.collate())
        said = rows(found["responses-staff-visits.csv"])
        assert sorted((row["line"], row["who"]) for row in said) == [("1", "family"), ("2", "friend")]


class TestWhatIsHeldBack:
    def anonymous(self, study: Study, children: int) -> Collation:
        form = a_form(asks("q", options=HOW_OFTEN), asks("w", "text"), audience="child", identity="anonymous")
        study.ask(form)
        study.hear(form, [{"q": "always", "w": f"secret {number}"} for number in range(children)])
        return study.collate()

    def test_no_single_answer_of_an_anonymous_form_is_in_any_file(self, study: Study) -> None:
        collation = self.anonymous(study, 4)
        found = files(collation)
        assert not [name for name in found if name.startswith("responses")]
        assert "This form is anonymous" in found["read-me.txt"]
        assert not [name for name, text in found.items() if "secret" in text]
        assert {row["figure"] for row in rows(found["figures.csv"]) if row["measure"] == "chosen by"} == {"[c]"}
        whole = document(collation)
        [children] = whole["responses"]
        assert (children["shown"], children["rows"]) == (False, [])
        assert "secret" not in json.dumps(whole)

    def test_what_is_handed_on_says_so_and_holds_no_single_answer(self, told: Study) -> None:
        collation = collate(told.store, told.rounds, told.forms.__getitem__, KEY, NOW, to_hand_on=True)
        found = files(collation)
        assert not [name for name in found if name.startswith("responses")]
        assert "To hand on" in found["read-me.txt"]
        assert "Single answers" in [row["what_is_withheld"] for row in rows(found["withheld.csv"])]
        assert "To act on" in files(told.collate())["read-me.txt"]

    def test_words_that_are_not_repeated_are_in_neither(self, study: Study) -> None:
        form = a_form(asks("w", "text", reporting={"verbatim": "never"}))
        study.ask(form)
        study.hear(form, [{"w": "secret"}])
        collation = study.collate()
        assert "secret" not in "".join(files(collation).values())
        assert "secret" not in json.dumps(document(collation))
        assert rows(files(collation)["responses-staff.csv"])[0]["w"] == "[c]"

    def test_somebody_who_is_no_reader_gets_no_rows(self, told: Study) -> None:
        collation = collate(told.store, told.rounds, told.forms.__getitem__, KEY, NOW, ["staff"])
        assert "responses-staff.csv" not in files(collation)
        assert "words" not in [row.get("w") for table in document(collation)["responses"] for row in table["rows"]]


class TestFigures:
    def test_each_stands_in_a_row_of_its_own_with_its_base(self, told: Study) -> None:
        found = [row for row in rows(files(told.collate())["figures.csv"]) if row["question_id"] == "q"]
        by_measure = {(row["measure"], row["value"]): row for row in found}
        chosen = by_measure["chosen by", "never"]
        assert (chosen["label"], chosen["figure"], chosen["base"], chosen["percent"]) == ("Never", "1", "1", "100")
        assert by_measure["chosen by", "always"]["figure"] == "0"
        assert by_measure["counted apart", "not_say"]["figure"] == "1"
        assert by_measure["best two", ""]["percent"] == "0"
        assert by_measure["mean score", ""]["figure"] == "1.0"

    def test_the_counts_are_those_of_the_first_sheet(self, told: Study) -> None:
        told.count(told.rounds[0].forms and next(iter(told.forms.values())), started=3, withdrawn=1)
        collation = told.collate()
        staff, everybody = rows(files(collation)["counts.csv"])
        for row in (staff, everybody):
            assert [row[name] for name in ("started", "submitted", "withdrawn", "exported")] == ["3", "2", "1", "2"]
        assert document(collation)["counts"][0]["do_the_counts_agree"] == "Yes"


class TestTexts:
    @pytest.fixture
    def nasty(self, study: Study) -> Study:
        form = a_form(asks("w", "text"), identity="named", title="=TITLE()")
        study.ask(form, title="@round")
        study.hear(form, [{"w": text} for text in SEEN], names=SEEN)
        return study

    @pytest.fixture
    def written(self, nasty: Study) -> set[str]:
        """The texts as the store keeps them."""
        return {cleaned(one.answers["w"]) for one in nasty.store[Response].all()}

    def test_every_text_comes_back_whole_once_its_apostrophe_is_taken_away(
        self, nasty: Study, written: set[str]
    ) -> None:
        found = files(nasty.collate())
        assert {row["w"] for row in rows(found["responses-staff.csv"])} == written
        assert {row["comment"] for row in rows(found["comments.csv"])} == written
        assert {row["w"] for table in document(nasty.collate())["responses"] for row in table["rows"]} == written

    def test_no_field_of_any_file_begins_as_a_formula_does(self, nasty: Study) -> None:
        for text in [text for name, text in files(nasty.collate()).items() if name.endswith(".csv")]:
            for row in csv.reader(StringIO(text, newline="")):
                assert not [cell for cell in row if cell.lstrip().startswith(("=", "+", "-", "@", "＝"))]

    def test_a_long_text_is_one_field(self, study: Study) -> None:
        text = "A long story about the garden. " * 2_600
        form = a_form(asks("w", "text"))
        study.ask(form)
        study.hear(form, [{"w": text}])
        found = files(study.collate())
        [row] = rows(found["responses-staff.csv"])
        [comment] = rows(found["comments.csv"])
        assert row["w"] == comment["comment"] == text

    @pytest.mark.skipif(soffice is None, reason="LibreOffice is not here, so no spreadsheet has opened a CSV")
    @pytest.mark.parametrize("import_filter", ["", "CSV:44,34,76,1,,0,true,false"])
    def test_libreoffice_finds_no_formula_and_every_text(
        self, nasty: Study, written: set[str], tmp_path: Path, import_filter: str
    ) -> None:
        folder = tmp_path / "csv"
        folder.mkdir()
        found = files(nasty.collate())
        for name, text in found.items():
            (folder / name).write_bytes(text.encode("utf-8-sig"))
        command = [str(soffice), f"-env:UserInstallation=file://{tmp_path / 'profile'}", "--headless"]
        command += [f"--infilter={import_filter}"] if import_filter else []
        command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out")]
        command += [str(path) for path in folder.glob("*.csv")]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        opened = {path.stem: load_workbook(path).worksheets[0] for path in (tmp_path / "out").iterdir()}
        assert set(opened) == {Path(name).stem for name in found if name.endswith(".csv")}
        kinds = {cell.data_type for sheet in opened.values() for row in sheet for cell in row}
        assert "f" not in kinds
        assert "e" not in kinds
        if import_filter:  # with quoted fields as text, as the first page asks for
            sheet = opened["responses-staff"]
            column = [cell.value for cell in sheet[1]].index("w")
            seen = [str(row[column].value or "").replace("_x005F_x", "_x") for row in sheet.iter_rows(min_row=2)]
            assert {text[1:] if text.startswith("'") else text for text in seen} == written


def test_all_that_an_answer_may_begin_with_is_guarded_and_plain_words_are_not() -> None:
    for text in ("=1", "+1", "-1", "@a", "\t=1", "\n=1", "'a", " =1", "＝1", "＋1"):
        assert guarded(text) == f"'{text}"
    for text in ("words", "1-2", "a=b", "", "[c]"):
        assert guarded(text) == text
    assert guarded("\x00=1") == "\ufffd=1"


def test_published_figures_and_other_sheets_come_along(study: Study) -> None:
    codes = [{"system": "ofsted-child-questionnaire", "code": "safe"}]
    form = a_form(asks("q", options=HOW_OFTEN, codes=codes), audience="child")
    study.ask(form)
    study.hear(form, [{"q": "always"}])
    found = files(study.collate())
    first = rows(found["published-figures.csv"])[0]
    assert (first["national_percent"], first["the_others_percent"], first["year"]) == ("93", "7", "2024")
    assert next(row["measures"] for row in rows(found["codebook.csv"]) if row["column"] == "q").startswith("safe")


def test_two_homes_in_one_file_are_told_apart(study: Study) -> None:
    form = a_form(asks("q", options=HOW_OFTEN))
    study.ask(form)
    study.hear(form, [{"q": "always"}])
    study.home = Home("elm-house", "Elm House", "childrens_home", "Acorn Care", "SC654321")
    with study.store.transaction() as tx:
        tx[Home].put(study.home)
    study.ask(form, title="Autumn at Elm House")
    study.hear(form, [{"q": "never"}])
    found = {row["home"]: row["q"] for row in rows(files(study.collate())["responses-staff.csv"])}
    assert found == {"Oak House": "always", "Elm House": "never"}
