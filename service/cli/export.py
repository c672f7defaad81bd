"""The command that writes what rounds add up to: as a workbook, CSV, JSON, or for SPSS."""

from datetime import datetime
from pathlib import Path

import click

from service.analysis.closing import keep_figures
from service.analysis.reconciliation import added_up
from service.audit import COMMAND, Exported, remember
from service.calendar import now
from service.cli.saying import fail, refusals_as_sentences
from service.collection.repository import Store
from service.collection.round import Round
from service.web.running import running
from service.workbooks import Collation, collate
from service.workbooks.formats import FORMATS
from service.workbooks.spss import SpssMissing
from service.workbooks.whole import written_whole


@click.command()
@click.argument("round_ids", nargs=-1, metavar="ROUND…")
@click.option("--home", "home_id", help="all rounds of this home")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="the folder to write to")
@click.option("--csv", "form", flag_value="csv", help="the same as CSV files in one archive")
@click.option("--json", "form", flag_value="json", help="the same as one JSON document")
@click.option("--sav", "form", flag_value="sav", help="the responses as SPSS files in one archive")
@click.option("--to-hand-on", is_flag=True, help="the other workbook: no single answers, small numbers withheld")
def export(
    round_ids: tuple[str, ...], home_id: str | None, out: Path | None, form: str | None, *, to_hand_on: bool
) -> None:
    """Write one workbook of these rounds, to act on or to hand on; prints its path, then counts that reconcile.

    What is kept out of the workbook is kept out of every other form too.
    """
    if not round_ids and not home_id:
        raise click.UsageError("Name at least one round, or a home with --home.")
    service = running()
    written = FORMATS[form or "xlsx"]
    with refusals_as_sentences():
        rounds = _rounds(round_ids, home_id)
        key = service.hasher.new("order", "rows").encode()
        moment = now()
        keep_figures(service.store, rounds, service.form, moment)
        collation = collate(service.store, rounds, service.form, key, moment, to_hand_on=to_hand_on)
        path = (out or service.config.exports_dir) / written.name(collation)
        try:
            written_whole(path, lambda file: written.write(collation, file))
        except SpssMissing as missing:
            fail(str(missing))
        except OSError as fault:
            fail(f"The file could not be written: {fault}")
        _remember(service.store, collation, path.name, moment)
    click.echo(path)
    totals = added_up(collation.accounts)
    parts = " + ".join(f"{part} {totals[part]}" for part in ("submitted", "drafts", "withdrawn", "deleted"))
    click.echo(f"started {totals['started']} = {parts}")
    click.echo("submitted {submitted} = exported {exported} + withheld {withheld}".format(**totals))
    if not collation.agrees:
        fail("These counts do not reconcile: something that was begun is neither there nor counted as gone.")


def _remember(store: Store, collation: Collation, name: str, moment: datetime) -> None:
    rounds, homes = collation.gathered.rounds, collation.gathered.homes
    names = any(told.exported for told in collation.accounts)
    with store.transaction() as books:
        taken = Exported(", ".join(asked.id for asked in rounds), name, names)
        remember(books, taken, COMMAND, moment, homes[0].id if len(homes) == 1 else "")


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
