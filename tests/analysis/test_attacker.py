"""Whoever sees every figure that is shown, and reckons exactly, comes to no figure that is hidden."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from service.analysis.figures import Sign
from service.analysis.merged_form import join
from service.analysis.pooling import pooled
from service.analysis.release_rules import protection
from service.analysis.tallies import ChoiceTally, Count, Tally
from service.definitions import Form
from tests.analysis.attacker import Attacker, TooHard, cells_of, heard, tallies_of, ways_to_answer
from tests.analysis.audience_figures import protected_all
from tests.analysis.tally_factory import a_form, asks, options

Study = tuple[Form, list[list[dict[str, Any]]]]
View = Callable[[Form, Sequence[dict[str, Any]]], list[Tally]]

# A longer run, each time with other forms and answers: ATTACKS=2000 pytest tests/analysis/test_attacker.py
ATTACKS = int(os.environ.get("ATTACKS", "0"))
SOME = settings(
    max_examples=ATTACKS or 160,
    derandomize=not ATTACKS,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """One to three questions, some asked depending on the first, some with a detail to an answer."""
    alone = draw(st.sampled_from([None, None, several, numbers, orders, rows]))
    if alone is not None:
        return a_form(draw(alone("first")), identity="anonymous")
    first = draw(choices("first"))
    questions = [first]
    values = [option["value"] for option in first["options"]]
    if draw(st.booleans()):
        first["options"][0]["detail"] = asks("detail", "text")
    for name in draw(st.sampled_from([(), ("second",), ("second", "third")])):
        question = draw(st.one_of(choices(name), several(name), lines(name), numbers(name), orders(name), rows(name)))
        wanted = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
        condition = draw(
            st.sampled_from([None, {"in": [{"var": "first"}, wanted]}, {"!=": [{"var": "first"}, wanted[0]]}])
        )
        questions.append({**question, **({} if condition is None else {"visible_if": condition})})
    return a_form(*questions, identity="anonymous")


def choices(name: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda n, missing, required: asks(
            name, options=options(*"abcd"[:n], missing="m" if missing else ""), required=required
        ),
        st.integers(2, 4),
        st.booleans(),
        st.booleans(),
    )


def several(name: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda names, required: asks(name, "select_multiple", options=options(*names), required=required),
        st.sampled_from(["ab", "abc"]),
        st.booleans(),
    )


def lines(name: str) -> st.SearchStrategy[dict[str, Any]]:
    rows = [{"id": "one", "label": "One"}, {"id": "two", "label": "Two"}]
    return st.just(asks(name, "matrix", options=options("a", "b"), rows=rows))


def numbers(name: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda most, required: asks(name, "number", validation={"min": 0, "max": most}, required=required),
        st.integers(2, 5),
        st.booleans(),
    )


def orders(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Two things to put in order, or three of which all are given a place."""
    two = asks(name, "rank", options=options("a", "b"))
    three = asks(name, "rank", options=options("a", "b", "c"), required=True, validation={"min_choices": 3})
    return st.sampled_from([two, {**two, "required": True}, three])


def rows(name: str) -> st.SearchStrategy[dict[str, Any]]:
    inner = [asks(f"{name}_inner", "select_one", options=options("a", "b"))]
    return st.just(asks(name, "group", repeat={"max": 2}, questions=inner))


def rounds_of(draw: st.DrawFn, form: Form, most_rounds: int, most_ways: int) -> list[list[dict[str, Any]]]:
    """What was said, round by round; a few ways of answering are common, as they are among people."""
    ways = ways_to_answer(form)
    assume(len(ways) <= most_ways)
    said = []
    for _ in range(draw(st.integers(1, most_rounds))):
        common = draw(st.lists(st.sampled_from(ways), min_size=1, max_size=4))
        times = draw(st.lists(st.sampled_from((1, 2, 3, 5, 6, 8)), min_size=len(common), max_size=len(common)))
        said.append([way for way, often in zip(common, times, strict=True) for _ in range(often)])
    return said


@st.composite
def studies(draw: st.DrawFn, most_rounds: int = 1, most_ways: int = 40) -> Study:
    form = draw(forms())
    return form, rounds_of(draw, form, most_rounds, most_ways)


def shown(form: Form, answers: Sequence[dict[str, Any]]) -> list[Tally]:
    """One round as somebody sees it who may not read single answers."""
    shield = protection([form], len(answers), still_open=False)
    return protected_all(tallies_of(join([form]), heard(answers, form)), shield)


def with_small_numbers_hidden_alone(form: Form, answers: Sequence[dict[str, Any]]) -> list[Tally]:
    """What is not enough: taking out the numbers of a few, and nothing with them."""
    return [
        replace(tally, counts=tuple(_if_not_few(count) for count in tally.counts))
        if isinstance(tally, ChoiceTally)
        else tally
        for tally in tallies_of(join([form]), heard(answers, form))
    ]


def _if_not_few(count: Count) -> Count:
    return replace(count, number=Sign.WITHHELD) if count.number in range(1, 5) else count


def of_everyone(attacker: Attacker) -> list[Any]:
    try:
        return list(attacker.knows_of_everyone())
    except TooHard:
        assume(False)
        raise


def derived(attacker: Attacker) -> list[Any]:
    try:
        return list(attacker.derives())
    except TooHard:
        assume(False)
        raise


@SOME
@given(studies())
def test_nothing_hidden_of_a_round_can_be_worked_out(study: Study) -> None:
    form, [answers] = study
    attacker = Attacker(form, answers)
    view = shown(form, answers)
    attacker.sees(view, 0)
    assert derived(attacker) == []
    assert of_everyone(attacker) == []
    if len(answers) < 10:
        chosen = {number for cell, number in cells_of(view).items() if cell[2] in ("chose", "first")}
        assert not chosen & {*range(1, 10)}


@settings(SOME, max_examples=ATTACKS or 40)
@given(studies(most_rounds=2, most_ways=16))
def test_nor_from_rounds_one_after_another_and_all_together(study: Study) -> None:
    form, rounds = study
    views = [shown(form, answers) for answers in rounds]
    # Whoever looks is told which rounds are withheld whole, and so left out of the sum.
    counted = [number for number, view in enumerate(views) if any(one.answered is not Sign.WITHHELD for one in view)]
    attacker = Attacker(form, *rounds)
    for number, view in enumerate(views):
        attacker.sees(view, number)
        together = [one for one in counted if one <= number] or range(number + 1)
        attacker.sees(pooled(views[: number + 1]), *together)
    assert derived(attacker) == []
    assert of_everyone(attacker) == []


def test_hiding_the_small_numbers_alone_would_not_do() -> None:
    assert find_hole(with_small_numbers_hidden_alone) is not None
    assert find_hole(shown) is None


def find_hole(view: View) -> Any:
    """The first of some rounds in which a view tells what it hides."""
    detail = [{"value": "a", "label": "a", "detail": asks("why", "text")}, *options("b", "c", missing="m")]
    condition = {"visible_if": {"==": [{"var": "safe"}, "c"]}}
    for questions in (
        [asks("safe", options=options("a", "b"))],
        [asks("safe", options=detail)],
        [asks("safe", options=options("a", "b", "c")), asks("who", options=options("a", "b"), **condition)],
        [asks("grid", "matrix", options=options("a", "b"), rows=[{"id": "r", "label": "R"}])],
    ):
        form = a_form(*questions, identity="anonymous")
        ways = ways_to_answer(form)
        for answers in ([*[ways[-1]] * 6, *[ways[number % len(ways)] for number in range(few)]] for few in range(5)):
            attacker = Attacker(form, answers)
            attacker.sees(view(form, answers), 0)
            if found := next(attacker.derives(), None):
                return found
    return None
