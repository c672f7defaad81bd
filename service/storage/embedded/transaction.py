"""A transaction in the making: the journal's contents with what has been put and removed so far."""

from service.storage.embedded.contents import Contents
from service.storage.embedded.line_format import Operation, name_fault
from service.storage.serialise import Json, pack


class Change:
    """Reads see what was put before. `operations` is what will be appended as one commit."""

    def __init__(self, contents: Contents) -> None:
        self.operations: list[Operation] = []
        self._contents = contents
        self._put: dict[str, dict[str, Operation]] = {}
        self._gone: dict[str, set[str]] = {}  # removed at some moment, though it may have come back since

    def get(self, table: str, id: str) -> bytes | None:
        """The document's JSON."""
        put = self._put.get(table, {}).get(id)
        if put is not None:
            return put.body
        return None if id in self._gone.get(table, ()) else self._contents.get(table, id)

    def put(self, table: str, id: str, document: Json) -> None:
        """Keep the document under its id, in place of one that has it already."""
        for what, name in ("table", table), ("id", id):
            fault = name_fault(name)
            if fault:
                raise ValueError(f"a {what} {fault}")
        put = Operation(table, id, pack(document), self._contents.indexed(table, document))
        self.operations.append(put)
        self._put.setdefault(table, {})[id] = put

    def remove(self, table: str, id: str) -> None:
        """Let the document go, if it is there."""
        if self.get(table, id) is None:
            return
        self.operations.append(Operation(table, id, b""))
        self._put.get(table, {}).pop(id, None)
        self._gone.setdefault(table, set()).add(id)

    def ids(self, table: str) -> list[str]:
        """The documents of a table, in the order of first writing."""
        known = self._contents.ids(table)
        put, gone = self._put.get(table, {}), self._gone.get(table, set())
        if not put and not gone:
            return list(known)
        return [id for id in known if id not in gone] + [id for id in put if id not in known or id in gone]

    def count(self, table: str) -> int:
        """How many documents a table has."""
        known = self._contents.ids(table)
        put, gone = self._put.get(table, {}), self._gone.get(table, set())
        return len(known) - sum(id in known for id in gone) + sum(id not in known or id in gone for id in put)

    def found(self, table: str, field: str, value: str) -> list[str]:
        """The documents whose indexed field has this value, in the order of first writing."""
        known = self._contents.found(table, field, value)
        put, gone = self._put.get(table, {}), self._gone.get(table, set())
        if not put and not gone:
            return list(known)
        fits = {id for id, operation in put.items() if (operation.indexed or {}).get(field) == value}
        before = [id for id in known if id not in gone and (id in fits or id not in put)]
        after = [id for id in put if id in fits and (id not in known or id in gone)]
        if any(id in self._contents.ids(table) and id not in gone for id in after):  # older than its value
            found = {*before, *after}
            return [id for id in self.ids(table) if id in found]
        return before + after

    def next_id(self, table: str) -> int:
        """The next whole number to be an id, given out under the lock."""
        new = (int(id) for id in self._put.get(table, ()) if id.isdecimal())
        return max(self._contents.highest(table) if self.count(table) else 0, max(new, default=0)) + 1
