"""Advice while a form is written: what it says, what it leaves alone, and what its mends do."""

import json
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.definitions.advice import Advice, advice_on, mend_of, mends_on
from service.definitions.advice.language_words import LANGUAGES, words_for
from service.definitions.editing import MoveRefused, apply, find, inverse, prepared
from service.definitions.editing.faults import faults_of
from tests.paths import ROOT

FORMS = {path.stem: path for path in sorted((ROOT / "forms").glob("*.json")) if path.stem != "form.schema"}
CODES = [{"system": "ofsted-child-questionnaire", "code": "safe"}]
YES_NO = ["Yes", "No"]
HOW_OFTEN = ["Always", "Sometimes", "Never"]
AGREE = ["Strongly agree", "Agree", "Disagree"]
LABEL = ("pages", "page", "questions", "asked", "label")
OPTIONS = ("pages", "page", "questions", "asked", "options")


def options(labels: list[str], missing: bool = True) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"value": f"v{number}", "label": label} for number, label in enumerate(labels)]
    return [*found, *([{"value": "not_say", "label": "I don't want to say", "missing": True}] if missing else [])]


def question(label: str, labels: list[str] | None = None, **rest: Any) -> dict[str, Any]:
    found = {"id": "asked", "type": "select_one", "label": label, "options": options(labels or YES_NO), "codes": CODES}
    found.update(rest)
    return found


def form(*questions: dict[str, Any], audience: str = "staff", **rest: Any) -> dict[str, Any]:
    return {
        "format": "survey-definition/1",
        "id": "a-form",
        "version": 1,
        "audience": audience,
        "title": "A form",
        "languages": ["en"],
        "identity": "pseudonymous",
        "readers": ["safeguarding_lead"],
        "pages": [{"id": "page", "title": "A page", "questions": list(questions)}],
        **rest,
    }


def sentences(document: Any) -> list[str]:
    return [advice.sentence for advice in advice_on(document)]


def mended(document: Any, advice: Advice) -> Any:
    move = mend_of(document, advice)
    changed = apply(document, move)
    assert apply(changed, inverse(move)) == document
    return changed


# A person has looked at each. The 2 statements do ask 2 things; the first question of the young children's form only
# says who is there while a child answers.
LOOKED_AT = {
    "child-views-first": {("company", "No code says what this measures.")},
    "foster-carer-views": {("panel", "This asks about 2 things, and there is one answer.")},
    "staff-views": {("trauma_training", "This asks about 2 things, and there is one answer.")},
}


@pytest.mark.parametrize("path", FORMS.values(), ids=FORMS)
def test_the_shipped_forms_need_little_advice(path: Path) -> None:
    document = prepared(json.loads(path.read_text()))
    found = {(advice.address[3], advice.sentence) for advice in advice_on(document)}
    assert found == LOOKED_AT.get(path.stem, set())
    assert mends_on(document) == ()


@pytest.mark.parametrize(
    ("label", "labels", "sentence", "better"),
    [
        (
            "Don't you think the food is good?",
            YES_NO,
            "“Don't you think” suggests the answer.",
            "Do you think the food",
        ),
        ("Don’t you think it’s fine?", YES_NO, "“Don’t you think” suggests the answer.", "Do you think it’s fine?"),
        ("How good is the food?", ["Good", "Bad"], "“How good is” suggests the answer.", "How is the food?"),
        ("Do you agree that staff listen?", AGREE, "“Do you agree that” suggests the answer.", "Staff listen."),
        ("Do you agree that staff listen?", YES_NO, "“Do you agree that” suggests the answer.", ""),
        ("The food is good, isn't it?", YES_NO, "“isn't it” suggests the answer.", ""),
        ("Is the food, of course, good?", YES_NO, "“of course” suggests the answer.", ""),
        ("Is the team kind and helpful?", YES_NO, "This asks about 2 things, and there is one answer.", ""),
        ("Are you safe or are you happy?", YES_NO, "This asks about 2 things, and there is one answer.", ""),
        ("Are you safe? Are you happy?", YES_NO, "This asks about 2 things, and there is one answer.", ""),
        ("Is it warm and/or dry?", YES_NO, "This asks about 2 things, and there is one answer.", ""),
        ("Do you not like it here?", YES_NO, "This question is negative.", "Do you like it here?"),
        ("Do the adults not listen?", YES_NO, "This question is negative.", "Do the adults listen?"),
        ("Isn't the house warm?", YES_NO, "This question is negative.", "Is the house warm?"),
        ("Managers do not listen.", AGREE, "This statement is negative.", ""),
        ("Do you like it here", YES_NO, "This is a question without a question mark.", "Do you like it here?"),
        ("Is it safe for LAC children?", YES_NO, "“LAC children” is jargon.", "Is it safe for children in care?"),
        ("Is it IMPORTANT here?", YES_NO, "“IMPORTANT” is in capital letters.", "Is it important here?"),
        ("DO YOU LIKE it here?", YES_NO, "“DO YOU LIKE” is in capital letters.", "Do you like it here?"),
    ],
)
def test_wording(label: str, labels: list[str], sentence: str, better: str) -> None:
    document = form(question(label, labels))
    (advice,) = advice_on(document)
    assert (advice.address, advice.sentence) == (LABEL, sentence)
    assert advice.why.endswith(".")
    assert bool(advice.mend) == bool(better)
    if better:
        changed = mended(document, advice)
        assert find(changed, LABEL).startswith(better)
        assert sentence not in sentences(changed)
    else:
        with pytest.raises(MoveRefused):
            mend_of(document, advice)


@pytest.mark.parametrize(
    "label",
    [
        "Do you see your mum and dad?",
        "Do you see your mum and your brothers?",
        "Are you here on Mondays and Tuesdays?",
        "Do Sam and Alex help you?",
        "Were you here between one and five?",
        "Do the adults help when a child feels ill or sad?",
        "Is it better and better here?",
        "Is the NHS good for children?",
        "Tell us about your day.",
        "I know what to do.",
        "Do you know who can help?",
        "Is it safe here or not?",
        "Have you decided not to stay?",
        "Do you choose what you say and do?",
        "Is it good or bad here?",
        "Do the adults come and help you?",
        "Do you agree with the rules?",
        "Does the placement help?",  # a word that staff use
    ],
)
def test_fair_wording_is_left_alone(label: str) -> None:
    assert sentences(form(question(label))) == []


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("Do you like your placement?", "Do you like your home?"),
        ("Do you have contact with your mum?", "Do you spend time with your mum?"),
        ("Can you see CAMHS?", "Can you see the mental health team?"),
        ("Does your key worker listen?", "Does the adult who helps you most listen?"),
        ("Do you know your care plan?", "Do you know the plan for your care?"),
        ("Do you go to respite?", "Do you go to short breaks?"),
        ("Placement questions. Is your placement fine?", "Home questions. Is your home fine?"),
    ],
)
def test_jargon_is_replaced_for_children(text: str, better: str) -> None:
    document = form(question(text), audience="child")
    (advice,) = [each for each in advice_on(document) if "jargon" in each.sentence]
    assert find(mended(document, advice), LABEL) == better


def test_easy_read_is_read_too() -> None:
    path = "questions.asked.label"
    document = form(
        question("Do you like your home?"),
        audience="child",
        languages=["en", "en-x-easyread"],
        translations={"en-x-easyread": {path: "Do you like your placement?"}},
    )
    (advice,) = advice_on(document)
    assert advice.address == ("translations", "en-x-easyread", path)
    assert find(mended(document, advice), advice.address) == "Do you like your home?"


@pytest.mark.parametrize(
    ("label", "labels", "sentence"),
    [
        ("How often do they listen?", AGREE, "This asks how often, and the answers are about agreement."),
        ("Do you agree with the rules?", HOW_OFTEN, "This asks for agreement, and the answers are about how often."),
        ("How often do they listen?", YES_NO, "This asks how often, and the answers are about yes or no."),
        ("Do they listen?", AGREE, "The answers fit a statement, and this is a question."),
    ],
)
def test_answers_that_do_not_fit(label: str, labels: list[str], sentence: str) -> None:
    document = form(question(label, labels))
    (advice,) = [each for each in advice_on(document) if each.address == OPTIONS]
    assert advice.sentence == sentence
    if advice.mend:
        changed = mended(document, advice)
        assert sentences(changed) == []
        assert find(changed, OPTIONS)[-1]["missing"] is True


def test_options_that_something_needs_are_not_replaced() -> None:
    alert = {"id": "alert", "when": {"==": [{"var": "asked"}, "v2"]}}
    (advice,) = advice_on(form(question("How often do they listen?", AGREE), alerts=[alert]))
    assert (advice.address, advice.mend) == (OPTIONS, "")


def test_ends_of_a_scale_that_do_not_fit() -> None:
    scale = {"id": "asked", "type": "scale", "label": "How often do they listen?", "codes": CODES}
    document = form({**scale, "lowest_label": "Strongly disagree", "highest_label": "Strongly agree"})
    assert sentences(document) == ["This asks how often, and the answers are about agreement."]
    assert sentences(form({**scale, "lowest_label": "Never", "highest_label": "Always"})) == []


def test_what_young_children_can_take() -> None:
    many = [question("Is it fun?", id=f"q{number}") for number in range(11)]
    young = form(*many, audience="child", age_bands=["young"])
    assert sentences(young) == ["There are 11 questions, and 10 are enough for young children."]
    assert sentences({**young, "age_bands": ["older"]}) == []
    long = "Do you and I go out to the park when the sun is up?"
    assert sentences(form(question(long), audience="child", age_bands=["young"])) == [
        "A sentence has 14 words, and 11 are enough for young children."
    ]
    hard = question("Do adults usually remember celebrations?")
    (sentence,) = sentences(form(hard, audience="child", age_bands=["young"]))
    assert "the form is for children under 8" in sentence
    grid = question("How are things?", type="matrix", rows=[{"id": "row", "label": "The food is good"}])
    assert sentences(form(grid, audience="child")) == ["This is a grid, and young children answer this form."]
    assert sentences(form(grid, audience="child", age_bands=["older"])) == []


def test_how_much_is_asked() -> None:
    many = [question("Is it fine?", id=f"q{number}") for number in range(41)]
    assert sentences(form(*many)) == ["This takes about 11 minutes, and 10 are enough."]
    assert sentences(form(*many, audience="manager")) == []
    words = [{"id": f"q{number}", "type": "text", "label": "What is good?", "codes": CODES} for number in range(4)]
    (advice,) = advice_on(form(*words))
    assert advice.address[-1] == "q3"
    assert "4 questions in a row" in advice.sentence
    assert sentences(form(*words[:2], question("Is it fine?"), *words[2:])) == []


def test_codes_are_wanted_where_they_count() -> None:
    bare = question("Is it fine?", codes=[])
    (advice,) = advice_on(form(bare))
    assert (advice.address[-1], advice.mend) == ("codes", "")
    assert sentences(form(bare, audience="parent")) == []
    why = {"id": "why", "type": "text", "label": "Why?", "visible_if": {"==": [{"var": "asked"}, "v0"]}}
    assert sentences(form(bare, why)) == []  # the first decides what is shown, the second belongs to it


def test_a_long_hint() -> None:
    hint = "one two three four five " * 5
    (advice,) = advice_on(form(question("Is it fine?", hint=hint)))
    assert advice.address[-1] == "hint"
    assert sentences(form(question("Is it fine?", hint="Say as much as you like, or as little."))) == []


def test_mends_stand_at_their_faults() -> None:
    shared = {"yes_no": options(YES_NO, missing=False)}
    scale = {"id": "rating", "type": "scale", "label": "How is it?", "lowest_label": "Bad", "highest_label": "Good"}
    document = form(
        question("Is it fine?", options=options(YES_NO, missing=False), required=True),
        question("Is it warm?", id="warm", options="yes_no"),
        question("What is fine?", id="several", type="select_multiple", options=options(YES_NO, missing=False)),
        scale,
        audience="child",
        choice_lists=shared,
    )
    mends = mends_on(document)
    assert [each.address[-2:] for each in mends] == [
        ("asked", "options"),
        ("warm", "options"),
        ("several", "options"),
        ("rating", "options"),
        ("asked", "required"),
    ]
    assert {each.address for each in mends} == {each.address for each in faults_of(document) if each.kind == "error"}
    for advice in mends:
        document = mended(document, advice)
    assert mends_on(document) == ()
    assert [each for each in faults_of(document) if each.kind == "error"] == []
    with pytest.raises(MoveRefused):
        mend_of(document, mends[0])


def test_what_the_checks_say_is_not_repeated() -> None:
    document = form(question("Is it warm and dry and nice where you live?"), audience="child")
    assert [fault.sentence for fault in faults_of(document)] == ["this asks two things, and there is one answer"]
    assert sentences(document) == []


def test_other_languages_are_left_alone() -> None:
    assert words_for("fr") is None
    assert words_for(["en"]) is None
    assert sentences(form(question("Don't you think it is GREAT"), languages=["fr"])) == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_word_lists_can_be_read(language: str) -> None:
    words = words_for(language)
    assert words is not None
    for scale in words.scales:
        assert {label.lower() for label in scale.standard} <= scale.labels


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("text", ["A'", " ", "is ", "and ", ", ", "a"])
def test_long_texts_are_looked_through_in_no_time(text: str) -> None:
    document = form(question(text * 20_000, hint=text * 5_000), audience="child", age_bands=["young"])
    began = perf_counter()
    advice_on(document)
    assert perf_counter() - began < 2


@given(JSON)
def test_no_document_is_too_odd(document: Any) -> None:
    advice_on(document)
    mends_on(document)


def broken(document: Any, random: Random, value: Any) -> Any:
    """The document with another value at a place anywhere in it."""
    if isinstance(document, dict) and document and random.random() < 0.9:
        key = random.choice(sorted(document))
        return {**document, key: broken(document[key], random, value)}
    if isinstance(document, list) and document and random.random() < 0.9:
        index = random.randrange(len(document))
        return [*document[:index], broken(document[index], random, value), *document[index + 1 :]]
    return value


STARTS = [
    json.loads(FORMS[name].read_text())
    for name in ("child-views-first", "staff-views", "visit-feedback", "parent-views")
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(STARTS), st.lists(st.tuples(st.randoms(use_true_random=False), JSON), max_size=4))
def test_no_draft_is_too_faulty(document: Any, changes: list[tuple[Random, Any]]) -> None:
    for random, value in changes:
        document = broken(document, random, value)
    advice_on(document)  # as a file may be, its names not made unique
    try:
        document = prepared(document)
    except MoveRefused:
        return
    for advice in (*advice_on(document), *mends_on(document)):
        if advice.mend:
            move = mend_of(document, advice)
            assert apply(apply(document, move), inverse(move)) == document
