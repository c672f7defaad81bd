"""Somebody with an account, signed in: for tests of what lies behind the sign-in."""

import secrets

from flask import Flask

from service.accounts.account import Account, Grant
from service.accounts.sessions import open_session
from service.dates import now
from service.definitions import Role
from service.state import app_state
from service.web.http.account_cookie import _name, _serializer
from tests.visitor import Visitor


def account_with(app: Flask, *roles: Role, home_id: str = "", name: str = "Mo Amari") -> Account:
    """An account with these roles at a home, or at all."""
    account = Account(
        secrets.token_hex(8),
        name,
        f"{secrets.token_hex(4)}@example.org",
        now(),
        tuple(Grant(role, home_id) for role in roles),
    )
    with app_state(app).store.transaction() as tx:
        tx[Account].put(account)
    return account


def signed_in(app: Flask, account: Account) -> Visitor:
    """A browser in which this account has signed in with its second factor."""
    visitor = Visitor(app)
    _, secret = open_session(app_state(app).store, account, now(), second_factor=True)
    with app.test_request_context():
        visitor.client.set_cookie(_name(), _serializer().dumps(secret))
    return visitor


def manager_of(app: Flask, home_id: str = "") -> Visitor:
    """A registered manager of this home, or of all, signed in."""
    return signed_in(app, account_with(app, "registered_manager", home_id=home_id))
