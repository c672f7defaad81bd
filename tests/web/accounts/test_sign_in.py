"""The way in: address and password on one page, then where one wanted to go and nowhere else."""

import re
from contextlib import closing
from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from flask import Flask

from service.accounts.account import Account
from service.accounts.passwords import Passwords
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.round import Round
from service.collection.tablets.enrolment import set_pin
from service.dates import now
from service.state import app_state
from service.storage import open_store
from service.storage.store import RecordStore
from service.web.accounts.sign_in import own_address
from tests.accounts.sign_in_helpers import PASSWORD
from tests.tablet import enrolled
from tests.visitor import Visitor
from tests.web.accounts.login_attempts import (
    RIGHT,
    enter,
    is_in,
    kept,
)


def test_the_home_page_shows_the_way_in(visitor: Visitor) -> None:
    assert "/sign-in" in visitor.visit("/").links


def test_address_and_password_stand_on_one_page_that_password_managers_know(visitor: Visitor) -> None:
    page = visitor.visit("/sign-in")
    told = {field["name"]: field.get("autocomplete") for field in page.fields if field.get("type") != "hidden"}
    assert told == {"email": "username", "password": "current-password"}


def test_who_is_right_goes_where_they_wanted_to(visitor: Visitor, ro: Account) -> None:
    reply = visitor.client.get("/account?tab=1")
    assert reply.location == "/sign-in?next=/account?tab%3D1"
    assert enter(visitor, address=reply.location).location == "/account?tab=1"
    assert is_in(visitor)
    assert visitor.client.get("/sign-in").location == "/homes"


def test_a_part_of_a_page_that_needs_signing_in_comes_back_to_its_page(visitor: Visitor) -> None:
    part = {"HX-Request": "true", "HX-Current-URL": "http://localhost/homes?x=1"}
    reply = visitor.client.get("/account", headers=part)
    assert (reply.status_code, reply.headers["HX-Redirect"]) == (401, "/sign-in?next=/homes?x%3D1")
    elsewhere = {**part, "HX-Current-URL": "https://evil.example/homes"}
    assert visitor.client.get("/account", headers=elsewhere).headers["HX-Redirect"] == "/sign-in"


def test_without_a_wish_one_goes_to_the_homes_and_without_a_role_to_ones_account(
    visitor: Visitor, store: RecordStore, ro: Account
) -> None:
    assert enter(visitor).location == "/homes"
    kept(store, replace(ro, grants=()))
    assert enter(Visitor(visitor.client.application)).location == "/account"


@pytest.mark.parametrize(
    "bad",
    [
        "",
        None,
        "account",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nLocation: //evil.example",
        " /account",
        "/account ",
        "/ /evil.example",
        "/x//evil.example",
        "/.//evil.example",
        "https://evil.example/",
        "https:/evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\x00",
        "/\u2044evil.example",
        "/é",
        "data:text/html,x",
        "/" + "a" * 500,
        "@evil.example",
        "//[::1",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(bad: str | None) -> None:
    assert own_address(bad) is None


@pytest.mark.parametrize("good", ["/", "/account", "/homes/larch-house/now?x=1&y=%2F", "/audit?next=//evil.example"])
def test_an_address_of_our_own_is_gone_on_to(good: str) -> None:
    assert own_address(good) == good


def test_a_link_that_leads_astray_ends_at_the_homes(visitor: Visitor, ro: Account) -> None:
    assert enter(visitor, address="/sign-in?next=//evil.example").location == "/homes"


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        ("", "", "Enter an e-mail address. Enter the password."),
        ("ro@example.org", "x", "do not belong together"),
        ("nobody@example.org", PASSWORD, "do not belong together"),
        ("ro@example.org", PASSWORD.title(), "do not belong together"),
        ("\x00", "\x00", "do not belong together"),
        ("ro@example.org" * 1000, "x" * 50_000, "do not belong together"),
    ],
)
def test_who_is_wrong_is_told_the_same_whatever_was_wrong(
    visitor: Visitor, ro: Account, email: str, password: str, words: str
) -> None:
    visitor.visit("/sign-in")
    page = visitor.send("/sign-in", {"email": email, "password": password})
    assert page.status == 422
    assert words in page.text
    assert page.title.startswith("Error: ")
    [field] = [field for field in page.fields if field.get("name") == "password"]
    assert not field.get("value"), "a password never comes back"
    assert not is_in(visitor)


def test_a_known_and_an_unknown_address_get_the_same_page(visitor: Visitor, ro: Account) -> None:
    def page(address: str, email: str) -> str:
        visitor.visit(address)
        shown = visitor.send(address, {"email": email, "password": "wrong wrong wrong"})
        return re.sub(r'value="[^"]*"', "", shown.html.replace(email, "…"))

    assert page("/sign-in", "ro@example.org") == page("/sign-in", "nobody@example.org")
    assert page("/forgotten", "ro@example.org") == page("/forgotten", "nobody@example.org")


def test_signing_in_needs_a_token_of_our_own_page(visitor: Visitor, ro: Account) -> None:
    assert visitor.client.post("/sign-in", data=RIGHT).status_code == 400
    assert not is_in(visitor)


def test_when_nothing_can_be_kept_the_page_that_says_so_shows_no_password_and_leads_back(
    app: Flask, visitor: Visitor, ro: Account, store_url: str, round_: Round
) -> None:
    [(_, token)] = invite(app_state(app).store, round_, [Addressee("social-worker-views")], now())
    link = f"/i/{token}?language=en"
    set_pin(app_state(app).store, app_state(app).passwords, round_.home_id, "4826", ro.id, now())
    tablet, invited = enrolled(app, round_.home_id), Visitor(app)
    visitor.visit("/sign-in")
    tablet.visit("/tablet")
    invited.visit(link)
    keys = app_state(app).seal_keys
    with (
        closing(app_state(app).store),
        closing(open_store(store_url, seal_keys=keys)) as busy,
        closing(open_store(store_url, seal_keys=keys, lock_seconds=0.2)) as waiting,
        busy.transaction() as tx,
    ):
        tx[Account].get("ro")  # from its first reading on it is alone
        app_state(app).opened_store = waiting
        page = visitor.read(visitor.post("/sign-in", RIGHT))
        locked = tablet.read(tablet.post("/tablet/unlock", {"pin": "4826", "round": round_.id}))
        begun = invited.read(invited.post(link, {"anew": "yes"}))
    assert (page.status, locked.status, begun.status) == (503, 503, 503)
    assert PASSWORD not in page.html
    assert "4826" not in locked.html
    assert f'action="{link}"' in begun.html
    assert begun.value("anew") == "yes"


def test_a_password_at_its_full_cost_enters_as_well(
    app: Flask, visitor: Visitor, store: RecordStore, ro: Account
) -> None:
    app_state(app).passwords = Passwords()
    kept(store, replace(ro, password=Passwords().hash(PASSWORD)))
    assert enter(visitor).location == "/homes"
    assert PasswordHasher().check_needs_rehash((store[Account].get("ro") or ro).password) is False
