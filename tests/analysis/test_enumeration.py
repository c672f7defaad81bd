"""Whoever also knows how it is decided what is hidden, and reads why, comes to no number of a few people."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.analysis.enumeration import known
from tests.analysis.tally_factory import a_form, asks, options

AB, CD, EF = options("a", "b"), options("c", "d"), options("e", "f")
ONE = asks("one", options=AB, required=True)
MANY = asks("many", "select_multiple", options=AB, required=True)
LINES = [{"id": "r", "label": "R"}, {"id": "s", "label": "S"}]


def when(name: str, value: str) -> dict[str, Any]:
    return {"==": [{"var": name}, value]}


def then(name: str, condition: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {**asks(name, options=CD if name == "two" else EF, **more), "visible_if": condition}


@pytest.mark.parametrize(
    ("people", "questions"),
    [
        # All alike looks like all but one alike: the reason given may not tell them apart.
        ((5, 6, 8, 11), [ONE]),
        ((6, 9, 10), [asks("one", options=options("a", "b", "c"), required=True)]),
        ((7, 8, 10), [asks("one", options=options("a", "b", "c", "d"), required=True)]),
        ((5, 6), [asks("one", options=options("a", "b", "c", "d", "e"), required=True)]),
        ((5, 6, 8), [asks("one", options=options("a", "b", missing="m"))]),
        # That one who chose two is known where so many answers come of so many people.
        ((6, 11, 12), [MANY]),
        ((5, 8), [asks("many", "select_multiple", options=AB)]),
        ((6, 11, 12), [asks("order", "rank", options=AB, required=True)]),
        # A mean place of 2.2 is one person's third.
        ((5,), [asks("order", "rank", options=options("a", "b", "c"), required=True)]),
        ((5, 6, 7), [asks("number", "number", validation={"min": 0, "max": 3}, required=True)]),
        ((5, 6), [asks("number", "number", validation={"min": 0, "max": 5})]),
        ((5,), [asks("grid", "matrix", options=AB, rows=LINES)]),
        ((5, 6), [asks("rows", "group", repeat={"max": 2}, questions=[asks("inner", options=AB)])]),
        # Two questions that share a condition, and one asked of a few.
        ((6, 10), [ONE, then("two", when("one", "b"), required=True), then("three", when("one", "b"), required=True)]),
        ((6, 7), [asks("one", options=AB), then("two", {"!=": [{"var": "one"}, "a"]})]),
        ((10, 11), [{**ONE, "options": [{**AB[0], "detail": asks("why", "text")}, AB[1]]}]),
        # Who is asked because of two answers together is neither nearly all nor nearly none of either.
        (
            (10,),
            [
                ONE,
                then("two", {"in": [{"var": "one"}, ["a", "b"]]}, required=True),
                then("three", {"and": [when("one", "a"), when("two", "c")]}, required=True),
            ],
        ),
        ((11,), [MANY, then("two", {"in": ["a", {"var": "many"}]}, required=True)]),
    ],
)
def test_nothing_of_a_few_is_the_same_in_all_that_looks_alike(
    people: tuple[int, ...], questions: list[Mapping[str, Any]]
) -> None:
    form = a_form(*questions, identity="anonymous")
    for number in people:
        assert next(known(form, number), None) is None
