"""What was set aside of a journal because it could not be read: kept, named, and let go in the end."""

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from service.storage.embedded.durable_files import keep_file, sync_folder

Names = Sequence[tuple[str, str]]  # of documents: a table and an id


class Evidence:
    """Files in a folder of their own, none of which is ever written twice.

    A damaged part has a second file beside it, which names the documents that it seems to be about.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, what: Literal["torn", "damaged"], offset: int, data: bytes, documents: Names = ()) -> None:
        """Put down, durably, what stood at this place of the journal."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(self._folder.parent)
        path = self._folder / f"{what}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z-at-{offset}"
        if documents:
            keep_file(path.with_suffix(".json"), json.dumps(documents).encode())
        keep_file(path, data)

    def damaged(self) -> list[tuple[Path, Names]]:
        """The damaged parts, with the documents that they seem to be about."""
        return [(path, _names(path)) for path in sorted(self._folder.glob("damaged-*")) if not path.suffix]

    def torn(self) -> list[Path]:
        """The beginnings of commits whose writer died."""
        return sorted(self._folder.glob("torn-*"))

    def forget(self, before: datetime) -> int:
        """Delete what was set aside before this moment; how many files that were."""
        old = [path for path in self._folder.glob("*-at-*") if os.stat(path).st_mtime < before.timestamp()]
        for path in old:
            path.unlink()
        return len(old)


def _names(path: Path) -> Names:
    beside = path.with_suffix(".json")
    return [(table, id) for table, id in json.loads(beside.read_bytes())] if beside.exists() else []
