"""Sessions begin anew, end when they should, and are ended by their owner and nobody else."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from service import create_app
from service.accounts.account import Account, AccountSession
from service.config import config_from
from service.dates import now
from service.state import app_state
from service.storage.store import RecordStore
from tests.accounts.sign_in_helpers import CHEAP, KEPT, PASSWORD
from tests.accounts_factory import account_with, signed_in
from tests.visitor import Visitor
from tests.web.accounts.login_attempts import (
    NEW,
    RIGHT,
    cookies,
    enter,
    is_in,
    kept,
)


def test_signing_in_begins_a_new_session_whatever_was_planted_before(
    app: Flask, visitor: Visitor, store: RecordStore, ro: Account
) -> None:
    planted = signed_in(app, account_with(app, "staff"))
    theirs = planted.client.get_cookie("sayso-account")
    assert theirs is not None
    visitor.client.set_cookie("sayso-account", theirs.value)
    with visitor.client.session_transaction() as session:
        session["responses"] = {"planted": ["round", "form", "en", "link", False]}
        session["csrf_token"] = "planted"
    enter(visitor)
    mine = visitor.client.get_cookie("sayso-account")
    assert mine is not None
    assert mine.value != theirs.value
    with visitor.client.session_transaction() as session:
        assert "responses" not in session
        assert session.get("csrf_token") != "planted"
    assert not is_in(planted), "the session that was here before is over"
    assert "Ro Okafor" in visitor.visit("/account").text


def test_the_cookie_of_a_session_that_was_signed_out_opens_nothing(visitor: Visitor, ro: Account) -> None:
    enter(visitor)
    cookie = visitor.client.get_cookie("sayso-account")
    assert cookie is not None
    page = visitor.visit("/account")
    assert page.status == 200
    assert "You are signed out" in visitor.send("/sign-out").text
    visitor.client.set_cookie("sayso-account", cookie.value)
    assert not is_in(visitor)


def test_a_closed_account_is_out_at_its_next_step(visitor: Visitor, store: RecordStore, ro: Account) -> None:
    enter(visitor)
    assert is_in(visitor)
    kept(store, replace(ro, closed_at=now()))
    assert not is_in(visitor)
    assert enter(visitor).status_code == 422


def test_a_new_password_signs_out_every_other_browser_and_not_this_one(
    app: Flask, visitor: Visitor, store: RecordStore, ro: Account
) -> None:
    elsewhere = Visitor(app)
    enter(elsewhere)
    enter(visitor)
    before = visitor.client.get_cookie("sayso-account")
    visitor.visit("/account")
    values = {"current": PASSWORD, "password": NEW, "again": NEW}
    assert "Your password is changed" in visitor.send("/account/password", values).text
    assert is_in(visitor)
    assert not is_in(elsewhere)
    assert before is not None
    elsewhere.client.set_cookie("sayso-account", before.value)
    assert not is_in(elsewhere), "what this browser's cookie was before opens nothing either"
    assert enter(elsewhere).status_code == 422
    assert enter(elsewhere, {**RIGHT, "password": NEW}).location == "/homes"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"current": "wrong wrong wrong", "password": NEW, "again": NEW}, "That is not your password."),
        ({"current": PASSWORD, "password": NEW, "again": NEW + "!"}, "This is not the same as above"),
        ({"current": PASSWORD, "password": "short", "again": "short"}, "Use at least 15 characters."),
        ({"current": PASSWORD, "password": "Ro Okafor, example 1", "again": "x"}, "mostly your name"),
        ({"current": "", "password": "", "again": ""}, "Enter the password that you have now."),
    ],
)
def test_a_password_is_not_changed_without_the_old_one_or_to_a_weak_one(
    visitor: Visitor, store: RecordStore, ro: Account, values: dict[str, str], words: str
) -> None:
    enter(visitor)
    visitor.visit("/account")
    page = visitor.send("/account/password", values)
    assert (page.status, words in page.text) == (422, True)
    assert store[Account].get("ro") == ro


def test_the_cookies_say_no_more_and_live_no_longer_than_they_must(visitor: Visitor, ro: Account) -> None:
    set_here = cookies(enter(visitor))
    for name in ("sayso-account", "sayso-known"):
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(set_here[name].split("; "))
        assert "ro@example.org" not in set_here[name]
    assert "Expires" not in set_here["sayso-account"]
    assert "Max-Age" not in set_here["sayso-account"], "it ends with the browser"
    assert "Max-Age=15552000" in set_here["sayso-known"]


def test_over_https_the_cookies_are_bound_to_this_host(tmp_path: Path) -> None:
    keys = {"SAYSO_SECRET_KEYS": "s" * 32, "SAYSO_SEAL_KEYS": "k" * 32}
    folders = {"SAYSO_STORE_URL": f"tinydb:{tmp_path / 'store'}", "SAYSO_INSTANCE_DIR": str(tmp_path)}
    app = create_app(config_from({**folders, **keys, "SAYSO_BASE_URL": "https://sayso.example.org"}))
    app_state(app).passwords = CHEAP
    kept(app_state(app).store, Account("ro", "Ro", "ro@example.org", now(), (), KEPT))
    visitor = Visitor(app)
    https = {"base_url": "https://sayso.example.org", "headers": {"Referer": "https://sayso.example.org/sign-in"}}
    page = visitor.read(visitor.client.get("/sign-in", base_url=https["base_url"]))
    set_here = cookies(visitor.client.post("/sign-in", data={**RIGHT, "csrf-token": page.value("csrf-token")}, **https))
    for name in ("__Host-sayso-account", "__Host-sayso-known"):
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(set_here[name].split("; "))
        assert "Domain" not in set_here[name]
    app_state(app).store.close()


def test_after_an_hour_without_a_step_one_is_signed_out(
    visitor: Visitor, ro: Account, clock: time_machine.Traveller
) -> None:
    enter(visitor)
    clock.shift(timedelta(minutes=59))
    assert is_in(visitor)
    clock.shift(timedelta(minutes=59))
    assert is_in(visitor)
    clock.shift(timedelta(minutes=61))
    assert not is_in(visitor)


def test_a_page_that_only_refreshes_itself_keeps_nobody_signed_in(
    visitor: Visitor, ro: Account, clock: time_machine.Traveller
) -> None:
    enter(visitor)
    for _ in range(3):
        clock.shift(timedelta(minutes=25))
        reply = visitor.client.get("/account", headers={"HX-Request": "true"})
    assert reply.status_code == 401


def test_after_twelve_hours_everybody_signs_in_again(
    visitor: Visitor, ro: Account, clock: time_machine.Traveller
) -> None:
    enter(visitor)
    for _ in range(23):
        clock.shift(timedelta(minutes=30))
        assert is_in(visitor)
    clock.shift(timedelta(minutes=30))
    assert not is_in(visitor)


def test_one_sees_where_one_is_signed_in_and_signs_out_there(app: Flask, visitor: Visitor, ro: Account) -> None:
    ipad = Visitor(app)
    agent = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
    enter(ipad, headers={"User-Agent": agent})
    enter(visitor)
    page = visitor.visit("/account")
    assert "Safari on an iPad" in page.text
    assert "23 November 2026, 9am" in page.text
    [other] = re.findall(r'name="session" value="(\w+)"', page.html)
    assert "That browser is signed out" in visitor.send("/account/sessions", {"session": other}).text
    assert not is_in(ipad)
    assert is_in(visitor)


def test_signing_out_everywhere_leaves_no_session(
    app: Flask, visitor: Visitor, store: RecordStore, ro: Account
) -> None:
    elsewhere = Visitor(app)
    enter(elsewhere)
    enter(visitor)
    visitor.visit("/account")
    assert "You are signed out everywhere" in visitor.send("/account/sessions").text
    assert not is_in(elsewhere)
    assert not is_in(visitor)
    assert not list(store[AccountSession].all())


def test_nobody_ends_the_sessions_of_others(app: Flask, visitor: Visitor, store: RecordStore, ro: Account) -> None:
    other = signed_in(app, account_with(app, "staff"))
    [theirs] = store[AccountSession].all()
    enter(visitor)
    visitor.visit("/account")
    visitor.send("/account/sessions", {"session": theirs.id})
    assert is_in(other)
