"""Letters with a link to choose a password, for whoever has forgotten theirs."""

from datetime import timedelta

import time_machine
from flask import Flask

from service.accounts.account import Account, AccountLink
from service.storage.store import RecordStore
from tests.visitor import Visitor
from tests.web.accounts.login_attempts import NEW, RIGHT, WRONG, enter, is_in, newest_link


def test_who_has_forgotten_chooses_a_new_password_by_the_letters_link(
    visitor: Visitor, store: RecordStore, ro: Account
) -> None:
    enter(visitor)
    visitor.visit("/forgotten")
    assert "If there is an account for ro@example.org" in visitor.send("/forgotten", {"email": "ro@example.org"}).text
    address = newest_link(store)
    page = visitor.visit(address)
    assert "ro@example.org" in page.text
    told = {field["name"]: field.get("autocomplete") for field in page.fields if field.get("type") == "password"}
    assert told == {"password": "new-password", "again": "new-password"}
    assert "Your password is kept" in visitor.send(address, {"password": NEW, "again": NEW}).text
    assert not is_in(visitor), "a new password signs out everywhere"
    assert visitor.client.get(address).status_code == 410
    assert enter(visitor, {**RIGHT, "password": NEW}).location == "/homes"


def test_a_scanner_that_opens_the_link_uses_nothing_up(
    app: Flask, store: RecordStore, visitor: Visitor, ro: Account
) -> None:
    visitor.visit("/forgotten")
    visitor.send("/forgotten", {"email": "ro@example.org"})
    address, links = newest_link(store), list(store[AccountLink].all())
    scanner = app.test_client()
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        assert scanner.open(address, method=method).status_code == 200
    assert list(store[AccountLink].all()) == links
    assert store[Account].get("ro") == ro
    assert scanner.get(address).headers["Referrer-Policy"] == "same-origin"


def test_a_link_that_does_not_work_shows_the_way_to_a_new_one(
    visitor: Visitor, store: RecordStore, ro: Account, clock: time_machine.Traveller
) -> None:
    visitor.visit("/forgotten")
    visitor.send("/forgotten", {"email": "ro@example.org"})
    address = newest_link(store)
    clock.shift(timedelta(hours=1))
    for gone in (address, "/password/made-up"):
        page = visitor.visit(gone)
        assert (page.status, "/forgotten" in page.links) == (410, True)
        assert "Ro Okafor" not in page.text
        assert visitor.post(gone, {"password": NEW, "again": NEW}).status_code == 410


def test_who_came_by_letter_waits_for_nobodys_wrong_tries(app: Flask, store: RecordStore, ro: Account) -> None:
    attacker, owner = Visitor(app), Visitor(app)
    for _ in range(6):
        enter(attacker, WRONG)
    assert enter(owner).status_code == 429, "at the same network address, in a browser that nobody knows"
    owner.visit("/forgotten")
    owner.send("/forgotten", {"email": "ro@example.org"})
    address = newest_link(store)
    owner.visit(address)
    owner.send(address, {"password": NEW, "again": NEW})
    assert enter(owner, {**RIGHT, "password": NEW}).location == "/homes"
