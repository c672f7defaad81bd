"""Names change with everything that points at them; copies point into themselves."""

import json
from typing import Any

import pytest

from service.definitions.editing import MoveRefused, apply, find, finished, inverse, moves, prepared
from service.definitions.editing.faults import faults_of
from service.definitions.editing.places import items, questions_of
from tests.paths import ROOT

FEEL_SAFE = ("pages", "safe", "questions", "feel_safe")
PATHS = [
    *sorted(path for path in (ROOT / "forms").glob("*-views*.json")),
    ROOT / "forms" / "visit-feedback.json",
    ROOT / "tests" / "forms" / "every-type.json",
    ROOT / "tests" / "forms" / "awkward-ids.json",
]
DOCUMENTS = {path.stem: prepared(json.loads(path.read_text())) for path in PATHS}
DOCUMENT = DOCUMENTS["child-views"]


def entries(document: Any) -> list[tuple[str, ...]]:
    """Everything that has a name of its own."""
    found = [address for address, _ in [*items(document, ("pages",)), *questions_of(document)]]
    for address in list(found):
        for key in ("options", "rows"):
            found += [here for here, _ in items(document, (*address, key))]
    for name in document.get("choice_lists", {}):
        found += [("choice_lists", name), *(here for here, _ in items(document, ("choice_lists", name)))]
    found += [("computed", name) for name in document.get("computed", {})]
    return found + [here for key in ("alerts", "checks") for here, _ in items(document, (key,))]


@pytest.mark.parametrize("stem", DOCUMENTS)
def test_renaming_everything_adds_no_fault(stem: str) -> None:
    document = DOCUMENTS[stem]
    addresses = entries(document)
    everything = document
    moves_made = []
    for number, _ in enumerate(addresses):
        address = entries(everything)[number]
        move = moves.rename(everything, address, f"renamed_{number}")
        moves_made.append(move)
        everything = apply(everything, move)
    kinds = [fault.kind for fault in faults_of(document)]
    assert [fault.kind for fault in faults_of(everything)] == kinds
    old = json.dumps(finished(document))
    assert json.dumps(finished(everything)).count("renamed_") >= len(addresses)
    for move in reversed(moves_made):
        everything = apply(everything, inverse(move))
    assert json.dumps(finished(everything)) == old


@pytest.mark.parametrize("stem", DOCUMENTS)
def test_every_copy_is_undone(stem: str) -> None:
    document = DOCUMENTS[stem]
    for address in entries(document):
        if address[-1] == "detail":
            continue
        move = moves.duplicate(document, address)
        copied = apply(document, move)
        assert json.dumps(apply(copied, inverse(move))) == json.dumps(document)
        assert move.sentence.startswith("copied ")
        if address[0] == "pages" and address[-2] in ("pages", "questions"):
            assert [each for each in faults_of(copied) if each.kind == "error"] == []


def test_everything_that_points_at_a_question_follows_it() -> None:
    move = moves.rename(DOCUMENT, FEEL_SAFE, "safe_here")
    after = apply(DOCUMENT, move)
    assert move.sentence == "renamed “Do you feel safe where you live?” from “feel_safe” to “safe_here”"
    assert find(after, (*FEEL_SAFE[:-1], "unsafe_where", "visible_if")) == {
        "in": [{"var": "safe_here"}, ["sometimes", "never"]]
    }
    assert "feel_safe" not in json.dumps(after)
    easy = after["translations"]["en-x-easyread"]
    assert list(easy).index("questions.safe_here.label") == list(DOCUMENT["translations"]["en-x-easyread"]).index(
        "questions.feel_safe.label"
    )


def test_a_value_that_is_renamed_stays_what_conditions_compare_with() -> None:
    after = apply(DOCUMENT, moves.rename(DOCUMENT, ("choice_lists", "how_often", "never"), "not_ever"))
    assert find(after, (*FEEL_SAFE[:-1], "unsafe_where", "visible_if", "in")) == [
        {"var": "feel_safe"}, ["sometimes", "not_ever"],
    ]  # fmt: skip
    assert "never" in json.dumps(find(after, ("pages", "people", "questions", "get_on_children", "options")))


def test_a_copied_page_points_into_itself() -> None:
    after = apply(DOCUMENT, moves.duplicate(DOCUMENT, ("pages", "safe")))
    page = find(after, ("pages", "safe_2"))
    assert [question["id"] for question in page["questions"]] == ["feel_safe_2", "unsafe_where_2"]
    assert page["questions"][1]["visible_if"] == {"in": [{"var": "feel_safe_2"}, ["sometimes", "never"]]}
    assert after["translations"]["en-x-easyread"]["questions.feel_safe_2.label"] == "Do you feel safe here?"
    assert [each["id"] for each in after["pages"]][3:5] == ["safe", "safe_2"]


def test_changing_an_id_is_renaming() -> None:
    assert moves.change(DOCUMENT, (*FEEL_SAFE, "id"), "safe_here") == moves.rename(DOCUMENT, FEEL_SAFE, "safe_here")


@pytest.mark.parametrize(
    ("address", "name"),
    [(FEEL_SAFE, "fun"), (FEEL_SAFE, "Feel safe"), (FEEL_SAFE, ""), (("choice_lists", "how_often", "never"), "always"),
     (("pages", "safe"), "days"), (("pages", "gone"), "x"), (("title",), "x"), ((), "x")],
)  # fmt: skip
def test_a_name_that_cannot_be_is_refused(address: tuple[str, ...], name: str) -> None:
    with pytest.raises(MoveRefused):
        moves.rename(DOCUMENT, address, name)


def test_where_two_questions_share_an_id_conditions_stay_with_the_other() -> None:
    note = {"id": "fun", "type": "note", "label": "Fun"}
    double = moves.change(DOCUMENT, (*FEEL_SAFE, "visible_if"), {"answered": "fun"})
    document = apply(DOCUMENT, double)
    pages = [*document["pages"], {"id": "extra", "title": "More", "questions": [note]}]
    document = {**document, "pages": pages}
    after = apply(document, moves.rename(document, ("pages", "extra", "questions", "fun"), "other"))
    assert find(after, (*FEEL_SAFE, "visible_if")) == {"answered": "fun"}


def test_text_is_replaced_in_every_language_and_not_in_names() -> None:
    document = apply(DOCUMENT, moves.change(DOCUMENT, (*FEEL_SAFE, "hint"), "fun {fun}"))
    move = moves.replace_text(document, "fun", "good")
    after = apply(document, move)
    assert move.sentence == "replaced “fun” with “good” in 3 places"
    assert find(after, (*FEEL_SAFE, "hint")) == "good {fun}"
    assert after["translations"]["en-x-easyread"]["questions.fun.label"] == "Do you do good things?"
    assert apply(after, inverse(move)) == document


@pytest.mark.parametrize("wanted", ["", "no such words"])
def test_nothing_to_replace_is_said(wanted: str) -> None:
    with pytest.raises(MoveRefused):
        moves.replace_text(DOCUMENT, wanted, "x")
