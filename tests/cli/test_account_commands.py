"""Commands for accounts: how the first administrator begins, and whoever has lost everything."""

import re

import pytest
from flask import Flask

from service.accounts.account import Account, Grant
from service.audit import Entry
from service.collection.models.home import Home
from service.mail.email import Email
from service.state import app_state
from service.storage.store import RecordStore
from tests.accounts.sign_in_helpers import CHEAP, PASSWORD
from tests.cli.test_commands import run
from tests.visitor import Visitor

ADD = ("accounts", "add", "Ro@Example.org", "--name", "Ro Okafor")
LINK = re.compile(r"http://127\.0\.0\.1:8000(/password/[\w-]{43,})\n")


def test_the_first_administrator_begins_with_a_link_and_no_mail(
    app: Flask, store: RecordStore, visitor: Visitor
) -> None:
    app_state(app).passwords = CHEAP
    done = run(app, *ADD, "--role", "administrator")
    assert done.exit_code == 0, done.output
    link = LINK.fullmatch(done.stdout)
    assert link
    [letter] = store[Email].all()
    assert letter.to == "ro@example.org"
    assert link[1] not in letter.text, "each link is given once"
    visitor.visit(link[1])
    visitor.send(link[1], {"password": PASSWORD, "again": PASSWORD})
    visitor.send("/sign-in", {"email": "ro@example.org", "password": PASSWORD})
    assert "Set up your authenticator app" in visitor.visit("/accounts").text


def test_roles_are_given_at_homes_or_at_all(app: Flask, store: RecordStore, home: Home) -> None:
    done = run(app, *ADD, "--role", "staff", "--role", "safeguarding_lead", "--home", home.id)
    assert done.exit_code == 0, done.output
    [account] = store[Account].all()
    assert account.grants == (Grant("safeguarding_lead", home.id), Grant("staff", home.id))
    assert run(app, "accounts", "list").stdout == (
        "ro@example.org\tinvited\tsafeguarding_lead@larch-house,staff@larch-house\tRo Okafor\n"
    )
    assert {entry.actor for entry in store[Entry].all()} == {"command"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("accounts", "add", "ro@example.org", "--name", "Ro", "--role", "king"), 2, "king"),
        (("accounts", "add", "ro@example.org", "--name", "Ro"), 2, "--role"),
        (("accounts", "add", "ro@example.org", "--role", "staff"), 2, "--name"),
        (("accounts", "add", "ro", "--name", "Ro", "--role", "staff"), 1, "name@example.org"),
        (("accounts", "add", "ro@example.org", "--name", " ", "--role", "staff"), 1, "Enter a name."),
        (("accounts", "add", "mo@example.org", "--name", "Mo", "--role", "staff"), 1, "already"),
        ((*ADD, "--role", "staff", "--home", "nowhere"), 1, "There is no home called nowhere."),
        ((*ADD, "--role", "administrator", "--home", "larch-house"), 1, "all homes"),
        (("accounts", "reset", "nobody@example.org"), 1, "There is no account with the address nobody@example.org."),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    app: Flask, store: RecordStore, home: Home, words: tuple[str, ...], code: int, said: str
) -> None:
    assert run(app, "accounts", "add", "mo@example.org", "--name", "Mo", "--role", "staff").exit_code == 0
    done = run(app, *words)
    assert (done.exit_code, said in done.stderr) == (code, True), done.output
    assert not done.stdout
    assert len(list(store[Account].all())) == 1


def test_who_has_lost_everything_gets_a_new_link_and_the_old_ones_are_over(
    app: Flask, store: RecordStore, visitor: Visitor
) -> None:
    first = run(app, *ADD, "--role", "staff").stdout
    done = run(app, "accounts", "reset", " RO@example.org")
    assert done.exit_code == 0, done.output
    for shown, status in ((first, 410), (done.stdout, 200)):
        link = LINK.fullmatch(shown)
        assert link
        assert visitor.visit(link[1]).status == status


def test_with_no_accounts_the_list_is_empty_and_that_is_no_fault(app: Flask) -> None:
    done = run(app, "accounts", "list")
    assert (done.exit_code, done.output) == (0, "")
