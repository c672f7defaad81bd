"""What matters asks for the password again, and gives the session a new secret."""

from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask

from service.accounts.account import Account
from service.dates import now
from service.storage.store import RecordStore
from tests.accounts.sign_in_helpers import PASSWORD, code_at
from tests.accounts_factory import signed_in
from tests.visitor import Visitor
from tests.web.accounts.login_attempts import enter, is_in, with_app


def test_after_a_quarter_of_an_hour_a_change_to_accounts_asks_for_the_password_again(
    admin: Visitor, store: RecordStore, ro: Account, clock: time_machine.Traveller
) -> None:
    page = admin.visit("/accounts/ro")
    clock.shift(timedelta(minutes=16))
    values = {"role": "staff", "home": "larch-house"}
    reply = admin.post("/accounts/ro/roles", values, headers={"Referer": "http://localhost/accounts/ro"})
    assert reply.location == "/account/prove?next=/accounts/ro"
    assert store[Account].get("ro") == ro
    page = admin.visit(reply.location)
    assert "Is it still you?" in page.text
    assert admin.send(reply.location, {"password": "wrong wrong wrong"}).status == 422
    assert admin.post(reply.location, {"password": PASSWORD}).location == "/accounts/ro"
    admin.visit("/accounts/ro")
    assert "given to Ro Okafor" in admin.send("/accounts/ro/roles", values).text


def test_proving_oneself_asks_for_a_code_as_well_and_changes_the_cookie(
    app: Flask, visitor: Visitor, store: RecordStore, ro: Account, clock: time_machine.Traveller
) -> None:
    owner = signed_in(app, with_app(store, ro))
    before = owner.client.get_cookie("sayso-account")
    assert before is not None
    page = owner.visit("/account/prove")
    assert page.names() >= {"password", "code"}
    for code in ("", "000000"):
        assert owner.post("/account/prove", {"password": PASSWORD, "code": code}).status_code == 422
    assert owner.post("/account/prove", {"password": PASSWORD, "code": code_at(now())}).status_code == 303
    visitor.client.set_cookie("sayso-account", before.value)
    assert not is_in(visitor), "the old secret is over"
    assert is_in(owner)


@pytest.mark.parametrize(
    "address",
    [
        "/rounds/20261120-larch-house-abcdef/workbook.xlsx",
        "/rounds/20261120-larch-house-abcdef/answers.zip",
        "/exports/abc/file",
        "/exports/abc/to-hand-on",
        "/audit.csv?kind=signed_in",
        "/homes/larch-house/people/people-to-ask.xlsx",
    ],
)
def test_a_file_that_was_waited_for_begins_from_a_page_that_says_so(
    visitor: Visitor, ro: Account, address: str
) -> None:
    wanted = f"/sign-in?next={quote(address, safe='/')}"
    page = visitor.visit(str(enter(visitor, address=wanted).location))
    assert "Your file comes now" in page.text
    assert address in page.links
    assert f'content="0; url={address}"' in page.html
    again = f"/account/prove?next={quote(address, safe='/')}"
    visitor.visit(again)
    assert str(visitor.post(again, {"password": PASSWORD}).location).startswith("/account/file?next=")


@pytest.mark.parametrize("wanted", ["//evil.example/x.xlsx", "https://evil.example/x.zip", "/homes", ""])
def test_no_page_begins_a_file_that_is_none_of_ours(visitor: Visitor, ro: Account, wanted: str) -> None:
    enter(visitor)
    assert visitor.client.get("/account/file", query_string={"next": wanted}).location == "/homes"
