"""The question bank: what can be reused, how it comes into a draft, and what no form asks about."""

import json
from typing import Any

import pytest

from service.definitions import Form, load_library
from service.definitions.bank import (
    BankQuestion,
    add_from_bank,
    asked_of_nobody,
    bank_of,
    coverage_of,
    question_json,
    questions_for,
)
from service.definitions.editing import Json, MoveRefused, apply, find, inverse
from service.definitions.editing.faults import faults_of
from service.definitions.editing.places import questions_of
from service.definitions.question import Code
from service.frameworks import load_frameworks
from tests.paths import ROOT

FORMS = load_library(ROOT / "forms")
BANK = bank_of(FORMS.values())
SAFE = Code(system="ofsted-child-questionnaire", code="safe")
CHILD_VIEWS = [question for question in BANK if question.uses[0].form_id == "child-views"]


def draft(audience: str, languages: tuple[str, ...] = ("en",), questions: list[Any] | None = None) -> dict[str, Json]:
    return {
        "format": "survey-definition/1",
        "id": "a-form",
        "version": 1,
        "audience": audience,
        "title": "A form",
        "languages": list(languages),
        "identity": "pseudonymous",
        "pages": [{"id": "page", "title": "A page", "questions": questions or []}],
    }


def form(form_id: str, *questions: dict[str, Json], **rest: Json) -> Form:
    return Form.of({**draft("staff", questions=list(questions)), "id": form_id, "title": form_id.title(), **rest})


def test_it_holds_every_question_that_stands_alone() -> None:
    for shipped in FORMS.values():
        asked = {
            placed.question.id
            for placed in shipped.placed()
            if placed.group is None and placed.question.type not in ("note", "group")
        }
        assert asked == {use.question_id for question in BANK for use in question.uses if use.form_id == shipped.id}


def test_the_same_wording_stands_there_once() -> None:
    codes = [{"system": SAFE.system, "code": code} for code in ("safe", "fun")]
    yes_no = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]
    asked = {"id": "one", "type": "select_one", "label": "Is it safe?", "options": yes_no, "codes": codes[:1]}
    again = {**asked, "id": "two", "label": "Is it  SAFE?", "options": "yes_no", "codes": codes}
    wider = {**asked, "id": "three", "options": [*yes_no, {"value": "not_sure", "label": "Not sure"}]}
    first, second = form("first", asked), form("second", again, wider, choice_lists={"yes_no": yes_no})
    one, other = bank_of([first, second])
    assert [(use.form_title, use.question_id) for use in one.uses] == [("First", "one"), ("Second", "two")]
    assert [code.code for code in one.codes] == ["safe", "fun"]
    assert (one.label, one.scale) == ("Is it safe?", ("Yes", "No"))
    assert other.scale == ("Yes", "No", "Not sure")


def test_questions_are_found_by_descriptor_and_audience() -> None:
    assert {question.label for question in questions_for(BANK, descriptor=SAFE, audience="child")} >= {
        "Do you feel safe where you live?",
        "Do you feel safe here?",
    }
    assert questions_for(BANK, descriptor=SAFE, audience="staff") == ()
    assert questions_for(BANK) == BANK
    assert {question.audience for question in questions_for(BANK, audience="parent")} == {"parent"}


@pytest.mark.parametrize("question", BANK, ids=lambda each: f"{each.uses[0].form_id}-{each.uses[0].question_id}")
def test_a_question_can_be_pasted_twice(question: BankQuestion) -> None:
    document = draft(question.audience)
    for _ in range(2):
        move = add_from_bank(document, "page", question_json(question), None, question.translations)
        changed = apply(document, move)
        assert apply(changed, inverse(move)) == document
        document = changed
    ids = [each["id"] for _, each in questions_of(document)]
    assert len(set(ids)) == len(ids)
    assert [fault.sentence for fault in faults_of(document) if fault.kind == "error"] == []
    assert "choice_lists" not in document


def test_it_brings_its_translations() -> None:
    document = draft("child", ("en", "en-x-easyread"))
    fun = next(each for each in CHILD_VIEWS if each.uses[0].question_id == "fun")
    for _ in range(2):
        document = apply(document, add_from_bank(document, "page", question_json(fun), "", fun.translations))
    assert [question["id"] for question in document["pages"][0]["questions"]] == ["fun_2", "fun"]
    texts = document["translations"]["en-x-easyread"]
    assert texts["questions.fun.label"] == texts["questions.fun_2.label"] == "Do you do fun things?"
    assert texts["questions.fun_2.options.always"] == "Yes, always"
    for question in CHILD_VIEWS:
        document = apply(
            document, add_from_bank(document, "page", question_json(question), None, question.translations)
        )
    (gap,) = [fault.sentence for fault in faults_of(document) if fault.address[:1] == ("translations",)]
    assert gap.endswith("(without title, pages.page.title)")


def test_details_come_with_names_of_their_own() -> None:
    detail = {"id": "which", "type": "text", "label": "Which?"}
    option = {"value": "other", "label": "Another", "detail": {**detail, "visible_if": {"answered": "gone"}}}
    limit = {"max": {"value": {"var": "gone"}}, "min": 1}
    shared = form(
        "shared",
        {"id": "one", "type": "select_one", "label": "One?", "options": "list", "visible_if": {"answered": "gone"}},
        {"id": "many", "type": "number", "label": "How many?", "validation": limit},
        choice_lists={"list": [{"value": "yes", "label": "Yes"}, option]},
        languages=["en", "cy"],
        translations={"cy": {"questions.which.label": "Pa un?", "choice_lists.list.yes": "Ie"}},
    )
    one, many, which = bank_of([shared])
    assert question_json(many)["validation"] == {"min": 1}
    assert "visible_if" not in question_json(one)
    assert question_json(which) == detail
    document = draft("staff", ("en", "cy"), [{"id": "which", "type": "text", "label": "What?"}])
    document = apply(document, add_from_bank(document, "page", question_json(one), None, one.translations))
    pasted = find(document, ("pages", "page", "questions", "one", "options", "other", "detail"))
    assert pasted == {**detail, "id": "which_2"}
    assert document["translations"]["cy"] == {"questions.one.options.yes": "Ie", "questions.which_2.label": "Pa un?"}


@pytest.mark.parametrize(
    "holder", ["gone", ("pages", "page", "title"), ("alerts",), ("pages", "page", "questions", "x")]
)
def test_it_needs_a_page_or_group(holder: Any) -> None:
    with pytest.raises(MoveRefused):
        add_from_bank(draft("child"), holder, question_json(BANK[0]))


@pytest.mark.parametrize("question", [None, [], {}, {"id": 3}])
def test_what_is_no_question_is_refused(question: Json) -> None:
    with pytest.raises(MoveRefused):
        add_from_bank(draft("child"), "page", question)


def test_coverage_says_what_is_asked_of_nobody() -> None:
    framework = load_frameworks()["ofsted-child-questionnaire"]
    assert {each.code for each in asked_of_nobody(FORMS.values(), framework)} == {"mental_health", "why_in_care"}
    assert len(asked_of_nobody([], framework)) == len(framework.descriptors)
    found = {each.descriptor.code: each for each in coverage_of(FORMS.values(), framework)}
    assert list(found) == list(framework.descriptors)
    assert found["safe"].asked_of == ("child",)
    assert found["safe"].not_asked_of == ()
    assert {use.form_id for use in found["safe"].uses["child"]} == {"child-views", "child-views-first"}
    assert found["why_in_care"].not_asked_of == ("child",)


def test_what_the_bank_gives_is_a_copy() -> None:
    question_json(CHILD_VIEWS[0])["label"] = "Changed"
    assert json.dumps(question_json(CHILD_VIEWS[0])).count("Changed") == 0
