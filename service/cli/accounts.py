"""Commands for accounts: the first administrator starts here, and so does whoever has lost everything."""

from typing import get_args

import click

from service.accounts import administration
from service.accounts.account import Account, Grant, NotAllowed
from service.accounts.roles import needs_second_factor
from service.accounts.sign_in import account_of
from service.audit import COMMAND
from service.cli.output import fail, refusals_as_sentences
from service.collection.models.home import Home
from service.dates import now
from service.definitions import Role
from service.state import app_state


@click.group()
def accounts() -> None:
    """Who signs in, and what they may do."""


@accounts.command()
@click.argument("email")
@click.option("--name", required=True, help="what they are called")
@click.option("--role", "roles", type=click.Choice(get_args(Role)), multiple=True, required=True)
@click.option("--home", "home_ids", multiple=True, metavar="HOME", help="at this home; left out: at all homes")
def add(email: str, name: str, roles: tuple[Role, ...], home_ids: tuple[str, ...]) -> None:
    """Make an account for EMAIL and write its owner a letter; prints a link to choose a password, once.

    The link works for 7 days. Whoever holds it can become this person: hand it to nobody else.
    """
    with refusals_as_sentences():
        store, base_url = app_state().store, app_state().config.base_url
        for home_id in home_ids:
            if store[Home].get(home_id) is None:
                fail(f"There is no home called {home_id}.")
        grants = [Grant(role, home_id) for role in roles for home_id in home_ids or ("",)]
        try:
            made = administration.invite_account(store, name, email, grants, now(), base_url, COMMAND)
            click.echo(administration.set_up_link(store, made.id, now(), base_url))
        except NotAllowed as refusal:
            fail(str(refusal))


@accounts.command("list")
def list_accounts() -> None:
    """One account a line: address, state, roles, name, with tabs between."""
    with refusals_as_sentences():
        for account in app_state().store[Account].all():
            roles = ",".join(
                f"{grant.role}@{grant.home_id}" if grant.home_id else grant.role for grant in account.grants
            )
            click.echo("\t".join((account.email, _state(account), roles, account.name)))


@accounts.command()
@click.argument("email")
def reset(email: str) -> None:
    """Take password, authenticator app and sessions from the account of EMAIL; prints a link to begin anew, once."""
    with refusals_as_sentences():
        store = app_state().store
        found = account_of(store, email)
        if found is None:
            fail(f"There is no account with the address {email}.")
        try:
            click.echo(administration.start_over(store, found.id, now(), app_state().config.base_url, COMMAND))
        except NotAllowed as refusal:
            fail(str(refusal))


def _state(account: Account) -> str:
    if not account.is_open:
        return "closed"
    if not account.password:
        return "invited"
    return "no-app" if needs_second_factor(account) and not account.totp else "open"
