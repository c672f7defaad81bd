"""What changed between two documents: items are matched by their ids, wherever they stand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.definitions.differences.breaks import on_addition, on_change, on_deletion
from service.definitions.differences.inventory import FORM, InventoryItem, Key, inventory, owner_of
from service.definitions.differences.sentences import (
    added,
    deleted,
    field_changed,
    moved,
    reordered,
    translation_changed,
)
from service.definitions.editing import ABSENT, Address, Json, prepared
from service.definitions.editing.document import names_in, same
from service.definitions.editing.places import texts_of

_OWNERS = {"questions": "question", "choice_lists": "list", "alerts": "alert", "pages": "page"}
_ORDERED = frozenset({"page", "question", "option", "row"})


@dataclass(frozen=True)
class Difference:
    """One thing that changed, as a sentence.

    `address` is where it is in the later document, or was in the earlier one if it is gone. `breaks` says what it
    breaks in comparisons over time, "" for nothing. `about` names what it belongs to: ("question", id), ("list", name),
    ("alert", id), ("computed", name), ("page", id), ("check", message), or ("form", field).
    """

    address: Address
    sentence: str
    breaks: str = ""
    about: tuple[str, ...] = FORM


def differences(before: Json, after: Json) -> tuple[Difference, ...]:
    """What changed from one document to a later one, in the later one's order; what is gone comes last.

    Ids, versions and the name of the schema are not compared. Both may be faulty, with names for checks or without.
    """
    before, after = prepared(before), prepared(after)
    return tuple(dict.fromkeys(_Comparison(before, after, inventory(before), inventory(after)).found()))


@dataclass(frozen=True)
class _Comparison:
    before: Json
    after: Json
    old: Mapping[Key, InventoryItem]
    new: Mapping[Key, InventoryItem]

    def found(self) -> Iterator[Difference]:
        displaced = self.displaced()
        for key, item in self.new.items():
            if key not in self.old:
                yield from self.added(key, item)
                continue
            earlier = self.old[key]
            if item.parent != earlier.parent:
                yield Difference(item.address, moved(self.after, item), "", owner_of(key))
            elif key in displaced:
                yield Difference(
                    item.address, reordered(self.after, item, displaced[key]), "", (*owner_of(key), "order")
                )
            yield from self.changed(key, earlier, item)
        yield from self.translated()
        for key, item in self.old.items():
            if key not in self.new and (item.parent in self.new or key[0] == "question"):
                breaks = on_deletion(self.before, item)
                yield Difference(item.address, deleted(self.before, item), breaks, owner_of(key))

    def added(self, key: Key, item: InventoryItem) -> Iterator[Difference]:
        if item.parent in self.old or key[0] == "question":
            breaks = on_addition(self.after, item)
            yield Difference(item.address, added(self.after, item), breaks, owner_of(key))

    def changed(self, key: Key, earlier: InventoryItem, item: InventoryItem) -> Iterator[Difference]:
        for way in dict.fromkeys((*item.fields, *earlier.fields)):
            if not same(earlier.fields.get(way, ABSENT), item.fields.get(way, ABSENT)):
                said = field_changed(self.before, self.after, earlier, item, way)
                breaks = on_change(self.before, earlier, item, way)
                about = (*FORM, way[0]) if key == FORM else owner_of(key)
                yield Difference((*item.address, *way) if way != ("computed",) else item.address, said, breaks, about)

    def displaced(self) -> dict[Key, InventoryItem | None]:
        """The fewest items that stand in another order within what holds them, each with the one before it now."""
        found: dict[Key, InventoryItem | None] = {}
        for parent, keys in _lists(self.new).items():
            stayed = [key for key in keys if key in self.old and self.old[key].parent == parent[0]]
            order = {key: number for number, key in enumerate(self.old)}
            kept = _longest_rise([order[key] for key in stayed])
            for key in stayed:
                if order[key] not in kept:
                    index = keys.index(key)
                    found[key] = self.new[keys[index - 1]] if index else None
        return found

    def translated(self) -> Iterator[Difference]:
        """Changed translations of texts that stand in both documents."""
        were, are = _texts(self.before), _texts(self.after)
        earlier, later = _translations(self.before), _translations(self.after)
        for language, path in dict.fromkeys((*later, *earlier)):
            text, address = later.get((language, path)), are.get(path)
            if address is None or path not in were or text == earlier.get((language, path)):
                continue
            said = translation_changed(self.after, language, address, text)
            start, _, rest = path.partition(".")
            about = (_OWNERS[start], rest.partition(".")[0]) if start in _OWNERS else (*FORM, "translations")
            yield Difference(("translations", language, path), said, "", about)


def _lists(found: Mapping[Key, InventoryItem]) -> dict[tuple[Key, str], list[Key]]:
    lists: dict[tuple[Key, str], list[Key]] = {}
    for key, item in found.items():
        if key[0] in _ORDERED:
            lists.setdefault((item.parent, key[0]), []).append(key)
    return lists


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """The longest rising subsequence: what need not be moved."""
    best: list[list[int]] = []  # the longest rise that ends at each number
    for number in numbers:
        shorter = [rise for rise in best if rise[-1] < number]
        best.append([*max(shorter, key=len, default=[]), number])
    longest: list[int] = max(best, key=len, default=[])
    return set(longest)


def _texts(document: Json) -> dict[str, Address]:
    messages = _messages(document)
    return {_path(text.path, messages): text.address for text in texts_of(document) if text.path}


def _translations(document: Json) -> dict[tuple[str, str], str]:
    messages, found = _messages(document), {}
    for language in names_in(document.get("translations"), ("translations",)):
        texts = document["translations"][language]
        for path, text in texts.items() if isinstance(texts, dict) else ():
            if isinstance(text, str):
                found[language, _path(path, messages)] = text
    return found


def _messages(document: Json) -> dict[str, str]:
    checks = document.get("checks")
    names = names_in(checks, ("checks",))
    kept = [check if isinstance(check, dict) else {} for check in (checks if isinstance(checks, list) else ())]
    return {name: str(check.get("message")) for name, check in zip(names, kept, strict=False)}


def _path(path: str, messages: Mapping[str, str]) -> str:
    """The path of a translation; a check goes by its message, which both documents have."""
    start, _, rest = path.partition(".")
    name, _, field = rest.partition(".")
    return f"{start}.{messages.get(name, name)}.{field}" if start == "checks" else path
