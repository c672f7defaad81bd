"""What makes an answer faulty, as a table; the sentence is the one that the person reads."""

from functools import partial
from typing import Any

import pytest

from service.answers.messages import phrase
from service.answers.trace import trace
from service.answers.validation import faults_of
from service.answers.visibility import visible
from service.definitions import Form

META = {"today": "2026-11-22"}
SAY = partial(phrase, "en")
OPTIONS = [
    {"value": "a", "label": "Apple"},
    {"value": "b", "label": "Bread"},
    {"value": "none", "label": "None of these", "exclusive": True},
]


def form_of(*questions: dict[str, Any], **more: Any) -> Form:
    return Form.of(
        {
            "format": "survey-definition/1",
            "id": "tried",
            "version": 1,
            "audience": "staff",
            "title": "Tried",
            "languages": ["en"],
            "identity": "named",
            "pages": [{"id": "only", "title": "Only", "questions": list(questions)}],
            **more,
        }
    )


def asked(type_: str, **more: Any) -> dict[str, Any]:
    return {"id": "it", "type": type_, "label": "It", **more}


def errors(form: Form, answers: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return dict(faults_of(form, visible(form, answers, META), META, SAY).errors)


TEXT, NUMBER, DATE = asked("text"), asked("number"), asked("date")
CHOICE, CHOICES = asked("select_one", options=OPTIONS), asked("select_multiple", options=OPTIONS)
RANK = asked("rank", options=OPTIONS, validation={"max_choices": 2})
MATRIX = asked("matrix", options=OPTIONS, rows=[{"id": "one", "label": "One"}, {"id": "two", "label": "Two"}])


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (TEXT, "words"),
        (TEXT, "x" * 5000),
        (TEXT, None),
        (TEXT, ""),
        (asked("text", validation={"max_length": 6000}), "x" * 6000),
        (asked("text", validation={"pattern": "urn"}), "SC012345"),
        (asked("text", validation={"pattern": "postcode"}), "ls1 4ap"),
        (asked("text", validation={"pattern": "uk_phone"}), "+44 1632 960001"),
        (asked("email"), "name@example.org"),
        (asked("phone"), "01632 960 001"),
        (NUMBER, 0),
        (NUMBER, -3),
        (asked("number", decimal_places=2), 1.25),
        (asked("number", decimal_places=2), 3.0),
        (asked("number", validation={"min": 0, "max": 10}), 10),
        (DATE, "2026-11-22"),
        (asked("date", validation={"max": "today"}), "2026-11-22"),
        (asked("date", precision="month"), "2026-11"),
        (asked("date", precision="year"), "2026"),
        (asked("time"), "08:30"),
        (CHOICE, "a"),
        (CHOICES, ["a", "b"]),
        (CHOICES, ["none"]),
        (RANK, ["b", "a"]),
        (MATRIX, {"one": "a"}),
        (MATRIX, {"one": "a", "two": "none"}),
        (asked("select_multiple", options=OPTIONS, validation={"min_choices": 2}), ["none"]),
    ],
)
def test_a_good_answer_has_no_fault(question: dict[str, Any], answer: Any) -> None:
    assert errors(form_of(question), {"it": answer}) == {}


@pytest.mark.parametrize(
    ("question", "answer", "sentence"),
    [
        (asked("text", required=True), None, "Please answer this question."),
        (asked("text", required=True, required_message="Say it."), "", "Say it."),
        (TEXT, 7, "Answer this question in words."),
        (TEXT, ["words"], "Answer this question in words."),
        (TEXT, "x" * 5001, "Write 5000 characters or fewer."),
        (asked("text", validation={"max_length": {"value": 3, "message": "Three."}}), "four", "Three."),
        (asked("text", validation={"min_length": 5}), "four", "Write at least 5 characters."),
        (asked("text", validation={"pattern": "urn"}), "12", "like SC012345"),
        (asked("text", validation={"pattern": "postcode"}), "nowhere", "like LS1 4AP"),
        (asked("text", validation={"pattern": "uk_phone"}), "+33 1", "like 01632"),
        (asked("email"), "name at example", "like name@example.org"),
        (asked("phone"), "none", "like 01632"),
        (NUMBER, "many", "Enter a number"),
        (NUMBER, True, "Enter a number"),
        (NUMBER, 1.5, "Enter a whole number"),
        (asked("number", decimal_places=1), 1.25, "at most 1 digit after"),
        (asked("number", validation={"min": 0}), -1, "Enter 0 or more."),
        (asked("number", validation={"max": {"value": 3, "message": "Three at most."}}), 4, "Three at most."),
        (DATE, "22/11/2026", "Enter a real date"),
        (DATE, "2026-02-30", "Enter a real date"),
        (DATE, "2026", "Enter a real date"),
        (asked("date", validation={"max": "today"}), "2026-11-23", "on or before 22 November 2026"),
        (asked("date", validation={"min": "2020-01-01"}), "2019-12-31", "on or after 1 January 2020"),
        (asked("date", precision="month"), "2026-", "Enter a real date"),
        (asked("time"), "25:00", "Enter a time"),
        (asked("time", validation={"min": "09:00"}), "08:59", "09:00 or later"),
        (CHOICE, "c", "Choose from the answers"),
        (CHOICE, ["a"], "Choose from the answers"),
        (CHOICE, "Apple", "Choose from"),
        (CHOICES, ["a", "c"], "Choose from"),
        (CHOICES, "a", "Choose from"),
        (CHOICES, ["a", "a"], "Choose from"),
        (CHOICES, ["a", {}], "Choose from"),
        (CHOICES, ["a", "none"], "None of these"),
        (asked("select_multiple", options=OPTIONS, validation={"min_choices": 2}), ["a"], "Choose at least 2."),
        (RANK, ["a", "a"], "only once"),
        (RANK, ["a", "b", "none"], "Choose 2 at most."),
        (RANK, "a", "Choose from"),
        (MATRIX, {"three": "a"}, "Choose from"),
        (MATRIX, {"one": "c"}, "Choose from"),
        (MATRIX, ["a"], "Choose from"),
        ({**MATRIX, "required": True}, {"one": "a"}, "Please answer this question."),
    ],
)
def test_a_faulty_answer_is_said(question: dict[str, Any], answer: Any, sentence: str) -> None:
    found = errors(form_of(question), {"it": answer})
    assert len(found["it"]) == 1
    assert sentence in found["it"][0]


def test_a_limit_may_be_worked_out_from_an_earlier_answer() -> None:
    most = {**NUMBER, "id": "most"}
    form = form_of(most, asked("number", validation={"max": {"var": "most"}}))
    assert errors(form, {"most": 2, "it": 3}) == {"it": ("Enter 2 or less.",)}
    assert errors(form, {"it": 3}) == {}


def test_a_row_is_judged_by_what_stands_in_it() -> None:
    end = {**DATE, "id": "end", "validation": {"min": {"var": "row.it"}}}
    group = {"id": "stays", "type": "group", "label": "Stays", "questions": [DATE, end], "repeat": {"min": 1, "max": 2}}
    form = form_of(group)
    rows = [{"it": "2026-01-01", "end": "2026-01-02"}, {"it": "2026-03-01", "end": "2026-02-01"}]
    assert list(errors(form, {"stays": rows})) == ["stays.1.end"]
    assert list(errors(form, {})) == ["stays"]
    assert list(errors(form, {"stays": [*rows[:1], *rows[:1], *rows[:1]]})) == ["stays"]


def test_a_check_across_questions_stands_beside_each_of_them_and_a_warning_stands_apart() -> None:
    rule = {
        "rule": {"<=": [{"var": "it"}, {"var": "other"}]},
        "message": "More than all.",
        "questions": ["it", "other"],
    }
    for level in ("error", "warning"):
        form = form_of(NUMBER, {**NUMBER, "id": "other"}, checks=[{**rule, "level": level}])
        seen = visible(form, {"it": 3, "other": 2}, META)
        found = faults_of(form, seen, META, SAY)
        expected = {"it": ("More than all.",), "other": ("More than all.",)}
        assert (dict(found.errors), dict(found.warnings)) == ((expected, {}) if level == "error" else ({}, expected))


def test_a_check_of_hidden_questions_is_not_held_against_anyone() -> None:
    hidden = {**NUMBER, "visible_if": {"==": [1, 2]}}
    form = form_of(
        TEXT | {"id": "shown"}, hidden, checks=[{"rule": {"answered": "it"}, "message": "No.", "questions": ["it"]}]
    )
    assert errors(form, {}) == {}


def test_a_trace_says_what_a_form_does_with_answers() -> None:
    follow_up = {"id": "why", "type": "text", "label": "Why?", "visible_if": {"==": [{"var": "it"}, "a"]}}
    form = form_of(
        CHOICE,
        follow_up,
        asked("number") | {"id": "count"},
        computed={"double": {"*": [{"var": "count"}, 2]}},
        alerts=[
            {
                "id": "told",
                "when": {"==": [{"var": "it"}, "b"]},
                "severity": "urgent",
                "notify": ["safeguarding_lead"],
                "message": "Told.",
            }
        ],
    )
    assert trace(form, {"it": "b", "why": "because", "count": 2, "nobody": 1}, META, SAY) == {
        "pages": ["only"],
        "questions": ["it", "count"],
        "dropped": ["why"],
        "errors": {"nobody": ["This form does not ask “nobody”. The answer was not kept."]},
        "alerts": ["told"],
        "computed": {"double": 4},
    }
