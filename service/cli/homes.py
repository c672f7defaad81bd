"""Commands for the homes of the provider."""

import re
from typing import get_args

import click

from service.cli.saying import fail, refusals_as_sentences
from service.collection.home import Contact, Home
from service.definitions import Setting
from service.web.running import running


@click.group()
def homes() -> None:
    """The homes and agencies that are asked."""


@homes.command()
@click.argument("home_id")
@click.option("--name", required=True, help="as people know it")
@click.option("--kind", type=click.Choice(get_args(Setting)), default="childrens_home", show_default=True)
@click.option("--provider", default="", help="the organisation")
@click.option("--urn", help="Ofsted's reference number")
@click.option(
    "--contact",
    "contacts",
    nargs=2,
    multiple=True,
    metavar="WHO HOW",
    help="someone a child can talk to, and how to reach them; may be given several times",
)
def add(
    home_id: str, name: str, kind: Setting, provider: str, urn: str | None, contacts: tuple[tuple[str, str], ...]
) -> None:
    """Make a home known under HOME_ID, a short word for commands and addresses."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,39}", home_id):
        raise click.UsageError("HOME_ID is 2 to 40 lower-case letters, digits and hyphens, a letter first.")
    home = Home(home_id, name.strip(), kind, provider.strip(), urn, tuple(Contact(who, how) for who, how in contacts))
    with refusals_as_sentences(), running().store.transaction() as books:
        if books.homes.get(home_id) is not None:
            fail(f"There is a home called {home_id} already.")
        books.homes.put(home)
    click.echo(home_id)


@homes.command("list")
def list_homes() -> None:
    """One home a line: id, kind, name, with tabs between."""
    for home in running().store.homes.all():
        click.echo("\t".join((home.id, home.kind, home.name)))
