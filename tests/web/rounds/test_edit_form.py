"""A round is made from a template, on one page that comes filled in."""

import re
from collections import Counter
from datetime import date
from typing import Any

import pytest
from flask import Flask

from service.accounts.account import Account
from service.audit import Entry
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.person import Person
from service.collection.models.round import PlannedRound, Round
from service.collection.models.round_template import template_of
from service.dates import day_at, now
from service.definitions import Form
from service.mail.email import Email
from service.repository import Store
from service.web.rounds.edit_form import choices_at
from tests.accounts_factory import manager_of
from tests.visitor import Visitor
from tests.web.rounds.round_form_data import (
    NEW,
    PEOPLE,
    changes,
    fill,
    filled_in,
    invited,
    opened_here,
)


def test_the_kinds_of_rounds_are_those_that_a_home_of_this_kind_has(app: Flask, store: Store, larch) -> None:
    agency = Home("fern", "Fernbrook", "fostering_agency", demonstration=True)
    with store.transaction() as tx:
        tx[Home].put(agency)
    visitor = manager_of(app)
    assert {"Reg 45 review", "Inspection today", "Everyday feedback"} <= set(
        re.findall(r"<h2><a [^>]*>([^<]+)<", visitor.visit("/homes/larch-house/rounds/new").html)
    )
    assert "Reg 45 review" not in visitor.visit("/homes/fern/rounds/new").html
    assert "What is the round for?" in visitor.visit("/homes/fern/rounds/new?template=reg-45").text


def test_the_page_comes_filled_in_from_the_template(manager: Visitor) -> None:
    page = manager.visit(NEW)
    sent = filled_in(page)
    assert sent["title"] == ["Your views"]
    assert sent["reason"] == ["Reg 45 review"]
    assert {"child-views", "child-views-first", "staff-views", "social-worker-views", "parent-views"} <= {
        *sent["forms"]
    }
    assert not {"annex-a-2021-22", "visit-feedback"} & {*sent["forms"]}, "these are there to be chosen"
    assert "foster-carer-views" not in page.html, "it is for agencies"
    assert (sent["expected-child-views"], sent["expected-child-views-first"]) == (["2"], ["1"])
    assert {*sent["people"]} == {person.id for person in PEOPLE}
    assert sent["label-sam"] == ["the review"]
    assert (sent["first_day"], sent["last_day"]) == (["2026-11-20"], ["2026-12-17"])
    assert "reminded on 27 November 2026 and 4 December 2026" in page.text
    assert "Open the round and send 5 letters" in page.text


def test_a_form_of_our_own_expects_the_children_of_its_age(store: Store, larch: Home, library: dict[str, Form]) -> None:
    form = library["child-views"]
    ours = {"our-views": Form.of({**form.to_json(), "id": "our-views"}), **library}
    template = template_of("reg-45")
    assert template is not None
    expected = choices_at(store, larch, template, ours, day_at(now())).children
    assert expected == {"our-views": 2, "child-views": 2, "child-views-first": 1}


def test_today_opens_it_at_once_with_a_letter_for_each(manager: Visitor, store: Store) -> None:
    page = manager.send(NEW, fill(manager, title="How are we doing?", label__tina="your child’s care"))
    [opened] = store[Round].all()
    assert "The round is open. 5 letters wait to leave." in page.text
    assert (opened.title, opened.template, opened.remind_after) == ("How are we doing?", "reg-45", (5, 10))
    assert {each.form_id: each.people for each in opened.expected} == {"child-views": 2, "child-views-first": 1}
    assert Counter(letter.to for letter in store[Email].all()) == Counter(person.email for person in PEOPLE)
    assert invited(store, opened, "Tina Webb").label == "your child’s care"
    kept = store[Person].get("tina")
    assert kept is not None
    assert kept.label == "your child’s care", "the contact list keeps it for next time"
    assert not list(store[PlannedRound].all())
    assert changes(store, "round_changed") == ["opened"]
    assert [entry.facts["count"] for entry in store[Entry].all() if entry.kind == "invited"] == [5]
    assert {entry.actor for entry in store[Entry].all()} == {next(store[Account].all()).id}


def test_the_same_page_sent_twice_makes_one_round(manager: Visitor, store: Store) -> None:
    sent = fill(manager)
    first, second = manager.send(NEW, sent), manager.send(NEW, sent)
    assert first.response.request.path == second.response.request.path
    assert len(list(store[Round].all())) == 1
    assert len(list(store[Email].all())) == 5


def test_all_of_a_kind_needs_no_single_ticks(manager: Visitor, store: Store) -> None:
    opened = opened_here(manager, store, people=["helen"], all__parent="y")
    assert {one.name for one in store[Invitation].find("round_id", opened.id)} == {
        "Tina Webb",
        "Max Hale",
        "Helen Marsh",
    }


def test_nobody_need_be_on_the_contact_list(manager: Visitor, store: Store) -> None:
    with store.transaction() as tx:
        for person in PEOPLE:
            tx[Person].remove(person.id)
    page = manager.visit(NEW)
    assert "Nobody is on the contact list of Larch House yet" in page.text
    opened = opened_here(manager, store)
    assert not list(store[Email].find("round_id", opened.id))


@pytest.mark.parametrize(
    ("changed", "at", "words"),
    [
        ({"title": "  "}, "title", "Say what the round is called"),
        ({"title": "x" * 121}, "title", "120 letters at most"),
        ({"reason": "x" * 201}, "reason", "200 letters at most"),
        ({"forms": []}, "forms", "Choose at least one form."),
        ({"forms": ["child-views", "gone"]}, "forms", "One of these forms is not there any more"),
        ({"first_day": ""}, "first_day", "Choose a day."),
        ({"first_day": "soon"}, "first_day", "Write the day as 31/12/2026."),
        ({"first_day": "2026-11-19"}, "first_day", "This day has passed."),
        ({"first_day": "9999-12-31", "last_day": "9999-12-31"}, "first_day", "more than two years away"),
        ({"last_day": "2026-11-19"}, "last_day", "This day has passed."),
        ({"first_day": "2026-12-01", "last_day": "2026-11-30"}, "last_day", "comes before the first"),
        ({"remind__1": "0"}, "remind-1", "Write a number from 1 to 200."),
        ({"remind__1": "five"}, "remind-1", "Write a number in figures"),
        ({"remind__1": "9" * 5000}, "remind-1", "Write a number"),
        ({"remind__1": "5", "remind__2": "5"}, "remind-2", "Each reminder comes after the one before."),
        ({"expected__staff-views": "-1"}, "expected-staff-views", "Write a number from 0 to 1000."),
        ({"expected__child-views": "3"}, "expected-child-views", "Enter 2 or fewer."),
        ({"expected__staff-views": "1"}, "expected-staff-views", "Enter 0 or fewer. The home’s list has no staff"),
        ({"label__sam": "x" * 121}, "label-sam", "120 letters at most"),
        ({"forms": ["child-views", "parent-views"]}, "people", "No form is chosen for Priya Nair and 2 more."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    manager: Visitor, store: Store, changed: dict[str, Any], at: str, words: str
) -> None:
    sent = fill(manager, **{"title": "A title of mine", "label__max": "words of mine"} | changed)
    response = manager.post(NEW, sent)
    page = Visitor.read(response)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert words in page.text
    assert f'href="#{at}"' in page.html
    assert at in page.ids
    again = filled_in(page)
    assert again.get("title") == ([sent["title"]] if sent["title"].strip() else [""])
    assert again["label-max"] == ["words of mine"]
    assert {*again.get("people", [])} == {*sent["people"]}
    assert not list(store[Round].all())
    assert not list(store[PlannedRound].all())


def test_days_may_be_written_as_people_write_them(manager: Visitor, store: Store) -> None:
    opened = opened_here(manager, store, last_day="24/12/2026")
    assert opened.closes_on == date(2026, 12, 24)


def test_a_reg_45_round_that_lacks_somebody_says_so_before_and_after_and_opens(manager: Visitor, store: Store) -> None:
    sent = fill(manager, people=["sam", "priya", "helen"])
    look = Visitor.read(manager.post(NEW, sent | {"look": "yes"}))
    assert look.status == 200
    assert "Nobody is asked of: parents. A Reg 45 review is not complete without them" in look.text
    assert not list(store[Round].all()), "looking makes nothing"
    page = manager.send(NEW, sent)
    assert "The round is open." in page.text
    assert "Nobody is asked of: parents." in page.text


def test_what_it_comes_to_follows_what_is_typed(manager: Visitor, store: Store) -> None:
    sent = fill(manager, first_day="2026-12-01", people=["sam"], remind__2="")
    fragment = manager.post(NEW, sent | {"look": "yes"}, headers={"HX-Request": "true"})
    told = re.sub(r"<[^>]+>", " ", fragment.get_data(as_text=True))
    assert fragment.status_code == 200
    assert "It opens by itself on 1 December 2026." in told
    assert "1 letter leaves on that day." in told
    assert "reminded on 8 December 2026." in told
    assert "Plan the round" in told
    assert "1 of 2 chosen" in told
    assert "<h1" not in fragment.get_data(as_text=True)
    assert not list(store[PlannedRound].all())


def test_a_label_that_looks_like_a_childs_name_is_asked_about(manager: Visitor) -> None:
    page = Visitor.read(manager.post(NEW, fill(manager, label__sam="Jamie Smith", look="yes")))
    assert "A letter never names the child." in page.text


def test_a_label_that_looks_like_a_childs_name_opens_nothing_until_it_is_confirmed(
    manager: Visitor, store: Store
) -> None:
    sent = fill(manager, NEW, label__sam="Jayden Smith")
    page = Visitor.read(manager.post(NEW, sent))
    assert page.status == 422
    assert 'href="#confirmed"' in page.html
    assert "“Jayden Smith” : This is not a child’s name" in page.text
    assert page.html.index('id="confirmed-1"') > page.html.index('id="reckoned"'), "it stands beside the button"
    other = Visitor.read(manager.post(NEW, sent | {"confirmed": ["Jamie Smith"]}))
    assert other.status == 422, "what was confirmed is this label"
    assert not list(store[Email].all())
    assert manager.post(NEW, sent | {"confirmed": ["Jayden Smith"]}).status_code == 303
    assert list(store[Email].all())
