"""The menu of signed-in pages shows what opens, and nothing else."""

import re

import pytest
from flask import Flask, url_for

from service.accounts.account import Account, Grant
from service.accounts.roles import ROLES
from service.collection.models.home import Home
from service.dates import now
from service.definitions import Role
from service.repository import Store
from service.web.parts.menu import MENU
from tests.accounts_factory import account_with, signed_in
from tests.visitor import Visitor


def links(visitor: Visitor, address: str) -> dict[str, str]:
    """The menu on this page: its addresses with their labels."""
    [nav] = re.findall(r'<nav aria-label="Main">.*?</nav>', visitor.visit(address).html, re.DOTALL)
    return dict(re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', nav))


@pytest.mark.parametrize("everywhere", [False, True])
@pytest.mark.parametrize("role", ROLES)
def test_an_entry_is_shown_if_and_only_if_its_page_opens(app: Flask, home: Home, role: Role, everywhere: bool) -> None:
    visitor = signed_in(app, account_with(app, role, home_id="" if everywhere else home.id))
    with app.test_request_context():
        pages = {url_for(entry.endpoint): entry.label for entry in MENU}
    opens = {page: label for page, label in pages.items() if visitor.visit(page).status != 403}
    assert opens
    assert links(visitor, "/account") == links(visitor, "/homes/larch-house") == opens


def test_the_menu_is_the_same_at_every_home_of_an_account(app: Flask, store: Store, home: Home) -> None:
    account = Account("a-1", "Mo", "mo@example.org", now(), (Grant("registered_manager", home.id), Grant("staff", "b")))
    with store.transaction() as tx:
        tx[Home].put(Home("b", "Birch House", "childrens_home"))
        tx[Account].put(account)
    visitor = signed_in(app, account)
    assert "/paper" in links(visitor, "/homes/b"), "it opens: they are a manager at their other home"
    assert links(visitor, "/homes/b") == links(visitor, f"/homes/{home.id}")


def test_the_page_that_one_is_on_is_marked(app: Flask, home: Home) -> None:
    visitor = signed_in(app, account_with(app, "registered_manager", home_id=home.id))
    for address, current in (("/paper", "Paper"), (f"/homes/{home.id}", "Homes"), ("/account", "")):
        marked = re.findall(r'aria-current="page">([^<]+)<', visitor.visit(address).html)
        assert marked == ([current] if current else [])
