"""National figures as they were published: each with its source, none made up, and none that does not reckon up."""

import json
from pathlib import Path
from typing import Any

import pytest

from service.frameworks import FrameworkError
from service.frameworks.national_figures import Amount, Published, national, published_for, read_published


def safe(year: int, setting: str | None) -> list[Published]:
    return [one for one in published_for("safe") if (one.year, one.setting) == (year, setting)]


def said(code: str) -> list[tuple[int | None, str, str]]:
    return [(figure.year, figure.answer, str(figure.percent)) for figure in published_for(code)]


def answered(year: int) -> Any:
    return next(one for one in national().responses if one.year == year)


class TestTheFigures:
    def test_the_two_best_answers_joined_fell_in_homes_and_stayed_in_foster_care(self) -> None:
        # Check C5.
        merged = "always or most of the time"
        for year, homes, foster in ((2023, 95, 99), (2024, 93, 99)):
            assert [(one.answer, one.percent.number) for one in safe(year, "Children's homes")] == [(merged, homes)]
            assert [(one.answer, one.percent.number) for one in safe(year, "Foster care")] == [(merged, foster)]

    def test_those_to_display_are_there_with_the_answers_that_they_count(self) -> None:
        # Checks C6, C7, C8 and C9.
        assert said("adults") == [(2024, "always or most of the time", "91")]
        [schools] = safe(2024, "Residential special schools")
        assert (schools.answer, schools.percent, schools.rest) == ("not all of the time", Amount(8), Amount(92))
        assert [(year, answer, percent) for year, answer, percent in said("safe") if year and year < 2018] == [
            (2017, "all of the time", "69"),
            (2017, "most of the time", "21"),
            (2016, "all of the time", "70"),
            (2015, "most of the time", "24"),
        ]
        assert [said(code)[0][::2] for code in ("cared_for", "someone_to_talk_to", "decisions")] == [
            (None, "94"),
            (None, "88"),
            (None, "79"),
        ]
        assert said("mental_health") == [(2022, "very good, good or OK", "87")]
        assert said("fun") == [(2022, "had fun with friends", "41")]
        assert said("important_people") == [(2022, "sees too little of them", "about 33")]

    def test_each_has_its_other_side_whose_bound_turns_with_it(self) -> None:
        # Check C10: more than 95 safe, so nearly 1 in 20 regularly not.
        [figure] = safe(2021, None)
        assert (str(figure.percent), str(figure.rest)) == ("more than 95", "less than 5")
        assert "1 in 20" in str(figure.note)
        [about] = published_for("important_people")
        assert str(about.rest) == "about 67"

    def test_they_come_newest_first_and_undated_ones_last(self) -> None:
        years = [figure.year or 0 for figure in published_for("safe")]
        assert years == sorted(years, reverse=True)
        assert years[0] == 2024
        everything = [figure.year for figure in national().figures]
        assert everything[-3:] == [None, None, None]
        assert published_for("school") == ()

    def test_a_base_that_is_not_known_is_not_made_up(self) -> None:
        assert {figure.base for figure in national().figures} == {None}

    def test_each_says_where_it_stands(self) -> None:
        for figure in national().figures:
            assert "." in national().sources[figure.source]


class TestWhoAnswered:
    def test_a_restated_number_keeps_what_was_published_first(self) -> None:
        assert (answered(2023).children, answered(2023).first_published) == (Amount(6615), 6614)

    def test_what_was_not_published_is_not_there_and_what_is_inexact_says_so(self) -> None:
        assert answered(2018).children is None
        assert str(answered(2020).all) == "fewer than 41,713"
        assert str(answered(2017).children) == "nearly 3,200"
        assert [one.year for one in national().responses] == [
            2025,
            2024,
            2023,
            2022,
            2021,
            2020,
            2018,
            2017,
            2016,
            2015,
        ]

    def test_stock_and_flow_agree(self) -> None:
        # Check C11.
        [homes] = national().homes
        assert (homes.more, homes.before, homes.total) == (180, 2590, 2770)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"code": "happy"}, "has no code 'happy'"),
        ({"percent": 101}, "101 is not a percentage"),
        ({"percent": "loads"}, "percent must be a number"),
        ({"source": "hearsay"}, "nothing is called 'hearsay'"),
        ({"answers": []}, "which answers were counted"),
        ({"colour": "green"}, "no key is called colour"),
        ({"year": "2024"}, "year cannot be '2024'"),
    ],
)
def test_a_fault_in_a_figure_is_told_with_its_place(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    figure = {"code": "safe", "answers": ["always"], "percent": 90, "source": "S"} | change
    file = tmp_path / "published.json"
    file.write_text(
        json.dumps(
            {
                "system": "ofsted-child-questionnaire",
                "note": "n",
                "sources": {"S": "somewhere.example"},
                "figures": [figure],
                "responses": [],
                "homes": [],
            }
        )
    )
    with pytest.raises(FrameworkError, match=complaint):
        read_published(file)
