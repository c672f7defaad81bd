"""Formulas in every place where somebody can write: no sheet runs one, and every text comes back as it was."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from service.collection.models.home import Home
from service.collection.models.round import Round
from service.reports.cell_values import LONGEST_TEXT, cleaned
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks
from tests.reports.study import Study, table, write_workbook

FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org","here")',
    '=WEBSERVICE("http://example.org")',
    '=DDE("cmd";"/C calc";"x")',
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\n=1+1",
    "'=1+1",
    '"=1+1',
    "{=1+1}",
    "#REF!",
    "#N/A",
    "＝1+1",  # the wide sign, which some programs read as the plain one
)
soffice = shutil.which("soffice")


def every_place(study: Study) -> None:
    """A home, two rounds, forms, people and answers in which every text is a formula."""
    formula = FORMULAS[0]
    study.home = Home("oak-house", f"{formula} house", "childrens_home", "+provider()", "-urn()")
    with study.store.transaction() as tx:
        tx[Home].put(study.home)
    options: list[dict[str, Any]] = [
        {"value": f"o{number}", "label": text.strip() or "x", "score": number}
        for number, text in enumerate(dict.fromkeys(text.strip() for text in FORMULAS))
    ]
    rows = [{"id": "one", "label": "=row()"}, {"id": "two", "label": "@row"}]
    coded = {"codes": [{"system": "sccif-childrens-home/2026", "code": "S1"}]}
    questions = (
        asks("words", "text", label="=words()", **coded),
        asks("one", label="+one()", options=options, **coded),
        asks("scale", label="-scale()", options=HOW_OFTEN, **coded),
        asks("several", "select_multiple", label="@several", options=options),
        asks("lines", "matrix", label="=lines()", options=HOW_OFTEN, rows=rows),
        asks("order", "rank", label="=order()", options=options[:4]),
        {
            "id": "told",
            "type": "group",
            "label": "=rows()",
            "repeat": {"max": 3},
            "questions": [asks("inner", "text", label="=inner()")],
        },
    )
    for number in (1, 2):
        form = a_form(*questions, version=number, title="=title()", identity="named")
        round_ = study.ask(form, title=f"=round({number})")
        with study.store.transaction() as tx:
            tx[Round].put(replace(round_, reason="=reason()"))
        study.rounds[-1] = replace(round_, reason="=reason()")
        answers = [
            {
                "words": text,
                "one": options[0]["value"],
                "scale": "always",
                "several": [option["value"] for option in options],
                "lines": {"one": "always", "two": "never"},
                "order": ["o1", "o0"],
                "told": [{"inner": text}],
            }
            for text in FORMULAS
        ]
        study.hear(form, answers, names=FORMULAS)


def texts(book: Workbook) -> dict[tuple[str, str], str]:
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet
        for cell in row
        if isinstance(cell.value, str) and cell.value
    }


def opened_elsewhere(path: Path, folder: Path) -> Workbook:
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [str(soffice), profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run(
        [*command, "--outdir", str(folder / "elsewhere"), str(path)], check=True, capture_output=True, timeout=120
    )
    return load_workbook(folder / "elsewhere" / path.name)


def test_no_cell_of_any_sheet_is_a_formula_and_what_resembles_one_is_guarded(study: Study) -> None:
    every_place(study)
    book = study.read()
    assert {"Summary", "Voices side by side", "Over time", "Comments", "Codebook"} <= set(book.sheetnames)
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    loose = [cell.value for cell in cells if cell.data_type == "s" and cell.value[0] in "=+-@" and not cell.quotePrefix]
    assert loose == []


@pytest.mark.skipif(soffice is None, reason="LibreOffice is not here, so no second program has opened a workbook")
def test_another_program_finds_no_formula_no_error_and_the_same_texts(study: Study, tmp_path: Path) -> None:
    every_place(study)
    path = write_workbook(study.collate(), tmp_path / "exports")
    ours, theirs = load_workbook(path), opened_elsewhere(path, tmp_path)
    cells = [cell for sheet in theirs for row in sheet for cell in row if cell.value is not None]
    # "f" would be a formula, "e" an error; a text that only looks like an error is a text.
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert texts(theirs) == texts(ours)
    written = {row["=words()"] for row in table(ours["Staff"])}
    assert written == {cleaned(text) for text in FORMULAS}


@pytest.mark.skipif(soffice is None, reason="LibreOffice is not here, so no second program has opened a workbook")
def test_another_program_draws_the_charts_of_formulas_as_words(study: Study, tmp_path: Path) -> None:
    every_place(study)
    theirs = opened_elsewhere(write_workbook(study.collate(), tmp_path / "exports"), tmp_path)
    summary: Any = theirs["Summary"]
    titles = {"".join(run.t for line in chart.title.tx.rich.p for run in line.r or ()) for chart in summary._charts}
    assert any(title.startswith("-scale()") for title in titles)


@pytest.mark.skipif(soffice is None, reason="LibreOffice is not here, so no second program has opened a workbook")
def test_a_text_of_any_length_is_whole_in_another_program_too(study: Study, tmp_path: Path) -> None:
    text = "=A long story, " + "told 🙂 slowly. " * 5_000
    assert len(text) > 2 * LONGEST_TEXT
    form = a_form(asks("q", "text"), asks("z", "text"))
    study.ask(form)
    study.hear(form, [{"q": text, "z": "after"}])
    [row] = table(opened_elsewhere(write_workbook(study.collate(), tmp_path / "exports"), tmp_path)["Staff"])
    pieces = [value for name, value in row.items() if name.startswith("q?")]
    assert len(pieces) == 3
    assert "".join(pieces) == text.strip() or "".join(pieces) == text
    assert [name for name in row if name.startswith("q?")] == ["q?", "q? (continued 2)", "q? (continued 3)"]
    assert row["z?"] == "after"
