"""Places in the document of a form: how they are named, found, filled and emptied.

A place is named by the way there. Items of the lists in `NAMED_LISTS` and of choice lists go by their `id` (options: by
their `value`), everything else by its key. All other lists (languages, readers, codes …) are one value.
"""

import json
from collections.abc import Iterator
from enum import Enum
from typing import Any, TypeAlias

from service.text import TooLarge, clean

Json: TypeAlias = Any
Address: TypeAlias = tuple[str, ...]

NAMED_LISTS = frozenset({"pages", "questions", "options", "others", "rows", "alerts", "checks"})
LONGEST_NAME = 60
_SINGULAR = {"pages": "page", "questions": "question", "rows": "row", "alerts": "alert", "checks": "check"}


class Absence(Enum):
    """Nothing stands there. JSON's null is a value."""

    ABSENT = "absent"


ABSENT = Absence.ABSENT


class MoveRefused(ValueError):
    """The move is not possible on this document; the message says why."""


def is_named_list(address: Address) -> bool:
    """Whether a list at this address has items with names of their own."""
    if not address or address[0] in ("computed", "translations"):
        return False
    if len(address) == 2 and address[0] == "choice_lists":
        return True
    is_ids_of_check = address[0] == "checks" and len(address) > 1
    return address[-1] in NAMED_LISTS and not is_ids_of_check and not is_named_list(address[:-1])


def is_question(address: Address) -> bool:
    """Whether a question stands there: in a page or group, or under an option."""
    if len(address) < 2:
        return False
    if is_named_list(address[:-1]):
        return address[-2] == "questions"
    return address[-1] == "detail"


def name_key(address: Address) -> str:
    """The key by which the items of the list at this address are named."""
    is_list_of_choices = len(address) == 2 and address[0] == "choice_lists"
    return "value" if is_list_of_choices or address[-1] in ("options", "others") else "id"


def names_in(container: Json, address: Address) -> list[str]:
    """The names of what stands in a list or object, in its order."""
    if isinstance(container, dict):
        return list(container)
    if isinstance(container, list) and is_named_list(address):
        key = name_key(address)
        names = [item.get(key) if isinstance(item, dict) else "" for item in container]
        return [name if isinstance(name, str) else "" for name in names]
    return []


def find(document: Json, address: Address) -> Json:
    """What stands at the address, or ABSENT."""
    here = document
    for depth, step in enumerate(address):
        if isinstance(here, dict):
            here = here.get(step, ABSENT)
        else:
            names = names_in(here, address[:depth])
            here = here[names.index(step)] if step in names else ABSENT
        if here is ABSENT:
            return ABSENT
    return here


def sibling_before(document: Json, address: Address) -> str:
    """The name of the sibling just before this place; "" for the first."""
    names = names_in(find(document, address[:-1]), address[:-1])
    index = names.index(address[-1])
    return names[index - 1] if index else ""


def placed(document: Json, address: Address, value: Json, after: str | None = None) -> Json:
    """A new document in which `value` stands at the address; ABSENT empties it.

    What is new stands after the sibling `after` ("" is first); at the end where that is None or has gone.
    Lists and objects that are missing on the way are made.
    """
    return _placed(document, (), address, value, after)


def same(one: Json, other: Json) -> bool:
    """Whether two values are the same JSON: true is not 1, key order does not count."""
    if one is ABSENT or other is ABSENT:
        return one is other
    return one is other or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def need_keepable(document: Json) -> None:
    """Raises MoveRefused for a document that no store keeps: too deep, too long, or with names that become the same."""
    try:
        clean(document)
    except (TooLarge, ValueError, TypeError) as fault:
        raise MoveRefused("This is larger or deeper than a form can be.") from fault


def prepared(document: Json) -> Json:
    """The document as drafts keep it: items of named lists have unique names.

    An item without a name gets one, and a name that stands in one list twice gets a number the second time. Checks get
    an `id` too, which the format does not know: `finished` takes it out again. Raises MoveRefused for no JSON object.
    """
    if not isinstance(document, dict):
        raise MoveRefused("A form is a JSON object.")
    taken = names_of_everything(document)
    document = named(document, (), taken)
    checks = names_in(document.get("checks"), ("checks",))
    return _with_check_paths(document, {str(number): name for number, name in enumerate(checks)})


def finished(document: Json) -> Json:
    """The document as the format has it: checks without the `id` that drafts give them."""
    checks = document.get("checks")
    if not isinstance(checks, list):
        return document
    names = names_in(checks, ("checks",))
    bare = [{key: value for key, value in check.items() if key != "id"} for check in checks]
    return _with_check_paths({**document, "checks": bare}, {name: str(number) for number, name in enumerate(names)})


def named(value: Json, address: Address, taken: set[str]) -> Json:
    """Name each item of the named lists in a value; new names avoid and join `taken`."""
    if isinstance(value, dict):
        return {key: named(item, (*address, key), taken) for key, item in value.items()}
    if not (isinstance(value, list) and is_named_list(address)):
        return value
    key = name_key(address)
    items: list[Json] = []
    seen: set[str] = set()
    for item in value:
        if not isinstance(item, dict):
            raise MoveRefused(f"“{address[-1]}” must be a list of objects.")
        name = item.get(key)
        if not (isinstance(name, str) and name and name not in seen):
            stem = name if isinstance(name, str) and name else _SINGULAR.get(address[-1], "option")
            name = fresh_name(stem, seen if key == "value" else taken | seen)
            item = {key: name, **{each: part for each, part in item.items() if each != key}}
        seen.add(name)
        taken.add(name)
        items.append(named(item, (*address, name), taken))
    return items


def fresh_name(stem: str, taken: set[str]) -> str:
    """The stem, with a number where it is taken."""
    if stem not in taken:
        return stem
    number = 2
    while (name := f"{stem[: LONGEST_NAME - 5]}_{number}") in taken:
        number += 1
    return name


def names_of_everything(document: Json) -> set[str]:
    """Every id and every name of a choice list and computed value in the document."""
    found = {each["id"] for each in _objects(document) if isinstance(each.get("id"), str)}
    for key in ("choice_lists", "computed"):
        found.update(names_in(document.get(key), (key,)))
    return found


def _objects(value: Json) -> Iterator[dict[str, Json]]:
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(item)


def _placed(container: Json, here: Address, way: Address, value: Json, after: str | None) -> Json:
    step, *rest = way
    if not rest:
        return _with_child(container, here, step, value, after)
    child = find(container, (step,)) if isinstance(container, dict) else _item(container, here, step)
    if child is ABSENT:
        child = [] if is_named_list((*here, step)) else {}
    return _with_child(container, here, step, _placed(child, (*here, step), tuple(rest), value, after), None)


def _item(container: Json, here: Address, step: str) -> Json:
    names = names_in(container, here)
    return container[names.index(step)] if step in names else ABSENT


def _with_child(container: Json, here: Address, step: str, value: Json, after: str | None) -> Json:
    """The list or object with this child; a child that is there keeps its place."""
    names = names_in(container, here)
    children = list(container.values()) if isinstance(container, dict) else list(container)
    if step in names:
        index = names.index(step)
        names[index : index + 1], children[index : index + 1] = ([], []) if value is ABSENT else ([step], [value])
    elif value is not ABSENT:
        index = 0 if after == "" else names.index(after) + 1 if after in names else len(names)
        names.insert(index, step)
        children.insert(index, value)
    return dict(zip(names, children, strict=True)) if isinstance(container, dict) else children


def _with_check_paths(document: Json, names: dict[str, str]) -> Json:
    """The document whose translations of checks go by other names."""
    translations = document.get("translations")
    if not isinstance(translations, dict):
        return document

    def renamed(path: str) -> str:
        start, _, rest = path.partition(".")
        name, dot, end = rest.partition(".")
        return f"{start}.{names.get(name, name)}{dot}{end}" if start == "checks" and rest else path

    return {
        **document,
        "translations": {
            language: {renamed(path): text for path, text in texts.items()} if isinstance(texts, dict) else texts
            for language, texts in translations.items()
        },
    }
