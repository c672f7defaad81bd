"""Commands for the store itself: check, back up, restore, copy and migrate it, and change its keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from service.cli.output import fail, long_work, refusals_as_sentences
from service.config import SettingError, store_address
from service.dates import now
from service.jobs.retention import shuffle_anonymous
from service.state import app_state
from service.storage import open_store
from service.storage.backup import BadBackup, CountsDiffer, NotEmpty
from service.storage.backup import backup as back_up
from service.storage.backup import copy as copy_all
from service.storage.backup import restore as bring_back
from service.storage.check import check as look_over
from service.storage.encryption import Seal
from service.storage.maintenance import rotate as seal_anew
from service.storage.migrations import FORMAT
from service.storage.migrations.runner import migrate as migrate_store
from service.storage.migrations.runner import preview
from service.storage.store import backup_name, open_engine


@click.group()
def store() -> None:
    """Where everything is kept."""


@store.command()
def check() -> None:
    """Read everything; say what is wrong and where. Ends with 1 where anything is."""
    with refusals_as_sentences(), long_work("reading") as progress:
        checked = look_over(app_state().opened_store, progress)
    for note in checked.notes:
        click.echo(f"note: {note}")
    for fault in checked.faults:
        click.echo(f"fault: {fault}")
    _say_counts(checked.counts)
    if checked.faults:
        fail(f"{len(checked.faults)} faults.")


@store.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
def backup(target: Path) -> None:
    """Write everything as it is at this moment to a new FILE, while the service goes on; answers stay sealed."""
    with refusals_as_sentences():
        shuffle_anonymous(app_state().opened_store, app_state().form)
        with _storage_refusals(), long_work("writing") as progress:
            counts = back_up(app_state().opened_store, target, now(), progress)
    _say_counts(counts)


@store.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--replace", is_flag=True, help="let go of what the store holds; without this it must be new")
def restore(source: Path, replace: bool) -> None:
    """Put back what a backup holds, all or nothing, but for what was deleted since."""
    with refusals_as_sentences(), _storage_refusals(), long_work("restoring") as progress:
        restored = bring_back(source, app_state().opened_store, in_place_of_what_is_there=replace, progress=progress)
        app_state().seed()
    _say_counts(restored.counts)
    click.echo(f"stayed away, deleted since: {restored.deleted_since}")


@store.command()
@click.argument("source")
@click.argument("target")
def copy(source: str, target: str) -> None:
    """Move everything from the store at SOURCE to an empty one at TARGET (tinydb:FOLDER or postgresql://…)."""
    with refusals_as_sentences(), _storage_refusals(), long_work("copying") as progress:
        keys, backups = app_state().seal_keys, app_state().config.instance_dir
        first = open_store(_address(source), seal_keys=keys, backups=backups)
        counts = copy_all(first, open_store(_address(target), seal_keys=keys, backups=backups), progress)
    _say_counts(counts)


@store.command()
@click.option("--dry-run", is_flag=True, help="only say what would change")
def migrate(dry_run: bool) -> None:
    """Bring the store to the format of this version, after a backup. Opening an older store does the same."""
    config, seal = app_state().config, Seal(app_state().seal_keys)
    with refusals_as_sentences(), long_work("migrating") as progress:
        engine = open_engine(config.store_url)
        if dry_run:
            migrated = preview(engine, seal, progress)
        else:
            migrated = migrate_store(engine, seal, backup_name(config.store_url, config.instance_dir), progress)
        engine.close()
    if migrated is None:
        click.echo(f"The store has format {FORMAT}. There is nothing to migrate.")
        return
    done = "would be migrated" if dry_run else "was migrated"
    click.echo(f"The store {done} from format {migrated.found} to {FORMAT}:")
    for summary in migrated.summaries:
        click.echo(f"- {summary}")
    _say_counts(migrated.changed)
    for table, number in migrated.unreadable.items():
        click.echo(f"{table}: {number} are sealed with keys that were not given, and stay as they are")
    if migrated.backup:
        click.echo(f"A backup from before: {migrated.backup}")


@click.group()
def keys() -> None:
    """The keys that answers are sealed with."""


@keys.command()
def rotate() -> None:
    """Seal everything anew with the first of SAYSO_SEAL_KEYS, while the service goes on; older keys may then go."""
    with refusals_as_sentences(), long_work("sealing") as progress:
        rotated = seal_anew(app_state().opened_store, progress)
    click.echo(f"sealed anew: {rotated.resealed}")
    if rotated.lost:
        fail(f"{rotated.lost} records are sealed with keys that were not given, and stay as they are.")


def _address(place: str) -> str:
    try:
        return store_address("the store's address", place)
    except SettingError as wrong:
        raise click.UsageError(str(wrong)) from None


def _say_counts(counts: dict[str, int]) -> None:
    click.echo(", ".join(f"{number} {table}" for table, number in counts.items()))


@contextmanager
def _storage_refusals() -> Iterator[None]:
    try:
        yield
    except (BadBackup, NotEmpty, CountsDiffer, FileExistsError) as refusal:
        fail(str(refusal))
