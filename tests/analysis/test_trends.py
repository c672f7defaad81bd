"""Over time: figures by round, what has changed, what was asked differently, and what stays hidden."""

from collections.abc import Sequence
from typing import Any

import pytest

from service.analysis.figures import Sign
from service.analysis.merged_form import join
from service.analysis.release_rules import protection
from service.analysis.tallies import Tally, tallies
from service.analysis.trends import Point, Trend, trends
from service.definitions import Form
from tests.analysis.audience_figures import protected_all
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks, of_each, options, said

HIDDEN = Point(Sign.WITHHELD, Sign.WITHHELD)
NOT_ASKED = Point(Sign.NOT_APPLICABLE, Sign.NOT_APPLICABLE)
Answers = list[dict[str, Any]]


def through(*rounds: tuple[Form, Answers] | None, secret: bool = False) -> Sequence[Trend]:
    """The rounds as they may be shown: to readers, or (`secret`) to those who may read nothing single."""
    given = [one for one in rounds if one is not None]
    joined = join([form for form, _ in given])
    roles = () if secret else None

    def shown(*some: tuple[Form, Answers]) -> list[Tally]:
        heard = [one for form, answers in some for one in said(form, *answers)]
        shield = protection(joined.forms, len(heard), still_open=False, roles=roles)
        return protected_all([tally for one in joined.reported for tally in tallies(one, heard)], shield)

    return trends([None if one is None else shown(one) for one in rounds], shown(*given))


SAFE = a_form(asks("safe", options=HOW_OFTEN))
MANY: Answers = of_each("safe", {"always": 4, "sometimes": 4})
MORE: Answers = of_each("safe", {"always": 7, "never": 3})
FEW: Answers = of_each("safe", {"never": 3})


def test_a_question_has_its_figure_and_its_base_in_each_round_and_the_change_of_what_is_shown() -> None:
    [trend] = through((SAFE, MANY), (SAFE, MORE))
    assert trend.measure == "best_two"
    assert trend.points == (Point(8, 50), Point(10, 70))
    assert trend.change == 20


def test_short_scales_and_numbers_are_followed_by_their_means() -> None:
    scale = options("yes", "sometimes", "no", scores=(3, 2, 1))
    form = a_form(
        asks("q", options=scale), asks("n", "number"), asks("w", "text"), asks("u", options=options("a", "b"))
    )
    before: Answers = [{"q": "yes", "n": 2, "w": "words", "u": "a"}] * 6
    scored, number = through((form, before), (form, [{"q": "sometimes", "n": 5}] * 6))
    assert (scored.measure, scored.points, scored.change) == ("mean_score", (Point(6, 3), Point(6, 2)), -1)
    assert (number.measure, number.points, number.change) == ("mean", (Point(6, 2), Point(6, 5)), 3)


def test_every_line_of_a_matrix_is_followed() -> None:
    lines = [{"id": "one", "label": "One"}, {"id": "two", "label": "Two"}]
    form = a_form(asks("m", "matrix", options=HOW_OFTEN, rows=lines))
    said_before: Answers = [{"m": {"one": "always", "two": "never"}}] * 6
    found = through((form, said_before), (form, said_before))
    assert [(trend.line, trend.change) for trend in found] == [("One", 0), ("Two", 0)]


def test_a_round_that_did_not_ask_is_passed_over() -> None:
    [trend] = through((SAFE, MANY), None, (SAFE, MORE))
    assert trend.points == (Point(8, 50), NOT_ASKED, Point(10, 70))
    assert trend.change == 20


def test_a_question_that_the_last_round_did_not_ask_has_no_change() -> None:
    without = a_form(asks("other", options=HOW_OFTEN), version=2)
    found = through((SAFE, MANY), (without, [{"other": "always"}] * 6))
    by_id = {trend.question.id: trend for trend in found}
    assert by_id["safe"].points == (Point(8, 50), NOT_ASKED)
    assert by_id["other"].points == (NOT_ASKED, Point(6, 100))
    assert [trend.change for trend in found] == [Sign.NOT_APPLICABLE] * 2


def test_a_round_in_which_nobody_answered_has_a_base_of_nought_and_no_figure() -> None:
    [trend] = through((SAFE, MANY), (SAFE, [{}] * 6))
    assert trend.points[1] == Point(0, Sign.NOT_APPLICABLE)
    assert trend.change is Sign.NOT_APPLICABLE


def test_what_was_worded_or_scored_differently_is_said() -> None:
    rescored = [{**HOW_OFTEN[0], "score": 5}, *HOW_OFTEN[1:]]
    newer = a_form(asks("safe", label="Do you feel safe?", options=rescored), version=2)
    [trend] = through((SAFE, MANY), (newer, MORE))
    assert trend.changes == ("Version 1 asked: “safe?”", "Version 1 scored “Always” 4, now 5")


@pytest.mark.parametrize("rounds", [(MANY, FEW), (FEW, MANY)])
def test_a_hidden_round_is_not_left_over_when_the_others_are_taken_from_all(rounds: tuple[Answers, Answers]) -> None:
    [trend] = through(*((SAFE, answers) for answers in rounds), secret=True)
    assert HIDDEN in trend.points
    assert trend.change is Sign.WITHHELD
    shown = [point.answered for point in trend.points if point.answered is not Sign.WITHHELD]
    assert shown == []


def test_a_hidden_cell_of_one_round_cannot_be_had_by_subtraction_either() -> None:
    # The first round hides small numbers, all rounds together would show their sums, the second shows what it adds.
    before: Answers = of_each("safe", {"always": 9, "never": 2, "sometimes": 2})
    after: Answers = of_each("safe", {"always": 9, "never": 9, "sometimes": 9})
    [trend] = through((SAFE, before), (SAFE, after), secret=True)
    assert trend.points == (HIDDEN, HIDDEN)


def test_readers_of_single_answers_see_small_rounds_too() -> None:
    [trend] = through((SAFE, MANY), (SAFE, FEW))
    assert trend.points == (Point(8, 50), Point(3, 0))


def test_rounds_of_enough_people_are_shown_to_everybody() -> None:
    [trend] = through((SAFE, MANY), (SAFE, of_each("safe", {"always": 10})), secret=True)
    assert trend.points[1].answered == 10
