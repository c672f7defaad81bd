"""Everybody's accounts, for administrators: invited, given roles, closed, opened again."""

from dataclasses import replace
from typing import get_args

import pytest
from flask import Flask

from service.accounts.account import Account, AccountLink, AccountSession, Attempts, Grant
from service.accounts.roles import Action
from service.audit import Entry
from service.collection.models.home import Home
from service.mail.email import Email
from service.storage.store import RecordStore
from service.web.accounts.text import ACTIONS
from tests.accounts_factory import signed_in
from tests.visitor import Visitor
from tests.web.accounts.login_attempts import NEW, WRONG, enter, is_in, newest_link, with_app


def test_somebody_is_invited_sets_themselves_up_and_enters(
    app: Flask, admin: Visitor, store: RecordStore, visitor: Visitor
) -> None:
    admin.visit("/accounts")
    values = {"name": "Sam Lind", "email": "sam@example.org", "role": "safeguarding_lead", "home": "larch-house"}
    page = admin.send("/accounts", {**values, "deputy": "y"})
    assert "A letter to sam@example.org is on its way" in page.text
    assert "Safeguarding lead (deputy) at Larch House" in page.text
    assert "waits to leave" in page.text
    address = newest_link(store)
    assert "Welcome to Sayso" in visitor.visit(address).text
    visitor.send(address, {"password": NEW, "again": NEW})
    assert enter(visitor, {"email": "sam@example.org", "password": NEW}).location == "/homes"
    assert "Safeguarding lead (deputy) at Larch House" in visitor.visit("/account").text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Enter a name."),
        ({"email": "sam"}, "Enter an e-mail address such as name@example.org."),
        ({"email": "RO@example.org"}, "There is an account with the address ro@example.org already."),
        ({"role": "administrator"}, "An administrator looks after all homes."),
        ({"role": "king"}, "Not a valid choice"),
        ({"home": "no-such-home"}, "Not a valid choice"),
    ],
)
def test_an_invitation_that_cannot_be_says_why_and_keeps_what_was_typed(
    admin: Visitor, store: RecordStore, ro: Account, changed: dict[str, str], words: str
) -> None:
    admin.visit("/accounts")
    values = {"name": "Sam Lind", "email": "sam@example.org", "role": "staff", "home": "larch-house", **changed}
    page = admin.send("/accounts", values)
    assert (page.status, words in page.text) == (422, True)
    assert page.value("name") == values["name"]
    assert not list(store[Email].all())


def test_everything_that_a_role_may_do_is_told_to_whoever_gives_it(admin: Visitor) -> None:
    assert ACTIONS.keys() == set(get_args(Action))
    assert "look up, with a reason, which child an alert is about" in admin.visit("/accounts").text


def test_roles_are_given_and_taken_in_words(admin: Visitor, store: RecordStore, ro: Account) -> None:
    admin.visit("/accounts/ro")
    page = admin.send("/accounts/ro/roles", {"role": "safeguarding_lead", "home": "larch-house"})
    assert "Safeguarding lead at Larch House: given to Ro Okafor." in page.text
    page = admin.send("/accounts/ro/roles/taken", {"role": "registered_manager", "home": ""})
    assert "Taken away: Registered manager at all homes." in page.text
    found = store[Account].get("ro")
    assert found is not None
    assert found.grants == (Grant("safeguarding_lead", "larch-house"),)
    assert admin.send("/accounts/ro/roles/taken", {"role": "staff", "home": ""}).status == 200


@pytest.mark.parametrize(
    ("action", "words", "then"),
    [
        ("close", "The account is closed", "Open the account again"),
        ("second-factor", "The authenticator app is taken away", "Close the account"),
    ],
)
def test_an_account_is_closed_or_loses_its_app_and_is_out_at_once(
    app: Flask, admin: Visitor, store: RecordStore, ro: Account, action: str, words: str, then: str
) -> None:
    owner = signed_in(app, with_app(store, ro))
    admin.visit("/accounts/ro")
    page = admin.send(f"/accounts/ro/{action}")
    assert words in page.text
    assert then in page.text
    assert not is_in(owner)


def test_what_cannot_be_done_is_said_in_a_sentence_and_changes_nothing(
    admin: Visitor, store: RecordStore, ro: Account
) -> None:
    [ada] = [account for account in store[Account].all() if account.name == "Ada Bell"]
    admin.visit(f"/accounts/{ada.id}")
    for action, values in (
        ("close", {}),
        ("roles/taken", {"role": "administrator", "home": ""}),
        ("letter", {}),
        ("name", {"name": "  "}),
    ):
        page = admin.send(f"/accounts/{ada.id}/{action}", values)
        assert 'class="notice act"' in page.html
    assert store[Account].get(ada.id) == ada


def test_a_name_is_changed_by_its_owner_and_by_an_administrator(
    app: Flask, admin: Visitor, visitor: Visitor, store: RecordStore, ro: Account
) -> None:
    enter(visitor)
    visitor.visit("/account")
    assert "Your name is changed" in visitor.send("/account/name", {"name": " Ro <b>Bold</b> "}).text
    assert "Ro &lt;b&gt;Bold&lt;/b&gt;" in visitor.visit("/account").html
    assert visitor.send("/account/name", {"name": ""}).status == 422
    admin.visit("/accounts/ro")
    admin.send("/accounts/ro/name", {"name": "Ro O’Kafor"})
    assert "Ro O’Kafor" in visitor.visit("/account").text


def test_a_letter_that_came_back_is_shown_with_the_servers_words(
    admin: Visitor, store: RecordStore, home: Home
) -> None:
    admin.visit("/accounts")
    admin.send("/accounts", {"name": "Sam", "email": "sam@example.org", "role": "staff", "home": "larch-house"})
    [letter] = store[Email].all()
    with store.transaction() as tx:
        tx[Email].put(replace(letter, state="bounced", said="550 no such mailbox"))
    page = admin.visit(f"/accounts/{letter.account_id}")
    assert "came back: “550 no such mailbox”" in page.text
    assert "is on its way again" in admin.send(f"/accounts/{letter.account_id}/letter").text
    assert len(list(store[Email].all())) == 2


def test_what_is_changed_about_accounts_is_remembered(
    app: Flask, admin: Visitor, store: RecordStore, ro: Account
) -> None:
    admin.visit("/accounts/ro")
    admin.send("/accounts/ro/close")
    admin.send("/accounts/ro/reopen")
    enter(Visitor(app), WRONG)
    enter(Visitor(app))
    told = [(entry.kind, entry.facts.get("change") or entry.facts.get("reason")) for entry in store[Entry].all()]
    assert sorted(told, key=str) == [
        ("account_changed", "closed"),
        ("account_changed", "reopened"),
        ("sign_in_refused", "password"),
        ("signed_in", None),
    ]
    assert "example.org" not in repr(list(store[Entry].all()))


def test_looking_at_pages_of_accounts_changes_nothing(
    app: Flask, admin: Visitor, store: RecordStore, ro: Account
) -> None:
    def everything() -> list[object]:
        kinds = (
            store[Account],
            store[AccountSession],
            store[AccountLink],
            store[Attempts],
            store[Email],
            store[Entry],
        )
        return [list(kind.all()) for kind in kinds]

    before = everything()
    for method in ("GET", "HEAD"):
        for address in ("/sign-in", "/sign-in/code", "/forgotten", "/password/x", "/account", "/account/prove"):
            admin.client.open(address, method=method)
        for address in ("/account/second-factor", "/accounts", "/accounts/ro"):
            assert admin.client.open(address, method=method).status_code == 200
        for address in ("/sign-in", "/forgotten"):
            assert app.test_client().open(address, method=method).status_code == 200
    assert everything() == before
