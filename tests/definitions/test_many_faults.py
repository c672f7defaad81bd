"""A definition with many faults reports each of them once, and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.definitions import DefinitionError, Form, examine, examine_text, form_from, load_form
from tests.definitions.full_form import BREAKS, RICH, broken
from tests.paths import ROOT

TWELVE = ROOT / "tests" / "forms" / "twelve-faults.json"


def _faults(definition: object) -> list[str]:
    return [str(fault) for fault in examine(definition).faults]


def test_the_rich_form_is_without_fault_and_comes_out_as_it_went_in() -> None:
    form = form_from(RICH, "rich")
    assert form.to_json() == RICH
    assert form_from(form.to_json()) == form


@pytest.mark.parametrize("one", BREAKS, ids=[path for path, *_ in BREAKS])
def test_each_break_earns_its_one_sentence(one: tuple[str, Any, str]) -> None:
    assert _faults(broken([one])) == [one[2]]


def test_all_breaks_at_once_are_all_reported() -> None:
    found = _faults(broken(BREAKS))
    assert sorted(found) == sorted(sentence for _, _, sentence in BREAKS)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(BREAKS), unique_by=lambda one: one[0], min_size=2, max_size=14))
def test_no_break_hides_or_adds_to_another(breaks: list[tuple[str, Any, str]]) -> None:
    breaks.sort(key=BREAKS.index)
    assert sorted(_faults(broken(breaks))) == sorted(sentence for _, _, sentence in breaks)


def test_twelve_faults_are_twelve_sentences_in_the_order_of_the_file() -> None:
    with pytest.raises(DefinitionError) as refused:
        load_form(TWELVE)
    assert refused.value.problems == [
        "audiense: no key is called 'audiense' here; is 'audience' meant?",
        "readers[1]: 'governor' is not one of 'administrator', 'responsible_individual', 'registered_manager', "
        "'safeguarding_lead', 'staff' or 'independent_person'",
        "choice_lists.how_often[2].value: the value 'never' is used already, at choice_lists.how_often[1]",
        "pages[0].questions[1]: no kind of question is called 'txt'; is 'text' meant?",
        "pages[0].questions[2].visible_if: no earlier question is called 'feel_saef'",
        "pages[0].questions[3].id: the id 'feel_safe' is used already, at pages[0].questions[0]",
        "pages[0].questions[3].validation.min: the minimum, 10, is above the maximum, 5",
        "pages[1]: 'title' is missing",
        "pages[1].questions[0].options: no choice list is called 'agreement'",
        "computed.worried: it depends on itself: worried → upset → worried",
        "alerts[0].when: 'feel_safe' has no option 'nevr'; is 'never' meant?",
        "translations.cy.questions.feel_safe.lable: the form has no such text; is 'questions.feel_safe.label' meant?",
    ]


def test_one_slip_is_one_fault() -> None:
    definition = broken([])
    definition["titel"] = definition.pop("title")
    definition["computd"] = definition.pop("computed")
    assert _faults(definition) == [
        "titel: no key is called 'titel' here; is 'title' meant?",
        "computd: no key is called 'computd' here; is 'computed' meant?",
    ]


def test_what_refers_to_a_name_that_was_misspelled_is_not_blamed() -> None:
    definition = broken([])
    definition["pages"][0]["questions"][2] = ["supported"]
    definition["pages"][0]["questions"][4]["id"] = "Hours"
    # nobody can know that the list stood for 'supported', but 'Hours' plainly is 'hours'
    assert _faults(definition) == [
        "pages[0].questions[2]: this must be an object, not a list",
        "pages[0].questions[3].visible_if: no earlier question is called 'supported'",
        "pages[0].questions[4].id: 'Hours' must be a lower-case letter followed by lower-case letters, digits or "
        "underscores, 60 at most",
        "alerts[0].when: no question is called 'supported'",
    ]


def test_a_form_with_faults_beyond_its_shape_can_still_be_worked_on() -> None:
    examination = examine(broken([BREAKS[4]]))
    assert isinstance(examination.form, Form)
    assert examination.form.introduction == "<p>Read."
    assert examine(broken([BREAKS[0]])).form is None


def test_groups_as_deep_as_json_may_be_are_walked_to_the_end() -> None:
    question: dict[str, Any] = {"id": "a", "type": "text", "label": "A?", "visible_if": {"answered": "z"}}
    for number in range(60):
        question = {"id": f"g{number}", "type": "group", "label": "Group", "questions": [question]}
    definition = broken([])
    definition["pages"][0]["questions"].append(question)
    assert _faults(definition) == [
        f"pages[0].questions[7]{'.questions[0]' * 60}.visible_if: no earlier question is called 'z'"
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "line 1, column 1: the JSON is broken here: a value must follow"),
        (b'{"a": 1,}', "line 1, column 9: the JSON is broken here: a key in double quotes must follow"),
        (b'{"a" 1}', "line 1, column 6: the JSON is broken here: a colon must follow the key"),
        (b'{"a": "1}', "line 1, column 7: the JSON is broken here: the text that begins here has no closing quote"),
        (b'{"a": 1} {', "line 1, column 10: the JSON ends before this, and more follows"),
        (b'{"a":\n "\xff"}', "line 2: the file is not written in UTF-8"),
        (b"\xef\xbb\xbfnull", "a definition is a JSON object, with 'format', 'id' and 'pages'"),
        (b"3", "a definition is a JSON object, with 'format', 'id' and 'pages'"),
        (b"1" * 5000, "a number has too many digits"),
        (b"[" * 100_000, "the definition is nested more than 150 levels deep"),
        (b" " * 2_000_001, "the definition is larger than 2,000,000 bytes"),
    ],
)
def test_what_is_no_definition_at_all_is_refused_with_its_line(content: bytes, problem: str) -> None:
    examination = examine_text(content)
    assert [str(fault) for fault in examination.faults] == [problem]
    assert examination.form is None


def test_infinities_and_half_characters_are_named_where_they_stand() -> None:
    content = json.dumps(RICH).replace('"Welcome."', '"\\ud800"').replace('"2026-01"', "NaN").encode()
    assert [str(fault) for fault in examine_text(content).faults] == [
        "pages[0].questions[0].label: the text holds a control character",
        "pages[0].questions[5].default: a number must be finite, and no larger than 2 to the power of 53",
    ]


# --- whatever comes in, faults come out ---

_words = st.sampled_from(
    [*RICH, "id", "type", "label", "options", "text", "group", "and", "var", "a", "a.b", "row.x", "{a}"]
)
_leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | _words
_json = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_words | st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(_json)
def test_any_json_is_a_form_or_has_faults(definition: Any) -> None:
    examination = examine(definition)
    assert examination.faults or examination.form is not None


def _places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [way, *(place for key, item in inner for place in _places(item, (*way, key)))]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_places(RICH)[1:]), _json), min_size=1, max_size=4))
def test_a_form_with_anything_in_any_place_is_a_form_or_has_faults(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    definition = broken([])
    for way, value in changes:
        holder: Any = definition
        for step in way[:-1]:
            try:
                holder = holder[step]
            except (KeyError, IndexError, TypeError):
                break
        else:
            if isinstance(holder, dict) or (
                isinstance(holder, list) and isinstance(way[-1], int) and way[-1] < len(holder)
            ):
                holder[way[-1]] = value
    examination = examine(definition)
    assert examination.faults or examination.form is not None
    assert len(set(examination.faults)) == len(examination.faults)
