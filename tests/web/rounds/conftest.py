"""A home with three children and a contact list, its manager, and a round that is open."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from service.collection.invitations.invite import Addressee, invite
from service.collection.models.home import Child, Home
from service.collection.models.person import Person
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form
from service.mail.email import Email, Words
from service.repository import Store
from tests.accounts_factory import manager_of
from tests.visitor import Visitor
from tests.web.rounds.round_form_data import FRIDAY, PEOPLE


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(FRIDAY, tick=False) as moved:
        yield moved


@pytest.fixture
def larch(store: Store, home: Home, clock: time_machine.Traveller) -> Home:
    """The home with three children and a contact list of five."""
    with store.transaction() as tx:
        for number, picture in enumerate(("fox", "owl", "boat"), 1):
            tx[Child].put(Child(f"c{number}", home.id, number, picture, "older" if number < 3 else "young"))
        for person in PEOPLE:
            tx[Person].put(person)
    return home


@pytest.fixture
def manager(app: Flask, larch: Home) -> Visitor:
    return manager_of(app, larch.id)


@pytest.fixture
def round_(store: Store, larch: Home, library: dict[str, Form]) -> Round:
    """An open round in which Sam and Priya (with names), Tina and Max (without) have been sent a letter."""
    forms = [library[name] for name in ("child-views", "staff-views", "social-worker-views", "parent-views")]
    closes_on = day_at(now()) + timedelta(days=14)
    opened = open_round(store, larch, forms, title="Your views", reason="Reg 45 review", closes_on=closes_on, now=now())
    form_of = {"social_worker": "social-worker-views", "parent": "parent-views"}
    invite(
        store,
        opened,
        [Addressee(form_of[one.kind], one.name, one.email, one.label, one.id) for one in PEOPLE if one.kind in form_of],
        now(),
        lambda invitation, token: Words("Your views", f"https://sayso.example/i/{token}", "<p>…</p>"),
    )
    with store.transaction() as tx:
        for letter in list(tx[Email].find("round_id", opened.id)):
            tx[Email].put(replace(letter, state="sent", left_at=now(), text="", html=""))
    return opened
