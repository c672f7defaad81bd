"""Reports and files: made the same way for a page, a job and a command."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import IO

from service.collection.exports.requests import remember_taken
from service.collection.models.export import Wanted
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.definitions import Role
from service.exporters.formats import ExportFormat
from service.operations.figures import Forms, keep_figures
from service.reports.progress import Work
from service.reports.report import Collation, collate
from service.repository import Store

Fill = Callable[[IO[bytes]], None]


class RoundMissing(Exception):
    """A round that was asked for is not kept any more."""


def make_report(
    store: Store,
    wanted: Wanted,
    forms: Forms,
    key: bytes,
    now: datetime,
    roles: Collection[Role] | None = None,
    work: Work | None = None,
) -> Collation:
    """Make the report of what is wanted, for a reader with these roles; without `roles`, for all readers together.

    What is to be handed on is the same for everyone. The figures of rounds that are over are kept on the way. `key`
    decides the order of rows, `work` is told how far it has come. Raises RoundMissing, and what `collate` raises.
    """
    rounds = [_round(store, round_id) for round_id in wanted.round_ids]
    keep_figures(store, rounds, forms, now)
    homes = [home for home_id in wanted.home_ids if (home := store[Home].get(home_id)) is not None]
    to_hand_on = wanted.use == "to_hand_on"
    made_for = None if to_hand_on else roles
    return collate(store, rounds, forms, key, now, made_for, to_hand_on=to_hand_on, homes=homes, work=work)


def take_file(
    store: Store,
    wanted: Wanted,
    file_format: ExportFormat,
    write: Callable[[str, Fill], object],
    forms: Forms,
    key: bytes,
    now: datetime,
    *,
    by: str,
    roles: Collection[Role] | None = None,
    work: Work | None = None,
) -> Collation:
    """Make a report, write it as a file, and remember that the file left the service. Gives the report.

    `write` is called with the file's name and a function that fills an open file. Raises what `make_report` and
    `write` raise; then nothing is remembered.
    """
    report = make_report(store, wanted, forms, key, now, roles, work)
    name = file_format.name(report)
    write(name, partial(file_format.write, report))
    remember_taken(store, wanted, name, by, now, names=report.names)
    return report


def _round(store: Store, round_id: str) -> Round:
    round_ = store[Round].get(round_id)
    if round_ is None:
        raise RoundMissing(round_id)
    return round_
