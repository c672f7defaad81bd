"""Which cells stay hidden, and what is said about why."""

from collections.abc import Mapping
from typing import Any

import pytest

from service.analysis.cell_suppression import Disclosed, Why, disclosed
from service.analysis.figures import Figure, Sign
from service.analysis.merged_form import join
from service.analysis.scales import mean_score
from service.analysis.tallies import ChoiceTally, NumberTally, RankTally
from service.definitions import Form
from tests.analysis import tally_factory
from tests.analysis.attacker import heard, tallies_of
from tests.analysis.tally_factory import asks, of_each, options

C = Sign.WITHHELD


def a_form(*questions: Mapping[str, Any], **more: Any) -> Form:
    """A named form: what holds for all; unnamed ones hide more."""
    return tally_factory.a_form(*questions, **{"identity": "named", **more})


def look(form: Form, *answers: Mapping[str, Any], smallest: int = 5) -> dict[str, Disclosed]:
    """What is shown of each question, by its id and line."""
    said = tallies_of(join([form]), heard(answers, form))
    return {one.tally.question.id + (one.tally.line or ""): one for one in disclosed(said, [form], smallest)}


def chosen(one: Disclosed) -> list[Figure]:
    assert isinstance(one.tally, ChoiceTally)
    return [count.number for count in one.tally.counts]


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((5, 6, 0), [5, 6, 0]),  # a true zero is shown
        ((9, 3, 2), [9, C, C]),  # two that differ and are five together
        ((9, 3, 1), [C, C, C]),  # nine of thirteen would tell that four said something else
        ((9, 1, 0), [C, C, 0]),
        ((9, 8, 1), [9, C, C]),  # the next smallest goes with it
        ((9, 9, 1), [C, C, C]),  # which of two that are alike is not for anybody to guess
        ((9, 2, 2), [C, C, C]),
        ((3, 3, 0), [C, C, C]),  # zeros last
    ],
)
def test_small_numbers_go_and_take_others_with_them(numbers: tuple[int, ...], shown: list[Figure]) -> None:
    form = a_form(asks("one", options=options("a", "b", "c")))
    one = look(form, *of_each("one", dict(zip("abc", numbers, strict=True))))["one"]
    assert chosen(one) == shown
    assert one.tally.answered == sum(numbers)
    names = ", ".join(f"“{value}”" for value, figure in zip("abc", shown, strict=True) if figure is C)
    assert [(hidden.what, hidden.why) for hidden in one.hidden] == ([(names, Why.FEW_AMONG)] if names else [])


def test_where_every_answer_is_given_by_as_few_all_is_hidden() -> None:
    form = a_form(asks("one", options=options("a", "b")))
    one = look(form, *of_each("one", {"a": 3, "b": 3}))["one"]
    assert chosen(one) == [C, C]
    assert (one.tally.asked, one.tally.answered) == (6, C)
    assert [hidden.why for hidden in one.hidden] == [Why.FEW_ANSWERED]


def test_of_those_who_may_choose_several_the_few_who_did_not_are_a_group_too() -> None:
    form = a_form(asks("many", "select_multiple", options=options("a", "b", "c")))
    both = [{"many": ["a", "b"]}] * 9 + [{"many": ["b"]}] * 2
    one = look(form, *both)["many"]
    assert chosen(one) == [C, C, 0]
    assert [hidden.what for hidden in one.hidden] == ["“a”, “b”"]


def test_a_question_that_few_answered_says_only_how_many_it_went_to() -> None:
    form = a_form(asks("one", options=options("a", "b")), asks("why", "text"))
    found = look(form, *[{"one": "a"}] * 8, {"one": "a", "why": "x"})
    assert (found["why"].tally.asked, found["why"].tally.answered, found["why"].tally.skipped) == (9, C, C)
    assert [hidden.why for hidden in found["why"].hidden] == [Why.FEW_ANSWERED]


def test_a_question_asked_because_of_a_hidden_answer_is_hidden_whole() -> None:
    yes = {"visible_if": {"==": [{"var": "one"}, "b"]}}
    form = a_form(
        asks("one", options=options("a", "b")),
        {**asks("then", options=options("c", "d")), **yes},
        {**asks("after", "text"), "visible_if": {"==": [{"var": "then"}, "c"]}},
        asks("apart", options=options("e", "f")),
    )
    answers = [{"one": "a", "apart": "e"}] * 9 + [{"one": "b", "then": "c", "apart": "e"}] * 2
    found = look(form, *answers)
    for name in ("then", "after"):
        assert found[name].tally.asked is C
        assert [hidden.why for hidden in found[name].hidden] == [Why.FOLLOWS]
    assert chosen(found["apart"]) == [11, 0]


def test_a_condition_is_seen_through_what_is_computed_and_through_a_page_and_a_detail() -> None:
    detail = [{"value": "a", "label": "a"}, {"value": "b", "label": "b", "detail": asks("which", "text")}]
    form = Form.of(
        {
            **a_form(asks("one", options=detail)).model_dump(
                mode="json", exclude_none=True, exclude={"schema_address"}
            ),
            "computed": {"worried": {"==": [{"var": "one"}, "b"]}},
            "pages": [
                {"id": "one", "title": "One", "questions": [asks("one", options=detail)]},
                {
                    "id": "two",
                    "title": "Two",
                    "visible_if": {"var": "computed.worried"},
                    "questions": [asks("more", options=options("c", "d"))],
                },
            ],
        }
    )
    found = look(form, *[{"one": "a"}] * 9, *[{"one": "b", "which": "x", "more": "c"}] * 2)
    assert [found[name].hidden[0].why for name in ("which", "more")] == [Why.FOLLOWS, Why.FOLLOWS]
    enough = look(form, *[{"one": "a"}] * 9, *[{"one": "b", "which": "x", "more": "c"}] * 6)
    assert [enough[name].hidden for name in ("which", "more")] == [(), ()]


def test_what_two_questions_decide_together_may_not_lie_close_to_what_is_shown_of_them() -> None:
    both = {"and": [{"==": [{"var": "one"}, "a"]}, {"==": [{"var": "two"}, "c"]}]}
    form = a_form(
        asks("one", options=options("a", "b")),
        asks("two", options=options("c", "d")),
        {**asks("three", options=options("e", "f")), "visible_if": both},
    )
    answers = [{"one": "a", "two": "c", "three": "e"}] * 8 + [{"one": "a", "two": "d"}] * 2
    found = look(form, *answers, *[{"one": "b", "two": "d"}] * 8)
    assert chosen(found["one"]) == [10, 8]
    assert [hidden.why for hidden in found["three"].hidden] == [Why.FOLLOWS]


def test_in_which_way_few_gave_no_answer_is_hidden_and_that_they_gave_none_is_not() -> None:
    form = a_form(asks("one", options=options("a", "b", missing="m")))
    one = look(form, *of_each("one", {"a": 9, "m": 1}), {}, {}).get("one")
    assert one is not None
    assert (one.tally.asked, one.tally.answered, one.tally.skipped) == (12, 9, C)
    assert [count.number for count in one.tally.missing] == [C]


def test_the_highest_number_is_one_persons_and_a_total_is_not_two_peoples() -> None:
    form = a_form(asks("often", "number"))
    shared = look(form, *[{"often": number} for number in (3, 4, 5, 2, 3, 4)])["often"].tally
    assert isinstance(shared, NumberTally)
    assert (shared.total, shared.mean, shared.median, shared.lowest, shared.highest) == (21, 3.5, C, C, C)
    alone = look(form, *[{"often": number} for number in (30, 1, 0, 1, 0, 0)])["often"].tally
    assert isinstance(alone, NumberTally)
    assert (alone.total, alone.mean, alone.answered) == (C, C, 6)


def test_an_order_of_preference_goes_whole_where_few_gave_a_place() -> None:
    form = a_form(asks("order", "rank", options=options("a", "b")))
    few = look(form, *[{"order": ["a", "b"]}] * 6, {"order": ["b", "a"]})["order"].tally
    assert isinstance(few, RankTally)
    assert [(place.first, place.mean) for place in few.places] == [(C, C), (C, C)]
    many = look(form, *[{"order": ["a", "b"]}] * 6, *[{"order": ["b", "a"]}] * 5)["order"].tally
    assert isinstance(many, RankTally)
    assert [place.first for place in many.places] == [6, 5]


def test_a_form_may_ask_for_more_people() -> None:
    form = a_form(asks("one", options=options("a", "b")))
    answers = of_each("one", {"a": 8, "b": 12})
    assert chosen(look(form, *answers)["one"]) == [8, 12]
    assert chosen(look(form, *answers, smallest=10)["one"]) == [C, C]


@pytest.mark.parametrize("identity", ["anonymous", "pseudonymous", "named"])
@pytest.mark.parametrize("numbers", [(5, 0, 0), (20, 0, 0), (20, 4, 3), (9, 1, 0), (5, 4, 0)])
def test_of_unnamed_people_two_answers_are_shown_or_none(identity: str, numbers: tuple[int, ...]) -> None:
    answers = of_each("one", dict(zip("abc", numbers, strict=True)))
    question = asks("one", options=options("a", "b", "c"))
    one = look(a_form(question, identity=identity), *answers)["one"]
    if identity == "named":
        assert any(number is not C for number in chosen(one))
        return
    assert (chosen(one), one.tally.answered) == ([C, C, C], sum(numbers))
    assert [(hidden.what, hidden.why) for hidden in one.hidden] == [("“a”, “b”, “c”", Why.FEW_AMONG)]
    of_a_child = look(a_form(question, audience="child"), *answers)["one"]
    assert chosen(of_a_child) == [C, C, C]


def test_what_everybody_chose_among_several_is_hidden_and_so_is_what_follows() -> None:
    form = a_form(
        asks("many", "select_multiple", options=options("a", "b", "c")),
        {**asks("why", "text"), "visible_if": {"in": ["a", {"var": "many"}]}},
        identity="anonymous",
    )
    found = look(form, *[{"many": ["a", "b"], "why": "x"}] * 9, *[{"many": ["a", "c"]}] * 8)
    assert (chosen(found["many"]), found["many"].tally.answered) == ([C, C, C], 17)
    assert found["why"].tally.asked is C


def test_an_order_in_which_everybody_put_one_thing_first_or_last_is_hidden() -> None:
    form = a_form(asks("order", "rank", options=options("a", "b", "c")), identity="anonymous")
    first = look(form, *[{"order": ["a", "b", "c"]}] * 8, *[{"order": ["a", "c", "b"]}] * 8)["order"].tally
    last = look(form, *[{"order": ["a", "b", "c"]}] * 8, *[{"order": ["b", "a", "c"]}] * 8)["order"].tally
    assert isinstance(first, RankTally)
    assert isinstance(last, RankTally)
    assert [place.first for place in first.places] == [C, C, C]
    assert ([place.first for place in last.places], [place.mean for place in last.places]) == ([8, 8, 0], [C, C, C])


def test_that_everybody_would_rather_not_say_is_hidden() -> None:
    form = a_form(asks("one", options=options("a", "b", missing="not say")), identity="anonymous")
    one = look(form, *[{"one": "not say"}] * 9)["one"].tally
    assert (one.answered, one.skipped, [count.number for count in one.missing]) == (0, C, [C])


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"7": 6, "8": 4, "9": 2}, True),
        ({"7": 6, "3": 6}, False),
        ({"7": 12}, True),
        ({"7": 6, "3": 6, "unsure": 1}, False),
    ],
)
def test_a_scale_shows_a_mean_only_with_all_of_its_counts(counts: dict[str, int], hidden: bool) -> None:
    ends = {"lowest_label": "Not at all", "highest_label": "Wholly"}
    others = [{"value": "unsure", "label": "Not sure", "missing": True}]
    form = tally_factory.a_form(asks("q", "scale", **ends, others=others))  # answered without names
    one = look(form, *of_each("q", counts))["q"]
    assert isinstance(one.tally, ChoiceTally)
    assert (mean_score(one.tally.counts) is C) == hidden
    assert (C in chosen(one)) == hidden
