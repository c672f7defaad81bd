"""A draft's faults are those of a fresh load, each at what it is about."""

import json
from pathlib import Path

import pytest

from service.definitions.editing import apply, find, finished, moves, prepared
from service.definitions.editing.document import names_in
from service.definitions.editing.faults import address_of, faults_of
from service.definitions.loader import examine
from tests.paths import ROOT

NO_DRAFTS = {"broken-json", "not-an-object"}
FILES = [
    path
    for path in sorted([*(ROOT / "forms").glob("*-views*.json"), *(ROOT / "tests" / "forms").rglob("*.json")])
    if path.stem not in NO_DRAFTS
]
DOCUMENT = prepared(json.loads((ROOT / "forms" / "child-views.json").read_text()))
FEEL_SAFE = ("pages", "safe", "questions", "feel_safe")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_draft_has_the_faults_of_a_fresh_load(path: Path) -> None:
    document = prepared(json.loads(path.read_text()))
    fresh = examine(finished(document))
    found = faults_of(document)
    assert [fault.sentence for fault in found if fault.kind == "error"] == [fault.sentence for fault in fresh.faults]
    assert [fault.sentence for fault in found if fault.kind == "warning"] == [each.sentence for each in fresh.warnings]
    for fault in found:
        holder = find(document, fault.address[:-1])
        is_translation = fault.address[:1] == ("translations",)
        assert is_translation or isinstance(holder, dict) or fault.address[-1] in names_in(holder, fault.address[:-1])


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("", ()),
        ("title", ("title",)),
        ("pages[3].questions[0].label", (*FEEL_SAFE, "label")),
        ("pages[3].questions[0].codes[1].code", (*FEEL_SAFE, "codes")),
        ("pages[3].questions[1].visible_if.in[0].var", ("pages", "safe", "questions", "unsafe_where", "visible_if")),
        ("choice_lists.how_often[3].label", ("choice_lists", "how_often", "never", "label")),
        ("translations.en-x-easyread.title", ("translations", "en-x-easyread", "title")),
        ("translations.cy.questions.fun.label", ("translations", "cy", "questions.fun.label")),
        ("alerts[0].escalate[1].after.minutes", ("alerts", "child_not_safe", "escalate")),
        ("languages[1]", ("languages",)),
        ("pages[99].title", ("pages",)),
    ],
)
def test_a_place_is_found_by_its_names(place: str, address: tuple[str, ...]) -> None:
    assert address_of(DOCUMENT, place) == address


def test_a_fault_is_beside_the_question_it_is_about() -> None:
    document = apply(DOCUMENT, moves.delete(DOCUMENT, ("choice_lists", "how_often", "never")))
    addresses = {fault.address for fault in faults_of(document) if fault.kind == "error"}
    assert ("alerts", "child_not_safe", "when") in addresses
    assert ("pages", "safe", "questions", "unsafe_where", "visible_if") in addresses


@pytest.mark.parametrize("audience", ["child", "staff"])
@pytest.mark.parametrize(
    "question_type",
    ["text", "number", "date", "time", "phone", "email", "select_one", "select_multiple", "rank", "matrix", "note"],
)
def test_a_new_question_adds_no_fault(question_type: str, audience: str) -> None:
    form = {"format": "survey-definition/1", "id": "new", "version": 1, "audience": audience, "title": "New"}
    document = prepared({**form, "languages": ["en"], "identity": "named", "pages": []})
    document = apply(document, moves.add_page(document))
    document = apply(document, moves.add_question(document, "page", question_type))
    assert [fault for fault in faults_of(document) if fault.kind == "error"] == []


def test_a_missing_field_is_named_by_its_address() -> None:
    document = apply(DOCUMENT, moves.change(DOCUMENT, (*FEEL_SAFE, "label"), None))
    assert (*FEEL_SAFE, "label") in {fault.address for fault in faults_of(document)}
