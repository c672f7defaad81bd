"""More people can be asked while the round is open, each once."""

from collections import Counter
from dataclasses import replace
from functools import partial

import pytest
from flask import Flask

from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.person import Person
from service.collection.models.round import Round
from service.dates import now
from service.jobs.emails import is_wanted
from service.mail.email import Email
from service.mail.outbox import deliver
from service.mail.smtp import sender_for
from service.repository import Store
from service.state import app_state
from tests.mail.server import MailServer
from tests.visitor import Visitor
from tests.web.rounds.round_form_data import PEOPLE, changes, fill, filled_in, invited, letters_to, opened_here


def test_those_on_the_list_who_were_not_asked_are_offered(
    manager: Visitor, store: Store, larch: Home, round_: Round
) -> None:
    with store.transaction() as tx:
        tx[Person].put(Person("joan", larch.id, "social_worker", "Joan Brown", "joan@example.org"))
    address = f"/rounds/{round_.id}/invite"
    page = manager.visit(address)
    assert "Joan Brown" in page.text
    assert "Sam Okafor" not in page.text
    assert "Helen Marsh" not in page.text, "the round has no form for her"
    sent = filled_in(page) | {"people": ["joan"], "label-joan": "the meeting in May"}
    assert "1 letter waits to leave." in manager.send(address, sent).text
    assert "They have been asked already." in manager.send(address, sent).text
    [joan] = [one for one in store[Invitation].all() if one.person_id == "joan"]
    assert joan.label == "the meeting in May"
    assert len(letters_to(store, round_, "joan@example.org")) == 1
    assert changes(store, "invited") == ["invited"]


def test_somebody_can_be_written_in(manager: Visitor, store: Store, round_: Round) -> None:
    address = f"/rounds/{round_.id}/invite"
    sent = fill(manager, address, name="Ada Lewis", email="ada@example.org", form="parent-views")
    assert "1 letter waits to leave." in manager.send(address, sent).text
    assert invited(store, round_, "Ada Lewis").form_id == "parent-views"


@pytest.mark.parametrize(
    ("changed", "at", "words"),
    [
        ({}, "people", "Choose somebody"),
        ({"name": "Ada"}, "email", "Write their e-mail address"),
        ({"email": "ada"}, "email", "Write their e-mail address"),
        ({"email": "ada@example.org", "form": "child-views"}, "form", "Choose what they are asked."),
        ({"email": "ada@example.org", "form": ""}, "form", "Choose what they are asked."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    manager: Visitor, store: Store, round_: Round, changed: dict[str, str], at: str, words: str
) -> None:
    address, before = f"/rounds/{round_.id}/invite", len(list(store[Email].all()))
    page = Visitor.read(manager.post(address, fill(manager, address, **changed)))
    assert page.status == 422
    assert f'href="#{at}"' in page.html
    assert words in page.text
    assert len(list(store[Email].all())) == before


def test_two_hundred_letters_leave_once_each_and_a_bar_follows_them(
    app: Flask, manager: Visitor, store: Store, larch: Home
) -> None:
    crowd = [Person(f"p{n}", larch.id, "social_worker", f"Person {n}", f"p{n}@example.org") for n in range(195)]
    with store.transaction() as tx:
        tx[Home].put(replace(larch, demonstration=False))  # a demonstration sends nothing
        for person in crowd:
            tx[Person].put(person)
    with MailServer() as server, sender_for(server.url, "sayso@example.org") as sender:
        app_state(app).config = replace(app_state(app).config, smtp_url=server.url, mail_from="sayso@example.org")
        opened = opened_here(manager, store, people=["tina"], all__social_worker="y", all__iro="y", all__parent="y")
        page = manager.visit(f"/rounds/{opened.id}")
        assert "0 of 200 letters sent, 200 waiting to leave" in page.text
        assert "No alert waits any more." not in page.text, "nobody asked"
        bar = f"/rounds/{opened.id}/letters/sent"
        assert f'hx-get="{bar}" hx-trigger="every 2s"' in page.html
        few = iter(range(50))
        deliver(store, sender, now, partial(is_wanted, now), lambda: next(few, None) is None)
        assert "50 of 200 letters sent, 150 waiting" in manager.visit(bar).text
        deliver(store, sender, now, partial(is_wanted, now))
        taken = Counter(recipient for mail in server.taken for recipient in mail.recipients)
    assert taken == Counter({person.email: 1 for person in (*PEOPLE, *crowd)})
    done = manager.visit(bar)
    assert "200 of 200 letters sent." in done.text
    assert 'hx-get="/rounds/' not in done.html, "nothing moves any more"


def test_a_label_that_looks_like_a_childs_name_is_sent_once_it_is_confirmed(
    manager: Visitor, store: Store, round_: Round
) -> None:
    address = f"/rounds/{round_.id}/invite"
    sent = fill(manager, address, name="Ada Lewis", email="ada@example.org", form="parent-views", label="Jayden Smith")
    page = Visitor.read(manager.post(address, sent))
    assert page.status == 422
    assert "This is not a child’s name" in page.text
    assert "1 letter waits to leave." in manager.send(address, sent | {"confirmed": ["Jayden Smith"]}).text
