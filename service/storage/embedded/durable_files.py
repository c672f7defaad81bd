"""Small moves on files that are not done until they are on disk."""

import errno
import os
from collections.abc import Callable
from pathlib import Path


def write_all(file: int, data: bytes, offset: int = 0) -> None:
    """Write everything from there on; the system may take it in parts."""
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, offset)
        view = view[written:]
        offset += written


def keep_file(path: Path, data: bytes) -> None:
    """Make a file that was not there, durably; one that is there is never touched."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        write_all(file, data)
        os.fsync(file)
    except OSError:
        path.unlink()
        raise
    finally:
        os.close(file)
    sync_folder(path.parent)


def inode_of(path: Path) -> int:
    """The number of the file that now has this name.

    Read from the folder: to stat a file makes the next write to it record a finer time (Linux 6.13 and
    later), and that makes the sync that follows half as dear again.
    """
    with os.scandir(path.parent) as entries:
        for entry in entries:
            if entry.name == path.name:
                return entry.inode()
    raise FileNotFoundError(errno.ENOENT, "is gone", str(path))


sync_data: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)  # what a file says, its times apart


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
