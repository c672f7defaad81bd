"""Whoever tries and tries waits longer and longer, and keeps nobody else out."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from service import create_app
from service.accounts.account import Account
from service.config import SettingError, config_from
from service.storage.store import RecordStore
from service.web.http.device_cookie import client_of
from tests.visitor import Visitor
from tests.web.accounts.login_attempts import RIGHT, WRONG, enter, kept


def test_of_a_thousand_tries_few_are_looked_at_and_the_owner_and_others_enter(
    app: Flask, visitor: Visitor, store: RecordStore, ro: Account
) -> None:
    kept(store, replace(ro, id="mo", email="mo@example.org"))
    owner = Visitor(app)
    enter(owner)
    owner.send("/sign-out")
    visitor.visit("/sign-in")
    statuses = [visitor.post("/sign-in", WRONG).status_code for _ in range(1000)]
    assert statuses[:5] == [422] * 5
    assert set(statuses[5:]) == {429}
    waiting = visitor.post("/sign-in", RIGHT)
    assert waiting.status_code == 429, "also with the right password"
    assert enter(owner).location == "/homes", "in a browser that has signed in here before, at the same address"
    stranger = Visitor(app)
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "198.51.100.7"}}
    assert enter(stranger, {**RIGHT, "email": "mo@example.org"}, **elsewhere).location == "/homes"
    assert enter(Visitor(app), **elsewhere).location == "/homes", "and the owner in a new one, from elsewhere"


def test_who_must_wait_is_told_how_long(visitor: Visitor, ro: Account, clock: time_machine.Traveller) -> None:
    for _ in range(5):
        enter(visitor, WRONG)
    page = visitor.send("/sign-in", RIGHT)
    assert page.status == 429
    assert page.response.headers["Retry-After"] == "5"
    assert "There were too many tries. Please wait 5 seconds and try again." in page.text
    clock.shift(timedelta(seconds=5))
    assert enter(visitor).location == "/homes"


def test_a_cookie_that_was_made_up_makes_no_browser_known(visitor: Visitor, ro: Account) -> None:
    for number in range(6):
        visitor.client.set_cookie("sayso-known", f'["{number}","ro"].aaaa.bbbb')
        last = enter(visitor, WRONG)
    assert last.status_code == 429


def test_one_client_that_asks_for_letter_after_letter_is_stopped(visitor: Visitor, store: RecordStore) -> None:
    visitor.visit("/forgotten")
    replies = [visitor.post("/forgotten", {"email": f"{number}@example.org"}).status_code for number in range(70)]
    assert replies[:30] == [303] * 30
    assert replies[30:] == [429] * 40


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        (None, ""),
        ("unix:", ""),
    ],
)
def test_a_network_is_one_client(address: str | None, client: str) -> None:
    assert client_of(address) == client


def test_a_limit_that_needs_what_is_not_installed_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    settings = {"SAYSO_STORE_URL": f"tinydb:{tmp_path}", "SAYSO_LIMITS_URL": "redis://127.0.0.1:1"}
    with pytest.raises(SettingError, match="SAYSO_LIMITS_URL: needs the package redis"):
        create_app(config_from(settings))
