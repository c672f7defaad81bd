"""Drafts are published by one person, or where safety is touched by two."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from service.accounts.account import Account, Grant
from service.audit import Entry
from service.collection.forms.drafts import begin_draft, change_draft
from service.collection.forms.offer import archive
from service.collection.models.errors import NotPossible
from service.collection.models.form_draft import FormDraft
from service.collection.models.home import Home
from service.collection.models.published_form import FormRef, FormState, PublishedForm
from service.dates import now
from service.definitions import Role
from service.definitions.editing import Move, finished, moves
from service.operations.form_publication import (
    ASK_AN_AUTHOR,
    NOT_YOURS,
    WHOM_TO_ADD,
    NeedsAgreement,
    Readiness,
    agree,
    approvers,
    ask_agreement,
    edit_published,
    publish_draft,
    readiness_of,
    send_back,
)
from service.repository import Store
from tests.paths import ROOT

SOURCE = json.loads((ROOT / "forms" / "child-views.json").read_text())
READERS = (("readers",), ["safeguarding_lead"])
LABEL = (("pages", "you", "title"), "Who you are")
COPY = "our-views"


@pytest.fixture
def people(store: Store, home: Home) -> dict[str, Account]:
    """Mo builds, Lee is the lead; Ann builds too; Rio answers for all homes; Mia manages another home."""
    made = {
        name: Account(f"a-{name}", name, f"{name}@example.org", now(), grants)
        for name, grants in {
            "Mo": (Grant("registered_manager", home.id),),
            "Ann": (Grant("registered_manager", home.id),),
            "Lee": (Grant("safeguarding_lead", home.id),),
            "Rio": (Grant("responsible_individual"),),
            "Mia": (Grant("registered_manager", "elm-cottage"), Grant("safeguarding_lead", "elm-cottage")),
        }.items()
    }
    with store.transaction() as tx:
        for account in made.values():
            tx[Account].put(account)
    return made


@pytest.fixture
def draft(store: Store, home: Home, people: dict[str, Account]) -> FormDraft:
    """Mo's copy of a shipped form, as it was shipped."""
    state = store[FormState].get("child-views")
    assert state is not None
    source = FormRef("child-views", state.version, state.current)
    return begin_draft(store, COPY, home.id, SOURCE, now(), by="a-Mo", source=source)


def change(store: Store, address: tuple[str, ...], value: Any, *, by: str = "a-Mo") -> int:
    def build(document: Any) -> list[Move]:
        return [moves.change(document, address, value)]

    return change_draft(store, COPY, draft_now(store).newest, build, now(), by=by).draft.newest


def draft_now(store: Store) -> FormDraft:
    found = store[FormDraft].get(COPY)
    assert found is not None
    return found


def title(store: Store, text: str, *, by: str = "a-Mo") -> int:
    return change(store, ("title",), text, by=by)


def facts(store: Store) -> list[tuple[str, str, dict[str, Any]]]:
    found = sorted(store[Entry].all(), key=lambda entry: (entry.kind, entry.actor))
    return [(each.kind, each.actor, each.facts) for each in found if each.kind.startswith("form_")]


def take_id(store: Store) -> None:
    with store.transaction() as tx:
        tx[FormState].put(FormState(COPY, faults=("a file without pages",)))


def drop_easy_read(store: Store) -> None:
    change(store, ("translations", "en-x-easyread", "title"), None)


class TestOnePerson:
    def test_a_copy_whose_safety_equals_its_sources_is_published_by_its_author(
        self, store: Store, draft: FormDraft, home: Home
    ) -> None:
        seen = title(store, "How is it here?")
        form = publish_draft(store, COPY, seen, now(), by="a-Mo")
        published = store[PublishedForm].get(form.fingerprint)
        assert published is not None
        assert published.definition == {**SOURCE, "id": COPY, "version": 1, "title": "How is it here?"}
        assert store[FormState].get(COPY) == FormState(COPY, 1, published.id, built=True, home_id=home.id)
        after = draft_now(store)
        assert (after.since, after.contributors, after.review, after.document["version"]) == (seen, (), None, 1)
        assert facts(store) == [("form_published", "a-Mo", {"form": COPY, "version": 1})]

    def test_the_next_version_has_the_next_number_and_the_one_before_stays(
        self, store: Store, draft: FormDraft
    ) -> None:
        first = publish_draft(store, COPY, 0, now(), by="a-Mo")
        second = publish_draft(store, COPY, title(store, "Again"), now(), by="a-Ann")
        assert (first.version, second.version) == (1, 2)
        assert {each.version for each in store[PublishedForm].find("form_id", COPY)} == {1, 2}
        assert finished(draft_now(store).document)["version"] == 2

    def test_an_archived_form_stays_archived(self, store: Store, draft: FormDraft) -> None:
        publish_draft(store, COPY, 0, now(), by="a-Mo")
        archive(store, COPY, now(), by="a-Mo")
        publish_draft(store, COPY, title(store, "Again"), now(), by="a-Mo")
        state = store[FormState].get(COPY)
        assert state is not None
        assert (state.version, state.is_offered) == (2, False)

    @pytest.mark.parametrize(
        ("prepare", "by", "seen", "why"),
        [
            (lambda store: title(store, "New"), "a-Lee", None, NOT_YOURS),
            (lambda store: title(store, "New"), "a-Mia", None, NOT_YOURS),
            (lambda store: title(store, "New"), "nobody", None, NOT_YOURS),
            (lambda store: title(store, "New"), "a-Mo", 0, "This form has changed since you looked at it."),
            (lambda store: change(store, ("title",), None), "a-Mo", None, "Fix the fault in this form"),
            (lambda store: change(store, ("pages",), []), "a-Mo", None, "faults in this form"),
            (take_id, "a-Mo", None, "This id belongs to one of the forms"),
            (drop_easy_read, "a-Mo", None, "Easy read must be full"),
            (lambda store: publish_draft(store, COPY, 0, now(), by="a-Mo"), "a-Mo", 0, "Nothing has changed since"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_published_is_refused_with_a_sentence(
        self,
        store: Store,
        draft: FormDraft,
        prepare: Callable[[Store], object],
        by: str,
        seen: int | None,
        why: str,
    ) -> None:
        prepare(store)
        kept = list(store[PublishedForm].all())
        with pytest.raises(NotPossible, match=why):
            publish_draft(store, COPY, draft_now(store).newest if seen is None else seen, now(), by=by)
        assert list(store[PublishedForm].all()) == kept

    def test_a_form_that_is_gone_is_refused(self, store: Store, people: dict[str, Account]) -> None:
        with pytest.raises(NotPossible, match="no longer being edited"):
            publish_draft(store, "gone", 0, now(), by="a-Mo")


class TestTwoPeople:
    def test_a_change_of_readers_waits_for_another_person_and_both_are_remembered(
        self, store: Store, draft: FormDraft, home: Home
    ) -> None:
        seen = change(store, *READERS)
        with pytest.raises(NeedsAgreement) as refused:
            publish_draft(store, COPY, seen, now(), by="a-Mo")
        assert [each.about for each in refused.value.differences] == [("form", "readers")]
        assert store[FormState].get(COPY) is None
        review = ask_agreement(store, COPY, seen, now(), by="a-Mo").review
        assert review is not None
        assert (review.asked_by, review.move, review.is_waiting) == ("a-Mo", seen, True)
        assert [each.name for each in approvers(store, draft_now(store))] == ["Lee", "Rio"]
        form = agree(store, COPY, seen, now(), by="a-Lee")
        state = store[FormState].get(COPY)
        assert state is not None
        assert (state.is_offered, state.current) == (True, form.fingerprint)
        assert (state.home_id, draft_now(store).review) == (home.id, None)
        reviewed = {"form": COPY, "version": 1, "author": "a-Mo"}
        assert facts(store) == [
            ("form_published", "a-Mo", {"form": COPY, "version": 1}),
            ("form_reviewed", "a-Lee", {**reviewed, "change": "agreed"}),
            ("form_reviewed", "a-Mo", {**reviewed, "change": "asked"}),
        ]
        assert publish_draft(store, COPY, title(store, "More"), now(), by="a-Mo").version == 2

    @pytest.mark.parametrize(
        ("by", "seen", "why"),
        [
            ("a-Mo", None, NOT_YOURS),
            ("a-Ann", None, NOT_YOURS),
            ("a-Mia", None, NOT_YOURS),
            ("nobody", None, NOT_YOURS),
            ("a-Rio", None, "You have edited this form"),
            ("a-Lee", 1, "has changed since you looked at it"),
        ],
    )
    def test_whoever_may_not_agree_publishes_nothing(
        self, store: Store, draft: FormDraft, by: str, seen: int | None, why: str
    ) -> None:
        change(store, *READERS)
        asked = title(store, "Words", by="a-Rio")
        ask_agreement(store, COPY, asked, now(), by="a-Mo")
        for answer in (
            lambda: agree(store, COPY, seen or asked, now(), by=by),
            lambda: send_back(store, COPY, seen or asked, "Why?", now(), by=by),
        ):
            with pytest.raises(NotPossible, match=why):
                answer()
        assert store[FormState].get(COPY) is None
        assert agree(store, COPY, asked, now(), by="a-Lee").version == 1

    def test_any_later_move_takes_the_question_back(self, store: Store, draft: FormDraft) -> None:
        asked = change(store, *READERS)
        ask_agreement(store, COPY, asked, now(), by="a-Mo")
        later = title(store, "Later")
        for seen in (asked, later):
            with pytest.raises(NotPossible, match="No one asks for agreement"):
                agree(store, COPY, seen, now(), by="a-Lee")

    def test_sent_back_with_a_word_it_waits_no_longer(self, store: Store, draft: FormDraft) -> None:
        asked = change(store, *READERS)
        ask_agreement(store, COPY, asked, now(), by="a-Mo")
        with pytest.raises(NotPossible, match="Enter what should change"):
            send_back(store, COPY, asked, " ", now(), by="a-Lee")
        review = send_back(store, COPY, asked, " The manager must read it. ", now(), by="a-Lee").review
        assert review is not None
        assert (review.sent_back_by, review.word) == ("a-Lee", "The manager must read it.")
        with pytest.raises(NotPossible, match="No one asks"):
            agree(store, COPY, asked, now(), by="a-Lee")
        assert ask_agreement(store, COPY, asked, now(), by="a-Mo").review != review

    def test_where_nobody_else_can_agree_it_says_whom_to_add(self, store: Store, draft: FormDraft) -> None:
        seen = change(store, *READERS)
        give(store, "a-Lee", "staff")
        give(store, "a-Rio", "registered_manager")
        with pytest.raises(NotPossible, match=WHOM_TO_ADD):
            ask_agreement(store, COPY, seen, now(), by="a-Mo")
        assert readiness_of(store, draft_now(store), by="a-Mo").refusal == WHOM_TO_ADD
        give(store, "a-Mo", "registered_manager", "safeguarding_lead")  # Mo is the author all the same
        with pytest.raises(NotPossible, match=WHOM_TO_ADD):
            ask_agreement(store, COPY, seen, now(), by="a-Mo")
        give(store, "a-Rio", "responsible_individual")
        with pytest.raises(NotPossible, match=ASK_AN_AUTHOR):
            ask_agreement(store, COPY, seen, now(), by="a-Rio")
        ask_agreement(store, COPY, seen, now(), by="a-Mo")
        close(store, "a-Rio")
        with pytest.raises(NotPossible):
            agree(store, COPY, seen, now(), by="a-Rio")

    def test_who_began_a_draft_is_its_author(self, store: Store, home: Home, people: dict[str, Account]) -> None:
        begin_draft(store, COPY, home.id, SOURCE, now(), by="a-Lee")
        seen = title(store, "Words")
        ask_agreement(store, COPY, seen, now(), by="a-Mo")
        with pytest.raises(NotPossible, match="Another person"):
            agree(store, COPY, seen, now(), by="a-Lee")

    def test_a_first_version_without_a_source_always_waits(
        self, store: Store, home: Home, people: dict[str, Account]
    ) -> None:
        begin_draft(store, COPY, home.id, SOURCE, now(), by="a-Mo")
        with pytest.raises(NeedsAgreement):
            publish_draft(store, COPY, 0, now(), by="a-Mo")
        ask_agreement(store, COPY, 0, now(), by="a-Mo")
        assert agree(store, COPY, 0, now(), by="a-Rio").version == 1

    def test_what_needs_nobody_else_is_not_asked(self, store: Store, draft: FormDraft) -> None:
        with pytest.raises(NotPossible, match="Publish it yourself"):
            ask_agreement(store, COPY, title(store, "Words"), now(), by="a-Mo")

    def test_a_form_of_the_provider_is_for_those_with_a_role_at_all_homes(
        self, store: Store, people: dict[str, Account]
    ) -> None:
        begin_draft(store, COPY, "", SOURCE, now(), by="a-Rio")
        with pytest.raises(NotPossible, match=NOT_YOURS):
            publish_draft(store, COPY, 0, now(), by="a-Mo")
        with pytest.raises(NotPossible, match=WHOM_TO_ADD):
            ask_agreement(store, COPY, 0, now(), by="a-Rio")


def give(store: Store, account_id: str, *roles: Role) -> None:
    change_account(store, account_id, grants=tuple(Grant(role) for role in roles))


def close(store: Store, account_id: str) -> None:
    change_account(store, account_id, closed_at=now())


def change_account(store: Store, account_id: str, **fields: Any) -> None:
    with store.transaction() as tx:
        account = tx[Account].get(account_id)
        assert account is not None
        tx[Account].put(replace(account, **fields))


def test_the_page_is_told_what_publishing_would_do(store: Store, draft: FormDraft) -> None:
    title(store, "Words")
    found = readiness_of(store, draft_now(store), by="a-Mo")
    assert found == Readiness(1, (), found.warnings, found.changes, (), found.approvers, "")
    assert [each.sentence for each in found.changes] == ["The title of the form is now “Words”."]
    change(store, *READERS)
    found = readiness_of(store, draft_now(store), by="a-Mo")
    assert found.can_be_published is False
    assert [each.name for each in found.approvers] == ["Lee", "Rio"]


def test_a_published_form_whose_draft_was_deleted_is_edited_again(store: Store, draft: FormDraft) -> None:
    publish_draft(store, COPY, 0, now(), by="a-Mo")
    with store.transaction() as tx:
        tx[FormDraft].remove(COPY)
    again = edit_published(store, COPY, now(), by="a-Ann")
    assert finished(again.document) == {**SOURCE, "id": COPY, "version": 1}
    assert edit_published(store, COPY, now(), by="a-Mo") == again
    for form_id, by in ((COPY, "a-Mia"), ("child-views", "a-Mo")):
        with pytest.raises(NotPossible):
            edit_published(store, form_id, now(), by=by)
