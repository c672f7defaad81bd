"""Files that somebody has asked for are made one after another, in their own time; and they go when they must."""

import errno
import shutil
import time
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path

from service.accounts.account import Account
from service.collection.exports.requests import (
    begin_next,
    has_failed,
    has_moved,
    homes_of,
    is_made,
    put_back,
    roles_for,
    why_not,
)
from service.collection.models.export import Export, Fault
from service.exporters.atomic_file import written_whole
from service.exporters.formats import FORMATS
from service.jobs.context import JobContext
from service.operations.exports import RoundMissing, make_report
from service.reports.dataset import HomeMissing
from service.reports.progress import Work
from service.repository import readable
from service.storage import StoreUnavailable
from service.storage.store import RecordStore

FOLDER = "asked-for"  # below that of exports, so that no two files are called the same
_TOLD_EACH = 1.0  # second: every word of how far it has come is a commit
_FULL = (errno.ENOSPC, errno.EDQUOT)

Clock = Callable[[], datetime]


class _Enough(Exception):
    """Whoever makes it was told to stop."""


def file_of(exports: Path, export: Export) -> Path:
    """Where the file is, once it is made."""
    return _folder(exports, export.id) / export.file


def make_exports(context: JobContext, clock: Clock, enough: Callable[[], bool]) -> str:
    """Make what waits, the oldest first, until there is nothing more or it is `enough`; for whoever is alone in it.

    What was begun by somebody who died is begun again. A fault that nobody expected ends the run: the next goes on
    behind it.
    """
    taken_back = _take_back(context, clock())
    made = failed = 0
    while not enough() and (export := begin_next(context.store, clock())) is not None:
        try:
            fault = _make(context, export, clock, enough)
        except _Enough:
            put_back(context.store, export, clock())
            break
        except StoreUnavailable:  # it stays begun, and is begun again
            raise
        except Exception:
            has_failed(context.store, export, "broken", clock())
            raise
        if fault:
            has_failed(context.store, export, fault, clock())
        made, failed = made + (not fault), failed + bool(fault)
    told = {"made": made, "could not be made": failed, "taken back": taken_back}
    return ", ".join(f"{number} {what}" for what, number in told.items() if number) or "none asked for"


def forget_exports(store: RecordStore, exports: Path, keep_days: int, today: date) -> int:
    """Delete files whose last day is over, with what was kept of them, and files of which nothing is kept."""
    over = [
        one.id
        for one in readable(store[Export].all()).records
        if one.kept_until(keep_days) < today and one.state != "being_made"
    ]
    for export_id in over:
        _delete(exports, export_id)
    if over:
        with store.transaction() as tx:
            for export_id in over:
                tx[Export].remove(export_id)
    folder = exports / FOLDER
    unknown = [each.name for each in folder.iterdir()] if folder.is_dir() else []
    unknown = [name for name in unknown if store[Export].get(name) is None]
    for name in unknown:
        _delete(exports, name)
    return len(over) + len(unknown)


def _make(context: JobContext, export: Export, clock: Clock, enough: Callable[[], bool]) -> Fault:
    """Make one; why it cannot be made, where that is known."""
    exports = context.config.exports_dir
    account, homes = context.store[Account].get(export.account_id), homes_of(context.store, export.wanted)
    if homes is None:
        return "rounds"
    roles = roles_for(account, homes) if account is not None else None
    if roles is None:
        return "role"
    _delete(exports, export.id)  # what is left of one who died in the middle
    form = FORMATS[export.form]
    telling = _Telling(context.store, export, clock, enough)
    work = Work(telling, form.takes)
    try:
        collation = make_report(
            context.store, export.wanted, context.forms, context.hasher.row_order, clock(), roles, work
        )
        name = form.name(collation)
        written_whole(_folder(exports, export.id) / name, partial(form.write, collation))
    except (RoundMissing, HomeMissing):
        return "rounds"
    except OSError as fault:
        _delete(exports, export.id)
        return "room" if fault.errno in _FULL else "unwritten"
    made_for = () if export.wanted.use == "to_hand_on" else roles
    is_made(context.store, export, name, made_for, clock(), names=collation.names)
    return ""


class _Telling:
    """Keeps how far one has come, and looks whether to go on."""

    def __init__(self, store: RecordStore, export: Export, clock: Clock, enough: Callable[[], bool]) -> None:
        self._store = store
        self._export = export
        self._clock = clock
        self._enough = enough
        self._told = time.monotonic()

    def __call__(self, percent: int) -> None:
        if self._enough():
            raise _Enough
        if time.monotonic() - self._told >= _TOLD_EACH:
            has_moved(self._store, self._export, percent, self._clock())
            self._told = time.monotonic()


def _take_back(context: JobContext, now: datetime) -> int:
    """Delete files that whoever asked may not have any more, or that hold what was deleted since."""
    gone = 0
    for export in readable(context.store[Export].find("state", "ready")).records:
        fault = why_not(context.store, export, context.store[Account].get(export.account_id))
        if fault:
            _delete(context.config.exports_dir, export.id)
            has_failed(context.store, export, fault, now)
            gone += 1
    return gone


def _folder(exports: Path, export_id: str) -> Path:
    return exports / FOLDER / export_id


def _delete(exports: Path, export_id: str) -> None:
    folder = _folder(exports, export_id)
    if folder.is_dir():
        shutil.rmtree(folder)
