"""What a demonstration makes: enough to look at every page, the same from the same seed, and never a letter sent."""

import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
import time_machine
from cryptography.fernet import Fernet
from flask import Flask
from werkzeug.test import TestResponse

from service import create_app
from service.accounts.account import Account
from service.accounts.passwords import Passwords, fault_in
from service.accounts.roles import ROLES
from service.audit import Entry, JobRun
from service.collection.follow_up.progress import progress_of
from service.collection.models.hashing import Hasher
from service.collection.models.home import Child, Home
from service.collection.models.person import Person
from service.collection.models.pictures import PICTURES
from service.collection.models.round import PlannedRound, Round
from service.config import config_from
from service.dates import now
from service.definitions import Form
from service.demonstration import HOMES, StoreNotEmpty, make_demonstration
from service.demonstration.provider import PASSWORD, SEATS
from service.jobs.context import JobContext
from service.jobs.runner import run_due
from service.mail.email import Email, EmailKind, Words, new_email
from service.state import app_state
from service.storage import open_store
from service.storage.store import RecordStore
from service.web.admin.audit_text import NOBODY_LEFT, Names, sentence_of
from service.web.tablet.views import MADE_UP_PIN
from tests.mail.server import MailServer

PUBLIC = "https://sayso.example.org"
MOMENT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)  # a Sunday: no reminder is written


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return f"tinydb:{tmp_path / 'store'}"


@pytest.fixture
def made(app: Flask, store: RecordStore, library: dict[str, Form]) -> RecordStore:
    make_demonstration(store, library, app_state(app).hasher, MOMENT, responses=96, seed=7)
    return store


def demo(app: Flask, *words: str) -> str:
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["demo", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_every_role_can_sign_in_with_the_password_that_is_told(app: Flask) -> None:
    said = demo(app, "--responses", "0")
    assert {seat.role for seat in SEATS} == set(ROLES)
    assert PASSWORD in said
    accounts = {account.email: account for account in app_state(app).store[Account].all()}
    for seat in SEATS:
        assert seat.email in said
        assert Passwords().fits(accounts[seat.email].password, PASSWORD)
        assert fault_in(PASSWORD, (seat.name, seat.email, "Brightwater Care")) == "", "it would be taken from anybody"
    assert any(grant.deputy for account in accounts.values() for grant in account.grants)
    assert demo(app, "--if-empty") == said[said.index("Sign in at") :], "make run says it at every start"


def test_the_lines_that_scripts_read_stand_first(app: Flask) -> None:
    lines = demo(app, "--responses", "8").splitlines()
    assert lines[0] == "A demonstration: 4 rounds, 8 made-up responses."
    assert lines[1].startswith("A social worker's link: http://127.0.0.1:8000/i/")
    link = lines[1].split("8000")[1]
    assert app.test_client().get(link).status_code == 200


def test_the_same_seed_makes_the_same_people_and_another_seed_others(library: dict[str, Form], tmp_path: Path) -> None:
    made = []
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        store = open_store(f"tinydb:{tmp_path / name}")
        make_demonstration(store, library, Hasher([b"k" * 32]), MOMENT, responses=8, seed=seed)
        letters = Counter((letter.to, letter.kind, letter.state) for letter in store[Email].all())
        events = [(entry.at, entry.kind, entry.actor) for entry in sorted(store[Entry].all(), key=lambda each: each.at)]
        made.append((list(store[Person].all()), list(store[Child].all()), letters, sorted(events)))
        store.close()
    assert made[0] == made[1]
    assert made[0] != made[2]


def test_every_home_has_children_by_picture_and_number_and_a_contact_list(made: RecordStore) -> None:
    for home in HOMES:
        children = list(made[Child].find("home_id", home.id))
        people = list(made[Person].find("home_id", home.id))
        assert [child.number for child in children] == list(range(1, len(children) + 1))
        assert len({child.picture for child in children} & set(PICTURES)) == len(children)
        assert len({person.email for person in people}) == len(people) > 10
        assert all(person.email.endswith("@example.org") for person in people)


def test_its_rounds_show_every_way_a_letter_may_go(app: Flask, made: RecordStore) -> None:
    assert {letter.state for letter in made[Email].all()} == {"sent", "bounced", "waiting"}
    assert all(bool(letter.text) == (letter.state == "waiting") for letter in made[Email].all())
    assert {letter.kind for letter in made[Email].all()} == {"invitation", "reminder"}
    for round_ in made[Round].all():
        progress = progress_of(made, round_, app_state(app).form)
        assert progress.missing == ()
        assert not progress.silent
        assert progress.declined
        assert progress.unreached
        assert 0 < progress.answered < progress.asked
        assert all(form.answered <= form.opened <= form.asked for form in progress.by_form)
        assert any(not form.shown for form in progress.by_form) == (round_.home_id != "fernbrook"), (
            "a small home's children"
        )
    assert [round_.closed_at is None for round_ in made[Round].all()] == [False, True, True, True]
    [planned] = made[PlannedRound].all()
    assert planned.opens_on > MOMENT.date()


def test_its_audit_tells_a_past_in_which_everybody_is_known(made: RecordStore) -> None:
    entries = sorted(made[Entry].all(), key=lambda entry: entry.id)
    sentences = [sentence_of(entry, Names(made)) for entry in entries]
    assert len(sentences) > 80
    assert max(entry.at for entry in entries) <= MOMENT
    assert not [said for said in sentences if NOBODY_LEFT in said.lower() or " gone" in said]
    for said in ("Ada Byrne added Larch House.", "Mo Amari opened the round “Your views, autumn” of Larch House."):
        assert said in sentences
    first = sentences.index("Somebody at the command line sent an invitation for the account of Ada Byrne.")
    assert first == 0


@time_machine.travel(MOMENT, tick=True)
def test_no_letter_of_a_demonstration_is_ever_sent(library: dict[str, Form], store_url: str, tmp_path: Path) -> None:
    with MailServer() as mail:
        settings = {
            "SAYSO_STORE_URL": store_url,
            "SAYSO_INSTANCE_DIR": str(tmp_path),
            "SAYSO_SMTP_URL": mail.url,
            "SAYSO_MAIL_FROM": "sayso@example.org",
        }
        app = create_app(config_from(settings))
        demo(app, "--responses", "24")
        store = app_state(app).store
        with store.transaction() as tx:
            # somebody tries it with addresses of their own: for an account, for a link, for a code
            words = Words("Hello", "Hello", "<p>Hello</p>")
            for kind in get_args(EmailKind):
                tx[Email].put(new_email(kind, "somebody@elsewhere.example", words, now(), rather_twice=True))
        waiting = store[Email].count("state", "waiting")
        assert waiting > 3
        for _ in range(2):
            with app.app_context():
                assert app.test_cli_runner().invoke(args=["jobs", "run"]).exit_code == 0
        assert mail.taken == []
        assert store[Email].count("state", "waiting") == waiting
        told = store[JobRun].get("letters")
        assert told is not None
        assert told.said == "a demonstration sends nothing"

        with store.transaction() as tx:
            for home in list(tx[Home].all()):
                tx[Home].put(replace(home, demonstration=False))
            tx[JobRun].remove("letters")
        with app.app_context():
            app.test_cli_runner().invoke(args=["jobs", "run"])
        assert mail.taken, "or this could not have seen a letter leave"
        store.close()


def test_what_happens_by_itself_beside_it_waits_until_it_is_whole(app: Flask) -> None:
    ready, over, waited = threading.Event(), threading.Event(), []

    def again_and_again() -> None:
        service = app_state(create_app(app_state(app).config))
        context = JobContext(service.store, service.form, service.library, service.config, service.hasher)
        ready.set()
        while not over.wait(0.05):
            waited.append(run_due(context, now(), and_apart=False) == [])
        service.store.close()

    jobs = threading.Thread(target=again_and_again)
    jobs.start()
    try:
        assert ready.wait(120)
        demo(app, "--responses", "24")
    finally:
        over.set()
        jobs.join()
    assert any(waited)
    [closed] = [round_.closed_at for round_ in app_state(app).store[Round].all() if round_.closed_at]
    assert closed < now() - timedelta(days=100), "closed in its own time, and not by what happens by itself"


def test_a_store_that_holds_a_home_is_left_alone(app: Flask, made: RecordStore, library: dict[str, Form]) -> None:
    before = {account.id for account in made[Account].all()}
    with pytest.raises(StoreNotEmpty):
        make_demonstration(made, library, app_state(app).hasher, now(), responses=1, seed=1)
    assert {account.id for account in made[Account].all()} == before


@pytest.fixture
def on_the_internet(tmp_path: Path) -> Callable[[], Flask]:
    """Starts the service on one store where others can reach it."""
    settings = {
        "SAYSO_STORE_URL": f"tinydb:{tmp_path / 'store'}",
        "SAYSO_INSTANCE_DIR": str(tmp_path / "instance"),
        "SAYSO_EXPORTS_DIR": str(tmp_path / "exports"),
        "SAYSO_HTMX_SOURCE": "local",
        "SAYSO_BASE_URL": PUBLIC,
        "SAYSO_SECRET_KEYS": "s" * 43,
        "SAYSO_SEAL_KEYS": Fernet.generate_key().decode(),
    }
    return lambda: create_app(config_from(settings))


def enter(app: Flask, email: str, password: str) -> TestResponse:
    """Post the sign-in page as a browser would."""
    client = app.test_client()
    page = client.get("/sign-in", base_url=PUBLIC).text
    [token] = re.findall(r'name="?csrf-token"? value="?([^">]+)', page)[:1]
    form = {"csrf-token": token, "email": email, "password": password}
    headers = {"Referer": f"{PUBLIC}/sign-in"}
    reply = client.post("/sign-in", data=form, base_url=PUBLIC, headers=headers)
    return client.get("/homes", base_url=PUBLIC) if reply.status_code == 303 else reply


def printed_passwords(said: str) -> dict[str, str]:
    return dict(re.findall(r"^  (\S+@example\.org) +([\w-]{20})  ", said, re.MULTILINE))


def test_on_the_internet_each_account_has_its_own_password_and_needs_a_second_factor(
    on_the_internet: Callable[[], Flask],
) -> None:
    app = on_the_internet()
    said = demo(app, "--responses", "0")
    own = printed_passwords(said)
    assert len(set(own.values())) == len(SEATS)
    assert PASSWORD not in said, "the known one is not said where it opens nothing"
    for seat in SEATS:
        assert enter(app, seat.email, PASSWORD).status_code == 422
        if seat.role == "registered_manager":
            assert enter(app, seat.email, own[seat.email]).location.startswith("/account/second-factor")
    again = demo(app, "--if-empty")
    assert printed_passwords(again) == {}, "printed once"
    assert "when they were made" in again


def test_a_demonstration_made_here_and_then_served_on_the_internet_opens_to_nobody_with_the_known_password(
    on_the_internet: Callable[[], Flask], library: dict[str, Form]
) -> None:
    app = on_the_internet()
    make_demonstration(app_state(app).store, library, app_state(app).hasher, MOMENT, responses=0, seed=7)
    manager = SEATS[0]
    assert enter(app, manager.email, PASSWORD).status_code == 422, "before the command has given others too"
    own = printed_passwords(demo(app, "--if-empty"))
    assert set(own) == {seat.email for seat in SEATS}
    assert enter(app, manager.email, PASSWORD).status_code == 422
    assert enter(app, manager.email, own[manager.email]).location.startswith("/account/second-factor")
    assert printed_passwords(demo(app, "--if-empty")) == {}


def test_on_the_internet_a_demonstration_says_what_it_is_and_nobody_plays_with_it_unasked(
    on_the_internet: Callable[[], Flask],
) -> None:
    app = on_the_internet()
    demo(app, "--responses", "0")
    visitor = app.test_client()
    for address in ("/", "/tablet", "/sign-in"):
        page = visitor.get(address, base_url=PUBLIC)
        assert "Demonstration:" in page.text, address
        assert MADE_UP_PIN not in page.text, address
    token = re.findall(r'name="?csrf-token"? value="?([^">]+)', visitor.get("/sign-in", base_url=PUBLIC).text)[0]
    for address in ("/tablet/demonstration", "/tablet/leave", "/letter/child-views"):
        reply = visitor.post(
            address, data={"csrf-token": token}, base_url=PUBLIC, headers={"Referer": f"{PUBLIC}/sign-in"}
        )
        assert reply.status_code == 404, address


def test_on_the_internet_an_empty_store_stays_empty_at_the_start(on_the_internet: Callable[[], Flask]) -> None:
    app = on_the_internet()
    assert demo(app, "--if-empty") == ""
    assert next(app_state(app).store[Home].all(), None) is None
