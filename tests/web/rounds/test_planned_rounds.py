"""A round with a later first day is planned: seen, changed, opened at once, let go; opening too early is undone."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.collection.models.home import Home
from service.collection.models.invitation import Invitation, Link
from service.collection.models.response import Ledger
from service.collection.models.round import PlannedRound, Round
from service.definitions import Form
from service.mail.email import Email
from service.repository import Store
from tests.visitor import Visitor
from tests.web.rounds.round_form_data import NEW, answer, changes, fill, opened_here

NAMED: dict[str, Any] = {"forms": ["social-worker-views"], "people": ["sam"]}


@pytest.fixture
def plan(manager: Visitor, store: Store) -> PlannedRound:
    page = manager.send(NEW, fill(manager, first_day="2026-12-01", people=["sam", "tina"]))
    assert "It opens by itself on 1 December 2026." in page.text
    [plan] = store[PlannedRound].all()
    return plan


def test_it_is_kept_and_nobody_is_asked(store: Store, plan: PlannedRound) -> None:
    assert plan.people == ("sam", "tina")
    assert not list(store[Email].all())
    assert not list(store[Round].all())
    assert changes(store, "round_changed") == ["planned"]


def test_it_can_be_changed(manager: Visitor, store: Store, plan: PlannedRound) -> None:
    address = f"/planned/{plan.id}"
    sent = fill(manager, address, title="Later views", first_day="2026-12-02", people=["sam", "max"])
    assert "Planned. It opens by itself on 2 December 2026." in manager.send(address, sent).text
    [changed] = store[PlannedRound].all()
    assert (changed.id, changed.title, changed.people) == (plan.id, "Later views", ("sam", "max"))


def test_it_can_be_opened_now(manager: Visitor, store: Store, plan: PlannedRound) -> None:
    address = f"/planned/{plan.id}"
    page = manager.send(address, fill(manager, address, open="yes"))
    [opened] = store[Round].all()
    assert "The round is open. 2 letters wait to leave." in page.text
    assert opened.id == plan.id
    assert not list(store[PlannedRound].all())


def test_it_can_be_let_go(manager: Visitor, store: Store, plan: PlannedRound) -> None:
    manager.visit(f"/planned/{plan.id}")
    assert manager.post(f"/planned/{plan.id}/let-go").status_code == 303
    assert not list(store[PlannedRound].all())
    assert changes(store, "round_changed") == ["planned", "unplanned"]
    assert manager.visit(f"/planned/{plan.id}").status == 404


def test_a_faulty_change_leaves_it_as_it_was(manager: Visitor, store: Store, plan: PlannedRound) -> None:
    address = f"/planned/{plan.id}"
    assert manager.post(address, fill(manager, address, title="")).status_code == 422
    assert list(store[PlannedRound].all()) == [plan]


def test_a_plan_whose_form_is_gone_can_still_be_mended(manager: Visitor, store: Store, plan: PlannedRound) -> None:
    with store.transaction() as tx:
        tx[PlannedRound].put(replace(plan, form_ids=("gone", *plan.form_ids), template="of-old"))
    address = f"/planned/{plan.id}"
    sent = fill(manager, address, open="yes")
    assert "gone" not in sent["forms"]
    assert "The round is open." in manager.send(address, sent).text


def test_the_round_is_planned_again_with_nothing_lost(manager: Visitor, store: Store) -> None:
    opened = opened_here(manager, store, **NAMED, title="Too early")
    assert "Nothing has left yet" in manager.visit(f"/rounds/{opened.id}").text
    page = manager.send(f"/rounds/{opened.id}/take-back")
    assert "Nothing has left. The round is planned for 21 November 2026 instead" in page.text
    [plan] = store[PlannedRound].all()
    assert (plan.id, plan.title, {*plan.people}) == (opened.id, "Too early", {"sam"})
    assert (plan.opens_on, plan.closes_on) == (date(2026, 11, 21), opened.closes_on)
    for kept in (store[Round], store[Invitation], store[Link], store[Email], store[Ledger]):
        assert not list(kept.all())


def test_a_survey_that_asks_without_names_is_never_taken_back(manager: Visitor, store: Store) -> None:
    opened = opened_here(manager, store)
    assert "Nothing has left yet" not in manager.visit(f"/rounds/{opened.id}").text
    assert "It is too late" in manager.send(f"/rounds/{opened.id}/take-back").text
    assert store[Round].get(opened.id) == opened


def test_it_is_too_late_once_a_letter_has_left(manager: Visitor, store: Store) -> None:
    opened = opened_here(manager, store, **NAMED)
    first = next(store[Email].all())
    with store.transaction() as tx:
        tx[Email].put(replace(first, state="leaving"))
    assert "Take the round back" not in manager.visit(f"/rounds/{opened.id}").text
    assert "It is too late" in manager.send(f"/rounds/{opened.id}/take-back").text
    assert store[Round].get(opened.id) == opened


def test_it_is_too_late_once_somebody_has_begun(
    manager: Visitor, store: Store, larch: Home, library: dict[str, Form]
) -> None:
    opened = opened_here(manager, store, **NAMED)
    answer(store, opened, larch, library["social-worker-views"], None)
    assert "It is too late" in manager.send(f"/rounds/{opened.id}/take-back").text
