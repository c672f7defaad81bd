"""A file that is there whole or not at all."""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO


def written_whole(path: Path, write: Callable[[IO[bytes]], None]) -> Path:
    """Write the file, in a folder made for it where there is none. It appears under its name when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside its final place, so that renaming it is one step; a name that nobody takes for a finished file.
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
        try:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    return path
