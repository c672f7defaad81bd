"""Everything in a form's document that has a name, under keys that stay when it moves."""

from collections.abc import Iterator
from dataclasses import dataclass

from service.definitions.editing import Address, Json, find
from service.definitions.editing.document import names_in
from service.definitions.editing.places import items

Key = tuple[str, ...]

FORM: Key = ("form",)
_HELD = frozenset({"pages", "choice_lists", "computed", "checks", "alerts", "translations"})
_UNSAID = frozenset({"$schema", "format", "id", "version"})
_CONDITIONS = frozenset({"visible_if", "when", "rule"})
_FIELDS_WITH_PARTS = frozenset({"validation", "media", "reporting", "retention", "repeat", "sharing"})


@dataclass(frozen=True)
class InventoryItem:
    """Something with a name. `fields` are its own, by their way there, without the items that stand in it."""

    key: Key
    address: Address
    fields: dict[Address, Json]
    parent: Key


def inventory(document: Json) -> dict[Key, InventoryItem]:
    """Everything with a name, in the order of the document. The document is a prepared one."""
    found: dict[Key, InventoryItem] = {}
    for item in _everything(document):
        key = item.key
        while key in found:  # a faulty draft may have two questions of one id
            key = (*key, "again")
        found[key] = item
    return found


def owner_of(key: Key) -> Key:
    """The question, list or other thing that an item belongs to: an option belongs to its question."""
    return (key[1], key[2]) if key[0] in ("option", "row") else key


def _everything(document: Json) -> Iterator[InventoryItem]:
    yield InventoryItem(FORM, (), _fields(document, _HELD | _UNSAID), ())
    for address, page in items(document, ("pages",)):
        key = ("page", address[-1])
        yield InventoryItem(key, address, _fields(page, {"id", "questions"}), FORM)
        yield from _questions(document, (*address, "questions"), key)
    for name in names_in(document.get("choice_lists"), ("choice_lists",)):
        here = ("choice_lists", name)
        yield InventoryItem(("list", name), here, {}, FORM)
        yield from _options(document, here, ("list", name))
    computed = document.get("computed")
    for name, tree in computed.items() if isinstance(computed, dict) else ():
        yield InventoryItem(("computed", name), ("computed", name), {("computed",): tree}, FORM)
    for address, check in items(document, ("checks",)):  # the format gives a check no name: it goes by its message
        yield InventoryItem(("check", str(check.get("message"))), address, _fields(check, {"id", "message"}), FORM)
    for address, alert in items(document, ("alerts",)):
        yield InventoryItem(("alert", address[-1]), address, _fields(alert, {"id"}), FORM)


def _questions(document: Json, address: Address, parent: Key) -> Iterator[InventoryItem]:
    for here, question in items(document, address):
        yield from _question(document, here, question, parent)


def _question(document: Json, address: Address, question: dict[str, Json], parent: Key) -> Iterator[InventoryItem]:
    key = ("question", str(question.get("id") or address[-1]))
    held = {"id", "questions", "rows", "others", *(() if isinstance(question.get("options"), str) else ("options",))}
    yield InventoryItem(key, address, _fields(question, held), parent)
    for here, row in items(document, (*address, "rows")):
        yield InventoryItem(("row", *key, here[-1]), here, _fields(row, {"id"}), key)
    for options in ("options", "others"):
        yield from _options(document, (*address, options), key)
    yield from _questions(document, (*address, "questions"), key)


def _options(document: Json, address: Address, owner: Key) -> Iterator[InventoryItem]:
    for here, option in items(document, address):
        key = ("option", *owner, here[-1])
        yield InventoryItem(key, here, _fields(option, {"value", "detail"}), owner)
        detail = find(document, (*here, "detail"))
        if isinstance(detail, dict):
            yield from _question(document, (*here, "detail"), detail, key)


def _fields(holder: dict[str, Json], held: set[str] | frozenset[str]) -> dict[Address, Json]:
    return {
        way: value
        for name, field in holder.items()
        if name not in held
        for way, value in _parts((name,), field)
        if value is not None and (value is not False or name in _CONDITIONS)  # a condition of false is one
    }


def _parts(way: Address, field: Json) -> Iterator[tuple[Address, Json]]:
    """A field, or its parts; a limit is the same with and without a message beside it."""
    if way[0] == "validation" and len(way) == 2:
        field = field if isinstance(field, dict) and "value" in field else {"value": field}
        yield from (((*way, name), part) for name, part in field.items())
    elif way[0] in _FIELDS_WITH_PARTS and len(way) == 1 and isinstance(field, dict):
        for name, part in field.items():
            yield from _parts((*way, name), part)
    else:
        yield way, field
