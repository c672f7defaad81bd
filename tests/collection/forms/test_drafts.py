"""Drafts of forms: nothing is locked, nothing is overwritten, and everything can be undone."""

import json
from dataclasses import replace
from typing import Any

import pytest

from service.collection.forms.drafts import (
    DraftOutcome,
    author_of,
    begin_draft,
    change_draft,
    delete_draft,
    document_after,
    drafts_of,
    history_of,
    leave_as_is,
    redo,
    replace_document,
    restore_point,
    undo,
)
from service.collection.models.errors import NotPossible
from service.collection.models.form_draft import MOST_MOVES, DraftMove, FormDraft
from service.collection.models.home import Home
from service.dates import now
from service.definitions.editing import MoveRefused, find, moves
from service.repository import Store
from tests.paths import ROOT

SOURCE = json.loads((ROOT / "forms" / "child-views.json").read_text())
FUN = ("pages", "days", "questions", "fun")
FRIENDS = ("pages", "days", "questions", "important_people")


@pytest.fixture
def draft(store: Store, home: Home) -> FormDraft:
    return begin_draft(store, "ours", home.id, SOURCE, now(), by="mo")


def kept(store: Store) -> FormDraft:
    found = store[FormDraft].get("ours")
    assert found is not None
    return found


def say(store: Store, address: tuple[str, ...], value: Any, *, by: str = "mo", seen: int | None = None) -> DraftOutcome:
    seen = kept(store).newest if seen is None else seen
    return change_draft(store, "ours", seen, lambda there: [moves.change(there, address, value)], now(), by=by)


def test_a_draft_begins_as_its_source_under_its_own_id(store: Store, draft: FormDraft, home: Home) -> None:
    assert kept(store) == draft
    assert draft.document == {**SOURCE, "id": "ours"}
    assert drafts_of(store, [home.id]) == [draft]
    assert drafts_of(store, ["other"]) == []


@pytest.mark.parametrize(
    ("draft_id", "home_id", "why"),
    [("ours", "larch-house", "called ours"), ("child-views", "larch-house", "already"), ("x", "gone", "no home")],
)
def test_a_draft_that_cannot_begin_is_refused(
    store: Store, draft: FormDraft, draft_id: str, home_id: str, why: str
) -> None:
    with pytest.raises(NotPossible, match=why):
        begin_draft(store, draft_id, home_id, SOURCE, now(), by="mo")


def test_undo_goes_back_to_the_beginning_and_redo_to_the_end(store: Store, draft: FormDraft) -> None:
    say(store, (*FUN, "label"), "Is it fun here?")
    change_draft(store, "ours", 1, lambda there: [moves.delete(there, FRIENDS)], now(), by="mo")
    change_draft(store, "ours", 2, lambda there: [moves.add_page(there, None, "Last")], now(), by="mo")
    last = kept(store).document
    for _ in range(3):
        undo(store, "ours", now(), by="mo")
    assert kept(store).document == draft.document
    with pytest.raises(NotPossible, match="nothing to undo"):
        undo(store, "ours", now(), by="mo")
    for _ in range(3):
        redo(store, "ours", now(), by="mo")
    assert kept(store).document == last
    with pytest.raises(NotPossible, match="nothing to redo"):
        redo(store, "ours", now(), by="mo")
    assert [move.number for move in history_of(store, kept(store))] == list(range(9, 0, -1))


def test_everyone_undoes_their_own_moves(store: Store, draft: FormDraft) -> None:
    say(store, (*FUN, "label"), "Is it fun here?", by="mo")
    say(store, (*FRIENDS, "label"), "Do you see your friends?", by="ann")
    undo(store, "ours", now(), by="mo")
    assert find(kept(store).document, (*FUN, "label")) == "Do you get to do fun things?"
    assert find(kept(store).document, (*FRIENDS, "label")) == "Do you see your friends?"
    with pytest.raises(NotPossible):
        undo(store, "ours", now(), by="lee")


def test_two_who_change_different_questions_both_have_their_way(store: Store, draft: FormDraft) -> None:
    say(store, (*FUN, "label"), "Is it fun here?", by="mo", seen=0)
    outcome = say(store, (*FRIENDS, "label"), "Do you see your friends?", by="ann", seen=0)
    assert outcome.conflicts == ()
    assert find(kept(store).document, (*FUN, "label")) == "Is it fun here?"
    assert find(kept(store).document, (*FRIENDS, "label")) == "Do you see your friends?"


def test_of_two_who_change_one_text_the_second_is_shown_both_and_the_rest_is_kept(
    store: Store, draft: FormDraft
) -> None:
    say(store, (*FUN, "label"), "Theirs", by="mo", seen=0)

    def build(there: Any) -> Any:
        yield moves.change(there, (*FUN, "label"), "Mine")
        yield moves.change(there, (*FUN, "hint"), "A hint")

    outcome = change_draft(store, "ours", 0, build, now(), by="ann")
    [conflict] = outcome.conflicts
    assert (conflict.address, conflict.found, conflict.wanted) == ((*FUN, "label"), "Theirs", "Mine")
    assert conflict.changed_by == "mo"
    document = kept(store).document
    assert (find(document, (*FUN, "label")), find(document, (*FUN, "hint"))) == ("Theirs", "A hint")


def test_a_change_follows_what_another_has_moved_meanwhile(store: Store, draft: FormDraft) -> None:
    to = ("pages", "start")
    change_draft(store, "ours", 0, lambda there: [moves.move_item(there, FUN, None, to)], now(), by="mo")
    say(store, (*FUN, "label"), "Is it fun here?", by="ann", seen=0)
    assert find(kept(store).document, (*to, "questions", "fun", "label")) == "Is it fun here?"


def test_an_undo_where_another_has_changed_the_place_shows_both_and_changes_nothing(
    store: Store, draft: FormDraft
) -> None:
    say(store, (*FUN, "label"), "Mine", by="mo")
    say(store, (*FUN, "label"), "Theirs", by="ann")
    before = kept(store)
    [conflict] = undo(store, "ours", now(), by="mo").conflicts
    assert (conflict.found, conflict.wanted) == ("Theirs", "Do you get to do fun things?")
    assert kept(store) == before
    leave_as_is(store, "ours", by="mo")
    assert author_of(kept(store), "mo").undo == ()
    assert find(kept(store).document, (*FUN, "label")) == "Theirs"


def test_any_point_can_be_looked_at_and_restored(store: Store, draft: FormDraft) -> None:
    say(store, ("title",), "One")
    say(store, ("title",), "Two")
    assert document_after(store, kept(store), 1)["title"] == "One"
    restore_point(store, "ours", 0, now(), by="ann")
    assert kept(store).document == draft.document
    undo(store, "ours", now(), by="ann")
    assert kept(store).document["title"] == "Two"
    for number in (-1, 99):
        with pytest.raises(NotPossible, match="too old"):
            restore_point(store, "ours", number, now(), by="mo")


def test_a_file_takes_the_drafts_place_as_one_move(store: Store, draft: FormDraft) -> None:
    replace_document(store, "ours", {"id": "other", "version": 9, "title": "File"}, now(), by="mo")
    assert kept(store).document == {"id": "ours", "version": 4, "title": "File"}
    undo(store, "ours", now(), by="mo")
    assert kept(store).document == draft.document
    with pytest.raises(MoveRefused):
        replace_document(store, "ours", ["no form"], now(), by="mo")


def test_the_oldest_of_many_moves_are_folded_and_the_rest_undone_exactly(store: Store, draft: FormDraft) -> None:
    with store.transaction() as tx:  # as if nearly all had been made
        tx[FormDraft].put(replace(draft, newest=MOST_MOVES - 2, oldest=1))
    for text in "abc":
        say(store, ("title",), text)
    found = kept(store)
    assert (found.newest, found.oldest) == (MOST_MOVES + 1, 2)
    for _ in range(3):
        undo(store, "ours", now(), by="mo")
    assert kept(store).document == draft.document
    assert kept(store).newest - kept(store).oldest + 1 == MOST_MOVES


def test_a_change_of_a_base_text_makes_its_translation_stale_until_either_is_changed(
    store: Store, draft: FormDraft
) -> None:
    name = "en-x-easyread questions.fun.label"
    say(store, (*FUN, "label"), "Is it fun here?")
    assert kept(store).translated_from == {name: "Do you get to do fun things?"}
    undo(store, "ours", now(), by="mo")
    assert kept(store).translated_from == {}
    redo(store, "ours", now(), by="mo")
    say(store, ("translations", *name.split(" ", 1)), "Fun?")
    assert kept(store).translated_from == {}


def test_a_save_without_a_change_makes_no_move(store: Store, draft: FormDraft) -> None:
    assert say(store, ("title",), SOURCE["title"]).number == 0
    assert kept(store) == draft


def test_deleting_a_draft_leaves_nothing_of_it(store: Store, draft: FormDraft) -> None:
    say(store, ("title",), "New")
    delete_draft(store, "ours")
    delete_draft(store, "ours")
    assert store[FormDraft].get("ours") is None
    assert list(store[DraftMove].all()) == []
    with pytest.raises(NotPossible, match="no longer being edited"):
        say_gone(store)


def say_gone(store: Store) -> None:
    change_draft(store, "ours", 0, lambda there: [], now(), by="mo")
