"""Commands for form authors, which need no keys; for drafts of forms, and for the offer of forms."""

import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import click

from service.accounts.account import Account
from service.accounts.sign_in import account_of
from service.answers.messages import phrase
from service.answers.trace import trace as traced
from service.audit import COMMAND
from service.cli.output import fail, refusals_as_sentences
from service.collection.forms.drafts import needed_draft
from service.collection.forms.offer import archive as archive_form
from service.collection.forms.offer import form_states
from service.collection.forms.offer import restore as restore_form
from service.collection.forms.seed import faults_of
from service.collection.models.form_draft import FormDraft
from service.dates import day_at, now
from service.definitions import Examination, Form, examine_file, form_files, form_schema
from service.definitions.canonical import canonical_text
from service.definitions.differences import Difference
from service.definitions.json_text import read_json
from service.operations.form_publication import NeedsAgreement, ask_agreement, publish_draft, readiness_of
from service.operations.form_publication import agree as agree_to_draft
from service.repository import readable
from service.state import app_state
from service.storage import StoreUnavailable, open_store
from service.text import clean

SCHEMA_FILE = "form.schema.json"


@click.group()
def forms() -> None:
    """Check, try and describe form definitions; say which forms are offered."""


@forms.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Report every fault of these FILES, or of all forms, each with its place; warnings do not fail.

    All forms are also compared with the versions that the store has published.
    """
    paths = list(files) or form_files(app_state().config.forms_dir)
    examined = {path: examine_file(path) for path in paths}
    refused = {} if files else _refused_by_the_store(examined)
    for path, found in examined.items():
        for fault in (*found.faults, *refused.get(path, ())):
            click.echo(f"{path.name}: {fault}")
        for warning in found.warnings:
            click.echo(f"{path.name}: warning: {warning}")
    if faulty := sum(bool(found.faults or refused.get(path)) for path, found in examined.items()):
        fail(f"{faulty} of {len(paths)} forms have faults.")
    click.echo(f"{len(paths)} forms checked: no faults.")


@forms.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def tidy(files: tuple[Path, ...]) -> None:
    """Write these FILES, or all forms, as the form builder writes them; what they say stays the same."""
    paths = list(files) or form_files(app_state().config.forms_dir)
    if left := [path.name for path in paths if not _is_tidied(path)]:
        fail(f"{len(left)} of {len(paths)} files were left as they are.")


@forms.command()
def drafts() -> None:
    """List the drafts of forms: id, home (- for all homes), next version, state, title."""
    with refusals_as_sentences():
        store = app_state().store
        for draft in sorted(readable(store[FormDraft].all()).records, key=lambda draft: draft.id):
            version = readiness_of(store, draft, by="").version
            title = draft.document.get("title")
            line = (draft.id, draft.home_id or "-", str(version), _state_of(draft), str(title or "Without a title"))
            click.echo("\t".join(line))


@forms.command()
@click.argument("draft_id", metavar="DRAFT")
@click.option("--as", "email", required=True, help="the email address of your account")
@click.option("--ask", is_flag=True, help="ask for agreement where a second person must agree")
def publish(draft_id: str, email: str, ask: bool) -> None:
    """Publish DRAFT (a form's id) as its next version."""
    with refusals_as_sentences():
        account = _account(email)
        draft = needed_draft(app_state().store, draft_id)
        try:
            form = publish_draft(app_state().store, draft_id, draft.newest, now(), by=account.id)
        except NeedsAgreement as needed:
            _say(needed.differences)
            if not ask:
                fail(f"{needed} Ask for it with --ask.")
            ask_agreement(app_state().store, draft_id, draft.newest, now(), by=account.id)
            click.echo(f"{draft_id} waits for agreement.")
            return
    click.echo(f"Version {form.version} of {form.id} is published.")


@forms.command()
@click.argument("draft_id", metavar="DRAFT")
@click.option("--as", "email", required=True, help="the email address of your account")
def agree(draft_id: str, email: str) -> None:
    """Agree as a second person to DRAFT (a form's id); says what you agree to, and publishes exactly that."""
    with refusals_as_sentences():
        account = _account(email)
        draft = needed_draft(app_state().store, draft_id)
        protected = readiness_of(app_state().store, draft, by=account.id).protected
        form = agree_to_draft(app_state().store, draft_id, draft.newest, now(), by=account.id)
    _say(protected)
    click.echo(f"Version {form.version} of {form.id} is published.")


@forms.command("seed")
def seed_store() -> None:
    """Publish what is new in the forms folder, as every start does; say which forms are not offered."""
    with refusals_as_sentences():
        faults = app_state().seed().faults
        for form_id, found in faults.items():
            click.echo(f"{form_id} is not offered: {'; '.join(found)}")
        if faults:
            fail(f"Forms not offered: {len(faults)}.")
        click.echo(f"{len(app_state().library)} forms are offered.")


@forms.command()
@click.argument("form")
def archive(form: str) -> None:
    """Take FORM (an id) off the offer: no new round may ask it, open rounds go on."""
    with refusals_as_sentences():
        archive_form(app_state().store, form, now(), by=COMMAND)
    click.echo(f"{form} is archived.")


@forms.command()
@click.argument("form")
def restore(form: str) -> None:
    """Put FORM (an id) back on the offer."""
    with refusals_as_sentences():
        state = restore_form(app_state().store, form, now(), by=COMMAND)
    if not state.is_offered:
        fail(f"{form} is no longer archived, but its file has faults: {'; '.join(state.faults)}")
    click.echo(f"{form} is offered.")


@forms.command()
def schema() -> None:
    """Write the JSON Schema of the format beside the forms, for editors that complete and check."""
    path = app_state().config.forms_dir / SCHEMA_FILE
    path.write_text(json.dumps(form_schema(), indent=2, ensure_ascii=False) + "\n")
    click.echo(path)


@forms.command()
@click.argument("form")
@click.argument("answers", type=click.File("r", encoding="utf-8"))
def trace(form: str, answers: Any) -> None:
    """Say what FORM (an id or a file) does with each line of ANSWERS (`{"answers": {…}, "meta": {…}}`).

    A form with faults that can be walked all the same is: they are said on the error stream, and `check` judges.
    """
    path = Path(form)
    if not path.is_file():
        path = app_state().config.forms_dir / f"{form}.json"
    if not path.is_file():
        raise click.UsageError(f"There is no form and no file called {form}.")
    found = examine_file(path)
    for fault in found.faults:
        click.echo(f"{path.name}: {fault}", err=True)
    if found.form is None:
        fail(f"{path.name} cannot be walked.")
    lines = [(number, line) for number, line in enumerate(answers, 1) if line.strip()]
    read = [_trace_line(found.form, number, line) for number, line in lines]
    if not all(read):
        fail("Some lines could not be read.")


def _is_tidied(path: Path) -> bool:
    """Write the file as the builder does; one that is no JSON object stays as it is, and its faults are said."""
    before = path.read_bytes()
    reading = read_json(before)
    faults = [str(fault) for fault in reading.faults] or ([] if isinstance(reading.value, dict) else ["no JSON object"])
    for fault in faults:
        click.echo(f"{path.name}: {fault}")
    if faults:
        return False
    after = canonical_text(reading.value).encode()
    if after != before:
        path.write_bytes(after)
        click.echo(f"{path.name} is tidied.")
    return True


def _account(email: str) -> Account:
    account = account_of(app_state().store, email)
    if account is None:
        fail(f"There is no account with the address {email}.")
    return account


def _say(differences: Iterable[Difference]) -> None:
    for each in differences:
        click.echo(f"- {each.sentence}")


def _state_of(draft: FormDraft) -> str:
    if draft.review is not None:
        return "waits for agreement" if draft.review.is_waiting else "sent back"
    return "changed" if draft.newest > draft.since else "not changed"


def _refused_by_the_store(examined: Mapping[Path, Examination]) -> dict[Path, tuple[str, ...]]:
    """What the store refuses of files without faults. Where there is no store yet, nothing."""
    url = app_state().config.store_url
    if url.startswith("tinydb:") and not Path(url.removeprefix("tinydb:")).is_dir():
        return {}
    try:
        store = open_store(url)  # forms are not sealed, so an author needs no keys
    except StoreUnavailable as fault:
        click.echo(f"note: not compared with the versions published before: {fault}", err=True)
        return {}
    with closing(store):
        for state in form_states(store):
            if state.is_offered and state.id not in {path.stem for path in examined}:
                click.echo(f"note: {state.id} has no file here; version {state.version} is offered until archived")
        return {path: faults_of(store, found) for path, found in examined.items() if not found.faults}


def _trace_line(form: Form, number: int, line: str) -> bool:
    try:
        given = json.loads(line)
        said, meta = given.get("answers", {}), given.get("meta", {})
        if not isinstance(said, dict) or not isinstance(meta, dict):
            raise TypeError
        said = clean(said)
    except (ValueError, AttributeError, TypeError, RecursionError):
        click.echo(f'line {number}: must be one JSON object with "answers" and, if wished, "meta"', err=True)
        return False
    meta = {"today": day_at(now()).isoformat(), **meta}
    click.echo(json.dumps(traced(form, said, meta, partial(phrase, form.base_language)), ensure_ascii=False))
    return True
