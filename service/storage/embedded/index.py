"""Which documents have a certain value in a certain field, in the order of first writing."""

import sys
from collections.abc import Collection, Mapping


class Index:
    """One field of one table. `table` is its documents by id, in the order of first writing."""

    def __init__(self, table: Mapping[str, object]) -> None:
        self._table = table
        self._ids: dict[str, dict[str, None]] = {}
        self._values: dict[str, str] = {}

    def put(self, id: str, value: object, *, known: bool) -> None:
        """The document, which stands in the table, has this value; only text is found again.

        `known` documents stood there before.
        """
        if known:
            if self._values.get(id) == value:
                return
            self.remove(id)
        if not isinstance(value, str):
            return
        value = sys.intern(value)
        ids = self._ids.setdefault(value, {})
        self._values[id] = value
        ids[id] = None
        if known and len(ids) > 1:  # it may be older than where it now stands
            rank = {each: place for place, each in enumerate(self._table)}
            self._ids[value] = dict.fromkeys(sorted(ids, key=rank.__getitem__))

    def remove(self, id: str) -> None:
        """The document is gone, or has another value."""
        value = self._values.pop(id, None)
        if value is None:
            return
        ids = self._ids[value]
        del ids[id]
        if not ids:
            del self._ids[value]

    def ids(self, value: str) -> Collection[str]:
        """The documents with this value."""
        return self._ids.get(value, {}).keys()
