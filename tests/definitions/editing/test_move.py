"""A move applies to a document, says what it did, and is undone exactly."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from service.definitions.editing import (
    ABSENT,
    Move,
    MoveRefused,
    Patch,
    PlaceChanged,
    apply,
    find,
    finished,
    inverse,
    move_from_json,
    move_to_json,
    moves,
    need_unchanged,
    prepared,
    rebased,
)
from tests.paths import ROOT

FORMS = sorted(path for path in (ROOT / "forms").glob("*.json") if path.name != "form.schema.json")
FEEL_SAFE = ("pages", "safe", "questions", "feel_safe")
DOCUMENT = prepared(json.loads((ROOT / "forms" / "child-views.json").read_text()))

# What is done, and the sentence that the history keeps of it.
TABLE: list[tuple[Callable[[Any], Move], str]] = [
    (lambda d: moves.add_page(d, "days", "Your home"), "added the page “Your home”"),
    (moves.add_page, "added the page “New page”"),
    (lambda d: moves.add_question(d, "days", "text"), "added “New question”"),
    (lambda d: moves.add_question(d, "days", "matrix", "", "How are they?"), "added “How are they?”"),
    (
        lambda d: moves.add_option(d, ("pages", "start", "questions", "company"), "Maybe", ""),
        "added the option “Maybe” of “Is someone with you right now?”",
    ),
    (lambda d: moves.add_option(d, FEEL_SAFE, "Often"), "added the option “Often” of the list “how_often”"),
    (
        lambda d: moves.add_detail(d, ("pages", "start", "questions", "company", "options", "chosen"), "Who is it?"),
        "added “Who is it?” to the option “Yes, someone I chose” of “Is someone with you right now?”",
    ),
    (lambda d: moves.add_alert(d, {"message": "Look."}), "added the alert “Look.”"),
    (lambda d: moves.add_check(d, {"rule": True}), "added the check “Check this answer.”"),
    (lambda d: moves.add_value(d, "worried", {"answered": "fun"}), "added the value “worried”"),
    (lambda d: moves.add_list(d, "Yes or no", [{"label": "Yes"}]), "added the list “yes_or_no”"),
    (
        lambda d: moves.change(d, (*FEEL_SAFE, "label"), "Are you safe?"),
        "changed “Do you feel safe where you live?” to “Are you safe?”",
    ),
    (
        lambda d: moves.change(d, (*FEEL_SAFE, "hint"), "Choose one."),
        "set the hint of “Do you feel safe where you live?”",
    ),
    (lambda d: moves.change(d, (*FEEL_SAFE, "codes"), None), "deleted the codes of “Do you feel safe where you live?”"),
    (lambda d: moves.change(d, (*FEEL_SAFE, "type"), "text"), "changed the type of “Do you feel safe where you live?”"),
    (lambda d: moves.change(d, ("title",), "Home"), "changed “What is it like where you live?” to “Home”"),
    (
        lambda d: moves.change(d, ("translations", "cy", "title"), "Cartref"),
        "set the Welsh translation of “title”",
    ),
    (lambda d: moves.delete(d, FEEL_SAFE), "deleted “Do you feel safe where you live?”"),
    (lambda d: moves.delete(d, ("pages", "safe")), "deleted the page “Feeling safe”"),
    (
        lambda d: moves.delete(d, ("choice_lists", "how_often", "never")),
        "deleted the option “Never” of the list “how_often”",
    ),
    (lambda d: moves.delete(d, ("choice_lists", "how_often")), "deleted the list “how_often”"),
    (lambda d: moves.delete(d, ("translations", "en-x-easyread")), "deleted the easy read translation"),
    (lambda d: moves.move_item(d, FEEL_SAFE, None), "moved “Do you feel safe where you live?”"),
    (
        lambda d: moves.move_item(d, FEEL_SAFE, "", ("pages", "days")),
        "moved “Do you feel safe where you live?” to the page “Your days”",
    ),
    (
        lambda d: moves.paste_options(d, ("pages", "start", "questions", "company"), "Yes\nno_one: No\n\nMaybe"),
        "replaced the options of “Is someone with you right now?” with 3 options",
    ),
    (
        lambda d: moves.paste_options(d, FEEL_SAFE, "Often", replace=False),
        "added 1 option to the list “how_often”",
    ),
]


@pytest.mark.parametrize(("make", "sentence"), TABLE, ids=[sentence for _, sentence in TABLE])
def test_a_move_says_what_it_did_and_is_undone(make: Callable[[Any], Move], sentence: str) -> None:
    before = json.dumps(DOCUMENT)
    move = make(DOCUMENT)
    assert move.sentence == sentence
    after = apply(DOCUMENT, move)
    assert after != DOCUMENT
    undo = inverse(move)
    assert apply(after, undo) == DOCUMENT
    assert json.dumps(apply(after, undo)["pages"]) == json.dumps(DOCUMENT["pages"])  # in the same order, too
    assert apply(apply(after, undo), inverse(undo)) == after
    assert inverse(undo) == move
    assert move_from_json(json.loads(json.dumps(move_to_json(move)))) == move
    assert json.dumps(DOCUMENT) == before


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_comes_out_as_it_went_in(path: Any) -> None:
    definition = json.loads(path.read_text())
    document = prepared(definition)
    assert json.dumps(finished(document)) == json.dumps(definition)
    assert prepared(document) == document


def test_names_are_made_unique_when_a_document_comes_in() -> None:
    question = {"type": "note", "label": "x"}
    document = prepared(
        {"pages": [{"id": "a", "questions": [question, {"id": "q"} | question, {"id": "q"} | question]}]}
    )
    assert [each["id"] for each in document["pages"][0]["questions"]] == ["question", "q", "q_2"]


def test_the_second_change_of_a_text_is_shown_both() -> None:
    mine = moves.change(DOCUMENT, (*FEEL_SAFE, "label"), "Mine")
    yours = moves.change(DOCUMENT, (*FEEL_SAFE, "label"), "Yours")
    with pytest.raises(PlaceChanged) as refused:
        apply(apply(DOCUMENT, mine), yours)
    assert refused.value.address == (*FEEL_SAFE, "label")
    assert (refused.value.expected, refused.value.found) == ("Do you feel safe where you live?", "Mine")


def test_changes_of_different_questions_are_both_kept_in_any_order() -> None:
    mine = moves.change(DOCUMENT, (*FEEL_SAFE, "label"), "Mine")
    yours = moves.move_item(DOCUMENT, FEEL_SAFE, None)
    other = moves.add_alert(DOCUMENT, {"id": "another"})
    one = apply(apply(apply(DOCUMENT, mine), yours), other)
    assert one == apply(apply(apply(DOCUMENT, other), yours), mine)
    assert find(one, (*FEEL_SAFE, "label")) == "Mine"


def test_the_first_two_alerts_of_a_form_go_one_by_one() -> None:
    empty = prepared({"pages": []})
    one, two = moves.add_alert(empty, {"id": "one"}), moves.add_alert(empty, {"id": "two"})
    both = apply(apply(empty, one), two)
    assert [alert["id"] for alert in both["alerts"]] == ["one", "two"]
    assert apply(apply(both, inverse(one)), inverse(two)) == empty


def test_what_stood_after_something_that_has_gone_stands_at_the_end() -> None:
    move = moves.add_page(DOCUMENT, "days", "Late")
    after = apply(apply(DOCUMENT, moves.delete(DOCUMENT, ("pages", "days"))), move)
    assert after["pages"][-1]["title"] == "Late"


def test_a_change_follows_a_question_to_another_page() -> None:
    mine = moves.change(DOCUMENT, (*FEEL_SAFE, "label"), "Mine")
    yours = moves.move_item(DOCUMENT, FEEL_SAFE, "", ("pages", "days"))
    moved = apply(DOCUMENT, yours)
    with pytest.raises(PlaceChanged):
        apply(moved, mine)
    after = apply(moved, rebased(mine, [yours]))
    assert find(after, ("pages", "days", "questions", "feel_safe", "label")) == "Mine"


def test_a_page_that_another_has_changed_is_not_deleted_unseen() -> None:
    delete = moves.delete(DOCUMENT, ("pages", "safe"))
    with pytest.raises(PlaceChanged):
        apply(apply(DOCUMENT, moves.change(DOCUMENT, (*FEEL_SAFE, "label"), "Mine")), delete)


def test_nothing_is_put_into_a_page_that_has_gone() -> None:
    add = moves.add_question(DOCUMENT, "days", "text")
    with pytest.raises(PlaceChanged):
        apply(apply(DOCUMENT, moves.delete(DOCUMENT, ("pages", "days"))), add)


def test_true_is_not_one() -> None:
    with pytest.raises(PlaceChanged):
        apply({"version": True}, Move("", (Patch(("version",), 1, 2),)))


def test_an_absent_place_and_null_are_two_things() -> None:
    assert apply({"a": None}, Move("", (Patch(("a",), None, ABSENT),))) == {}
    with pytest.raises(PlaceChanged):
        apply({}, Move("", (Patch(("a",), None, 1),)))


def test_a_type_that_differs_in_name_only_keeps_everything() -> None:
    document = apply(DOCUMENT, moves.change(DOCUMENT, (*FEEL_SAFE, "type"), "text"))
    document = apply(document, moves.change(document, (*FEEL_SAFE, "validation", "max_length"), 20))
    phone = apply(document, moves.change(document, (*FEEL_SAFE, "type"), "phone"))
    assert find(phone, (*FEEL_SAFE, "validation")) == {"max_length": 20}
    assert moves.change(DOCUMENT, (*FEEL_SAFE, "type"), "select_one").patches == ()


def test_names_that_are_also_keys_are_no_trouble() -> None:
    document = prepared({"pages": []})
    for each in (
        lambda d: moves.add_page(d, title="Pages"),
        lambda d: moves.add_question(d, "pages", "select_one", label="Questions"),
        lambda d: moves.add_option(d, ("pages", "pages", "questions", "questions"), "Options"),
        lambda d: moves.change(d, ("pages", "pages", "questions", "questions", "options", "options", "label"), "Rows"),
    ):
        document = apply(document, each(document))
    assert document["pages"][0]["questions"][0]["options"][2] == {"value": "options", "label": "Rows"}
    assert prepared(document) == document


def test_what_an_author_saw_is_compared_with_what_is_there() -> None:
    need_unchanged(DOCUMENT, (*FEEL_SAFE, "hint"), ABSENT)
    with pytest.raises(PlaceChanged):
        need_unchanged(DOCUMENT, (*FEEL_SAFE, "label"), "Do you feel safe?")


@pytest.mark.parametrize(
    "make",
    [
        lambda d: moves.add_question(d, "gone", "text"),
        lambda d: moves.add_question(d, "days", "slider"),
        lambda d: moves.add_option(d, ("pages", "gone", "questions", "gone"), "x"),
        lambda d: moves.add_detail(d, ("pages", "safe", "questions", "unsafe_where", "options", "other")),
        lambda d: moves.paste_options(d, FEEL_SAFE, " \n "),
        lambda d: moves.change(d, (), {}),
        lambda d: moves.change(d, ("pages", "gone", "title"), "x"),
        lambda d: moves.change(d, (*FEEL_SAFE, "id"), None),
        lambda d: moves.delete(d, ()),
        lambda d: moves.delete(d, ("pages", "gone")),
        lambda d: moves.move_item(d, ("pages", "safe"), "", ("pages", "days")),
        lambda d: moves.move_item(d, FEEL_SAFE, "feel_safe"),
        lambda d: moves.move_item(d, FEEL_SAFE, "", ("pages", "gone")),
        lambda d: moves.duplicate(d, ("title",)),
        lambda d: prepared([]),
        lambda d: prepared({"pages": ["x"]}),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(make: Callable[[Any], Any]) -> None:
    with pytest.raises(MoveRefused, match=r"^[A-Z“].*\.$"):
        make(DOCUMENT)


def test_options_are_pasted_with_their_values_and_keep_what_they_have() -> None:
    lines = "No, I am on my own\nnearby: Someone is here\nYes: it is good\nNo, I am on my own"
    question = ("pages", "start", "questions", "company")
    after = apply(DOCUMENT, moves.paste_options(DOCUMENT, question, lines))
    assert find(after, (*question, "options")) == [
        {"value": "alone", "label": "No, I am on my own"},
        {"value": "nearby", "label": "Someone is here"},
        {"value": "yes_it_is_good", "label": "Yes: it is good"},
        {"value": "alone_2", "label": "No, I am on my own"},
    ]
    shared = apply(DOCUMENT, moves.paste_options(DOCUMENT, FEEL_SAFE, "never: Not ever\nalways: Yes"))
    assert shared["choice_lists"]["how_often"] == [
        {"value": "never", "label": "Not ever", "score": 1, "media": {"symbol": "face-1"}},
        {"value": "always", "label": "Yes", "score": 4, "media": {"symbol": "face-5"}},
    ]
    assert "choice_lists.how_often.mostly" not in shared["translations"]["en-x-easyread"]
