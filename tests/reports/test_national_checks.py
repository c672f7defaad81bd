"""What was published nationally, fed in as responses: the same figures come out in the cells.

C1 and C3 stand in test_collated.py, C2 and C11, which are reckoned from published counts, in test_published.py.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from openpyxl.workbook import Workbook

from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks, options
from tests.reports.study import Study, row_of, table

YES_SOMETIMES_NO = options("yes", "sometimes", "no")
HEALTH = options("very good", "good", "OK", "bad", "very bad")
BEST, REST = "Always or most of the time %", "Sometimes or never %"
# What a hundred children say to each question, or as many as were asked: always, most of the time, sometimes, never.
OFTEN: Mapping[str, tuple[str, tuple[int, int, int, int]]] = {
    "C5 2023": ("safe", (60, 35, 4, 1)),
    "C5 2024": ("safe", (58, 35, 4, 3)),
    "C5 foster": ("safe", (80, 19, 1, 0)),
    "C6 adults": ("adults", (61, 30, 6, 3)),
    "C6 schools": ("safe", (92, 5, 2, 1)),
    "C7 2016": ("safe", (70, 24, 4, 2)),
    "C7 2017": ("safe", (69, 21, 6, 4)),
    "C8 looked after": ("cared_for", (64, 30, 5, 1)),
    "C8 someone": ("someone_to_talk_to", (58, 30, 8, 4)),
    "C8 decisions": ("decisions", (49, 30, 15, 6)),
    "C10": ("safe", (70, 26, 3, 1)),
}
OTHERS: Mapping[str, tuple[list[dict[str, Any]], tuple[int, ...]]] = {
    "C4": (YES_SOMETIMES_NO, (80, 5, 15)),
    "C9 health": (HEALTH, (30, 32, 25, 9, 4)),
    "C9 fun": (options("with friends", "not with friends"), (41, 59)),
    "C9 people": (options("too little", "enough", "too much"), (33, 60, 7)),
    "C12": (options("home", "school", "elsewhere"), (121, 54, 6)),
}


def name_of(label: str) -> str:
    return label.lower().replace(" ", "_")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    study = Study(tmp_path_factory.mktemp("study"))
    often = [
        asks(
            name_of(label),
            label=label,
            options=HOW_OFTEN,
            codes=[{"system": "ofsted-child-questionnaire", "code": code}],
        )
        for label, (code, _) in OFTEN.items()
    ]
    others = [asks(name_of(label), label=label, options=offered) for label, (offered, _) in OTHERS.items()]
    form = a_form(*often, *others, audience="child")
    study.ask(form)
    values = [str(option["value"]) for option in HOW_OFTEN]
    said = {name_of(label): (values, counts) for label, (_, counts) in OFTEN.items()}
    said |= {
        name_of(label): ([str(one["value"]) for one in offered], counts) for label, (offered, counts) in OTHERS.items()
    }
    people: list[dict[str, str]] = [{} for _ in range(181)]
    for question, (offered, counts) in said.items():
        answers = [value for value, times in zip(offered, counts, strict=False) for _ in range(times)]
        for person, answer in zip(people, answers, strict=False):
            person[question] = answer
    study.hear(form, people)
    return study.read()


def cells(book: Workbook, label: str, *columns: str) -> list[Any]:
    row = row_of(book["Summary"], label)
    return [row[column] for column in columns]


def beside(book: Workbook, label: str, year: int | None, setting: str = "") -> dict[str, Any]:
    """The first row of the published figures that stands beside this question."""
    return next(
        row
        for row in table(book["Published figures"], "Published_figures")
        if row["Asked here"] == label
        and (row["Year"] == "not known" if year is None else getattr(row["Year"], "year", None) == year)
        and setting in row["Setting"]
    )


def test_c4_a_split_of_three_keeps_its_shares(book: Workbook) -> None:
    assert cells(book, "C4", "Answered", "yes %", "sometimes %", "no %") == [100, 80, 5, 15]


@pytest.mark.parametrize(
    ("label", "year", "setting", "percent"),
    [
        ("C5 2023", 2023, "Children's homes", 95),
        ("C5 2024", 2024, "Children's homes", 93),
        ("C5 foster", 2024, "Foster care", 99),
    ],
)
def test_c5_the_two_best_answers_join_as_they_were_published(
    book: Workbook, label: str, year: int, setting: str, percent: int
) -> None:
    assert cells(book, label, BEST, REST) == [percent, 100 - percent]
    row = beside(book, label, year, setting)
    assert [row[name] for name in ("Here %", "n here", "National %", "The others %")] == [
        percent,
        100,
        percent,
        100 - percent,
    ]


def test_c6_nine_in_ten_get_on_with_staff_and_one_in_twelve_is_not_safe_all_of_the_time(book: Workbook) -> None:
    assert cells(book, "C6 adults", BEST) == [91]
    assert beside(book, "C6 adults", 2024)["National %"] == 91
    assert sum(cells(book, "C6 schools", "Most of the time %", "Sometimes %", "Never %")) == 8
    row = beside(book, "C6 schools", 2024, "Residential special schools")
    assert (row["National %"], row["Answers nationally"]) == (8, "Not all of the time")


@pytest.mark.parametrize(("year", "always", "mostly"), [(2016, 70, 24), (2017, 69, 21)])
def test_c7_the_best_answer_and_the_second_stand_apart(book: Workbook, year: int, always: int, mostly: int) -> None:
    assert cells(book, f"C7 {year}", "Always %", "Most of the time %") == [always, mostly]
    row = beside(book, f"C7 {year}", year, "Children's homes")
    assert (row["National %"], row["Answers nationally"]) == (always, "All of the time")
    assert "not to be held against figures that join the two best" in row["Note"]


@pytest.mark.parametrize(("label", "percent"), [("C8 looked after", 94), ("C8 someone", 88), ("C8 decisions", 79)])
def test_c8_what_is_undated_says_so(book: Workbook, label: str, percent: int) -> None:
    assert cells(book, label, BEST) == [percent]
    row = beside(book, label, None)
    assert (row["National %"], row["Setting"]) == (percent, "not known")
    assert "Undated" in row["Note"]


def test_c9_other_answers_than_how_often_are_counted_each_by_itself(book: Workbook) -> None:
    assert sum(cells(book, "C9 health", "very good %", "good %", "OK %")) == 87
    assert cells(book, "C9 fun", "with friends %") == [41]
    assert cells(book, "C9 people", "too little %") == [33]


def test_c10_the_other_side_stands_beside_the_headline(book: Workbook) -> None:
    assert cells(book, "C10", BEST, REST) == [96, 4]
    row = beside(book, "C10", 2021)
    assert (row["National %"], row["The others %"]) == ("more than 95%", "less than 5%")
    assert "nearly 1 in 20" in row["Note"]


def test_c12_investigations_split_as_they_were_published(book: Workbook) -> None:
    assert cells(book, "C12", "Answered", "home %", "school %", "elsewhere %") == [181, 67, 30, 3]
