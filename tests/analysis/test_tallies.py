"""What many said, added up: bases, percentages, and what counts apart."""

from typing import Any

import pytest

from service.analysis.counted_response import CountedResponse
from service.analysis.figures import Sign, percent, total
from service.analysis.merged_form import join
from service.analysis.tallies import ChoiceTally, NumberTally, RankTally, RowsTally, Tally, tallies
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks, of_each, options, said

GRADES = ("outstanding", "good", "requires_improvement", "inadequate", "none")


def tally_of(heard: list[CountedResponse], question: str = "q") -> Any:
    joined = join([one.form for one in heard])
    [found] = [asked for asked in joined.questions if asked.id == question]
    [tally] = tallies(found, heard)
    return tally


def numbers(tally: ChoiceTally) -> list[Any]:
    return [count.number for count in tally.counts]


def percentages(tally: ChoiceTally) -> list[Any]:
    return [percent(count.number, tally.answered) for count in tally.counts]


@pytest.mark.parametrize(
    ("offered", "counts", "base", "expected"),
    [
        # Check C1: children's homes, local authorities and residential special schools as Ofsted published them.
        (GRADES, (8, 71, 147, 7, 31), 264, [3, 27, 56, 3, 12]),
        (GRADES[1:], (3, 5, 2, 1), 11, [27, 45, 18, 9]),
        (GRADES[1:4], (2, 5, 2), 9, [22, 56, 22]),
        (GRADES, (8, 76, 157, 11, 32), 284, [3, 27, 55, 4, 11]),
        (("homes", "authorities", "schools"), (264, 11, 9), 284, [93, 4, 3]),
        # C3, C4, C12.
        (("back", "not_back"), (72, 20), 92, [78, 22]),
        (("yes", "sometimes", "no"), (80, 5, 15), 100, [80, 5, 15]),
        (("no_action", "words", "dismissed"), (121, 54, 6), 181, [67, 30, 3]),
    ],
)
def test_published_tables_come_out_as_published(
    offered: tuple[str, ...], counts: tuple[int, ...], base: int, expected: list[int]
) -> None:
    form = a_form(asks("q", options=options(*offered)))
    tally = tally_of(said(form, *of_each("q", dict(zip(offered, counts, strict=True)))))
    assert numbers(tally) == list(counts)
    assert tally.answered == base
    assert percentages(tally) == expected


@pytest.mark.parametrize(
    ("count", "base", "whole"),
    [(1, 8, 13), (1, 200, 1), (1, 201, 0), (29, 200, 15), (57, 200, 29), (2, 3, 67), (0, 5, 0), (5, 5, 100)],
)
def test_halves_are_rounded_up(count: int, base: int, whole: int) -> None:
    assert percent(count, base) == whole


def test_a_share_of_nobody_is_not_applicable() -> None:
    assert percent(0, 0) is Sign.NOT_APPLICABLE


@pytest.mark.parametrize("figures", [(Sign.WITHHELD, 5), (5, Sign.WITHHELD), (Sign.NOT_APPLICABLE, Sign.WITHHELD)])
def test_what_is_worked_out_from_something_withheld_is_withheld(figures: tuple[Any, Any]) -> None:
    assert percent(*figures) is Sign.WITHHELD
    assert total(figures) is Sign.WITHHELD


def test_missing_answers_are_counted_apart_and_out_of_the_base() -> None:
    form = a_form(asks("q", options=HOW_OFTEN))
    tally = tally_of(said(form, *of_each("q", {"always": 3, "never": 1, "not_say": 2}), {}, {"q": ""}))
    assert (tally.asked, tally.answered, tally.skipped) == (8, 4, 2)
    assert [(count.option.value, count.number) for count in tally.missing] == [("not_say", 2)]
    assert percentages(tally) == [75, 0, 0, 25]


def test_who_was_not_shown_a_question_is_not_a_person_who_skipped_it() -> None:
    form = a_form(
        asks("first", options=options("yes", "no")),
        asks("q", options=options("a", "b"), visible_if={"==": [{"var": "first"}, "yes"]}),
    )
    tally = tally_of(said(form, {"first": "yes", "q": "a"}, {"first": "yes"}, {"first": "no"}, {}))
    assert (tally.asked, tally.not_asked, tally.answered, tally.skipped) == (2, 2, 1, 1)


def test_an_option_that_nobody_was_offered_is_not_applicable_and_not_zero() -> None:
    older = a_form(asks("q", options=options("a", "b")))
    newer = a_form(asks("q", options=options("a", "b", "c")), version=2)
    only_older = said(older, {"q": "a"}, {"q": "b"})
    [found] = join([older, newer]).questions
    [tally] = tallies(found, only_older)
    assert numbers(tally) == [1, 1, Sign.NOT_APPLICABLE]
    [tally] = tallies(found, [*only_older, *said(newer, {"q": "a"})])
    assert numbers(tally) == [2, 1, 0]


def test_a_question_that_was_asked_of_nobody_has_no_figures() -> None:
    form = a_form(asks("q", options=options("a", "b")))
    [found] = join([form]).questions
    [tally] = tallies(found, [])
    assert (tally.asked, tally.answered) == (0, 0)
    assert numbers(tally) == [Sign.NOT_APPLICABLE, Sign.NOT_APPLICABLE]


def test_of_several_answers_the_base_is_people_not_ticks() -> None:
    form = a_form(asks("q", "select_multiple", options=options("a", "b", "c", missing="none")))
    heard = said(form, {"q": ["a", "b"]}, {"q": ["a"]}, {"q": ["none"]}, {"q": []}, {"q": ["none", "c"]})
    tally = tally_of(heard)
    assert (tally.answered, tally.skipped, tally.missing[0].number) == (3, 1, 1)
    assert numbers(tally) == [2, 1, 1]
    assert percentages(tally) == [67, 33, 33]


def test_each_line_of_a_matrix_has_its_own_base() -> None:
    rows = [{"id": "food", "label": "Food"}, {"id": "room", "label": "Room"}]
    form = a_form(asks("q", "matrix", options=options("good", "bad", missing="unsure"), rows=rows))
    heard = said(form, {"q": {"food": "good", "room": "bad"}}, {"q": {"food": "unsure"}}, {})
    [found] = join([form]).questions
    food, room = tallies(found, heard)
    assert isinstance(food, ChoiceTally)
    assert isinstance(room, ChoiceTally)
    assert (food.line, food.asked, food.answered, food.skipped, food.missing[0].number) == ("Food", 3, 1, 1, 1)
    assert (room.line, room.asked, room.answered, room.skipped) == ("Room", 3, 1, 2)


def test_a_line_that_a_version_did_not_have_was_not_asked_in_it() -> None:
    older = a_form(asks("q", "matrix", options=options("a", "b"), rows=[{"id": "food", "label": "Food"}]))
    both = [{"id": "food", "label": "Food"}, {"id": "room", "label": "Room"}]
    newer = a_form(asks("q", "matrix", options=options("a", "b"), rows=both), version=2)
    [found] = join([older, newer]).questions
    _, room = tallies(found, [*said(older, {"q": {"food": "a"}}), *said(newer, {"q": {"food": "a", "room": "b"}})])
    assert (room.asked, room.not_asked, room.answered) == (1, 1, 1)


def test_an_order_of_preference_gives_first_choices_and_mean_places() -> None:
    form = a_form(asks("q", "rank", options=options("a", "b", "c")))
    tally = tally_of(said(form, {"q": ["a", "b", "c"]}, {"q": ["b", "a"]}, {"q": ["a"]}, {}))
    assert isinstance(tally, RankTally)
    assert (tally.answered, tally.skipped) == (3, 1)
    a, b, c = tally.places
    assert (a.first, a.ranked, round(float(a.mean), 2)) == (2, 3, 1.33)
    assert (b.first, b.ranked, b.mean) == (1, 2, 1.5)
    assert (c.first, c.ranked, c.mean) == (0, 1, 3)


def test_numbers_are_added_up_and_zero_is_an_answer() -> None:
    form = a_form(asks("q", "number"))
    tally = tally_of(said(form, {"q": 0}, {"q": 4}, {"q": 5}, {}))
    assert isinstance(tally, NumberTally)
    assert (tally.answered, tally.skipped) == (3, 1)
    assert (tally.total, tally.mean, tally.median, tally.lowest, tally.highest) == (9, 3, 4, 0, 5)


def test_numbers_of_nobody_have_no_mean() -> None:
    form = a_form(asks("q", "number"))
    tally = tally_of(said(form, {}))
    assert (tally.total, tally.mean, tally.highest) == (Sign.NOT_APPLICABLE,) * 3


@pytest.mark.parametrize("kind", ["text", "phone", "email", "date", "time"])
def test_words_and_dates_are_only_counted(kind: str) -> None:
    form = a_form(asks("q", kind))
    tally = tally_of(said(form, {"q": "2026-11-22"}, {"q": ""}, {}))
    assert type(tally) is Tally
    assert (tally.asked, tally.answered, tally.skipped) == (3, 1, 2)


def test_of_a_repeating_group_the_rows_are_counted() -> None:
    moves = asks(
        "moves", "group", repeat={"max": 5}, questions=[asks("why", options=options("a", "b")), asks("days", "number")]
    )
    form = a_form(moves)
    heard = said(form, {"moves": [{"why": "a", "days": 2}, {"why": "b"}]}, {"moves": [{"days": 4}]}, {})
    group = tally_of(heard, "moves")
    assert isinstance(group, RowsTally)
    assert (group.asked, group.answered, group.skipped, group.rows, group.most) == (3, 2, 1, 3, 2)
    why = tally_of(heard, "why")
    assert (why.asked, why.answered, why.skipped) == (3, 2, 1)
    assert tally_of(heard, "days").total == 6


def test_a_detail_is_asked_of_those_who_chose_its_option() -> None:
    other = {"value": "other", "label": "Other", "detail": asks("which", "text")}
    form = a_form(asks("q", options=[*options("a"), other]))
    tally = tally_of(said(form, {"q": "other", "which": "the shed"}, {"q": "other"}, {"q": "a"}), "which")
    assert (tally.asked, tally.answered, tally.skipped, tally.not_asked) == (2, 1, 1, 1)


def test_a_value_that_no_version_knows_is_shown_and_not_dropped() -> None:
    form = a_form(asks("q", options=options("a")))
    tally = tally_of(said(form, {"q": "a"}, {"q": "from an import"}))
    assert [(count.option.label, count.number) for count in tally.counts] == [("a", 1), ("from an import", 1)]


@pytest.mark.parametrize("kind", ["select_one", "select_multiple", "rank", "matrix"])
def test_everyone_asked_is_accounted_for(kind: str) -> None:
    rows = {"rows": [{"id": "r", "label": "R"}]} if kind == "matrix" else {}
    form = a_form(asks("q", kind, options=options("a", "b", missing="m"), **rows))
    wrap = {"select_one": str, "matrix": lambda value: {"r": value}}.get(kind, lambda value: [value])
    heard = said(form, *({"q": wrap(value)} for value in ("a", "b", "m", "m")), {}, {})
    tally = tally_of(heard)
    assert tally.asked == tally.answered + tally.skipped + sum(count.number for count in tally.missing) == 6
