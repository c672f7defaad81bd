"""The sheet that follows each question through the rounds of a home."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from service.collection.models.home import Home
from service.collection.models.round import Round
from service.definitions import Form
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks, of_each
from tests.reports.study import NOW, Study, row_of, table

NAME = "Over time"
FORM = a_form(asks("safe", options=HOW_OFTEN), asks("help", options=[*HOW_OFTEN[:2], HOW_OFTEN[3]]))


def two_rounds(study: Study, *forms: Any) -> None:
    for number, (title, counts) in enumerate(
        (("Spring", {"always": 4, "never": 4}), ("Autumn", {"always": 9, "never": 1}))
    ):
        form = forms[number] if forms else FORM
        round_ = study.ask(form, title=title)
        with study.store.transaction() as tx:
            tx[Round].put(replace(round_, opened_at=NOW - timedelta(days=200 - 180 * number)))
        study.rounds[-1] = replace(round_, opened_at=NOW - timedelta(days=200 - 180 * number))
        study.hear(form, of_each("safe", counts))


def test_a_row_has_every_round_with_its_base_and_the_change(study: Study) -> None:
    two_rounds(study)
    sheet = study.read()[NAME]
    row = next(row for row in table(sheet) if row["Question"] == "safe?")
    assert list(row.values()) == ["Staff", "safe?", "Always or most of the time, %", 8, 50, 10, 90, 40, None]
    assert list(row)[3:7] == [
        "Spring, 6 May 2026: answered",
        "Spring, 6 May 2026: figure",
        "Autumn, 2 November 2026: answered",
        "Autumn, 2 November 2026: figure",
    ]


def test_a_change_has_a_sign_for_its_direction(study: Study) -> None:
    two_rounds(study)
    sheet = study.read()[NAME]
    [found] = sheet.tables.values()
    cell = sheet[found.ref][1][7]
    assert (cell.value, cell.number_format) == (40, '"▲ "#,##0;"▼ "#,##0;"no change"')


def test_a_short_scale_is_followed_by_its_mean(study: Study) -> None:
    two_rounds(study)
    assert {row["Figure"] for row in table(study.read()[NAME])} == {
        "Always or most of the time, %",
        "Mean score (1 to 4)",
    }


def test_rounds_stand_in_the_order_in_which_they_opened(study: Study) -> None:
    two_rounds(study)
    study.rounds.reverse()
    assert [name.split(",")[0] for name in list(table(study.read()[NAME])[0])[3:7:2]] == ["Spring", "Autumn"]


def test_a_round_that_asks_nothing_to_be_followed_has_no_column(study: Study) -> None:
    two_rounds(study)
    study.hear(study_asks(study), [{"why": "Because."}])
    row = table(study.read()[NAME])[0]
    assert [name.split(",")[0] for name in row if name.endswith(": figure")] == ["Spring", "Autumn"]
    assert row["Change since the round before"] == 40, "of the last two rounds that asked it"


def study_asks(study: Study) -> Form:
    """The form of one more round, in words alone."""
    words = a_form(asks("why", type="text"), id="words")
    study.ask(words, title="Winter")
    return words


def test_other_words_are_noted(study: Study) -> None:
    newer = a_form(asks("safe", label="Are you safe?", options=HOW_OFTEN), version=2)
    two_rounds(study, FORM, newer)
    row = next(row for row in table(study.read()[NAME]) if row["Question"] == "Are you safe?")
    assert row["Asked differently before"] == "Version 1 asked: “safe?”"


def test_one_round_has_no_such_sheet(study: Study) -> None:
    round_ = study.ask(FORM)
    assert NAME not in study.read(round_).sheetnames


def test_homes_with_one_round_each_have_no_such_sheet(study: Study) -> None:
    first = study.ask(FORM)
    elm = Home("elm-house", "Elm House", "childrens_home")
    with study.store.transaction() as tx:
        tx[Home].put(elm)
    second = replace(study.ask(FORM), home_id=elm.id)
    assert NAME not in study.read(first, second).sheetnames


def test_an_anonymous_round_of_few_is_hidden_with_its_change(study: Study) -> None:
    secret = a_form(asks("safe", options=HOW_OFTEN), identity="anonymous", readers=[])
    for counts in ({"always": 9}, {"never": 3}):
        study.ask(secret)
        study.hear(secret, of_each("safe", counts))
    row = row_of(study.read()[NAME], "Staff")
    assert list(row.values())[5:8] == ["[c]", "[c]", "[c]"]
