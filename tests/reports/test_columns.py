"""Every type of question: what its answers look like in a workbook, read back by another program."""

import typing
from datetime import date, time

import pytest

from service.analysis.merged_form import QuestionAnswer, join
from service.definitions import Question, load_form
from service.reports.labels import TYPES
from service.reports.sheets.columns import columns_of, day_in, time_in
from tests.analysis.tally_factory import a_form, asks, options
from tests.paths import ROOT
from tests.reports.study import Study, row_of, shown, table, words

EVERY_TYPE = ROOT / "tests" / "forms" / "every-type.json"
ANSWERS = {
    "nickname": "Sam",
    "story": "The garden.\nAnd the sea.",
    "reached_by": "+44 7700 900123",
    "letters": "sam@example.org",
    "reference": "SC123456",
    "hours": 37.5,
    "children": 0,
    "began": "2019-02-28",
    "trained": "2026-05",
    "qualified": "2012",
    "wakes": "06:45",
    "role": "other",
    "role_other": "Cook",
    "shift": "early",
    "drives": "no",
    "mood": "mostly",
    "place": "school",
    "supported": "disagree",
    "worries": ["noise", "repairs"],
    "repairs_what": "The boiler",
    "pictures": ["nothing"],
    "best_rooms": ["garden", "kitchen"],
    "sayings": {"listened": "agree"},
    "beds": 4,
    "garden": "yes",
    "visits": [
        {"visitor": "The adviser", "visited_on": "2026-11-03", "visit_outcome": "badly", "visit_why": "Too short"},
        {"visited_on": "2026-11-10"},
    ],
    "incidents": [{"incident_date": "2026-11-01", "incident_kind": "missing", "incident_days": 2}],
}
EXPECTED = {
    "Row": 1,
    "Name": "Sam Okafor",
    "Asked about": "the review",
    "Sent": shown(2026, 11, 19, 10),
    "Came by": "Link",
    "Language": "en",
    "Form version": 1,
    "What should we call you?": "Sam",
    "What went well this month, …?": "The garden.\nAnd the sea.",
    "Which phone number may we use?": "+44 7700 900123",
    "Which e-mail address may we use?": "sam@example.org",
    "What is the setting's reference number?": "SC123456",
    "How many hours do you work in a week? (hours)": 37.5,
    "How many children live here?": 0,
    "When did you begin to work here?": shown(2019, 2, 28),
    "In which month was your last training?": shown(2026, 5, 1),
    "In which year did you qualify?": shown(2012, 1, 1),
    "When does the day begin here?": time(6, 45),
    "What do you do here?": "Something else",
    "What is it? (Something else)": "Cook",
    "Which shift is yours most often?": "Early",
    "How does it change? (It changes)": "[z]",
    "Do you drive for the home?": "No",
    "How often do you enjoy your work?": "Most of the time",
    "Where do you talk with children most?": "On the way to school",
    "I feel supported by my manager.": "Disagree",
    "Which of these worry you?: Noise": "Yes",
    "Which of these worry you?: Too few staff": "No",
    "Which of these worry you?: Repairs": "Yes",
    "Which of these worry you?: None of these": "No",
    "Which of these worry you?: I'd rather not say": "No",
    "What needs repair? (Repairs)": "The boiler",
    "What do children here like?: Sport": "No",
    "What do children here like?: Reading": "No",
    "What do children here like?: I don't know": "Yes",
    "Which rooms do you like best?: Kitchen": 2,
    "Which rooms do you like best?: Living room": None,
    "Which rooms do you like best?: Garden": 1,
    "How far do you agree?: Children are listened to.": "Agree",
    "How far do you agree?: Children are kept safe.": None,
    "How many bedrooms are there?": 4,
    "Is there a garden?": "Yes",
    "Visits in the last month: rows": 2,
    "Incidents: rows": 1,
    "Score: How often do you enjoy your work?": 4,
    "Score: I feel supported by my manager.": 1,
    "Score: How far do you agree?: Children are listened to.": 3,
    "Score: How far do you agree?: Children are kept safe.": None,
}


def types_of_question() -> set[str]:
    """The names of all types there are."""
    classes = typing.get_args(typing.get_args(Question)[0])
    return {name for kind in classes for name in typing.get_args(kind.model_fields["type"].annotation)}


@pytest.fixture
def every(study: Study) -> Study:
    form = load_form(EVERY_TYPE)
    study.ask(form)
    study.hear(form, [ANSWERS, {}], names=["Sam Okafor"])
    return study


def test_the_form_asks_every_type() -> None:
    asked = {placed.question.type for placed in load_form(EVERY_TYPE).placed()}
    assert asked == types_of_question()
    assert TYPES.keys() == types_of_question() - {"note"}


def test_every_type_of_answer_comes_back_as_what_it_is(every: Study) -> None:
    rows = table(every.read()["Staff"])
    [row] = [row for row in rows if row["Name"]]
    number = row.pop("Row")
    assert number in (1, 2)
    assert {name: value for name, value in row.items() if name in EXPECTED or value is not None} == {
        name: value for name, value in EXPECTED.items() if name != "Row"
    }
    assert [name for name in row if name in EXPECTED] == [name for name in EXPECTED if name != "Row"]


def test_what_was_skipped_is_empty_and_what_was_not_asked_says_so(every: Study) -> None:
    [row] = [row for row in table(every.read()["Staff"]) if not row["Name"]]
    empty = {name for name, value in row.items() if value is None}
    assert {name for name, value in row.items() if value == "[z]"} == {
        "What went well this month, …?",
        "What is it? (Something else)",
        "How does it change? (It changes)",
        "What needs repair? (Repairs)",
    }
    assert "How many children live here?" in empty
    assert "Which of these worry you?: Noise" in empty


def test_rows_of_a_repeating_group_have_a_sheet_that_points_to_their_response(every: Study) -> None:
    book = every.read()
    [response] = [row for row in table(book["Staff"]) if row["Name"]]
    visits = table(book["Staff - Visits in the last…"])
    assert visits == [
        {
            "Row": response["Row"],
            "Line": 1,
            "Who came?": "The adviser",
            "When?": shown(2026, 11, 3),
            "How did it go?": "Badly",
            "What went wrong? (Badly)": "Too short",
        },
        {
            "Row": response["Row"],
            "Line": 2,
            "Who came?": None,
            "When?": shown(2026, 11, 10),
            "How did it go?": "[z]",
            "What went wrong? (Badly)": "[z]",
        },
    ]
    [incident] = table(book["Staff - Incidents"])
    assert (incident["Date"], incident["Kind"], incident["Days"]) == (shown(2026, 11, 1), "Missing", 2)


def test_numbers_dates_and_times_are_shown_as_people_read_them(every: Study) -> None:
    sheet = every.read()["Staff"]
    header, *rows = sheet[next(iter(sheet.tables.values())).ref]
    [row] = [row for row in rows if row[1].value]
    formats = {cell.value: row[index].number_format for index, cell in enumerate(header)}
    assert formats["When did you begin to work here?"] == "d mmmm yyyy"
    assert formats["In which month was your last training?"] == "mmmm yyyy"
    assert formats["In which year did you qualify?"] == "yyyy"
    assert formats["When does the day begin here?"] == "h:mm AM/PM"
    assert formats["How many hours do you work in a week? (hours)"] == "#,##0.0"
    assert formats["How many children live here?"] == "#,##0"


def test_every_column_and_every_question_stands_in_the_codebook(every: Study) -> None:
    book = every.read()
    rows = table(book["Codebook"])
    explained = {(row["Sheet"], header) for row in rows for header in row["Column"].split("\n")}
    own = {"Row", "Line", "Name", "Asked about", "Sent", "Came by", "Language", "Form version"}
    for sheet in ("Staff", "Staff - Visits in the last…", "Staff - Incidents"):
        [header, *_] = book[sheet][next(iter(book[sheet].tables.values())).ref]
        assert {(sheet, cell.value) for cell in header if cell.value not in own} <= explained
    asked = {placed.question.id for placed in load_form(EVERY_TYPE).placed()} - {"hello", "visits_many", "about_home"}
    assert {row["Question id"].split(".")[0] for row in rows} == asked
    [mood] = [row for row in rows if row["Question id"] == "mood"]
    assert mood["Type"] == "One answer"
    assert "Most of the time = mostly" in mood["What can stand in it"]
    assert "I'd rather not say = not_say, counted apart" in mood["What can stand in it"]
    assert "5 = Always" in mood["What can stand in it"]


def test_every_type_has_a_place_in_the_summary(every: Study) -> None:
    summary = every.read()["Summary"]
    shown = words(summary)
    for placed in load_form(EVERY_TYPE).placed():
        if placed.question.type not in ("note",) and placed.question.id != "about_home":
            assert placed.question.label.replace("{nickname}", "…") in shown, placed.question.id
    assert row_of(summary, "How many hours do you work in a week?")["Mean"] == 37.5
    assert row_of(summary, "Visits in the last month")["Rows"] == 2
    assert row_of(summary, "Days (counted in rows)")["Total"] == 2
    assert row_of(summary, "Garden")["Put first by %"] == 100


@pytest.mark.parametrize("answer", ["", "22 November", "2026-13", "2026-02-30", "x-y-z", 7000000])
def test_a_date_that_is_none_stays_as_it_was_said(answer: object) -> None:
    assert day_in(answer) == str(answer)


def test_dates_stand_for_their_first_day() -> None:
    assert [day_in(text) for text in ("2026-11-22", "2026-11", "2026")] == [
        date(2026, 11, 22),
        date(2026, 11, 1),
        date(2026, 1, 1),
    ]
    assert time_in("half past six") == "half past six"


def test_words_that_are_never_repeated_are_not_in_the_columns() -> None:
    form = a_form(asks("q", "text", reporting={"verbatim": "never"}))
    [column] = columns_of(join([form]).questions[0])
    assert column.cell(QuestionAnswer(True, "a secret")) == "[c]"
    assert column.cell(QuestionAnswer(True, None)) is None


def test_questions_with_the_same_words_have_columns_of_their_own(study: Study) -> None:
    form = a_form(asks("a", "text", label="Why?"), asks("b", "text", label="why?"), asks("c", "text", label="Row"))
    study.ask(form)
    study.hear(form, [{"a": "one", "b": "two", "c": "three"}])
    [row] = table(study.read()["Staff"])
    assert (row["Why?"], row["why? (2)"], row["Row"], row["Row (2)"]) == ("one", "two", 1, "three")


def test_a_number_that_a_spreadsheet_would_round_stays_whole(study: Study) -> None:
    form = a_form(asks("q", "number"), asks("early", "date"))
    study.ask(form)
    study.hear(form, [{"q": 12345678901234567, "early": "1850-05-13"}])
    [row] = table(study.read()["Staff"])
    assert (row["q?"], row["early?"]) == ("12345678901234567", "1850-05-13")


def test_options_of_all_versions_have_a_column() -> None:
    older = a_form(asks("q", "select_multiple", options=options("a", "gone")))
    newer = a_form(asks("q", "select_multiple", options=options("a", "new")), version=2)
    columns = columns_of(join([older, newer]).questions[0])
    assert [column.column.header for column in columns] == ["q?: a", "q?: new", "q?: gone"]
