"""What differs between two versions of a form, in plain words, and what that does to comparisons over time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.definitions.editing.condition_words import condition_text
from service.definitions.editing.document import ABSENT, Address, Json, names_in, same
from service.definitions.editing.places import items, questions_of
from service.definitions.editing.words import called, field_called, language_name, quoted

_INNER = frozenset({"questions", "options", "others", "rows", "detail", "id", "value"})
_CONDITIONS = frozenset({"visible_if", "when", "rule"})
_WHOLE = ("pages", "choice_lists", "alerts", "checks", "computed", "translations", "id", "version", "format", "$schema")
_BREAKS = {
    "label": "Answers to the old and to the new wording may differ. Compare them with care.",
    "type": "Answers of before cannot be compared with new ones.",
    "codes": "It counts for other parts of the frameworks than before.",
    "options": "Answers of before cannot be compared with new ones where the list differs.",
    "score": "Averages of before cannot be compared with new ones.",
    "lowest": "Averages of before cannot be compared with new ones.",
    "highest": "Averages of before cannot be compared with new ones.",
}


@dataclass(frozen=True)
class Difference:
    """One difference as a sentence; `breaks` says what it does to comparisons over time, "" where nothing."""

    sentence: str
    breaks: str = ""


@dataclass(frozen=True)
class _Item:
    address: Address
    holder: str
    fields: Mapping[str, Json]


def differences(before: Json, after: Json) -> tuple[Difference, ...]:
    """What differs in `after`: deleted, added, changed and moved items, then the form's own fields and translations."""
    old, new = dict(_items(before)), dict(_items(after))
    found = [
        Difference(_sentence(f"{called(before, item.address)} is deleted"), _lost(key))
        for key, item in old.items()
        if key not in new
    ]
    for key, item in new.items():
        if key not in old:
            found.append(Difference(_sentence(f"{called(after, item.address)} is new"), _gained(key)))
            continue
        found += _changes(before, after, item, old[key].fields)
        if item.holder != old[key].holder:
            found.append(Difference(_sentence(f"{called(after, item.address)} stands in another place")))
    found += _orders(old, new, after)
    found += _translations(before, after)
    return tuple(found)


def _items(document: Json) -> Iterator[tuple[str, _Item]]:
    """Everything that has a name, by a key that moving it does not change."""
    yield "form", _Item((), "", {key: value for key, value in document.items() if key not in _WHOLE})
    for address, page in items(document, ("pages",)):
        yield f"page {address[-1]}", _Item(address, "", _own(page))
    for address, question in questions_of(document):
        name = str(question.get("id"))
        yield f"question {name}", _Item(address, "/".join(address[:-2]), _own(question, question.get("options")))
        for part in ("options", "others", "rows"):
            for here, option in items(document, (*address, part)):
                yield f"{part} {name} {here[-1]}", _Item(here, name, _own(option))
    for name in names_in(document.get("choice_lists"), ("choice_lists",)):
        for here, option in items(document, ("choice_lists", name)):
            yield f"options {name} {here[-1]}", _Item(here, name, _own(option))
    for part in ("alerts", "checks"):
        for here, item in items(document, (part,)):
            yield f"{part} {here[-1]}", _Item(here, "", _own(item))
    for name in names_in(document.get("computed"), ("computed",)):
        yield f"computed {name}", _Item(("computed", name), "", {"formula": document["computed"][name]})


def _own(item: dict[str, Json], options: Json = None) -> dict[str, Json]:
    own = {key: value for key, value in item.items() if key not in _INNER or (key == "questions" and "rule" in item)}
    return {**own, "options": options} if isinstance(options, str) else own


def _changes(before: Json, after: Json, item: _Item, old: Mapping[str, Json]) -> Iterator[Difference]:
    for key in dict.fromkeys((*old, *item.fields)):
        was, now = old.get(key, ABSENT), item.fields.get(key, ABSENT)
        if same(was, now):
            continue
        name = (
            called(after, item.address)
            if key == "formula" or item.address[:1] == ("computed",)
            else field_called(after, (*item.address, key))
        )
        breaks = _BREAKS.get(key, "") if item.address[:1] in (("pages",), ("choice_lists",)) and item.address else ""
        yield Difference(_sentence(f"{name} {_was_and_is(before, after, key, was, now)}"), breaks)


def _was_and_is(before: Json, after: Json, key: str, was: Json, now: Json) -> str:
    if now is ABSENT:
        return "is deleted"
    said = _value(after, key, now)
    return f"is new: {said}" if was is ABSENT else f"is now {said}, and was {_value(before, key, was)}"


def _value(document: Json, key: str, value: Json) -> str:
    if key in _CONDITIONS or key == "formula":
        return condition_text(document, value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(each.replace("_", " ") for each in value) or "nobody"
    return _plain(value)


def _plain(value: Json) -> str:
    """A small structure as words: `days: 548`."""
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {_plain(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "; ".join(_plain(each) for each in value) or "nothing"
    return str(value).replace("_", " ")


def _orders(old: Mapping[str, _Item], new: Mapping[str, _Item], after: Json) -> Iterator[Difference]:
    """One sentence for each list whose items stand in another order."""
    holders: dict[Address, tuple[list[str], list[str]]] = {}
    for key, item in new.items():
        if key in old and item.address and old[key].address[:-1] == item.address[:-1]:
            holders.setdefault(item.address[:-1], ([], []))[0].append(key)
    for key, item in old.items():
        if key in new and item.address[:-1] in holders and new[key].address[:-1] == item.address[:-1]:
            holders[item.address[:-1]][1].append(key)
    for address, (now, was) in holders.items():
        if now != was:
            what = {"pages": "pages", "questions": "questions", "rows": "rows"}.get(address[-1], "answers")
            holder = called(after, address[:-1] if address[0] != "choice_lists" else address)
            what = address[0] if len(address) == 1 and address[0] in ("alerts", "checks", "computed") else what
            yield Difference(f"The {what} of {holder} stand in another order.")


def _translations(before: Json, after: Json) -> Iterator[Difference]:
    was, now = before.get("translations"), after.get("translations")
    old = was if isinstance(was, dict) else {}
    new = now if isinstance(now, dict) else {}
    for language in dict.fromkeys((*old, *new)):
        texts, had = new.get(language), old.get(language)
        new_texts, old_texts = texts if isinstance(texts, dict) else {}, had if isinstance(had, dict) else {}
        count = sum(new_texts.get(path) != old_texts.get(path) for path in {*new_texts, *old_texts})
        if count:
            name = language_name(language)
            yield Difference(
                f"{name[0].upper()}{name[1:]}: {count} {'text differs' if count == 1 else 'texts differ'}."
            )


def _lost(key: str) -> str:
    if key.startswith("question "):
        return "From now on there are no new answers to compare with those of before."
    return "Answers of before cannot be compared with new ones." if key.startswith(("options ", "others ")) else ""


def _gained(key: str) -> str:
    return "Answers of before cannot be compared with new ones." if key.startswith(("options ", "others ")) else ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
