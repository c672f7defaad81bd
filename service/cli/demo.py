"""The command that fills an empty store with a demonstration."""

import click

from service.cli.output import fail, refusals_as_sentences
from service.dates import now
from service.definitions import load_library
from service.demonstration import NotEmpty, make_demonstration
from service.demonstration.provider import PASSWORD, SEATS
from service.jobs.runner import at_rest
from service.state import running


@click.command()
@click.option("--responses", type=click.IntRange(0, 100_000), default=96, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True, help="the same seed gives the same answers")
@click.option("--if-empty", is_flag=True, help="do nothing, and call it well, where the store is not empty")
def demo(responses: int, seed: int, if_empty: bool) -> None:
    """Make a provider with three homes, rounds and made-up responses; refuses a store that is not empty."""
    service = running()
    if not service.config.on_loopback:  # everybody knows its password
        if if_empty:
            return
        fail("A demonstration is for this machine alone: SAYSO_BASE_URL says that others can reach it.")
    with refusals_as_sentences():
        if if_empty and (not service.config.demo or next(service.store.homes.all(), None) is not None):
            if service.store.accounts.get(SEATS[0].id) is not None:
                _say_sign_in()
            return
        try:
            # a round of the past would be closed, and its people reminded, before it is whole
            with at_rest(service.store):
                made = make_demonstration(
                    service.store,
                    load_library(service.config.forms_dir),
                    service.hasher,
                    now(),
                    responses=responses,
                    seed=seed,
                    base_url=service.config.base_url,
                )
        except NotEmpty as refusal:
            fail(str(refusal))
    base = service.config.base_url
    click.echo(f"A demonstration: {len(made.rounds)} rounds, {made.responses} made-up responses.")
    click.echo(f"A social worker's link: {base}/i/{made.token}")
    _say_sign_in()


def _say_sign_in() -> None:
    """As whom one may sign in to a demonstration, where, and with what."""
    click.echo(f"Sign in at {running().config.base_url}/sign-in with the password: {PASSWORD}")
    width = max(len(seat.email) for seat in SEATS)
    for seat in SEATS:
        click.echo(f"  {seat.email:<{width}}  {seat.name}: {seat.words}")
