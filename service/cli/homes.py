"""Commands for the homes of the provider and the people they ask."""

from pathlib import Path
from typing import Any, cast, get_args

import click

from service.audit import COMMAND
from service.cli.output import NAMES_REFUSED, fail, refusals_as_sentences
from service.collection.models.home import Contact, Home
from service.collection.people.contact_fields import doubtful, tidied
from service.collection.people.contact_import import judge
from service.collection.people.contacts_and_children import people_of
from service.collection.people.homes import HOME_ID, MOST_PLACES, changed_home, is_time, urn_doubt
from service.contact_files.reader import LARGEST_FILE, rows_of
from service.contact_files.safe_unzip import NotReadable
from service.dates import now
from service.definitions import Audience, Setting
from service.operations.homes import add_home, change_home
from service.operations.people import import_people
from service.state import app_state


@click.group()
def homes() -> None:
    """The homes and agencies that are asked."""


def _time(context: click.Context, parameter: click.Parameter, text: str) -> str:
    if text and not is_time(text):
        raise click.BadParameter("write the time as 07:30")
    return text


def _contacts(
    for_children: tuple[tuple[str, str], ...], others: tuple[tuple[str, str, str], ...]
) -> tuple[Contact, ...]:
    """The people of --contact and --contact-for. Raises UsageError for an audience that there is not."""
    found = [Contact(tidied(who), tidied(how)) for who, how in for_children]
    for named, who, how in others:
        audiences = tuple(dict.fromkeys(named.split(",")))
        if unknown := [one for one in audiences if one not in get_args(Audience)]:
            raise click.UsageError(f"--contact-for: {unknown[0]!r} is not one of {', '.join(get_args(Audience))}.")
        found.append(Contact(tidied(who), tidied(how), audiences=cast(tuple[Audience, ...], audiences)))
    return tuple(found)


def _officer(given: tuple[str, str]) -> Contact:
    who, how = given
    return Contact(tidied(who), tidied(how))


_telephone = click.option("--telephone", help="the home's number, for adults who are told to ring it")
_designated_officer = click.option(
    "--designated-officer",
    nargs=2,
    metavar="WHO HOW",
    help="the local authority's officer for worries about staff, and how to reach them",
)
_contact = click.option(
    "--contact",
    "contacts",
    nargs=2,
    multiple=True,
    metavar="WHO HOW",
    help="someone a child can talk to, and how to reach them; may be given several times",
)
_contact_for = click.option(
    "--contact-for",
    "contacts_for",
    nargs=3,
    multiple=True,
    metavar="AUDIENCES WHO HOW",
    help="the same for other audiences, commas between: staff,parent; may be given several times",
)


@homes.command()
@click.argument("home_id")
@click.option("--name", required=True, help="as people know it")
@click.option("--kind", type=click.Choice(get_args(Setting)), default="childrens_home", show_default=True)
@click.option("--provider", default="", help="the organisation")
@click.option("--urn", help="Ofsted's reference number")
@click.option("--places", type=click.IntRange(1, MOST_PLACES), help="how many children it is registered for")
@click.option("--shift-from", default="", callback=_time, metavar="HH:MM", help="when the shift begins")
@click.option("--shift-until", default="", callback=_time, metavar="HH:MM", help="when it ends")
@_telephone
@_designated_officer
@_contact
@_contact_for
def add(
    home_id: str,
    name: str,
    kind: Setting,
    provider: str,
    urn: str | None,
    places: int | None,
    shift_from: str,
    shift_until: str,
    telephone: str | None,
    designated_officer: tuple[str, str] | None,
    contacts: tuple[tuple[str, str], ...],
    contacts_for: tuple[tuple[str, str, str], ...],
) -> None:
    """Make a home known under HOME_ID, a short word for commands and addresses."""
    if not HOME_ID.fullmatch(home_id):
        raise click.UsageError("HOME_ID is 2 to 40 lower-case letters, digits and hyphens, a letter first.")
    if bool(shift_from) != bool(shift_until):
        raise click.UsageError("--shift-from and --shift-until belong together.")
    home = Home(
        home_id,
        tidied(name),
        kind,
        tidied(provider),
        urn,
        _contacts(contacts, contacts_for),
        places=places,
        shift_from=shift_from,
        shift_until=shift_until,
        designated_officer=_officer(designated_officer) if designated_officer else None,
        telephone=tidied(telephone or ""),
    )
    with refusals_as_sentences():
        add_home(app_state().store, home, now(), by=COMMAND)
    click.echo(home_id)
    doubt = urn_doubt(urn) if urn else ""
    if doubt:
        click.echo(doubt, err=True)


@homes.command()
@click.argument("home_id")
@_telephone
@_designated_officer
@_contact
@_contact_for
def edit(
    home_id: str,
    telephone: str | None,
    designated_officer: tuple[str, str] | None,
    contacts: tuple[tuple[str, str], ...],
    contacts_for: tuple[tuple[str, str, str], ...],
) -> None:
    """Change what is said of HOME_ID; the contacts given take the place of all that were kept."""
    changes: dict[str, Any] = {}
    if telephone is not None:
        changes["telephone"] = tidied(telephone)
    if designated_officer:
        changes["designated_officer"] = _officer(designated_officer)
    if contacts or contacts_for:
        # someone must look at the new ones before a page says that they were checked
        changes |= {"contacts": _contacts(contacts, contacts_for), "contacts_checked_on": None}
    if not changes:
        raise click.UsageError("Say what to change.")
    store = app_state().store
    home = store[Home].get(home_id)
    if home is None:
        fail(f"There is no home called {home_id}.")
    with refusals_as_sentences():
        change_home(store, home, lambda there: changed_home(there, **changes), now(), by=COMMAND)


@homes.command("list")
def list_homes() -> None:
    """One home a line: id, kind, name, with tabs between."""
    with refusals_as_sentences():
        for home in app_state().store[Home].all():
            click.echo("\t".join((home.id, home.kind, home.name)))


@homes.command("import")
@click.argument("home_id")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--confirm-labels", is_flag=True, help="labels that look like a name are no child's name")
def import_(home_id: str, file: Path, confirm_labels: bool) -> None:
    """Put the people of FILE (.xlsx or CSV) on the contact list of HOME_ID: all of them or, with a faulty row, none.

    The first row names the columns: kind, name, e-mail, and if you like organisation, phone, label. Somebody who is
    on the list already is changed to what the file says. A label that looks like a name needs --confirm-labels.
    """
    with refusals_as_sentences():
        if app_state().store[Home].get(home_id) is None:
            fail(f"There is no home called {home_id}.")
        try:
            with file.open("rb") as content:
                rows = rows_of(content.read(LARGEST_FILE + 1))
        except NotReadable as refusal:
            fail(f"{file.name}: {refusal}")
        except OSError as refusal:
            fail(f"{file.name}: {refusal.strerror}")
        judged = judge(rows, home_id, people_of(app_state().store, home_id))
        if not confirm_labels and not judged.faults and doubtful(person.label for person in judged.people):
            for remark in judged.doubts:
                click.echo(str(remark), err=True)
            fail(NAMES_REFUSED)
        found = import_people(app_state().store, home_id, rows, now(), by=COMMAND, whole=True)
    for remark in (*found.faults, *found.doubts):
        click.echo(str(remark), err=True)
    if found.not_read:
        click.echo(f"not read: {', '.join(found.not_read)}", err=True)
    if found.faults:
        fail(f"{found.faulty_rows} faulty {'row' if found.faulty_rows == 1 else 'rows'}: nothing was kept.")
    click.echo(f"added: {len(found.new)}, changed: {len(found.changed)}, already there: {found.same}")
