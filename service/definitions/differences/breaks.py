"""What a change breaks in comparisons over time, as a sentence; "" for nothing."""

from service.definitions.differences.inventory import InventoryItem
from service.definitions.editing import Address, Json, find
from service.definitions.editing.words import called, quoted

_COUNTED = frozenset({"select_one", "select_multiple", "scale", "matrix", "rank", "number"})
_WORDED = frozenset({"label", "lowest_label", "highest_label"})
_MEASURED = frozenset({"lowest", "highest", "unit", "decimal_places", "score", "missing", "precision"})
_CARE = "Compare figures of {} over time with care."


def on_addition(document: Json, item: InventoryItem) -> str:
    """What a new option or line breaks."""
    if item.key[0] not in ("option", "row"):
        return ""
    kind = "answer" if item.key[0] == "option" else "line"
    return f"People did not have this {kind} before. {_CARE.format(_figures(document, item.address))}"


def on_deletion(document: Json, item: InventoryItem) -> str:
    """What a question, option or line that is gone breaks."""
    if item.key[0] == "question":
        return "Its figures end with the last survey that asked it." if _is_counted(document, item.address) else ""
    if item.key[0] not in ("option", "row"):
        return ""
    kind = "answer" if item.key[0] == "option" else "line"
    return f"People no longer have this {kind}. {_CARE.format(_figures(document, item.address))}"


def on_change(before: Json, old: InventoryItem, new: InventoryItem, way: Address) -> str:
    """What a changed field breaks; `old` stood in `before`."""
    field = way[0]
    figures = _figures(before, old.address)
    if field in ("type", "options"):
        return f"Earlier figures of {figures} cannot be compared with later ones."
    if field == "codes":
        kept = new.fields.get(way) or []
        gone = [code for code in old.fields.get(way) or [] if code not in kept]
        named = " and ".join(f"{code.get('system')} {code.get('code')}" for code in gone if isinstance(code, dict))
        return f"Figures for {named} end with the last survey that asked it this way." if named else ""
    if field in _MEASURED and old.key[0] in ("question", "option"):
        return f"Earlier figures of {figures} were counted in another way. {_CARE.format(figures)}"
    is_worded = field in _WORDED and old.key[0] in ("question", "option", "row")
    if is_worded and (old.key[0] != "question" or _is_counted(before, old.address)):
        return f"People were asked in other words before. {_CARE.format(figures)}"
    if field == "visible_if" and old.key[0] == "question" and _is_counted(before, old.address):
        return f"Other people are asked than before. {_CARE.format(figures)}"
    if field == "audience":
        return "Earlier figures are of other people and cannot be compared with later ones."
    return ""


def _figures(document: Json, address: Address) -> str:
    """The question, or the questions of the list, whose figures an item is part of."""
    if address[:1] == ("choice_lists",) and len(address) <= 3:
        return f"questions with the list {quoted(address[1])}"
    owner = address[:-2] if address[-2:-1] and address[-2] in ("options", "others", "rows") else address
    return called(document, owner)


def _is_counted(document: Json, address: Address) -> bool:
    question = find(document, address)
    return isinstance(question, dict) and question.get("type") in _COUNTED
