"""Conditions as lines to click."""

import json
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from service.definitions.editing.places import expressions_of
from service.web.builder.panels.conditions import LineCondition, condition_of, posted_condition, subjects_of, tree_of

FORMS = sorted(Path("forms").glob("*-views*.json"))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_conditions_of_the_shipped_forms_are_lines_and_come_back_as_they_were(path: Path) -> None:
    document = json.loads(path.read_text())
    subjects = subjects_of(document)
    for address, tree in expressions_of(document):
        if address[-1] in ("visible_if", "when"):
            condition = condition_of(tree, subjects)
            assert condition is not None, address
            assert tree_of(condition, subjects) == tree


NESTED = {"and": [{"answered": "a"}, {"or": [{"==": [{"var": "a"}, "x"]}, {"and": [{"answered": "a"}]}]}]}
DOCUMENT = {
    "pages": [
        {
            "id": "p",
            "questions": [
                {"id": "a", "type": "select_one", "label": "A?", "options": [{"value": "x", "label": "X"}]},
                {"id": "n", "type": "number", "label": "N?"},
            ],
        }
    ]
}


@pytest.mark.parametrize(
    "tree",
    [NESTED, {"==": [1, 2]}, {"==": [{"var": "gone"}, "x"]}, True, {"if": [1, 2, 3]}, {"in": ["x", {"var": "a"}]}],
)
def test_what_lines_cannot_say_stays_text(tree: object) -> None:
    assert condition_of(tree, subjects_of(DOCUMENT)) is None


def test_a_form_sends_lines_and_incomplete_ones_say_nothing() -> None:
    subjects = subjects_of(DOCUMENT)
    posted = MultiDict(
        {
            "when-0-join": "or",
            "when-0-0-name": "a",
            "when-0-0-test": "is",
            "when-0-0-value": "x",
            "when-0-1-name": "n",
            "when-0-1-test": ">=",
            "when-0-1-text": " 2.5 ",
            "when-0-2-name": "n",
            "when-0-2-test": "is",
            "when-0-2-text": "many",
            "when-0-3-name": "",
        }
    )
    said = tree_of(posted_condition(posted, "when", subjects), subjects)
    assert said == {"or": [{"==": [{"var": "a"}, "x"]}, {">=": [{"var": "n"}, 2.5]}]}


def test_another_question_takes_a_test_of_its_own() -> None:
    subjects = subjects_of(DOCUMENT)
    posted = MultiDict({"when-0-join": "and", "when-0-0-name": "a", "when-0-0-test": ">=", "when-0-0-value": "gone"})
    line = posted_condition(posted, "when", subjects).groups[0].lines[0]
    assert (line.test, line.values) == ("is", ())


def test_no_lines_are_no_condition() -> None:
    assert tree_of(LineCondition(), {}) is None
    assert condition_of(None, {}) == LineCondition()
