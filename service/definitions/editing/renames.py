"""Moves that give names: rename, duplicate; and find and replace in what people read."""

import re

from service.definitions.editing.document import (
    ABSENT,
    Address,
    Json,
    MoveRefused,
    find,
    fresh_name,
    is_named_list,
    is_question,
    name_key,
    names_in,
    names_of_everything,
    sibling_before,
)
from service.definitions.editing.move import Move, Recorder
from service.definitions.editing.places import questions_of, texts_of, translated_texts
from service.definitions.editing.pointers import point_at_value, point_elsewhere, users_of, with_pipes
from service.definitions.editing.translations import copy_translations, rename_translations
from service.definitions.editing.words import called, item_of, quoted

GONE = "This is no longer in the form."
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
LONGEST_VALUE = 200
_BRACES = re.compile(r"(\{[^{}]*\})")


def rename(document: Json, address: Address, new_name: str) -> Move:
    """Give an item another id, value or name, and keep everything that points at it."""
    item = find(document, address)
    if item is ABSENT or not address or item_of(document, address) != address:
        raise MoveRefused(GONE)
    old = item.get("id") if address[-1] == "detail" and not is_named_list(address[:-1]) else address[-1]
    if new_name == old:
        return Move(f"renamed {called(document, address)}")
    _refuse_bad_name(document, address, new_name)
    recorder = Recorder(document)
    if old != address[-1] or not _is_entry(address):
        recorder.put((*address, "id"), new_name)
    else:
        recorder.shift(address, (*address[:-1], new_name), sibling_before(document, address))
    _keep_pointers(document, recorder, address, str(old), new_name)
    old_paths = [text.path for text in texts_of(document)]
    new_paths = [text.path for text in texts_of(recorder.document)]
    rename_translations(recorder, dict(zip(old_paths, new_paths, strict=True)))
    return recorder.move(f"renamed {called(document, address)} from {quoted(old)} to {quoted(new_name)}")


def duplicate(document: Json, address: Address) -> Move:
    """Copy an item under new names, with its translations.

    Conditions in the copy that refer to something in the original refer to its copy.
    """
    item = find(document, address)
    if item is ABSENT or not address or item_of(document, address) != address or not _is_entry(address):
        raise MoveRefused("This cannot be copied." if item is not ABSENT else GONE)
    home = address[:-1]
    taken = names_of_everything(document)
    is_entry_of_map = not is_named_list(home)
    is_id = not is_entry_of_map and name_key(home) == "id"
    siblings = set(names_in(find(document, home), home))
    new_name = fresh_name(address[-1], taken | siblings if is_id else siblings)
    names: dict[str, str] = {}
    copy = _with_fresh_ids(item, (*home, new_name), taken | {new_name}, names, is_top=True)
    if not is_entry_of_map:
        copy = {**copy, name_key(home): new_name}
    if home[-1] == "questions":
        names[address[-1]] = new_name
    scratch = Recorder(document)
    scratch.put((*home, new_name), copy)
    point_elsewhere(scratch, names, (*home, new_name))
    recorder = Recorder(document)
    recorder.put((*home, new_name), find(scratch.document, (*home, new_name)), address[-1])
    copy_translations(recorder, address, (*home, new_name), lambda text: with_pipes(text, names))
    return recorder.move(f"copied {called(document, address)}")


def replace_text(document: Json, wanted: str, replacement: str) -> Move:
    """Replace a text in everything that people read, in every language.

    Names in braces stay as they are.
    """
    if not wanted:
        raise MoveRefused("Enter the text to find.")
    recorder = Recorder(document)
    for text in [*texts_of(document), *translated_texts(document)]:
        pieces = _BRACES.split(text.text)
        pieces[::2] = [piece.replace(wanted, replacement) for piece in pieces[::2]]
        recorder.put(text.address, "".join(pieces))
    count = len(recorder.patches)
    if not count:
        raise MoveRefused(f"No text has {quoted(wanted)} in it.")
    places = "1 place" if count == 1 else f"{count} places"
    return recorder.move(f"replaced {quoted(wanted)} with {quoted(replacement)} in {places}")


def _is_entry(address: Address) -> bool:
    """Whether it is an item of a list, or of choice lists or computed values."""
    is_map_entry = len(address) == 2 and address[0] in ("computed", "choice_lists")
    return is_map_entry or is_named_list(address[:-1])


def _refuse_bad_name(document: Json, address: Address, name: str) -> None:
    home = address[:-1]
    is_option = is_named_list(home) and name_key(home) == "value"
    if is_option and not 1 <= len(name) <= LONGEST_VALUE:
        raise MoveRefused(f"A value must have 1 to {LONGEST_VALUE} characters.")
    if not is_option and not _NAME.fullmatch(name):
        raise MoveRefused("A name must start with a lower-case letter, then lower-case letters, digits or underscores.")
    taken = names_in(find(document, home), home) if _is_entry(address) else []
    if is_question(address):
        taken = [str(question.get("id")) for _, question in questions_of(document)] + taken
    if name in taken:
        raise MoveRefused(f"Something else is called {quoted(name)} already.")


def _keep_pointers(document: Json, recorder: Recorder, address: Address, old: str, new: str) -> None:
    """Rename in everything that refers to the item.

    Where another question has the old id too, references stay with that question.
    """
    if is_question(address):
        if sum(question.get("id") == old for _, question in questions_of(document)) == 1:
            point_elsewhere(recorder, {old: new})
    elif address[0] == "computed":
        point_elsewhere(recorder, {f"computed.{old}": f"computed.{new}"})
    elif address[0] == "choice_lists" and len(address) == 2:
        for question in users_of(document, address).values():
            recorder.put((*_under(question, address, new), "options"), new)
    elif address[-2] == "rows":
        matrix = find(document, address[:-2]).get("id")
        point_elsewhere(recorder, {f"{matrix}.{old}": f"{matrix}.{new}"})
    elif name_key(address[:-1]) == "value":
        point_at_value(recorder, users_of(document, address[:-1]), old, new)


def _under(address: Address, origin: Address, new: str) -> Address:
    is_inside = address[: len(origin)] == origin
    return (*origin[:-1], new, *address[len(origin) :]) if is_inside else address


def _with_fresh_ids(value: Json, here: Address, taken: set[str], names: dict[str, str], is_top: bool = False) -> Json:
    """Give new ids to all questions in the value; `names` maps old to new."""
    if isinstance(value, list):
        if not is_named_list(here):
            return value
        return [_with_fresh_ids(item, (*here, "item"), taken, names) for item in value]
    if not isinstance(value, dict):
        return value
    copy = {key: _with_fresh_ids(part, (*here, key), taken, names) for key, part in value.items()}
    if not is_top and is_question(here) and isinstance(value.get("id"), str):
        names[value["id"]] = copy["id"] = fresh_name(value["id"], taken)
        taken.add(copy["id"])
    return copy
