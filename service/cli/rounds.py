"""Commands for rounds: open, close, list; and the links of those who are asked."""

import csv
from datetime import datetime
from pathlib import Path

import click

from service.calendar import now
from service.cli.saying import fail, refusals_as_sentences
from service.collection import inviting
from service.collection.asking import close_round, newest_first, open_round
from service.collection.inviting import Addressee
from service.definitions import load_library
from service.web.running import running

PEOPLE_COLUMNS = ("form", "name", "email", "label")


@click.group()
def rounds() -> None:
    """The times in which a home is asked."""


@rounds.command("open")
@click.option("--home", "home_id", required=True, help="the home's id")
@click.option("--form", "form_ids", multiple=True, required=True, help="a form's id; may be given several times")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="the last day, as 2026-12-31")
@click.option("--title", default="Your views", show_default=True, help="as those who are asked see it")
@click.option("--reason", default="", help="Reg 45 review, inspection today, …")
def open_(home_id: str, form_ids: tuple[str, ...], until: datetime, title: str, reason: str) -> None:
    """Begin to ask a home; prints the round's id."""
    with refusals_as_sentences():
        home = running().store.homes.get(home_id)
        if home is None:
            fail(f"There is no home called {home_id}.")
        library = load_library(running().config.forms_dir)
        for form_id in form_ids:
            if form_id not in library:
                fail(f"There is no form called {form_id}. There are: {', '.join(library)}.")
        opened = open_round(
            running().store,
            home,
            [library[form_id] for form_id in form_ids],
            title=title,
            reason=reason,
            closes_on=until.date(),
            now=now(),
        )
    click.echo(opened.id)
    promising = [form_id for form_id in form_ids if library[form_id].alerts]
    if promising and not home.demonstration:
        click.echo(
            f"{', '.join(promising)}: these ask about danger, and Sayso cannot send alerts yet. "
            "Read what comes in every day, or do not use them.",
            err=True,
        )


@rounds.command()
@click.argument("round_id")
def close(round_id: str) -> None:
    """End a round for good."""
    with refusals_as_sentences():
        close_round(running().store, round_id, now())
    click.echo(f"{round_id} is closed.")


@rounds.command("list")
def list_rounds() -> None:
    """One round a line: id, home, state, last day, responses, title, with tabs between."""
    with refusals_as_sentences():
        store = running().store
        for asked in newest_first(store):
            state = "closed" if asked.closed_at else "open"
            count = store.responses.count("round_id", asked.id)
            click.echo(
                "\t".join((asked.id, asked.home_id, state, asked.closes_on.isoformat(), str(count), asked.title))
            )


@click.command()
@click.argument("round_id")
@click.argument("people", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.csv")
def invite(round_id: str, people: Path) -> None:
    """Ask the people of FILE.csv (columns form, name, email, label); prints each with their link.

    A link is shown here once: what is kept of it cannot be turned back into it.
    """
    with refusals_as_sentences():
        asked = running().store.rounds.get(round_id)
        if asked is None:
            fail(f"No round is called {round_id}.")
        base = running().config.base_url
        for person, token in inviting.invite(running().store, asked, _people(people), now()):
            click.echo("\t".join((person.form_id, person.name, person.email, f"{base}/i/{token}")))


def _people(path: Path) -> list[Addressee]:
    """The people of a CSV file, or every faulty row said and the end."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            rows = list(csv.DictReader(lines))
    except (UnicodeDecodeError, csv.Error):
        fail(f"{path.name} is no CSV file in UTF-8.")
    faults: list[str] = []
    found: list[Addressee] = []
    for number, row in enumerate(rows, 2):
        values = {(name or "").strip().lower(): value.strip() for name, value in row.items() if isinstance(value, str)}
        unknown = sorted(set(values) - set(PEOPLE_COLUMNS) - {""})
        if unknown:
            faults.append(
                f"row {number}: there is no column {', '.join(unknown)}; there are {', '.join(PEOPLE_COLUMNS)}"
            )
        elif not values.get("form"):
            faults.append(f"row {number}: says no form")
        elif values.get("email") and "@" not in values["email"]:
            faults.append(f"row {number}: {values['email']} is no e-mail address")
        else:
            found.append(Addressee(values["form"], *(values.get(name, "") for name in PEOPLE_COLUMNS[1:])))
    if faults or not rows:
        fail("\n".join(faults) or f"{path.name} names nobody.")
    return found
