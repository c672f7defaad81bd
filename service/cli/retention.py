"""Commands for letting go: what is past its time, and what is kept of one person."""

import click

from service import audit
from service.cli.output import fail, refusals_as_sentences
from service.collection.retention.erasure import erase_person, find_person
from service.dates import now
from service.jobs.context import UNREADABLE, UnreadRecords
from service.jobs.retention import shuffle_anonymous
from service.jobs.retention import tidy as tidied
from service.state import app_state


@click.command()
def tidy() -> None:
    """Delete what is past its form's retention, shuffle anonymous responses, leave no trace of either in the files."""
    service = app_state()
    config = service.config
    with refusals_as_sentences():
        gone = tidied(
            service.store, service.form, config.exports_dir, config.exports_keep_days, now(), by=audit.COMMAND
        )
        lost = UnreadRecords()
        shuffled = shuffle_anonymous(service.store, service.form, lost)
    click.echo(
        f"deleted: {gone.responses} responses, {gone.drafts} drafts, {gone.invitations} invitations, "
        f"{gone.receipts} receipts, {gone.letters} letters, {gone.children} children who left, "
        f"{gone.entries} old events, {gone.ended} sessions, links and codes that had run out, "
        f"{gone.exports} workbooks; shuffled: {shuffled} anonymous responses"
    )
    if gone.unreadable or lost.ids:
        fail(f"Not all: {UNREADABLE}.")


@click.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="delete it; without this only say what there is")
def erase(email: str, yes: bool) -> None:
    """Say what is kept that leads to the person with this EMAIL; with --yes delete it for good."""
    service = app_state()
    with refusals_as_sentences():
        store = service.store
        found = erase_person(store, email, now(), by=audit.COMMAND) if yes else find_person(store, email)
        if yes and found:
            store.engine.compact()
    said = "deleted" if yes else "kept"
    click.echo(
        f"{said}: {len(found.invitations)} invitations, {len(found.responses)} responses, "
        f"{len(found.letters)} letters, {len(found.people)} entries on contact lists"
    )
    if not yes and found:
        click.echo("Repeat with --yes to delete them. Workbooks and backups that hold them must be deleted by hand.")
