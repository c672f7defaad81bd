"""Conditions read as sentences; the map says what shows what; references are named before they break."""

import json
from typing import Any

import pytest

from service.answers.duration import minutes_for
from service.definitions import Form
from service.definitions.editing import apply, moves, prepared
from service.definitions.editing.condition_words import condition_text
from service.definitions.editing.logic import estimated_minutes, map_of, raised_when, shown_when
from service.definitions.editing.places import expressions_of, texts_of
from service.definitions.editing.references import references_to, references_to_item
from service.definitions.translation import paths
from tests.paths import ROOT

FORMS = [
    *sorted(path for path in (ROOT / "forms").glob("*.json") if path.name != "form.schema.json"),
    ROOT / "tests" / "forms" / "every-type.json",
]
DOCUMENT = prepared(json.loads((ROOT / "forms" / "child-views.json").read_text()))
SAFE = ("pages", "safe", "questions")
Q = "“Do you feel safe where you live?”"
IS_NEVER = {"==": [{"var": "feel_safe"}, "never"]}
HAS_FUN = {"!=": [{"var": "fun"}, "never"]}

SENTENCES: list[tuple[Any, str]] = [
    (IS_NEVER, f"{Q} is “Never”"),
    ({"==": [{"var": "feel_safe"}, None]}, f"{Q} is not answered"),
    ({"!=": [{"var": "feel_safe"}, None]}, f"{Q} is answered"),
    ({"in": [{"var": "feel_safe"}, ["sometimes", "never"]]}, f"{Q} is “Sometimes” or “Never”"),
    ({"!": [{"in": [{"var": "feel_safe"}, ["sometimes", "never"]]}]}, f"{Q} is not “Sometimes” or “Never”"),
    ({"in": ["other", {"var": "unsafe_where"}]}, "“Where do you feel unsafe?” includes “Somewhere else”"),
    (
        {"any_in": [{"var": "unsafe_where"}, ["bedroom", "school"]]},
        "“Where do you feel unsafe?” includes “My bedroom” or “School or college”",
    ),
    ({"answered": "feel_safe"}, f"{Q} is answered"),
    ({"!": [{"answered": "feel_safe"}]}, f"{Q} is not answered"),
    (
        {"and": [{"or": [IS_NEVER, {"!": HAS_FUN}]}, {"answered": "fun"}]},
        f"({Q} is “Never” or “Do you get to do fun things?” is “Never”) and “Do you get to do fun things?” is answered",
    ),
    ({"<": [{"count": {"var": "unsafe_where"}}, 3]}, "the number of “Where do you feel unsafe?” is less than 3"),
    ({">=": [{"var": "computed.worried"}, 2]}, "the value “worried” is at least 2"),
    ({"var": "meta.home_name"}, "the name of the home"),
    ({"date": ["now", {"months": -6}]}, "6 months before today"),
    ({"==": [{"var": "nobody_knows"}, "x"]}, "“nobody_knows” is “x”"),
    (True, "always"),
    (None, "nothing"),
    ({"between": [1, 2]}, '“{"between": [1, 2]}”'),
    ({}, '“{"": []}”'),
    ({"in": [{"var": "feel_safe"}]}, '“{"in": [{"var": "feel_safe"}]}”'),
]


@pytest.mark.parametrize(("tree", "sentence"), SENTENCES, ids=[sentence for _, sentence in SENTENCES])
def test_an_expression_reads_as_a_sentence(tree: Any, sentence: str) -> None:
    assert condition_text(DOCUMENT, tree) == sentence


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_expression_of_our_forms_has_words(path: Any) -> None:
    document = prepared(json.loads(path.read_text()))
    for _, tree in expressions_of(document):
        assert "{" not in condition_text(document, tree)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_minutes_and_texts_are_those_of_the_form(path: Any) -> None:
    definition = json.loads(path.read_text())
    form, document = Form.of(definition), prepared(definition)
    assert estimated_minutes(document) == minutes_for(form)
    found = {each.path: each.text for each in texts_of(document) if each.path and not each.path.startswith("checks.")}
    known = {place: text for place, text in paths(form).items() if not place.startswith("checks.")}
    assert list(found.items()) == list(known.items())


def test_when_something_is_shown_and_raised() -> None:
    assert shown_when(DOCUMENT, (*SAFE, "unsafe_where")) == f"Show this when {Q} is “Sometimes” or “Never”"
    assert shown_when(DOCUMENT, (*SAFE, "feel_safe")) == ""
    assert (
        shown_when(DOCUMENT, (*SAFE, "unsafe_where", "options", "other", "detail"))
        == "Show this when “Somewhere else” is chosen"
    )
    assert raised_when(DOCUMENT, ("alerts", "not_safe_sometimes")).startswith("Raise this when ")


def test_the_map_shows_what_shows_what() -> None:
    document = apply(DOCUMENT, moves.add_value(DOCUMENT, "worried", IS_NEVER))
    document = apply(
        document, moves.change(document, ("pages", "help", "visible_if"), {"==": [{"var": "computed.worried"}, True]})
    )
    found = map_of(document)
    assert [page.title for page in found.pages] == [page["title"] for page in document["pages"]]
    feel_safe, unsafe_where, unsafe_other = found.pages[3].questions
    assert feel_safe.shows == (("pages", "help"), (*SAFE, "unsafe_where"))
    assert ("alerts", "child_not_safe") in feel_safe.raises
    assert (unsafe_where.depth, unsafe_other.depth) == (0, 1)
    assert found.pages[4].shown_when == "Show this when the value “worried” is true"
    assert found.minutes == estimated_minutes(document)


def test_who_would_break_is_said_in_words() -> None:
    assert f"“Where do you feel unsafe?” is shown when {Q} is “Sometimes” or “Never”" in {
        each.sentence for each in references_to(DOCUMENT, "feel_safe")
    }
    never = {each.address for each in references_to_item(DOCUMENT, ("choice_lists", "how_often", "never"))}
    assert {(*SAFE, "unsafe_where", "visible_if"), ("alerts", "child_not_safe", "when")} <= never
    users = references_to_item(DOCUMENT, ("choice_lists", "how_often"))
    assert f"{Q} uses this list" in {each.sentence for each in users}
    page = {each.address for each in references_to_item(DOCUMENT, ("pages", "safe"))}
    assert ("alerts", "child_not_safe", "when") in page
    assert not any(address[:2] == ("pages", "safe") for address in page)


def test_texts_and_checks_refer_too() -> None:
    document = apply(DOCUMENT, moves.change(DOCUMENT, (*SAFE, "feel_safe", "hint"), "You said {fun}."))
    document = apply(document, moves.add_check(document, {"rule": True, "message": "Look.", "questions": ["fun"]}))
    assert {each.sentence for each in references_to(document, "fun")} == {
        f"the hint of {Q} fills in its answer",
        "the check “Look.” is shown at it",
    }
