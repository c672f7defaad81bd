"""Who each audience is shown to talk to, and numbers where a sentence says to ring, through the front door."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from service.collection.invitations.invite import Addressee, invite
from service.collection.models.alert import Alert
from service.collection.models.home import Contact, Home
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form
from service.repository import Store
from tests.accounts_factory import manager_of
from tests.tablet import unlocked
from tests.visitor import Visitor

ADULTS = ("staff-views", "social-worker-views", "parent-views", "professional-views")
TELEPHONE = "01632 960 123"
OFFICER = Contact("The designated officer", "0161 496 0123")
# an answer that means danger, and which of the two numbers the help names
DANGER = {
    "social-worker-views": ({"child_safe": "never"}, {"home", "officer"}),
    "professional-views": ({"child_safe": "never"}, {"home", "officer"}),
    "staff-views": ({"unheard_worry": "colleague"}, {"officer"}),
    "parent-views": ({"child_safe": "never"}, set()),
}


@pytest.fixture
def everyone(store: Store, home: Home, library: dict[str, Form]) -> Round:
    forms = [library[name] for name in ("child-views", *ADULTS)]
    closes = day_at(now()) + timedelta(days=14)
    return open_round(store, home, forms, title="Your views", reason="Reg 45", closes_on=closes, now=now())


def change(store: Store, home: Home, **changes: Any) -> None:
    with store.transaction() as tx:
        tx[Home].put(replace(home, **changes))


def begin(app: Flask, store: Store, round_: Round, form_id: str) -> tuple[Visitor, str]:
    """Somebody asked by link who has begun: their browser, and the form's address."""
    [(_, token)] = invite(store, round_, [Addressee(form_id, "Sam", "sam@example.org", "")], now())
    visitor = Visitor(app)
    visitor.visit(f"/i/{token}")
    return visitor, str(visitor.send(f"/i/{token}").response.request.path)


def shown(app: Flask, store: Store, round_: Round, form_id: str) -> str:
    visitor, address = begin(app, store, round_, form_id)
    return visitor.visit(address).text


def shown_to_a_child(app: Flask, round_: Round) -> str:
    child = unlocked(app, round_.home_id, round_.id)
    child.visit("/tablet")
    return child.visit(child.post("/tablet/start/child-views").location).text


def helped(app: Flask, store: Store, round_: Round, form_id: str, answers: dict[str, str]) -> str:
    """What is said at once to somebody who gives these answers."""
    visitor, address = begin(app, store, round_, form_id)
    return visitor.send(f"{address}/draft", answers, headers={"HX-Request": "true"}).html


def test_a_contact_is_shown_to_its_audiences_alone_on_screen_and_on_paper(
    app: Flask, store: Store, home: Home, everyone: Round
) -> None:
    kim = Contact("Kim at head office", "01632 960 200", audiences=("staff", "parent"))
    change(store, home, contacts=(*home.contacts, kim))
    manager = manager_of(app, home.id)
    child = shown_to_a_child(app, everyone)
    assert "Amina, your advocate" in child
    assert "Kim" not in child
    for form_id in ADULTS:
        paper = manager.visit(f"/rounds/{everyone.id}/paper/{form_id}").text
        for text in (shown(app, store, everyone, form_id), paper):
            assert "Amina" not in text, form_id
            assert ("Kim at head office" in text) is (form_id in ("staff-views", "parent-views")), form_id


def test_a_wish_to_talk_names_who_was_chosen_of_those_shown(
    app: Flask, store: Store, home: Home, everyone: Round
) -> None:
    kim = Contact("Kim at head office", "01632 960 200", audiences=("staff",))
    change(store, home, contacts=(*home.contacts, kim))
    helped(app, store, everyone, "staff-views", {"talk-now": "yes", "talk-to": "0"})
    [alert] = store[Alert].all()
    assert alert.whom == "Kim at head office"


@pytest.mark.parametrize("form_id", DANGER)
def test_who_reports_danger_gets_the_numbers_they_are_told_to_ring(
    app: Flask, store: Store, home: Home, everyone: Round, form_id: str
) -> None:
    change(store, home, telephone=TELEPHONE, designated_officer=OFFICER)
    answers, named = DANGER[form_id]
    said = helped(app, store, everyone, form_id, answers)
    assert (f'<a href="tel:01632960123">{TELEPHONE}</a>' in said) is ("home" in named)
    assert (f'<a href="tel:01614960123">{OFFICER.how}</a>' in said) is ("officer" in named)
    if "officer" in named:
        told, number = said.index("local authority designated officer"), said.index(OFFICER.how)
        assert said[told:number].count(". ") <= 1, "directly after the sentence"
    if "home" in named:
        assert re.search(r"ring the home[^.]*\. <span[^>]*>Larch House: <a", said)


@pytest.mark.parametrize("form_id", [name for name, (_, named) in DANGER.items() if named])
def test_without_a_number_it_says_how_to_find_one(app: Flask, store: Store, everyone: Round, form_id: str) -> None:
    answers, named = DANGER[form_id]
    said = helped(app, store, everyone, form_id, answers)
    assert ("number you already have for Larch House" in said) is ("home" in named)
    assert "search for “LADO” on the council’s website" in said


@pytest.mark.parametrize("form_id", ["social-worker-views", "professional-views"])
def test_the_number_stands_where_the_first_page_says_to_ring_the_home(
    app: Flask, store: Store, home: Home, everyone: Round, form_id: str
) -> None:
    change(store, home, telephone=TELEPHONE)
    text = shown(app, store, everyone, form_id)
    assert re.search(rf"and ring the home too\.\s+Larch House: {TELEPHONE}", text)
    paper = manager_of(app, home.id).visit(f"/rounds/{everyone.id}/paper/{form_id}").text
    assert re.search(rf"and ring the home too\.\s+Larch House: {TELEPHONE}", paper)


def test_people_outside_the_home_are_shown_its_telephone_to_talk_to(
    app: Flask, store: Store, home: Home, everyone: Round
) -> None:
    change(store, home, telephone=TELEPHONE)
    assert TELEPHONE in shown(app, store, everyone, "parent-views")
    assert TELEPHONE not in shown(app, store, everyone, "staff-views"), "who works there is told of someone else"
    assert TELEPHONE not in shown_to_a_child(app, everyone)
