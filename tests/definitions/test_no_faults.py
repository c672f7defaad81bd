"""What may look like a fault and is none."""

from typing import Any

import pytest

from service.definitions import examine


def _form(*questions: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {
        "format": "survey-definition/1",
        "id": "allowed",
        "version": 1,
        "audience": "staff",
        "title": "A form",
        "languages": ["en"],
        "identity": "pseudonymous",
        "pages": [{"id": "first", "title": "First", "questions": list(questions)}],
        **keys,
    }


def _text(name: str, **keys: Any) -> dict[str, Any]:
    return {"id": name, "type": "text", "label": "Something?", **keys}


def _choice(name: str, **keys: Any) -> dict[str, Any]:
    options = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]
    return {"id": name, "type": "select_one", "label": "Is it so?", "options": options, **keys}


def _rows(*questions: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"id": "visits", "type": "group", "label": "Visits", "repeat": {}, "questions": list(questions), **keys}


_YES = {"==": [{"var": "a"}, "yes"]}

ALLOWED: dict[str, dict[str, Any]] = {
    "any word as an id": _form(_text("meta"), _text("row"), _text("computed"), _text("data"), _text("errors")),
    "a question called like a namespace in a condition": _form(
        _text("meta"), _text("b", visible_if={"answered": "meta"})
    ),
    "a page and a question of one name": _form(_text("first")),
    "a comparison in other letters": _form(_choice("a"), _text("b", visible_if={"==": [{"var": "a"}, "YES"]})),
    "a comparison with nothing": _form(_choice("a"), _text("b", visible_if={"==": [{"var": "a"}, None]})),
    "a comparison with an earlier answer": _form(
        _choice("a"), _choice("b"), _text("c", visible_if={"==": [{"var": "a"}, {"var": "b"}]})
    ),
    "a condition of a detail on its holder": _form(
        _choice("a", options=[{"value": "x", "label": "X", "detail": _text("b", visible_if={"answered": "a"})}])
    ),
    "a condition on a question that may be hidden": _form(
        _choice("a"), _text("b", visible_if=_YES), _text("c", visible_if={"answered": "b"})
    ),
    "a pipe of what must have been answered": _form(
        _choice("a"),
        _text("town", visible_if=_YES),
        _text("c", label="Is {town} nice?", visible_if={"and": [{"answered": "town"}, {"answered": "a"}]}),
    ),
    "a pipe behind the same condition": _form(
        _choice("a"), _text("town", visible_if=_YES), _text("c", label="Is {town} nice?", visible_if=_YES)
    ),
    "a pipe within a page that may be hidden": _form(
        _choice("a"),
        pages=[
            {"id": "first", "title": "First", "questions": [_choice("a")]},
            {
                "id": "second",
                "title": "Second",
                "visible_if": _YES,
                "questions": [_text("town"), _text("c", hint="Is {town} nice?")],
            },
        ],
    ),
    "a pipe from a detail to its holder": _form(
        _choice("a", options=[{"value": "x", "label": "X", "detail": _text("b", label="Why {a}?")}], visible_if=True)
    ),
    "a row's own earlier answer": _form(_rows(_choice("kind"), _text("why", visible_if={"answered": "row.kind"}))),
    "a row's question reads an earlier page": _form(_choice("a"), _rows(_text("why", visible_if=_YES))),
    "a filter of a filter": _form(
        _rows(_choice("kind"), {"id": "hours", "type": "number", "label": "Hours?"}),
        computed={
            "calls": {"filter": [{"var": "visits"}, {"==": [{"var": "row.kind"}, "no"]}]},
            "long": {"count": {"filter": [{"var": "computed.calls"}, {">": [{"var": "row.hours"}, 2]}]}},
            "hours": {"sum": {"map": [{"filter": [{"var": "visits"}, True]}, {"var": "row.hours"}]}},
        },
    ),
    "a group without rows inside rows": _form(
        _rows({"id": "inner", "type": "group", "label": "Inner", "questions": [_text("x"), _text("y")]})
    ),
    "brackets, ampersands and comparisons in a text": _form(
        _text("a", label="Is 3 < 4 and 5 > 4, or x<y? Fish & chips; R&D; <3; mail <me@example.org>")
    ),
    "a lone brace": _form(_text("a", label="What does :} or { mean?")),
    "an anonymous form that asks for other names": _form(
        _text("name_of_school", label="What is the name of the school?"),
        _text("role", label="What is your job?"),
        _text("username", label="Which words name the home best?"),
        identity="anonymous",
    ),
    "a pseudonymous form that asks for a name": _form(_text("name", label="Your name")),
    "a system of others": _form(_text("a", codes=[{"system": "council-framework/2026", "code": "anything"}])),
    "a minimum of its own beside today": _form(
        {"id": "d", "type": "date", "label": "When?", "validation": {"min": "2026-01-01", "max": "today"}}
    ),
    "an upper limit from an earlier answer": _form(
        {"id": "a", "type": "number", "label": "All?"},
        {"id": "b", "type": "number", "label": "Of these?", "validation": {"min": 0, "max": {"var": "a"}}},
    ),
    "a whole number written with a point": _form({"id": "a", "type": "number", "label": "How many?", "default": 2.0}),
    "an exclusive default alone": _form(
        {
            "id": "a",
            "type": "select_multiple",
            "label": "Which?",
            "options": [{"value": "x", "label": "X"}, {"value": "none", "label": "None", "exclusive": True}],
            "default": ["none"],
        }
    ),
    "a child who puts things in order": _form(
        {"id": "a", "type": "rank", "label": "What is best?", "options": _choice("a")["options"]}, audience="child"
    ),
    "a child who is asked about two people": _form(
        _choice("a", label="Do you see your mum and dad?", options=[{"value": "x", "label": "X", "missing": True}]),
        audience="child",
    ),
    "easy read as the base language": _form(_text("a"), audience="child", languages=["en-x-easyread"]),
    "an option's value with spaces and dots": _form(
        _choice("a", options=[{"value": "Not at all. Never", "label": "Never"}]),
        _text("b", visible_if={"==": [{"var": "a"}, "not at all. never"]}),
    ),
}


@pytest.mark.parametrize("what", ALLOWED)
def test_this_is_no_fault_and_no_warning(what: str) -> None:
    examination = examine(ALLOWED[what])
    assert [str(fault) for fault in (*examination.faults, *examination.warnings)] == []
