"""What of a form may only change when a second person agrees: who reads answers, alerts, and how long things are kept.

Four eyes, by design: a change here decides whether a child's answer reaches somebody, and whom.
"""

from collections.abc import Iterator

from service.definitions.editing import ABSENT, Json, find
from service.definitions.editing.document import same
from service.definitions.editing.places import expressions_of, items, questions_of
from service.definitions.editing.pointers import names_used
from service.definitions.editing.words import called, field_called

_FIELDS = ("audience", "identity", "readers", "reporting", "retention", "sharing")


def protected_changes(document: Json, baseline: Json | None) -> tuple[str, ...]:
    """What a second person has to agree to, as sentences; `baseline` is the form as it was agreed to before.

    Without a baseline everything that is protected is new.
    """
    old = dict(_protected(baseline)) if baseline is not None else {}
    new = dict(_protected(document))
    found = []
    for key in dict.fromkeys((*new, *old)):
        was, now = old.get(key, ABSENT), new.get(key, ABSENT)
        if not same(was, now):
            found.append(_sentence(document if now is not ABSENT else baseline, key, was, now))
    return tuple(found)


def _protected(document: Json) -> Iterator[tuple[str, Json]]:
    """Everything protected, by a key that moving it does not change."""
    for key in _FIELDS:
        if key in document:
            yield key, document[key]
    for address, alert in items(document, ("alerts",)):
        yield f"alerts {address[-1]}", alert
    questions = {str(question.get("id")): (address, question) for address, question in questions_of(document)}
    names = _names_behind_alerts(document)
    for name, (address, question) in questions.items():
        if name in names:
            conditions = [
                found["visible_if"]
                for end in range(1, len(address))
                if isinstance(found := find(document, address[:end]), dict) and "visible_if" in found
            ]
            yield f"question {name}", [_asked(document, question), conditions, *_leads_from(document, address)]
        if isinstance(question.get("reporting"), dict):
            yield f"reporting {name}", question["reporting"]
    computed = document.get("computed")
    for name in sorted(names):
        start, _, value = name.partition(".")
        if start == "computed" and isinstance(computed, dict) and value in computed:
            yield f"computed {value}", computed[value]


def _names_behind_alerts(document: Json) -> set[str]:
    """The questions and values that decide whether an alert is raised: also what shows the questions it names."""
    uses: dict[str, set[str]] = {}
    addresses = {str(question.get("id")): address for address, question in questions_of(document)}
    trees = dict(expressions_of(document))
    for name, address in addresses.items():
        above = [(*address[:end], "visible_if") for end in range(1, len(address) + 1)]
        uses[name] = {used for place in above if place in trees for used in names_used(trees[place])}
        uses[name] |= {
            str(find(document, (*address[:end], "id"))) for end in range(2, len(address)) if address[end] == "options"
        } & set(addresses)
    for address, tree in trees.items():
        if address[0] == "computed":
            uses[f"computed.{address[1]}"] = set(names_used(tree))
    waiting = {used for address, tree in trees.items() if address[0] == "alerts" for used in names_used(tree)}
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting |= uses.get(name, uses.get(name.partition(".")[0], set()))
    return found


def _asked(document: Json, question: dict[str, Json]) -> Json:
    """The question without what stands under its options: a shared list is taken as it is now."""
    options = question.get("options")
    if isinstance(options, str):
        options = find(document, ("choice_lists", options))
    listed = options if isinstance(options, list) else []
    bare = [{k: v for k, v in each.items() if k != "detail"} for each in listed if isinstance(each, dict)]
    kept = {key: value for key, value in question.items() if key not in ("questions", "codes", "media", "hint")}
    return {**kept, "options": bare}


def _leads_from(document: Json, address: tuple[str, ...]) -> Iterator[Json]:
    """The option that leads to a follow-up question."""
    if address[-1] == "detail":
        yield [address[-2]]


def _sentence(document: Json, key: str, was: Json, now: Json) -> str:
    verb = "is new" if was is ABSENT else "is deleted" if now is ABSENT else "has changed"
    kind, _, name = key.partition(" ")
    if not name:
        return _capital(f"{field_called(document, (key,))} {verb}.")
    if kind in ("alerts", "computed"):
        return _capital(f"{called(document, (kind, name))} {verb}.")
    address = next(here for here, question in questions_of(document) if question.get("id") == name)
    if kind == "reporting":
        return f"What workbooks hold of {called(document, address)} {verb}."
    return f"{called(document, address)} {verb}. An alert depends on it."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
