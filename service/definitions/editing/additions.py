"""Moves that add: pages, questions, options, rows, lists, values, checks and alerts."""

import re

from service.definitions.editing.document import (
    Address,
    Json,
    MoveRefused,
    find,
    fresh_name,
    is_named_list,
    is_question,
    name_key,
    named,
    names_in,
    names_of_everything,
)
from service.definitions.editing.move import Move, Recorder
from service.definitions.editing.question_defaults import MISSING_OPTION, default_question
from service.definitions.editing.translations import drop_stale_translations
from service.definitions.editing.words import called, item_of, quoted, slug

NEW_PAGE = "New page"
NEW_QUESTION = "New question"
_VALUE_AND_LABEL = re.compile(r"([a-z0-9][a-z0-9_-]*)(?::\s+|\t)(\S.*)")


def add_page(document: Json, after: str | None = None, title: str = "") -> Move:
    """Add an empty page after the one called `after`; "" is first, None the end."""
    title = title.strip() or NEW_PAGE
    name = "page" if title == NEW_PAGE else slug(title) or "page"
    page = {"id": name, "title": title, "questions": []}
    return add_item(document, ("pages",), page, after)


def add_question(
    document: Json, holder: str | Address, question_type: str, after: str | None = None, label: str = ""
) -> Move:
    """Add a question to a page (its id) or a group (its address)."""
    address = ("pages", holder) if isinstance(holder, str) else holder
    is_holder = is_question(address) or address[:-1] == ("pages",)
    if not (is_holder and isinstance(find(document, address), dict)):
        raise MoveRefused("This page is no longer in the form.")
    question = default_question(document, question_type, label.strip() or NEW_QUESTION)
    question["id"] = slug(label) or question_type
    return add_item(document, (*address, "questions"), question, after)


def add_detail(document: Json, option: Address, label: str = "", question_type: str = "text") -> Move:
    """Add a follow-up question that is asked when this option is chosen."""
    found = find(document, option)
    is_option = is_named_list(option[:-1]) and name_key(option[:-1]) == "value"
    if not (is_option and isinstance(found, dict)):
        raise MoveRefused("This option is no longer in the form.")
    if "detail" in found:
        raise MoveRefused("This option has a follow-up question already.")
    question = default_question(document, question_type, label.strip() or NEW_QUESTION)
    question["id"] = fresh_name(slug(label) or question_type, names_of_everything(document))
    recorder = Recorder(document)
    recorder.put((*option, "detail"), question)
    return recorder.move(f"added {quoted(question['label'])} to {called(document, option)}")


def add_option(document: Json, question: Address, label: str, after: str | None = None, value: str = "") -> Move:
    """Add an option to a question, or to the list that it shares with others."""
    option = {"value": value or slug(label) or "option", "label": label.strip()}
    return add_item(document, list_of_options(document, question), option, after)


def paste_options(document: Json, question: Address, lines: str, replace: bool = True) -> Move:
    """Replace or add options from lines of text: `label` or `value: label`.

    An option that stays keeps its score, picture and follow-up question. It is known by its value, or by its label.
    """
    address = list_of_options(document, question)
    recorder = Recorder(document)
    _need_list(recorder, address)
    present = {option["value"]: option["label"] for option in _labelled(document, address)}
    pasted = _pasted(lines, {} if not replace else present, set() if replace else set(present))
    if not pasted:
        raise MoveRefused("Enter at least one option.")
    if replace:
        for name in names_in(find(document, address), address):
            if name not in pasted:
                recorder.remove((*address, name))
    order = names_in(find(recorder.document, address), address)
    previous = "" if replace else order[-1] if order else ""
    for value, label in pasted.items():
        here = (*address, value)
        if value not in order:
            recorder.put(here, {"value": value, "label": label}, previous)
        else:
            recorder.put((*here, "label"), label)
            _stand_after(recorder, here, previous)
        previous = value
    drop_stale_translations(document, recorder)
    count = f"{len(pasted)} option" + ("s" if len(pasted) > 1 else "")
    verb = "replaced the options of" if replace else f"added {count} to"
    end = f" with {count}" if replace else ""
    return recorder.move(f"{verb} {called(document, item_of(document, address))}{end}")


def add_row(document: Json, question: Address, label: str, after: str | None = None) -> Move:
    """Add a row to a matrix."""
    if not is_question(question):
        raise MoveRefused("This question is no longer in the form.")
    return add_item(document, (*question, "rows"), {"id": slug(label) or "row", "label": label.strip()}, after)


def add_alert(document: Json, item: Json, after: str | None = None) -> Move:
    """Add an alert; what `item` does not say is filled in."""
    defaults = {
        "when": False,
        "severity": "same_day",
        "notify": ["safeguarding_lead"],
        "message": "Someone gave an answer that you need to act on.",
    }
    return add_item(document, ("alerts",), {"id": "alert", **defaults, **item}, after)


def add_check(document: Json, item: Json, after: str | None = None) -> Move:
    """Add a rule across questions."""
    return add_item(document, ("checks",), {"message": "Check this answer.", "questions": [], **item}, after)


def add_value(document: Json, name: str, expression: Json, after: str | None = None) -> Move:
    """Add a computed value."""
    return _add_entry(document, ("computed",), name, expression, after)


def add_list(document: Json, name: str, options: Json = (), after: str | None = None) -> Move:
    """Add a list of options that questions can share."""
    value = named(list(options), ("choice_lists", name), names_of_everything(document))
    return _add_entry(document, ("choice_lists",), name, value, after)


def add_item(document: Json, address: Address, item: Json, after: str | None = None) -> Move:
    """Add an item to a named list; names that are taken get a number."""
    key = name_key(address)
    recorder = Recorder(document)
    _need_list(recorder, address)
    siblings = set(names_in(find(document, address), address))
    taken = siblings if key == "value" else names_of_everything(document) | siblings
    name = item.get(key) or {"alerts": "alert", "checks": "check", "rows": "row"}.get(address[-1], "item")
    name = fresh_name(name, taken)
    item = named({key: name, **{each: part for each, part in item.items() if each != key}}, (*address, name), taken)
    recorder.put((*address, name), item, after)
    return recorder.move(f"added {called(recorder.document, (*address, name))}")


def list_of_options(document: Json, question: Address) -> Address:
    """Where a question's options stand: in it, or in a shared list."""
    if question[:1] == ("choice_lists",) and len(question) == 2:
        return question
    found = find(document, question)
    if not (is_question(question) and isinstance(found, dict)):
        raise MoveRefused("This question is no longer in the form.")
    options = found.get("options")
    return ("choice_lists", options) if isinstance(options, str) else (*question, "options")


def _add_entry(document: Json, address: Address, name: str, value: Json, after: str | None) -> Move:
    taken = names_in(find(document, address), address)
    name = fresh_name(slug(name) or "value", set(taken))
    recorder = Recorder(document)
    recorder.put((*address, name), value, after)
    return recorder.move(f"added {called(recorder.document, (*address, name))}")


def _need_list(recorder: Recorder, address: Address) -> None:
    """Make the list where there is none, except those that come with their items."""
    found = find(recorder.document, address)
    if isinstance(found, list) or (len(address) == 1 and address[0] != "pages" and not isinstance(found, dict | str)):
        return
    if isinstance(found, dict | str) or not isinstance(find(recorder.document, address[:-1]), dict):
        raise MoveRefused("Nothing can be added here.")
    recorder.put(address, [])


def _labelled(document: Json, address: Address) -> list[dict[str, str]]:
    options = find(document, address)
    return [
        {"value": option["value"], "label": str(option.get("label", ""))}
        for option in (options if isinstance(options, list) else ())
        if isinstance(option, dict)
    ]


def _pasted(lines: str, present: dict[str, str], taken: set[str]) -> dict[str, str]:
    """Labels by their values, in the order of the lines."""
    values = {label: value for value, label in present.items()}
    pasted: dict[str, str] = {}
    for line in lines.splitlines():
        line = line.strip()
        if not line:
            continue
        if match := _VALUE_AND_LABEL.fullmatch(line):
            value, label = match[1], match[2]
        else:
            known = MISSING_OPTION["value"] if line == MISSING_OPTION["label"] else slug(line)
            value, label = values.get(line) or known or "option", line
        pasted[fresh_name(value, {*pasted, *taken})] = label
    return pasted


def _stand_after(recorder: Recorder, address: Address, previous: str) -> None:
    names = names_in(find(recorder.document, address[:-1]), address[:-1])
    index = names.index(address[-1])
    if (names[index - 1] if index else "") != previous:
        recorder.shift(address, address, previous)
