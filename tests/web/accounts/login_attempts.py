"""What tests of the pages of accounts do at a door: type, look whether they are in, read a letter."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from werkzeug.test import TestResponse

from service.accounts.account import Account
from service.mail.email import Email
from service.storage.store import RecordStore
from tests.accounts.sign_in_helpers import PASSWORD, TOTP
from tests.visitor import Page, Visitor

MORNING = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)
NEW = "green kettle hums quietly"
WRONG = {"email": "ro@example.org", "password": "wrong wrong wrong"}
RIGHT = {"email": "ro@example.org", "password": PASSWORD}


def kept(store: RecordStore, account: Account) -> Account:
    with store.transaction() as tx:
        tx[Account].put(account)
    return account


def enter(
    visitor: Visitor, values: dict[str, str] | None = None, address: str = "/sign-in", **kwargs: object
) -> TestResponse:
    """Type address and password."""
    visitor.visit("/sign-in")
    return visitor.post(address, values or RIGHT, **kwargs)


def is_in(visitor: Visitor) -> bool:
    return visitor.client.get("/account").status_code == 200


def cookies(reply: TestResponse) -> dict[str, str]:
    return {line.partition("=")[0]: line for line in reply.headers.getlist("Set-Cookie")}


def newest_link(store: RecordStore) -> str:
    letter = max(store[Email].all(), key=lambda letter: letter.created_at)
    found = re.search(r"http://127\.0\.0\.1:8000(/password/\S+)", letter.text)
    assert found
    return found[1]


def with_app(store: RecordStore, ro: Account) -> Account:
    return kept(store, replace(ro, totp=TOTP))


def secret_on(page: Page) -> str:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page.html)
    assert found
    return found[1].replace(" ", "")
