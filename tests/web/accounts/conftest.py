"""The service with cheap passwords, on a morning that stands still, and who has an account."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from service.accounts.account import Account, Grant
from service.collection.models.home import Home
from service.dates import now
from service.state import app_state
from service.storage.store import RecordStore
from tests.accounts.sign_in_helpers import CHEAP, KEPT
from tests.accounts_factory import account_with, signed_in
from tests.visitor import Visitor
from tests.web.accounts.login_attempts import MORNING, kept


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as moved:
        yield moved


@pytest.fixture
def app(app: Flask) -> Flask:
    app_state(app).passwords = CHEAP
    return app


@pytest.fixture
def ro(store: RecordStore, home: Home) -> Account:
    """A registered manager with a password and, in this demonstration home, no second factor yet."""
    return kept(store, Account("ro", "Ro Okafor", "ro@example.org", now(), (Grant("registered_manager"),), KEPT))


@pytest.fixture
def admin(app: Flask, store: RecordStore, home: Home) -> Visitor:
    return signed_in(app, kept(store, replace(account_with(app, "administrator", name="Ada Bell"), password=KEPT)))
