"""The command that writes the collated workbook."""

from pathlib import Path

import click

from service.analysis.reconciliation import added_up
from service.calendar import now
from service.cli.saying import fail, refusals_as_sentences
from service.collection.round import Round
from service.web.running import running
from service.workbooks import collate, write_workbook


@click.command()
@click.argument("round_ids", nargs=-1, metavar="ROUND…")
@click.option("--home", "home_id", help="all rounds of this home")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="the folder to write to")
def export(round_ids: tuple[str, ...], home_id: str | None, out: Path | None) -> None:
    """Write one workbook of these rounds, to act on; prints its path, then counts that reconcile."""
    if not round_ids and not home_id:
        raise click.UsageError("Name at least one round, or a home with --home.")
    service = running()
    with refusals_as_sentences():
        rounds = _rounds(round_ids, home_id)
        key = service.hasher.new("order", "rows").encode()
        collation = collate(service.store, rounds, service.form, key, now())
        try:
            path = write_workbook(collation, out or service.config.exports_dir)
        except OSError as fault:
            fail(f"The workbook could not be written: {fault}")
    click.echo(path)
    totals = added_up(collation.accounts)
    parts = " + ".join(f"{part} {totals[part]}" for part in ("submitted", "drafts", "withdrawn", "deleted"))
    click.echo(f"started {totals['started']} = {parts}")
    click.echo("submitted {submitted} = exported {exported} + withheld {withheld}".format(**totals))
    if not collation.agrees:
        fail("These counts do not reconcile: something that was begun is neither there nor counted as gone.")


def _rounds(round_ids: tuple[str, ...], home_id: str | None) -> list[Round]:
    """The rounds named, and those of the home, each once; ends the command for one that does not exist."""
    store = running().store
    found: dict[str, Round] = {}
    for round_id in round_ids:
        asked = store.rounds.get(round_id)
        if asked is None:
            fail(f"No round is called {round_id}.")
        found[asked.id] = asked
    if home_id:
        if store.homes.get(home_id) is None:
            fail(f"There is no home called {home_id}.")
        of_home = {asked.id: asked for asked in store.rounds.find("home_id", home_id)}
        if not of_home:
            fail(f"{home_id} has had no round yet.")
        found |= of_home
    return list(found.values())
