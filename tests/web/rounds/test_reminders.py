"""A reminder by hand leaves on a working day, of a named form only to those who have not answered."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import time_machine
from flask import Flask

from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.round import Round
from service.definitions import Form
from service.mail.email import Email
from service.repository import Store
from tests.accounts_factory import manager_of
from tests.visitor import Visitor
from tests.web.rounds.round_form_data import FRIDAY, answer, changes, invited, letters_to


def test_on_a_working_day_it_leaves_now(
    manager: Visitor, store: Store, larch: Home, round_: Round, library: dict[str, Form]
) -> None:
    answer(store, round_, larch, library["parent-views"], invited(store, round_, "Tina Webb"))
    answer(store, round_, larch, library["social-worker-views"], invited(store, round_, "Sam Okafor"))
    assert "Send 3 reminders" in manager.visit(f"/rounds/{round_.id}").text
    assert "3 reminders leave now." in manager.send(f"/rounds/{round_.id}/remind").text
    reminders = [letter for letter in store[Email].all() if letter.kind == "reminder"]
    assert {letter.to for letter in reminders} == {"tina@example.org", "max@example.org", "priya@example.org"}, (
        "of an unnamed form all"
    )
    assert "There is nobody to remind." in manager.send(f"/rounds/{round_.id}/remind").text
    assert changes(store, "invited") == ["reminded"]


def test_on_a_saturday_it_waits_for_monday_and_says_so(
    app: Flask, store: Store, round_: Round, clock: time_machine.Traveller
) -> None:
    clock.move_to(FRIDAY + timedelta(days=1))
    visitor = manager_of(app, "larch-house")
    assert "on 23 November 2026, the next working day" in visitor.visit(f"/rounds/{round_.id}").text
    page = visitor.send(f"/rounds/{round_.id}/remind")
    assert "4 reminders leave on 23 November 2026, the next working day." in page.text
    reminders = [letter for letter in store[Email].all() if letter.kind == "reminder"]
    assert {letter.next_try_at for letter in reminders} == {datetime(2026, 11, 23, 8, tzinfo=UTC)}
    assert {one.reminded_on for one in store[Invitation].all()} == {(date(2026, 11, 23),)}


def test_it_is_refused_where_nobody_works_before_the_end(
    app: Flask, store: Store, round_: Round, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime(2026, 12, 4, 10, tzinfo=UTC) + timedelta(days=1))
    with store.transaction() as tx:
        tx[Round].put(replace(round_, closes_on=date(2026, 12, 6)))
    visitor = manager_of(app, "larch-house")
    visitor.visit(f"/rounds/{round_.id}")
    assert "comes after the last day of the round" in visitor.send(f"/rounds/{round_.id}/remind").text
    assert not [letter for letter in store[Email].all() if letter.kind == "reminder"]


def test_an_address_that_refuses_letters_gets_none(manager: Visitor, store: Store, round_: Round) -> None:
    [letter] = letters_to(store, round_, "sam@example.org")
    with store.transaction() as tx:
        tx[Email].put(replace(letter, state="bounced"))
    assert "Send 3 reminders" in manager.visit(f"/rounds/{round_.id}").text
