"""The command that writes what rounds add up to: as a workbook, CSV, JSON, or for SPSS."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click

from service.analysis.reconciliation import added_up
from service.audit import COMMAND
from service.cli.output import fail, long_work, refusals_as_sentences
from service.collection.models.export import Use, Wanted
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.collection.rounds.queries import homes_of_provider, rounds_of
from service.dates import in_words, now
from service.exporters.atomic_file import written_whole
from service.exporters.formats import FORMATS
from service.exporters.spss import SpssMissing
from service.operations.exports import Fill, take_file
from service.reports.labels import in_a_list
from service.reports.progress import Work
from service.state import app_state

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("round_ids", nargs=-1, metavar="ROUND…")
@click.option("--home", "home_id", help="all rounds of this home")
@click.option("--provider", help="all rounds of all homes of this provider, to hand on unless told otherwise")
@click.option("--since", type=DAY, help="of a home or provider: rounds that opened on this day or later, as 2026-01-31")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="the folder to write to")
@click.option("--csv", "form", flag_value="csv", help="the same as CSV files in one archive")
@click.option("--json", "form", flag_value="json", help="the same as one JSON document")
@click.option("--sav", "form", flag_value="sav", help="the responses as SPSS files in one archive")
@click.option(
    "--to-hand-on/--to-act-on",
    default=None,
    help="the other workbook: no single answers, small numbers withheld; or the one with them",
)
def export(
    round_ids: tuple[str, ...],
    home_id: str | None,
    provider: str | None,
    since: datetime | None,
    out: Path | None,
    form: str | None,
    *,
    to_hand_on: bool | None,
) -> None:
    """Write one workbook of these rounds, to act on or to hand on; prints its path, then counts that reconcile.

    What is kept out of the workbook is kept out of every other form too.
    """
    if not round_ids and not home_id and not provider:
        raise click.UsageError("Name at least one round, a home with --home, or a provider with --provider.")
    if since is not None and not home_id and not provider:
        raise click.UsageError("--since goes with --home or --provider: rounds that are named are all taken.")
    # What goes over all homes goes to people whom no form names.
    to_hand_on = bool(provider) if to_hand_on is None else to_hand_on
    service = app_state()
    written = FORMATS[form or "xlsx"]
    with refusals_as_sentences():
        homes = _homes(home_id, provider)
        rounds = _rounds(round_ids, homes, since.date() if since else None)
        use: Use = "to_hand_on" if to_hand_on else "to_act_on"
        wanted = Wanted(tuple(round_.id for round_ in rounds), use, tuple(home.id for home in homes))
        folder = out or service.config.exports_dir
        with long_work("writing", each=1) as progress:
            collation = take_file(
                service.store,
                wanted,
                written,
                lambda name, fill: _write(folder / name, fill),
                service.form,
                service.hasher.row_order,
                now(),
                by=COMMAND,
                work=Work(lambda percent: progress(percent, 100), written.takes),
            )
            progress(100, 100)  # where no single answers are written, that part of the work is none
    click.echo(folder / written.name(collation))
    totals = added_up(collation.accounts)
    parts = " + ".join(f"{part} {totals[part]}" for part in ("submitted", "drafts", "withdrawn", "deleted"))
    click.echo(f"started {totals['started']} = {parts}")
    click.echo("submitted {submitted} = exported {exported} + withheld {withheld}".format(**totals))
    if not collation.agrees:
        fail("These counts do not reconcile: something that was begun is neither there nor counted as gone.")


def _write(path: Path, fill: Fill) -> None:
    try:
        written_whole(path, fill)
    except SpssMissing as missing:
        fail(str(missing))
    except OSError as fault:
        fail(f"The file could not be written: {fault}")


def _homes(home_id: str | None, provider: str | None) -> list[Home]:
    """The home and those of the provider, each once; ends the command where there is none."""
    store = app_state().store
    found: dict[str, Home] = {}
    if home_id:
        home = store[Home].get(home_id)
        if home is None:
            fail(f"There is no home called {home_id}.")
        found[home.id] = home
    if provider:
        of_provider = homes_of_provider(store, provider)
        if not of_provider:
            known = sorted({home.provider for home in store[Home].all() if home.provider})
            fail(f"No home belongs to {provider}. {_known(known)}")
        found |= {home.id: home for home in of_provider}
    return list(found.values())


def _known(providers: Sequence[str]) -> str:
    return f"There are homes of {in_a_list(providers)}." if providers else "No home names a provider."


def _rounds(round_ids: Sequence[str], homes: Sequence[Home], since: date | None) -> list[Round]:
    """The rounds named, and those of the homes, each once; ends the command where there is none."""
    store = app_state().store
    found: dict[str, Round] = {}
    for round_id in round_ids:
        round_ = store[Round].get(round_id)
        if round_ is None:
            fail(f"No round is called {round_id}.")
        found[round_.id] = round_
    of_homes = rounds_of(store, homes, since)
    if homes and not of_homes:
        when = f"since {in_words(since)}" if since else "yet"
        fail(f"{in_a_list([home.id for home in homes])} {'has' if len(homes) == 1 else 'have'} had no round {when}.")
    return list((found | {round_.id: round_ for round_ in of_homes}).values())
