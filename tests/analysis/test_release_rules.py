"""What may be shown of an audience."""

import dataclasses
from typing import Any

import pytest

from service.analysis.figures import Sign
from service.analysis.merged_form import join
from service.analysis.release_rules import protection
from service.analysis.tallies import tallies
from service.definitions import Form
from tests.analysis.audience_figures import protected_all
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks, options, said

EVERYTHING = (
    asks("one", options=HOW_OFTEN),
    asks("many", "select_multiple", options=options("a", "b", missing="m")),
    asks("rank", "rank", options=options("a", "b")),
    asks("matrix", "matrix", options=options("a", "b"), rows=[{"id": "r", "label": "R"}]),
    asks("number", "number"),
    asks("text", "text"),
    asks("rows", "group", repeat={"max": 3}, questions=[asks("inner", "number")]),
)


def form(identity: str = "anonymous", readers: tuple[str, ...] = ("registered_manager",), **more: Any) -> Form:
    return a_form(*EVERYTHING, identity=identity, readers=list(readers), **more)


@pytest.mark.parametrize(
    ("identity", "readers", "submitted", "still_open", "rows", "figures"),
    [
        ("named", ("registered_manager",), 1, True, True, True),
        ("pseudonymous", ("registered_manager",), 1, True, True, True),
        ("pseudonymous", (), 4, False, False, False),
        ("pseudonymous", (), 5, False, False, True),
        ("anonymous", ("registered_manager",), 4, False, False, False),
        ("anonymous", ("registered_manager",), 5, False, False, True),
        ("anonymous", ("registered_manager",), 50, True, False, False),
    ],
)
def test_rows_and_figures_are_shown_to_whom_they_may_be(
    identity: str, readers: tuple[str, ...], submitted: int, still_open: bool, rows: bool, figures: bool
) -> None:
    found = protection([form(identity, readers)], submitted, still_open=still_open)
    assert (found.no_rows is None) is rows
    assert (found.no_figures is None) is figures


def test_the_strictest_version_decides() -> None:
    larger = form(version=2, reporting={"minimum_group_size": 10})
    assert protection([larger, form()], 9, still_open=False).no_figures is not None
    assert protection([form(version=2), form("named")], 50, still_open=False).no_rows is not None
    assert protection([form("named", version=2), form("named", ())], 50, still_open=False).no_rows is not None


def test_a_withheld_tally_has_no_number_left_in_it() -> None:
    heard = said(
        form(),
        {
            "one": "always",
            "many": ["a"],
            "rank": ["a"],
            "matrix": {"r": "a"},
            "number": 7,
            "text": "x",
            "rows": [{"inner": 3}],
        },
    )
    shield = protection([form()], 1, still_open=False)
    for question in join([form()]).questions:
        for tally in tallies(question, heard):
            assert tally.answered == 1
            assert protected_all([tally], dataclasses.replace(shield, no_rows=None)) == [tally]
            [bare] = protected_all([tally], shield)
            figures = list(figures_in(bare))
            assert figures
            assert set(figures) == {Sign.WITHHELD}, question.id


def figures_in(thing: Any) -> Any:
    """Every figure anywhere in a tally; its question and options are no figures."""
    for field in dataclasses.fields(thing):
        value = getattr(thing, field.name)
        if field.name in ("question", "option", "line"):
            continue
        if isinstance(value, tuple):
            for inner in value:
                yield from figures_in(inner)
        else:
            yield value
