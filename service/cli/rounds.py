"""Commands for rounds: open, extend, remind, close, list; and the letters or links of those who are asked."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from service.accounts.account import Account
from service.accounts.roles import roles_at
from service.audit import COMMAND
from service.cli.output import NAMES_REFUSED, fail, refusals_as_sentences
from service.collection.follow_up.progress import missing_of, progress_of
from service.collection.forms.offer import built_forms
from service.collection.invitations.emails import writer
from service.collection.invitations.invite import Addressee
from service.collection.invitations.manual import invite_by_link, invite_more, leaves_on, remind_now
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.collection.models.round_template import TEMPLATES, Template, forms_for, template_of
from service.collection.people.contact_fields import LONGEST, doubtful, is_email, tidied
from service.collection.rounds.open_close import extend_round, newest_first, open_round
from service.dates import day_at, now
from service.definitions import Form
from service.operations.rounds import close_round
from service.reports.labels import AUDIENCES, in_a_list
from service.repository import RecordsUnreadable
from service.state import app_state
from service.web.rounds.fields import LONGEST_REASON, LONGEST_TITLE

DAY = click.DateTime(["%Y-%m-%d"])
PEOPLE_COLUMNS = ("form", "name", "email", "label")


@click.group()
def rounds() -> None:
    """The times in which a home is asked."""


@rounds.command("open")
@click.option("--home", "home_id", required=True, help="the home's id")
@click.option("--template", "template_id", type=click.Choice([each.id for each in TEMPLATES]), help="a kind of round")
@click.option("--form", "form_ids", multiple=True, help="a form's id; may be given several times; or the template's")
@click.option("--until", type=DAY, help="the last day, as 2026-12-31; or as many days as the template says")
@click.option("--title", help="as those who are asked see it")
@click.option("--reason", help="Reg 45 review, inspection today, …")
def open_(
    home_id: str,
    template_id: str | None,
    form_ids: tuple[str, ...],
    until: datetime | None,
    title: str | None,
    reason: str | None,
) -> None:
    """Begin to ask a home; prints the round's id. A template fills in what is not given."""
    template = template_of(template_id or "")
    if template is None and not form_ids:
        raise click.UsageError("Missing option '--form': name at least one form, or a --template.")
    if template is None and until is None:
        raise click.UsageError("Missing option '--until': say the last day, or name a --template.")
    title, reason = _line("--title", title, LONGEST_TITLE), _line("--reason", reason, LONGEST_REASON)
    with refusals_as_sentences():
        home = app_state().store[Home].get(home_id)
        if home is None:
            fail(f"There is no home called {home_id}.")
        library = app_state().library_at(home.id)
        for form_id in form_ids:
            if form_id not in library:
                fail(f"There is no form called {form_id}. There are: {', '.join(library)}.")
        forms = [library[form_id] for form_id in form_ids]
        if template is not None and not forms:
            forms = forms_for(template, home, library, built_forms(app_state().store))
        opened = open_round(
            app_state().store,
            home,
            forms,
            title=title or (template.title if template else "Your views"),
            reason=reason if reason is not None else (template.reason if template else ""),
            closes_on=until.date() if until else _last_day(template),
            now=now(),
            template=template.id if template else "",
            remind_after=template.remind_after if template else (),
            by=COMMAND,
        )
    click.echo(opened.id)
    if missing := missing_of(opened.template, (form.audience for form in forms)):
        click.echo(f"Nobody is asked of: {in_a_list([AUDIENCES[each].lower() for each in missing])}.", err=True)
    untold = [form.id for form in forms if form.alerts and not _somebody_is_told(form, home)]
    if untold:
        click.echo(
            f"{', '.join(untold)}: these ask about danger, and nobody at {home.name} has a role that their alerts "
            "go to. Give somebody the role of safeguarding lead (accounts add).",
            err=True,
        )


def _line(option: str, text: str | None, longest: int) -> str | None:
    """What was given on one line, as pages keep it: letters and lists have no room for more."""
    line = None if text is None else tidied(text)
    if line and len(line) > longest:
        raise click.UsageError(f"{option} may have {longest} characters.")
    return line


def _somebody_is_told(form: Form, home: Home) -> bool:
    """Whether for every alert of the form somebody holds one of the roles that it is sent to first."""
    held = {role for each in app_state().store[Account].all() if each.is_open for role in roles_at(each, home.id)}
    return all(held & set(rule.notify) for rule in form.alerts)


def _last_day(template: Template | None) -> date:
    return day_at(now()) + timedelta(days=template.days - 1 if template else 0)


@rounds.command()
@click.argument("round_id")
def close(round_id: str) -> None:
    """End a round for good."""
    with refusals_as_sentences():
        close_round(app_state().store, round_id, app_state().form, now(), by=COMMAND)
    click.echo(f"{round_id} is closed.")


@rounds.command()
@click.argument("round_id")
@click.option("--until", type=DAY, required=True, help="the new last day, as 2026-12-31")
def extend(round_id: str, until: datetime) -> None:
    """Ask for longer; a round that is closed stays closed."""
    with refusals_as_sentences():
        round_ = extend_round(app_state().store, round_id, until.date(), now(), by=COMMAND)
    click.echo(f"{round_id} is open until {round_.closes_on.isoformat()}.")


@rounds.command()
@click.argument("round_id")
def remind(round_id: str) -> None:
    """Send reminders on the next working day, today if it is one; of unnamed forms to everyone."""
    holidays = app_state().config.extra_holidays
    with refusals_as_sentences():
        round_, home = _round(round_id)
        base_url = app_state().config.base_url
        reminded = remind_now(
            app_state().store,
            round_,
            now(),
            lambda round_: writer("reminder", round_, home, app_state().form, base_url),
            holidays,
            by=COMMAND,
        )
    click.echo(f"reminders: {reminded}, leaving on {leaves_on(now(), holidays).isoformat()}")


@rounds.command("list")
def list_rounds() -> None:
    """One round a line: id, home, state, last day, how many answered, title, with tabs between.

    Of a round that asks an unnamed form it says at least how many, in steps of five. One whose answers cannot be read
    is listed with a question mark, and why is said at the end.
    """
    with refusals_as_sentences():
        store, faults = app_state().store, []
        for round_ in newest_first(store):
            state = "open" if round_.is_open(day_at(now())) else "closed"
            try:
                answered = progress_of(store, round_, app_state().form).answered_in_words or "–"
            except RecordsUnreadable as fault:
                answered = "?"
                faults.append(fault)
            click.echo(
                "\t".join((round_.id, round_.home_id, state, round_.closes_on.isoformat(), answered, round_.title))
            )
        if faults:
            raise faults[0]


@click.command()
@click.argument("round_id")
@click.argument("people", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.csv")
@click.option("--send", is_flag=True, help="put letters into the outbox in place of printing links")
@click.option("--confirm-labels", is_flag=True, help="labels that look like a name are no child's name")
def invite(round_id: str, people: Path, send: bool, confirm_labels: bool) -> None:
    """Ask the people of FILE.csv (columns form, name, email, label); prints each with their link.

    A link is shown here once: what is kept of it cannot be turned back into it. With --send nobody sees it but whom
    it is for. Whoever was asked already is not asked again.
    """
    with refusals_as_sentences():
        round_, home = _round(round_id)
        base = app_state().config.base_url
        listed = _people(people)
        if not confirm_labels and (names := doubtful(person.label for person in listed)):
            fail(f"{in_a_list([f'“{name}”' for name in names])} may be a name. {NAMES_REFUSED}")
        if send:
            if without := [person.name or "somebody" for person in listed if not person.email]:
                fail(f"There is no e-mail address for {in_a_list(without)}.")
            write = writer("invitation", round_, home, app_state().form, base)
            for person in invite_more(app_state().store, round_, listed, now(), write, by=COMMAND):
                click.echo("\t".join((person.form_id, person.name, person.email)))
            return
        invited = invite_by_link(app_state().store, round_, listed, now(), by=COMMAND)
        for person, token in invited:
            click.echo("\t".join((person.form_id, person.name, person.email, f"{base}/i/{token}")))
        asked = [person for person, _ in invited]
        if left := [person.name or person.email for person in listed if person not in asked]:
            verb = "was" if len(left) == 1 else "were"
            click.echo(f"{in_a_list(left)} {verb} asked already: there is no second link.", err=True)


def _round(round_id: str) -> tuple[Round, Home]:
    """The round of this id and its home, or the end of the command."""
    round_ = app_state().store[Round].get(round_id)
    home = app_state().store[Home].get(round_.home_id) if round_ else None
    if round_ is None or home is None:
        fail(f"No round is called {round_id}.")
    return round_, home


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
        values = {(name or "").strip().lower(): tidied(value) for name, value in row.items() if isinstance(value, str)}
        unknown = sorted(set(values) - set(PEOPLE_COLUMNS) - {""})
        if unknown:
            faults.append(
                f"row {number}: there is no column {', '.join(unknown)}; there are {', '.join(PEOPLE_COLUMNS)}"
            )
        elif not values.get("form"):
            faults.append(f"row {number}: says no form")
        elif values.get("email") and not is_email(values["email"]):
            faults.append(f"row {number}: {values['email']} is no e-mail address")
        elif long := [name for name in ("name", "label") if len(values.get(name, "")) > LONGEST[name]]:
            faults.append(f"row {number}: the {in_a_list(long)} may have {LONGEST[long[0]]} characters")
        else:
            found.append(Addressee(values["form"], *(values.get(name, "") for name in PEOPLE_COLUMNS[1:])))
    if faults or not rows:
        fail("\n".join(faults) or f"{path.name} names nobody.")
    return found
