"""A round's page says who was asked, has opened and has answered, and what may be done."""

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.round import Round
from service.dates import now
from service.definitions import Form
from service.repository import Store
from tests.accounts_factory import account_with, manager_of, signed_in
from tests.round_closure import close_round
from tests.visitor import Visitor
from tests.web.rounds.round_form_data import FRIDAY, answer, changes, invited


def test_counts_are_told_by_form_and_update_by_themselves(
    manager: Visitor, store: Store, larch: Home, round_: Round, library: dict[str, Form]
) -> None:
    page = manager.visit(f"/rounds/{round_.id}")
    assert f'hx-get="/rounds/{round_.id}/progress"' in page.html
    answer(store, round_, larch, library["social-worker-views"], invited(store, round_, "Sam Okafor"))
    fragment = manager.visit(f"/rounds/{round_.id}/progress")
    assert "1 of 2 have answered" in fragment.html
    assert "Sam" not in fragment.html
    assert "<html" not in fragment.html


def test_a_few_children_are_not_counted_out(
    manager: Visitor, store: Store, larch: Home, round_: Round, library: dict[str, Form]
) -> None:
    answer(store, round_, larch, library["child-views"], None)
    page = manager.visit(f"/rounds/{round_.id}/progress")
    assert "Children were asked." in page.text


def test_silence_is_said_after_the_first_day_and_at_the_end(
    manager: Visitor, store: Store, round_: Round, clock: time_machine.Traveller
) -> None:
    address = f"/rounds/{round_.id}"
    assert "Silence" not in manager.visit(address).text
    clock.move_to(FRIDAY + timedelta(days=3, minutes=1))
    fresh = manager_of(manager.client.application, "larch-house")
    assert "Silence is not a good sign" in fresh.visit(address).text
    close_round(store, round_.id, now())
    assert "Silence is a question to follow up" in fresh.visit(address).text


def test_whoever_follows_without_managing_sees_numbers_and_no_names(app: Flask, round_: Round) -> None:
    visitor = signed_in(app, account_with(app, "independent_person", home_id="larch-house"))
    page = visitor.visit(f"/rounds/{round_.id}")
    assert page.status == 200
    assert "0 of 2 have answered" in page.html
    for hidden in ("Sam", "example.org", "Close the round", "Remind", '/letters"'):
        assert hidden not in page.html
    assert visitor.visit(f"/rounds/{round_.id}/letters").status == 403


def test_a_closed_round_stays_closed_and_offers_a_new_one(manager: Visitor, store: Store, round_: Round) -> None:
    manager.visit(f"/rounds/{round_.id}")
    page = manager.send(f"/rounds/{round_.id}/close")
    assert "The round is closed." in page.text
    assert "It stays closed" in page.text
    assert "/homes/larch-house/rounds/new" in page.links
    assert 'hx-get="/rounds/' not in page.html, "nothing of it changes any more"
    assert changes(store, "round_changed") == ["closed"]
    assert "closed: nobody can be asked any more" in manager.visit(f"/rounds/{round_.id}/invite").text
    refused = manager.post(f"/rounds/{round_.id}/extend", {"until": "2026-12-31"})
    assert refused.status_code == 422
    assert "A round that has closed stays closed" in refused.get_data(as_text=True)


def test_the_last_day_moves_later_and_links_with_it(manager: Visitor, store: Store, round_: Round) -> None:
    manager.visit(f"/rounds/{round_.id}")
    page = manager.send(f"/rounds/{round_.id}/extend", {"until": "2026-12-31"})
    assert "The last day is now 31 December 2026." in page.text
    assert {one.expires_on for one in store[Invitation].find("round_id", round_.id)} == {date(2026, 12, 31)}
    assert changes(store, "round_changed") == ["extended"]


@pytest.mark.parametrize(
    ("until", "words"),
    [("", "Choose a day."), ("soon", "Write the day as"), ("2026-11-21", "close the round"), ("9999-01-01", "far")],
)
def test_a_last_day_that_cannot_be_is_refused_at_its_field(
    manager: Visitor, store: Store, round_: Round, until: str, words: str
) -> None:
    manager.visit(f"/rounds/{round_.id}")
    page = Visitor.read(manager.post(f"/rounds/{round_.id}/extend", {"until": until}))
    assert page.status == 422
    assert words in page.text
    assert store[Round].get(round_.id) == round_
