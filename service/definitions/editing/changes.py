"""Moves that change, move, copy and delete what is there."""

from service.definitions.editing.document import (
    ABSENT,
    Address,
    Json,
    MoveRefused,
    find,
    is_named_list,
    is_question,
    name_key,
    named,
    names_in,
    names_of_everything,
)
from service.definitions.editing.move import Move, Recorder
from service.definitions.editing.question_defaults import is_same_kind, keys_of, needed_parts
from service.definitions.editing.renames import GONE, rename
from service.definitions.editing.translations import drop_stale_translations, follow_translations
from service.definitions.editing.words import called, field_called, item_of, quoted


def change(document: Json, address: Address, value: Json) -> Move:
    """Set a field; None removes it. A move without patches where it is so already."""
    if not address:
        raise MoveRefused("A form is changed one field at a time.")
    item = item_of(document, address)
    if find(document, item) is ABSENT:
        raise MoveRefused(GONE)
    if value is None:
        return delete(document, address)
    before = find(document, address)
    if address == item and before is ABSENT:
        raise MoveRefused(GONE)
    if address[:-1] == item and item and address[-1] in _name_keys(item):
        return rename(document, item, str(value))
    recorder = Recorder(document)
    if is_question(item) and address == (*item, "type") and isinstance(value, str):
        _retype(recorder, item, value)
    else:
        recorder.put(address, _with_names(document, address, value))
    if isinstance(before, dict | list):
        drop_stale_translations(document, recorder)
    return recorder.move(_sentence_of_change(document, address, before, value))


def move_item(document: Json, address: Address, after: str | None, to: Address | None = None) -> Move:
    """Move an item within its list, or to the list of `to`.

    It stands after the sibling `after`; "" is first, None the end. `to` is the address of a list, or of the page
    or group that has it.
    """
    if not address or item_of(document, address) != address or find(document, address) is ABSENT:
        raise MoveRefused(GONE)
    home = address[:-1]
    if address[-1] == "detail" and not is_named_list(home):
        raise MoveRefused("A follow-up question stays with its option.")
    target = home if to is None else to if is_named_list(to) else (*to, home[-1])
    if target[: len(address)] == address:
        raise MoveRefused("A group cannot be put into itself.")
    if target != home and not isinstance(find(document, target), list):
        raise MoveRefused("This cannot be moved there.")
    if name_key(target) != name_key(home) or (target[-1] != home[-1] and name_key(home) == "id"):
        raise MoveRefused("This cannot be moved there.")
    siblings = [name for name in names_in(find(document, target), target) if name != address[-1]]
    if target != home and address[-1] in names_in(find(document, target), target):
        raise MoveRefused(f"{quoted(address[-1])} is there already.")
    if after == address[-1]:
        raise MoveRefused("This cannot stand after itself.")
    if after is None:
        after = siblings[-1] if siblings else ""
    recorder = Recorder(document)
    names = names_in(find(document, home), home)
    index = names.index(address[-1])
    if target != home or (names[index - 1] if index else "") != after:
        recorder.shift(address, (*target, address[-1]), after)
        follow_translations(document, recorder, address, (*target, address[-1]))
    end = "" if target == home else f" to {called(document, target[:-1] if len(target) > 2 else target)}"
    return recorder.move(f"moved {called(document, address)}{end}")


def delete(document: Json, address: Address) -> Move:
    """Delete an item or a field, with its translations.

    What refers to it stays, and is then a fault.
    """
    item = item_of(document, address)
    if not address or find(document, item) is ABSENT:
        raise MoveRefused(GONE)
    if address[:-1] == item and item and address[-1] in _name_keys(item):
        raise MoveRefused("This cannot be without a name.")
    recorder = Recorder(document)
    recorder.remove(address)
    drop_stale_translations(document, recorder)
    return recorder.move(f"deleted {field_called(document, address)}")


def _name_keys(item: Address) -> tuple[str, ...]:
    """The field of an item that names it."""
    if is_named_list(item[:-1]):
        return (name_key(item[:-1]),)
    return ("id",) if item[-1] == "detail" else ()


def _with_names(document: Json, address: Address, value: Json) -> Json:
    """The value with names for the items in it; an item keeps its own."""
    if not isinstance(value, dict | list):
        return value
    taken = names_of_everything(document) - names_of_everything({"": find(document, address)})
    value = named(value, address, taken)
    if isinstance(value, dict) and is_named_list(address[:-1]):
        value = {**value, name_key(address[:-1]): address[-1]}
    return value


def _retype(recorder: Recorder, address: Address, question_type: str) -> None:
    """Change a question's type: remove what it does not know, add what it needs."""
    old_type = find(recorder.document, (*address, "type"))
    needed = needed_parts(recorder.document, question_type)
    recorder.put((*address, "type"), question_type)
    question = find(recorder.document, address)
    of_one_type = () if is_same_kind(old_type, question_type) else ("appearance", "validation", "default")
    for key in list(question):
        if key not in keys_of(question_type) or key in of_one_type:
            recorder.remove((*address, key))
    for key, value in needed.items():
        if key not in question:
            recorder.put((*address, key), value)


def _sentence_of_change(document: Json, address: Address, before: Json, value: Json) -> str:
    field = field_called(document, address)
    if before is ABSENT:
        return f"set {field}"
    if isinstance(before, str) and isinstance(value, str) and address[-1] in ("label", "title", "message"):
        return f"changed {quoted(before)} to {quoted(value)}"
    return f"changed {field}"
