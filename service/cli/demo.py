"""The command that fills an empty store with a demonstration."""

from collections.abc import Mapping

import click

from service.accounts.account import Account
from service.cli.output import fail, refusals_as_sentences
from service.collection.models.home import Home
from service.dates import now
from service.demonstration import (
    FormsMissing,
    StoreNotEmpty,
    make_demonstration,
    new_passwords,
    replace_known_passwords,
)
from service.demonstration.provider import PASSWORD, SEATS
from service.jobs.runner import at_rest
from service.state import app_state


@click.command()
@click.option("--responses", type=click.IntRange(0, 100_000), default=96, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True, help="the same seed gives the same answers")
@click.option("--if-empty", is_flag=True, help="do nothing, and call it well, where the store is not empty")
def demo(responses: int, seed: int, if_empty: bool) -> None:
    """Make a provider with three homes, rounds and made-up responses; refuses a store that is not empty.

    Where SAYSO_BASE_URL says that others can reach the service, each account has a password of its own, which is
    printed once, and needs the second factor. With --if-empty nothing is made there.
    """
    service = app_state()
    local = service.config.on_loopback
    with refusals_as_sentences():
        made_before = service.store[Account].get(SEATS[0].id) is not None
        if if_empty and (not local or not service.config.demo or next(service.store[Home].all(), None) is not None):
            if made_before:
                _say_sign_in(None if local else replace_known_passwords(service.store))
            return
        passwords = None if local else new_passwords(seat.id for seat in SEATS)
        try:
            # a round of the past would be closed, and its people reminded, before it is whole
            with at_rest(service.store):
                made = make_demonstration(
                    service.store,
                    service.library,
                    service.hasher,
                    now(),
                    responses=responses,
                    seed=seed,
                    base_url=service.config.base_url,
                    passwords=passwords,
                )
        except FormsMissing as refusal:
            if not if_empty:
                fail(str(refusal))
            click.echo(refusal, err=True)  # `make run` serves all the same
            return
        except StoreNotEmpty as refusal:
            fail(str(refusal))
    base = service.config.base_url
    click.echo(f"A demonstration: {len(made.rounds)} rounds, {made.responses} made-up responses.")
    click.echo(f"A social worker's link: {base}/i/{made.token}")
    _say_sign_in(passwords)


def _say_sign_in(passwords: Mapping[str, str] | None) -> None:
    """Print who can sign in, where, and with what: `passwords` by account, None for the one that everybody knows."""
    address = f"{app_state().config.base_url}/sign-in"
    if passwords is None:
        click.echo(f"Sign in at {address} with the password: {PASSWORD}")
    elif passwords:
        click.echo(f"Sign in at {address}. Each password is printed this once:")
    else:
        click.echo(f"Sign in at {address}. The passwords were printed when they were made.")
    width = max(len(seat.email) for seat in SEATS)
    for seat in SEATS:
        own = f"  {passwords[seat.id]}" if passwords and seat.id in passwords else ""
        click.echo(f"  {seat.email:<{width}}{own}  {seat.name}: {seat.words}")
