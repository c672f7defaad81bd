"""One record that cannot be read keeps nobody's answer from being kept, and nobody who can be told from being told."""

import pytest
from flask import Flask

from service.accounts.account import Account
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.alert import Alert
from service.collection.models.home import Home
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.dates import now
from service.mail.email import Email, Words
from service.storage.store import RecordStore
from tests.accounts_factory import account_with, signed_in
from tests.tablet import unlocked
from tests.unreadable import BOTH, Spoil
from tests.visitor import Visitor

pytestmark = pytest.mark.parametrize("spoil", BOTH)


@pytest.fixture
def lead(app: Flask, home: Home) -> Account:
    return account_with(app, "safeguarding_lead", home_id=home.id, name="Lee Lead")


@pytest.fixture
def lost(app: Flask, store: RecordStore, home: Home, spoil: Spoil) -> Account:
    """A safeguarding lead whose account cannot be read."""
    account = account_with(app, "safeguarding_lead", home_id=home.id, name="Lo Lost")
    spoil(store, account)
    return account


def link_to(store: RecordStore, round_: Round, form_id: str) -> str:
    """A link of somebody who is asked this form."""
    tokens: list[str] = []

    def write(invitation: object, token: str) -> Words:
        tokens.append(token)
        return Words("Your views", token, "")

    invite(store, round_, [Addressee(form_id, "Sam", "sam@example.org")], now(), write)
    return f"/i/{tokens[0]}"


def begun(visitor: Visitor, link: str) -> str:
    visitor.visit(link)
    address = visitor.post(link).location
    visitor.visit(address)
    return str(address)


def only(store: RecordStore) -> Alert:
    [alert] = store[Alert].all()
    return alert


def test_a_child_who_is_not_safe_is_heard(
    app: Flask, store: RecordStore, round_: Round, lead: Account, lost: Account
) -> None:
    tablet = unlocked(app, round_.home_id, round_.id)
    tablet.visit("/tablet")
    begun = tablet.post("/tablet/start/child-views-first").location
    tablet.visit(begun)
    saved = tablet.post(f"{begun}/draft", {"feel_safe": "no"}, headers={"HX-Request": "true"})
    assert saved.status_code == 200
    assert tablet.post(begun, {"feel_safe": "no"}).status_code == 303
    alert = only(store)
    assert store[Response].get(alert.response_id) is not None
    assert [email.to for email in store[Email].find("alert_id", alert.id)] == [lead.email]
    assert "accounts_unreadable" in [step.kind for step in alert.steps]


def test_those_who_can_be_told_are_and_the_rest_is_said(
    app: Flask, store: RecordStore, round_: Round, lead: Account, lost: Account
) -> None:
    begin = begun(visitor := Visitor(app), link_to(store, round_, "staff-views"))
    told = visitor.post(f"{begin}/draft", {"child_safe": "never"}, headers={"HX-Request": "true"})
    assert told.status_code == 200
    page = signed_in(app, lead).visit(f"/alerts/{only(store).id}")
    assert "cannot be read" in page.text
    administrator = signed_in(app, account_with(app, "administrator"))
    page = administrator.visit("/accounts")
    assert page.status == 200
    assert "1 account cannot be read" in page.text
    assert "Lee Lead" in page.text
    assert Visitor(app).client.get("/healthz").json["accounts"] == "1 cannot be read"
