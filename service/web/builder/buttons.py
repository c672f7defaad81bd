"""What a button of the editor asks for, as a move."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from service.definitions.advice import advice_on, mend_of, mends_on
from service.definitions.editing import ABSENT, Address, Json, Move, MoveRefused, find, moves
from service.definitions.editing.document import is_named_list, names_in
from service.definitions.editing.places import items
from service.web.builder.pointers import address_of

Sent = Any
Maker = Callable[[Json, Address, Sent], Move]


@dataclass(frozen=True)
class WantedMove:
    """What a button says: a verb and the place that it is about."""

    verb: str
    address: Address


def wanted(button: str) -> WantedMove:
    """Read a button's value: `delete pages/days`. Raises MoveRefused for what no button says."""
    verb, _, pointer = button.partition(" ")
    if verb not in MAKERS:
        raise MoveRefused("This button is not known.")
    return WantedMove(verb, address_of(pointer))


def move_sent(document: Json, asked: WantedMove, sent: Sent) -> Move:
    """The move that the button makes. Raises MoveRefused."""
    return MAKERS[asked.verb](document, asked.address, sent)


def place_after(move: Move, before: Address) -> Address:
    """Where to go on after a move: at what it added or moved, else where one was."""
    for patch in move.patches:
        if getattr(patch, "origin", None) is not None:
            return patch.address
        if getattr(patch, "before", None) is ABSENT:
            return patch.address
    places = [patch.address for patch in move.patches]
    return places[0] if places and len(before) == 1 else before


def _add_page(document: Json, address: Address, sent: Sent) -> Move:
    return moves.add_page(document, None, sent.get("label", ""))


def _add_question(document: Json, address: Address, sent: Sent) -> Move:
    return moves.add_question(document, address, sent.get("type", ""), None, sent.get("label", ""))


def _add_option(document: Json, address: Address, sent: Sent) -> Move:
    if address[-1:] == ("others",):
        label = sent.get("label", "").strip()
        return moves.add_item(document, address, {"value": "other", "label": label or "Another answer"})
    return moves.add_option(document, address, sent.get("label", "").strip() or "Another answer")


def _paste(document: Json, address: Address, sent: Sent) -> Move:
    return moves.paste_options(document, address, sent.get("lines", ""), "add" not in sent)


def _add_row(document: Json, address: Address, sent: Sent) -> Move:
    return moves.add_row(document, address, sent.get("label", "").strip() or "Another row")


def _add_detail(document: Json, address: Address, sent: Sent) -> Move:
    return moves.add_detail(document, address, sent.get("label", ""), sent.get("type") or "text")


def _add_alert(document: Json, address: Address, sent: Sent) -> Move:
    label = sent.get("label", "").strip()
    return moves.add_alert(document, {"id": label} if label else {})


def _add_check(document: Json, address: Address, sent: Sent) -> Move:
    label = sent.get("label", "").strip()
    return moves.add_check(document, {"rule": True, **({"message": label} if label else {})})


def _add_value(document: Json, address: Address, sent: Sent) -> Move:
    return moves.add_value(document, sent.get("label", ""), 0)


def _add_list(document: Json, address: Address, sent: Sent) -> Move:
    return moves.add_list(document, sent.get("label", "") or "list")


def _up(document: Json, address: Address, sent: Sent) -> Move:
    names = names_in(find(document, address[:-1]), address[:-1])
    index = _index(names, address)
    return moves.move_item(document, address, names[index - 2] if index > 1 else "")


def _down(document: Json, address: Address, sent: Sent) -> Move:
    names = names_in(find(document, address[:-1]), address[:-1])
    index = _index(names, address)
    return moves.move_item(document, address, names[index + 1] if index + 1 < len(names) else None)


def _after(document: Json, address: Address, sent: Sent) -> Move:
    """Put it after another, as dragging does: `to` is a sibling, or the list to begin."""
    target = address_of(sent.get("to", ""))
    if not address or not target or find(document, target) is ABSENT:
        raise MoveRefused("The place to move it to is no longer in the form.")
    if is_named_list(target):
        return moves.move_item(document, address, "", target)
    return moves.move_item(document, address, target[-1], target[:-1])


def _to_page(document: Json, address: Address, sent: Sent) -> Move:
    return moves.move_item(document, address, None, address_of(sent.get("to", "")))


def _duplicate(document: Json, address: Address, sent: Sent) -> Move:
    return moves.duplicate(document, address)


def _delete(document: Json, address: Address, sent: Sent) -> Move:
    return moves.delete(document, address)


def _put(document: Json, address: Address, sent: Sent) -> Move:
    """Make a place what the author wants all the same, after someone else has changed it."""
    try:
        if not all(step.isprintable() for step in address):
            raise ValueError
        value = json.loads(sent.get("value", ""))
    except (ValueError, RecursionError):
        raise MoveRefused("This cannot be put there.") from None
    return moves.change(document, address, value)


def _mend(document: Json, address: Address, sent: Sent) -> Move:
    """Do what a piece of advice offers: it is known by its number among those of the form that the author saw."""
    advice = (*advice_on(document), *mends_on(document))
    number = address[0] if address else ""
    if not number.isdigit() or int(number) >= len(advice):
        raise MoveRefused("This advice is no longer given.")
    return mend_of(document, advice[int(number)])


def _replace_text(document: Json, address: Address, sent: Sent) -> Move:
    return moves.replace_text(document, sent.get("wanted", ""), sent.get("replacement", ""))


def _index(names: list[str], address: Address) -> int:
    if not address or address[-1] not in names:
        raise MoveRefused("This is no longer in the form.")
    return names.index(address[-1])


def targets_of(document: Json, address: Address) -> list[tuple[Address, str]]:
    """The pages and groups that a question can be moved to, each with its title."""
    found = [(here, str(page.get("title") or here[-1])) for here, page in items(document, ("pages",))]
    groups = [
        (here, str(question.get("label") or here[-1]))
        for page, _ in items(document, ("pages",))
        for here, question in items(document, (*page, "questions"))
        if question.get("type") == "group"
    ]
    return [(here, title) for here, title in (*found, *groups) if here != address[:-2] and here != address]


MAKERS: Mapping[str, Maker] = {
    "add-page": _add_page,
    "add-question": _add_question,
    "add-option": _add_option,
    "paste": _paste,
    "add-row": _add_row,
    "add-detail": _add_detail,
    "add-alert": _add_alert,
    "add-check": _add_check,
    "add-value": _add_value,
    "add-list": _add_list,
    "up": _up,
    "down": _down,
    "after": _after,
    "to-page": _to_page,
    "duplicate": _duplicate,
    "delete": _delete,
    "put": _put,
    "mend": _mend,
    "replace-text": _replace_text,
}
