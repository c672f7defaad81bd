"""The journal: one file that only grows, where a commit is there whole and on disk, or not at all."""

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Literal

from service.storage.embedded.contents import BLANK, MOVING, Contents, Place
from service.storage.embedded.durable_files import inode_of, sync_data, sync_folder, write_all
from service.storage.embedded.line_format import Operation, commit_lines, single_line
from service.storage.embedded.lock import WriteLock
from service.storage.embedded.quarantine import Evidence, Names
from service.storage.embedded.transaction import Change
from service.storage.errors import StoreUnavailable, WrongFormat, unavailable
from service.storage.migrations import FORMAT
from service.storage.serialise import pack, unpack

OWN_TABLE = "_journal"  # what the journal notes about itself
_ROOM = 1 << 16  # made ready ahead: to sync what fits into a file costs less than to sync what makes it longer
_LOOK_SECONDS = 1  # how long a reader may not notice that somebody has moved the journal by hand
_FEWEST_DEAD = 1000  # fewer dead lines are not worth writing the journal anew

_log = logging.getLogger(__name__)

Places = dict[str, list[tuple[str, Place]]]


class Journal:
    """Documents in tables, in one folder: the journal, its lock, and what was set aside as evidence.

    Safe between threads, forked workers and processes. `indexed` names the fields of each table by which
    documents are found.
    """

    def __init__(
        self, folder: Path, *, indexed: Mapping[str, Collection[str]] | None = None, lock_seconds: float = 5
    ) -> None:
        self.folder = folder
        self.evidence = Evidence(folder / "set-aside")
        self._path = folder / "journal"
        self._indexed = indexed or {}
        self._lock = WriteLock(folder / "lock", lock_seconds)
        self._mutex = threading.Lock()  # for whoever changes `_known`, or what is in it
        self._here = threading.local()
        self._known: Contents | None = None
        self._look_by = 0.0
        self._fewest_dead = _FEWEST_DEAD
        _journals.add(self)
        if not self._path.exists():
            self._begin()
        self.contents()

    def contents(self) -> Contents:
        """The documents as they are on disk now; costs one look at the file's end when nothing is new."""
        known = self._known
        try:
            if known is not None and time.monotonic() < self._look_by and not known.stale and not known.has_more():
                return known
            known = self._up_to_date()
            if known is not None:
                return known
            with self._mutex:
                contents, sure = self._follow(settled=False)
            if sure:
                return contents
            with self._lock.held():
                return self._settled()
        except OSError as fault:
            raise unavailable(fault) from fault

    def snapshot(self) -> tuple[Contents, Places]:
        """Where every document lies at this moment, between two commits."""
        contents = self.contents()
        return contents, self._places(contents)

    def format(self) -> int:
        """The format of the documents, as the journal notes it."""
        return _noted_format(self.contents())

    def change(self) -> Change | None:
        """What this thread is in the middle of changing."""
        return getattr(self._here, "change", None)

    @contextmanager
    def transaction(self) -> Iterator[Change]:
        """Read and change as one; leaving without an exception means that it is on disk.

        That holds for what was read as well: another's commit that is not yet on disk is waited for. A
        transaction inside a transaction of the same thread is part of it.
        """
        outer = self.change()
        if outer is not None:
            yield outer
            return
        with self._lock.held(self._keep_up):
            contents = self._ready()
            change = Change(contents)
            here = self._here
            here.change = change
            try:
                yield change
            finally:
                here.change = None
            if here is not self._here:
                raise RuntimeError("a transaction does not survive a fork")
            if change.operations:
                self._append(contents, change.operations)
            position = contents.end
        self._sync(contents, position)

    def compact(self) -> None:
        """Write the journal anew with nothing but its live documents; damaged parts are kept aside first."""
        with self._lock.held():
            contents = self._ready()
            try:
                self._rewrite(contents)
            except OSError as fault:
                raise unavailable(fault) from fault

    def rewrite(
        self, change: Callable[[Operation], Operation], target: int, before: Callable[[Contents, Places], object]
    ) -> None:
        """Put every document as `change` gives it into a new file of this format; then that takes the name.

        `before` is done first, with the lock held; where it raises, nothing is changed.
        """
        with self._lock.held():
            contents = self._ready()
            try:
                before(contents, self._places(contents))
                self._rewrite(contents, change, target)
            except OSError as fault:
                raise unavailable(fault) from fault

    def after_fork(self) -> None:
        """In a forked child: begin with locks that nobody holds."""
        self._lock.after_fork()
        self._here = threading.local()
        if self._mutex.locked():  # a thread of the parent was in the middle of taking something in
            self._known = None
        elif self._known is not None:
            self._known.sync_turn = threading.Lock()
        self._mutex = threading.Lock()

    def _begin(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(self.folder.parent)
            with self._lock.held():
                if self._path.exists():
                    return
                if self._lock.is_marked():
                    raise StoreUnavailable(
                        f"The journal is gone from {self.folder}. Put it back; or, if an empty store is wanted, "
                        "delete the file `lock` beside it."
                    )
                self._replace([_note_of(FORMAT)])
                self._lock.mark()
        except OSError as fault:
            raise unavailable(fault) from fault

    def _places(self, contents: Contents) -> Places:
        with self._mutex:
            return {table: contents.places(table) for table in contents.tables()}

    def _up_to_date(self) -> Contents | None:
        """What is known, if it is all there is and still has the name; somebody may have moved it by hand."""
        known = self._known
        if known is None or known.stale or known.inode != inode_of(self._path) or known.has_more(MOVING):
            return None
        self._look_by = time.monotonic() + _LOOK_SECONDS
        return known

    def _follow(self, *, settled: bool) -> tuple[Contents, bool]:
        """Take in what is new, from another file if the name has moved on. Needs `_mutex`."""
        known, inode = self._known, inode_of(self._path)
        if known is not None and known.inode == inode and not known.stale:
            return known, known.replay(settled=settled)
        contents = Contents(self._path, inode, self._indexed)
        if inode_of(self._path) != inode:  # it was replaced just now
            return self._follow(settled=settled)
        sure = contents.replay(settled=settled)
        if sure:
            _check_format(contents)
            self._known = contents
        return contents, sure

    def _keep_up(self) -> None:
        """Take in what others commit while we wait for our turn, so that less is to be done once it has come."""
        known = self._known
        with suppress(OSError), self._mutex:
            if known is not None and known.has_more():
                self._follow(settled=False)

    def _settled(self) -> Contents:
        """The contents, with everything judged that makes no sense. Needs the lock."""
        with self._mutex:
            return self._follow(settled=True)[0]

    def _ready(self) -> Contents:
        """The contents with nothing after their end, so that a commit can follow. Needs the lock."""
        try:
            contents = self._up_to_date()
            if contents is None:
                contents = self._settled()
                self._cut_torn(contents)
            if contents.unsynced:
                self._rewrite(contents)
                return self._ready()
        except OSError as fault:
            raise unavailable(fault) from fault
        return contents

    def _cut_torn(self, contents: Contents) -> None:
        """Take away the beginning of a commit whose writer died; it was never acknowledged."""
        if not contents.has_more(MOVING):
            return
        self._set_aside("torn", contents, contents.end, os.lseek(contents.file, 0, os.SEEK_END) - contents.end)
        os.truncate(self._path, contents.end)
        _log.warning("A commit that was never finished was set aside.")

    def _set_aside(
        self, what: Literal["torn", "damaged"], contents: Contents, offset: int, length: int, documents: Names = ()
    ) -> None:
        self.evidence.keep(what, offset, os.pread(contents.file, length, offset).rstrip(BLANK), documents)

    def _append(self, contents: Contents, operations: list[Operation]) -> None:
        lines, start = commit_lines(operations), contents.end
        try:
            self._write(start, b"".join(lines))
        except OSError as fault:
            raise unavailable(fault) from fault
        with self._mutex:
            if contents.end == start:  # else a reader of this process has found it in the file already
                contents.take(operations, lines)
        dead = contents.lines - contents.live
        if dead > max(contents.live, self._fewest_dead) and not contents.damage:
            try:
                self._rewrite(contents)
            except (OSError, StoreUnavailable) as fault:  # the commit stands; there will be another occasion
                self._fewest_dead = 2 * dead
                _log.warning("The journal could not be written anew: %s", fault)

    def _write(self, end: int, data: bytes) -> None:
        """Write a commit where the journal ends, whole or not at all."""
        file = os.open(self._path, os.O_WRONLY)
        try:
            size = os.lseek(file, 0, os.SEEK_END)
            try:
                write_all(file, data, end)
            except OSError:
                os.ftruncate(file, end)
                raise
            if end + len(data) > size:
                with suppress(OSError):  # a disk that is nearly full can do without
                    write_all(file, BLANK * _ROOM, end + len(data))
        finally:
            os.close(file)

    def _sync(self, contents: Contents, position: int) -> None:
        """Return when all up to there is on disk; threads that wait share one sync."""
        if contents.synced >= position:
            return
        with contents.sync_turn:
            if contents.synced >= position:
                return
            reached = contents.end
            try:
                sync_data(contents.file)
            except OSError as fault:
                contents.unsynced = True  # what the system failed to write once it does not write later
                raise unavailable(fault) from fault
            contents.synced = reached

    def _rewrite(
        self,
        contents: Contents,
        change: Callable[[Operation], Operation] = lambda operation: operation,
        target: int | None = None,
    ) -> None:
        """Replace the file by one of live documents only, changed where that is asked for. Needs the lock."""
        for damage in contents.damage:
            self._set_aside("damaged", contents, damage.offset, damage.length, damage.documents)
        file = os.open(self._path, os.O_WRONLY)
        try:
            with suppress(OSError):
                os.pwrite(file, MOVING, contents.end)
            documents = (
                change(Operation(table, id, contents.read(place)))
                for table in contents.tables()
                if table != OWN_TABLE
                for id, place in contents.places(table)
            )
            self._replace(chain([_note_of(target or _noted_format(contents))], documents))
        finally:
            os.close(file)
        contents.synced = contents.end
        with self._mutex:
            self._follow(settled=True)

    def _replace(self, documents: Iterable[Operation]) -> None:
        new = self._path.with_suffix(".new")
        try:
            with open(new, "wb", opener=_private) as file:
                file.writelines(map(single_line, documents))
                file.flush()
                os.fsync(file.fileno())
            new.rename(self._path)
        except BaseException:
            with suppress(OSError):
                new.unlink()
            raise
        sync_folder(self.folder)


def _note_of(written: int) -> Operation:
    return Operation(OWN_TABLE, "format", pack({"version": written}))


def _noted_format(contents: Contents) -> int:
    note = contents.get(OWN_TABLE, "format")
    return 1 if note is None else int(unpack(note)["version"])


def _check_format(contents: Contents) -> None:
    found = _noted_format(contents)
    if found > FORMAT:
        raise WrongFormat("The store", found, FORMAT)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


_journals: "weakref.WeakSet[Journal]" = weakref.WeakSet()


def _after_fork() -> None:
    for journal in list(_journals):
        journal.after_fork()


os.register_at_fork(after_in_child=_after_fork)
