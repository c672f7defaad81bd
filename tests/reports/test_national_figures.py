"""National figures stand beside a home's own, with how many said it, and open nothing that is withheld."""

from typing import Any

import pytest

from service.analysis.figures import Sign
from service.reports.sheets.national_figures import change
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks
from tests.reports.study import Study, table, words

PUBLISHED = "Published figures"


def coded(question_id: str, code: str, **more: Any) -> Any:
    codes = [{"system": "ofsted-child-questionnaire", "code": code}]
    return asks(question_id, codes=codes, **more)


def heard(study: Study, *, children: int = 20, closed: bool = True, **more: Any) -> Any:
    form = a_form(coded("q", "safe", options=HOW_OFTEN), **{"audience": "child", "identity": "anonymous", **more})
    study.ask(form, closed=closed)
    study.hear(form, [{"q": "always" if number % 5 > 1 else "never"} for number in range(children)])
    return study.read()


def test_ours_stands_with_its_base_beside_each_national_figure(study: Study) -> None:
    rows = table(heard(study)[PUBLISHED], "Published_figures")
    assert {(row["Theme"], row["Here %"], row["n here"]) for row in rows} == {("Feeling safe", 60, 20)}
    assert {row["Answers here"] for row in rows} == {"Always or most of the time"}
    newest = [(r["Year"].year, r["Setting"], r["National %"], r["The others %"], r["n nationally"]) for r in rows][:2]
    assert newest == [
        (2024, "Children's homes", 93, 7, "not known"),
        (2024, "Foster care", 99, 1, "not known"),
    ]
    [in_words] = [row for row in rows if row["Year"].year == 2021]
    assert (in_words["National %"], in_words["The others %"]) == ("more than 95%", "less than 5%")
    assert all("." in row["Source"] for row in rows)


def test_it_says_that_they_are_no_target_and_the_first_sheet_leads_to_it(study: Study) -> None:
    book = heard(study)
    assert "They are no target" in words(book[PUBLISHED])
    assert PUBLISHED in [row["Sheet"] for row in table(book["Read me"], "Sheets")]


@pytest.mark.parametrize("more", [{"children": 4}, {"closed": False}])
def test_what_is_withheld_elsewhere_is_withheld_here(study: Study, more: dict[str, Any]) -> None:
    rows = table(heard(study, **more)[PUBLISHED], "Published_figures")
    assert {(row["Here %"], row["n here"]) for row in rows} == {(Sign.WITHHELD, Sign.WITHHELD)}
    assert rows[0]["National %"] == 93


@pytest.mark.parametrize("audience", ["parent", "staff"])
def test_nobody_elses_answers_stand_in_for_childrens(study: Study, audience: str) -> None:
    assert PUBLISHED not in heard(study, audience=audience).sheetnames


def test_without_anything_published_there_is_no_sheet(study: Study) -> None:
    form = a_form(
        asks("q", options=HOW_OFTEN), coded("s", "school", options=HOW_OFTEN), coded("w", "good", type="text")
    )
    study.ask(form)
    study.hear(form, [{"q": "always"}])
    assert PUBLISHED not in study.read().sheetnames


def test_growth_is_a_whole_percentage() -> None:
    # Check C2: 26.9 and 34.2.
    assert (change(8880, 6995), change(8880, 6615)) == (27, 34)
    assert change(95, 100) == -5


def test_growth_is_shown_from_the_restated_number_and_stock_and_flow_agree(study: Study) -> None:
    sheet = heard(study)[PUBLISHED]
    rows = {row["Year"].year: row for row in table(sheet, "Published_answered")}
    assert (rows[2025]["Children"], rows[2025]["Change since the year before %"]) == (8880, 27)
    assert rows[2024]["Change since the year before %"] == 6
    assert "6,614 when first published" in rows[2023]["Note"]
    assert rows[2017]["Children"] == "nearly 3,200"
    assert rows[2017]["Change since the year before %"] is None
    # Check C11.
    [homes] = table(sheet, "Published_homes")
    assert (homes["More"], homes["At the end"], homes["Change %"]) == (180, 2770, 7)
