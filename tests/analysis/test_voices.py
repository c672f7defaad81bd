"""Voices side by side: who sees what how, how far apart they are, and whether a child was heard at all."""

from collections.abc import Mapping
from typing import Any

import pytest

from service.analysis.figures import Sign
from service.analysis.merged_form import join
from service.analysis.release_rules import protection
from service.analysis.tallies import Tally, tallies
from service.analysis.voices import Speaker, Topic, editions, side_by_side
from service.definitions import Audience
from service.frameworks import load_frameworks
from tests.analysis.audience_figures import protected_all
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks, of_each, options, said

SYSTEM = "sccif-childrens-home/2026"
FRAMEWORK = load_frameworks()[SYSTEM]


def codes(*wanted: str) -> dict[str, Any]:
    return {"codes": [{"system": SYSTEM, "code": code} for code in wanted]}


def speaker(audience: Audience, answers: list[dict[str, Any]], *questions: Mapping[str, Any], **more: Any) -> Speaker:
    form = a_form(*questions, audience=audience, **more)
    found: list[Tally] = [tally for one in join([form]).reported for tally in tallies(one, said(form, *answers))]
    shield = protection([form], len(answers), still_open=False)
    return Speaker(audience, len(answers), protected_all(found, shield))


def safe(audience: Audience, counts: Mapping[str, int], **more: Any) -> Speaker:
    return speaker(audience, of_each("safe", counts), asks("safe", options=HOW_OFTEN, **codes("S1")), **more)


def only(*speakers: Speaker) -> Topic:
    [topic] = side_by_side(FRAMEWORK, speakers)
    return topic


def test_the_same_descriptor_is_set_side_by_side_with_its_bases() -> None:
    topic = only(safe("staff", {"always": 9}), safe("child", {"always": 2, "sometimes": 4, "never": 2, "not_say": 1}))
    assert topic.descriptor.code == "S1"
    assert [view.audience for view in topic.views] == ["child", "staff"]
    child, staff = topic.views
    # Of eight who said: (2·4 + 4·2 + 2·1) / 8 = 2.25, which is 42 % of the way from 1 to 4.
    assert (child.answered, child.best_two, child.level) == (8, 25, 42)
    assert (staff.answered, staff.best_two, staff.level) == (9, 100, 100)
    assert topic.gap == 58
    assert topic.ends == (child, staff)


def test_the_widest_gaps_come_first_and_what_has_none_last() -> None:
    three = (
        asks("a", options=HOW_OFTEN, **codes("C1")),
        asks("b", options=HOW_OFTEN, **codes("S1")),
        asks("c", options=HOW_OFTEN, **codes("L5")),
    )
    staff = speaker("staff", [{"a": "always", "b": "always", "c": "always"}] * 6, *three)
    child = speaker("child", [{"a": "mostly", "b": "never"}] * 6, *three[:2])
    found = side_by_side(FRAMEWORK, [staff, child])
    assert [(topic.descriptor.code, topic.gap) for topic in found] == [
        ("S1", 100),
        ("C1", 33),
        ("L5", Sign.NOT_APPLICABLE),
    ]


def test_scales_of_different_lengths_meet_between_their_worst_and_best() -> None:
    short = options("yes", "sometimes", "no", scores=(3, 2, 1))
    young = speaker("child", of_each("q", {"sometimes": 6}), asks("q", options=short, **codes("S1")))
    topic = only(young, safe("staff", {"mostly": 6}))
    child, staff = topic.views
    assert (child.level, staff.level) == (50, 67)
    # Two of three answers would be nearly everything.
    assert child.best_two is Sign.NOT_APPLICABLE


def test_questions_of_one_audience_weigh_the_same_and_lines_of_a_matrix_are_questions() -> None:
    lines = [{"id": "one", "label": "One"}, {"id": "two", "label": "Two"}]
    matrix = asks("m", "matrix", options=HOW_OFTEN, rows=lines, **codes("S1"))
    staff = speaker("staff", [{"m": {"one": "always", "two": "never"}}] * 5 + [{"m": {"one": "always"}}] * 4, matrix)
    [view] = only(staff).views
    assert (view.answered, view.level, view.best_two) == (9, 50, 50)


@pytest.mark.parametrize("parents", [{"always": 9}, {"never": 6}])
def test_no_child_voice_is_shown_whatever_parents_say(parents: Mapping[str, int]) -> None:
    asked = safe("child", {})
    topic = only(safe("parent", parents), asked)
    assert topic.child == "none"
    assert [view.audience for view in topic.views] == ["child", "parent"]
    assert topic.views[0].level in (Sign.WITHHELD, Sign.NOT_APPLICABLE)
    assert topic.gap is Sign.NOT_APPLICABLE


def test_children_who_skipped_all_of_it_were_not_heard() -> None:
    question = asks("safe", options=HOW_OFTEN, **codes("S1"))
    assert only(speaker("child", [{}] * 7, question)).child == "none"


def test_words_of_a_child_are_a_voice() -> None:
    assert only(speaker("child", [{"w": "I like it"}] * 6, asks("w", "text", **codes("S1")))).child == "heard"


def test_what_is_withheld_of_one_audience_stays_so_and_is_in_no_gap() -> None:
    few = safe("child", {"never": 3}, identity="anonymous", readers=[])
    topic = only(few, safe("staff", {"always": 9}))
    child = topic.view("child")
    assert child is not None
    assert (child.answered, child.best_two, child.level) == (Sign.WITHHELD,) * 3
    assert topic.child == "withheld"
    assert topic.gap is Sign.WITHHELD


def test_a_hidden_question_hides_the_mean_that_it_is_part_of() -> None:
    one = safe("child", {"always": 6})
    two = safe("child", {"never": 3}, identity="anonymous", readers=[])
    view = only(one, two).view("child")
    assert view is not None
    assert (view.answered, view.level) == (Sign.WITHHELD, Sign.WITHHELD)


@pytest.mark.parametrize(
    ("kind", "systems"),
    [
        ("childrens_home", ["sccif-childrens-home/2026", "sccif-childrens-home/2020-21"]),
        ("secure_childrens_home", ["sccif-childrens-home/2026", "sccif-childrens-home/2020-21"]),
        ("fostering_agency", ["sccif-fostering-agency/2020-21"]),
    ],
)
def test_each_kind_of_setting_has_its_editions_the_newest_first(kind: Any, systems: list[str]) -> None:
    assert [framework.system for framework in editions({kind})] == systems
