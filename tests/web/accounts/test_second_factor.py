"""The second factor: asked for after the password, set up from a page, good once."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from service.accounts.account import Account
from service.dates import now
from service.storage.store import RecordStore
from tests.accounts.sign_in_helpers import CHEAP, KEPT, PASSWORD, TOTP, code_at
from tests.accounts_factory import account_with, signed_in
from tests.visitor import Visitor
from tests.web.accounts.login_attempts import NEW, enter, is_in, kept, secret_on, with_app


def test_after_the_password_comes_the_code_and_before_it_nothing_opens(
    visitor: Visitor, store: RecordStore, ro: Account
) -> None:
    with_app(store, ro)
    reply = enter(visitor, address="/sign-in?next=/account")
    assert reply.location == "/sign-in/code?next=/account"
    assert not is_in(visitor)
    page = visitor.visit(reply.location)
    [field] = [field for field in page.fields if field.get("name") == "code"]
    assert (field["autocomplete"], field["inputmode"]) == ("one-time-code", "numeric")
    assert visitor.post(reply.location, {"code": code_at(now())}).location == "/account"
    assert is_in(visitor)


def test_a_code_that_was_used_enters_no_second_time(
    app: Flask, visitor: Visitor, store: RecordStore, ro: Account, clock: time_machine.Traveller
) -> None:
    with_app(store, ro)
    code = code_at(now())
    onlooker = Visitor(app)
    for each, ends in ((visitor, 303), (onlooker, 422)):
        enter(each)
        each.visit("/sign-in/code")
        assert each.post("/sign-in/code", {"code": code}).status_code == ends
    clock.shift(timedelta(seconds=30))
    assert onlooker.post("/sign-in/code", {"code": code}).status_code == 422
    assert not is_in(onlooker)
    assert onlooker.post("/sign-in/code", {"code": code_at(now())}).status_code == 303


@pytest.mark.parametrize(("seconds", "status"), [(-60, 422), (-30, 303), (30, 303), (60, 422)])
def test_a_phones_clock_may_be_half_a_minute_off(
    visitor: Visitor, store: RecordStore, ro: Account, seconds: int, status: int
) -> None:
    with_app(store, ro)
    enter(visitor)
    visitor.visit("/sign-in/code")
    code = code_at(now() + timedelta(seconds=seconds))
    assert visitor.post("/sign-in/code", {"code": code}).status_code == status


def test_the_code_must_follow_the_password_within_ten_minutes(
    visitor: Visitor, store: RecordStore, ro: Account, clock: time_machine.Traveller
) -> None:
    with_app(store, ro)
    assert visitor.client.get("/sign-in/code").location == "/sign-in"
    enter(visitor)
    clock.shift(timedelta(minutes=10))
    assert visitor.client.get("/sign-in/code").location == "/sign-in"
    enter(visitor)
    kept(store, replace(ro, totp=TOTP, password=CHEAP.hash(NEW)))
    assert visitor.client.get("/sign-in/code").location == "/sign-in"


def test_wrong_codes_wait_like_wrong_passwords(visitor: Visitor, store: RecordStore, ro: Account) -> None:
    with_app(store, ro)
    enter(visitor)
    visitor.visit("/sign-in/code")
    assert [visitor.post("/sign-in/code", {"code": "000000"}).status_code for _ in range(6)] == [422] * 5 + [429]


def test_whose_role_asks_for_it_cannot_go_on_without_a_second_factor(app: Flask, store: RecordStore) -> None:
    account = kept(store, replace(account_with(app, "administrator"), password=KEPT))
    visitor = Visitor(app)
    assert enter(visitor, {"email": account.email, "password": PASSWORD}).location == "/homes"
    assert visitor.client.get("/accounts").location == "/account/second-factor?next=/accounts"
    page = visitor.visit("/account/second-factor?next=/accounts")
    assert "a password alone is not enough" in page.text
    assert "<svg" in page.html
    assert "style=" not in page.html
    values = {"offer": page.value("offer"), "code": "000000"}
    again = visitor.send("/account/second-factor?next=/accounts", values)
    assert again.status == 422
    assert secret_on(again) == secret_on(page), "what the app has read stays right"
    assert store[Account].get(account.id) == account
    before = visitor.client.get_cookie("sayso-account")
    values = {"offer": again.value("offer"), "code": code_at(now(), secret_on(page))}
    assert visitor.post("/account/second-factor?next=/accounts", values).location == "/accounts"
    assert visitor.client.get("/accounts").status_code == 200
    assert visitor.client.get_cookie("sayso-account") != before


def test_looking_at_the_set_up_page_keeps_no_secret(visitor: Visitor, store: RecordStore, ro: Account) -> None:
    enter(visitor)
    secrets = {secret_on(visitor.visit("/account/second-factor")) for _ in range(2)}
    assert len(secrets) == 2
    assert store[Account].get("ro") == ro


def test_nobody_sets_up_a_secret_that_the_service_did_not_offer_them(
    app: Flask, visitor: Visitor, store: RecordStore, ro: Account
) -> None:
    other = signed_in(app, account_with(app, "staff"))
    theirs = other.visit("/account/second-factor")
    enter(visitor)
    visitor.visit("/account/second-factor")
    for offer, secret in ((theirs.value("offer"), secret_on(theirs)), ("made up", TOTP), ("", TOTP)):
        reply = visitor.post("/account/second-factor", {"offer": offer, "code": code_at(now(), secret)})
        assert reply.status_code == 422
    assert store[Account].get("ro") == ro


def test_in_a_demonstration_it_is_offered_and_not_asked_for(visitor: Visitor, ro: Account) -> None:
    enter(visitor)
    page = visitor.visit("/account")
    assert "Not set up" in page.text
    assert "/account/second-factor" in page.links
    assert "password alone is not enough" not in visitor.visit("/account/second-factor").text
