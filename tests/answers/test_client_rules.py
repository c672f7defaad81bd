"""What a page is told of a form: enough to show and hide, nothing to read, no key that says nothing."""

import json

import pytest

from service.answers.client_rules import rules_of
from tests.answers.cases import form_of

YES_NO = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]


def ask(id, type="text", **parts):
    return {"id": id, "type": type, "label": f"Words of {id}", **parts}


def rules_of_questions(*questions, **parts):
    form = form_of({"pages": [{"id": "p", "title": "Words of p", "questions": list(questions)}], **parts})
    return rules_of(form)["pages"][0]["ask"]


@pytest.mark.parametrize(
    ("question", "rules"),
    [
        (ask("a"), {"id": "a"}),
        (ask("a", "phone", required=True, hint="Words"), {"id": "a"}),
        (ask("a", "email", validation={"max_length": 9}), {"id": "a"}),
        (ask("a", "time", default="10:00"), {"id": "a", "default": "10:00"}),
        (ask("a", "number", default=0), {"id": "a", "type": "number", "default": 0}),
        (ask("a", "date", default="2026-11"), {"id": "a", "type": "date", "default": "2026-11"}),
        (ask("a", "date", default="today"), {"id": "a", "type": "date", "today": 10}),
        (ask("a", "date", precision="month", default="today"), {"id": "a", "type": "date", "today": 7}),
        (ask("a", "date", precision="year", default="today"), {"id": "a", "type": "date", "today": 4}),
        (ask("a", "note"), {"id": "a", "type": "note"}),
        (ask("a", "select_one", options=YES_NO), {"id": "a"}),
        (
            ask("a", "select_multiple", options=YES_NO, default=["no"]),
            {"id": "a", "type": "list", "default": ["no"]},
        ),
        (ask("a", "rank", options=YES_NO), {"id": "a", "type": "list"}),
        (ask("a", "matrix", options=YES_NO, rows=[{"id": "r", "label": "Words"}]), {"id": "a", "type": "matrix"}),
        (ask("a", visible_if=False), {"id": "a", "if": False}),
        (ask("a", visible_if={"answered": "b"}), {"id": "a", "if": {"answered": "b"}}),
        (ask("a", "group", questions=[ask("b")]), {"id": "a", "ask": [{"id": "b"}]}),
        (
            ask("a", "group", repeat={"max": 3}, questions=[ask("b", "number")]),
            {"id": "a", "ask": [{"id": "b", "type": "number"}], "repeat": True},
        ),
    ],
)
def test_a_question_says_only_what_conditions_need(question, rules):
    assert rules_of_questions(question) == [rules]


def test_a_detail_stands_beside_its_option():
    options = [*YES_NO, {"value": "other", "label": "Other", "detail": ask("what", "number")}]
    expected = [{"id": "a", "details": [["other", {"id": "what", "type": "number"}]]}]
    assert rules_of_questions(ask("a", "select_one", options=options)) == expected
    assert rules_of_questions(ask("a", "select_one", options="named"), choice_lists={"named": options}) == expected


def test_a_page_has_its_condition():
    page = {"id": "p", "title": "Words", "description": "More words", "visible_if": {"var": "meta.long"}}
    rules = rules_of(form_of({"pages": [{**page, "questions": [ask("a")]}]}))
    assert rules == {"pages": [{"id": "p", "if": {"var": "meta.long"}, "ask": [{"id": "a"}]}]}


def test_of_what_is_computed_the_page_is_told_only_what_a_condition_uses():
    detail = ask("c", visible_if={"var": "computed.deep"})
    options = [{"value": "yes", "label": "Yes", "detail": detail}]
    computed = {
        "worry": {"answered": "a"},
        "half": {"/": [{"var": "computed.whole"}, 2]},
        "whole": {"count": {"var": "b"}},
        "deep": {">": [{"var": "computed.half"}, 1]},
    }
    questions = [ask("a"), ask("b", "select_multiple", options=options)]
    form = form_of({"pages": [{"id": "p", "title": "p", "questions": questions}], "computed": computed})
    assert rules_of(form)["computed"] == {name: computed[name] for name in ("half", "whole", "deep")}


def test_no_words_of_the_form_are_in_its_rules():
    form = form_of(
        {
            "introduction": "Words",
            "pages": [
                {"id": "p", "title": "Words", "questions": [ask("a", "select_one", options=YES_NO, hint="Words")]}
            ],
            "checks": [{"rule": {"answered": "a"}, "message": "Words", "questions": ["a"]}],
            "alerts": [
                {"id": "z", "when": {"answered": "a"}, "severity": "urgent", "notify": ["staff"], "message": "Words"}
            ],
        }
    )
    assert json.dumps(rules_of(form), separators=(",", ":")) == '{"pages":[{"id":"p","ask":[{"id":"a"}]}]}'
