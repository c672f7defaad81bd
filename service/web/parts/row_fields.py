"""Rows of texts in a form of a manager's page: added, taken away and moved by buttons that need no script."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Generic, TypeVar

from wtforms import Field

from service.collection.people.contact_fields import tidied

Row = TypeVar("Row")

_BUTTON = re.compile(r"(remove|up)-([0-9]{1,2})")


class RowsField(Field, Generic[Row]):
    """Rows of which each is a record; one in which none of its `texts` stands is nothing.

    A row's `parts` come as `<prefix>-<part>`, in the order of the rows.
    """

    prefix: str
    parts: tuple[str, ...]
    texts: tuple[str, ...]
    most: int
    longest: int

    data: list[Row]

    def made(self, *texts: str) -> Row:
        """The record of a row, from its parts."""
        raise NotImplementedError

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take the rows that were sent, or those that are kept."""
        self.process_errors: list[str] = []
        self.object_data = tuple(data) if isinstance(data, tuple | list) else ()
        self.data = list(self.object_data)
        if formdata is not None and f"{self.prefix}-{self.parts[0]}" in formdata:
            columns = [formdata.getlist(f"{self.prefix}-{part}") for part in self.parts]
            rows = list(zip_longest(*columns, fillvalue=""))[: self.most + 1]
            # one too many of either, so that it is refused and not cut off
            self.data = [self.made(*(tidied(text[: self.longest + 1]) for text in row)) for row in rows]

    @property
    def filled(self) -> tuple[Row, ...]:
        """The rows that say anything."""
        return tuple(row for row in self.data if any(getattr(row, text) for text in self.texts))

    @property
    def shown(self) -> Sequence[Row]:
        """The rows of the page: at least one, to write in."""
        return self.data or [self._blank()]

    def moved(self, wanted: str) -> int | None:
        """Do what a button of the rows says: the row in which one goes on; None where all is to be saved."""
        if wanted == "add":
            if len(self.data) < self.most:
                self.data.append(self._blank())
            return len(self.data) - 1
        asked = _BUTTON.fullmatch(wanted)
        if asked is None:
            return None
        place = int(asked[2])
        if asked[1] == "remove":
            del self.data[place : place + 1]
            return max(0, min(place, len(self.data) - 1))
        if 0 < place < len(self.data):
            self.data.insert(place - 1, self.data.pop(place))
        return max(0, place - 1)

    def _blank(self) -> Row:
        return self.made(*("" for _ in self.parts))
