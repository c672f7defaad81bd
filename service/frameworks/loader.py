"""One framework file becomes a Framework, or a list of every fault in it with its place."""

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any

from service.frameworks.framework import (
    ANSWERS,
    AUDIENCES,
    MATCHES,
    PERIODS,
    UNITS,
    USES,
    Crosswalk,
    Descriptor,
    Framework,
    Group,
    Match,
    Measure,
)

OWN_PREFIX = "x-"  # our codes among a publisher's numbers, so that nobody takes them for official ones

Fault = Callable[[str, str], None]


def read_framework(data: Any, fault: Fault) -> Framework | None:
    """The framework in a file's JSON; what is wrong is told to `fault`, and None comes back if anything was."""
    faults = 0

    def told(place: str, sentence: str) -> None:
        nonlocal faults
        faults += 1
        fault(place, sentence)

    if not isinstance(data, dict):
        told("", "this must be an object")
        return None
    framework = _framework(data, told)
    return None if faults else framework


def _framework(data: dict[str, Any], fault: Fault) -> Framework:
    found = _record(data, "", _FRAMEWORK, fault)
    _one_of(found["codes"], ("ours", "mixed"), "codes", fault)
    for name, address in found["sources"].items():
        if not isinstance(address, str) or not address.strip():
            fault(f"sources.{name}", "a source needs a text that says where to find it")
    groups = tuple(Group(**entry) for _, entry in _records(found["groups"], "groups", _GROUP, fault))
    _unique((group.id for group in groups), "groups", "group", fault)
    descriptors = tuple(_descriptors(found, groups, fault))
    _unique((entry.code for entry in descriptors), "descriptors", "code", fault)
    by_code = {entry.code: entry for entry in descriptors}
    walks = tuple(_crosswalks(found["crosswalks"], by_code, fault))
    _unique((walk.to for walk in walks), "crosswalks", "crosswalk to", fault)
    return Framework(
        system=found["system"],
        title=found["title"],
        publisher=found["publisher"],
        edition=found["edition"],
        codes=found["codes"],
        note=found["note"],
        annex_a=found["annex_a"],
        sources=MappingProxyType(found["sources"]),
        groups=groups,
        descriptors=MappingProxyType(by_code),
        crosswalks=MappingProxyType({walk.to: walk for walk in walks}),
    )


def _descriptors(found: dict[str, Any], groups: tuple[Group, ...], fault: Fault) -> Iterable[Descriptor]:
    group_ids = tuple(group.id for group in groups)
    for place, entry in _records(found["descriptors"], "descriptors", _DESCRIPTOR, fault):
        _one_of(entry["group"], group_ids, f"{place}.group", fault)
        _known_source(entry["source"], found["sources"], f"{place}.source", fault)
        _all_of(entry["asks"], AUDIENCES, f"{place}.asks", fault)
        _all_of(entry["uses"], USES, f"{place}.uses", fault)
        _honest_about_numbers(entry, found["codes"], place, fault)
        if entry["annex_a"] and found["annex_a"] is None:
            fault(f"{place}.annex_a", "the file does not say which edition of Annex A it means")
        yield Descriptor(**{**entry, "measure": _measure(entry["measure"], f"{place}.measure", fault)})


def _measure(data: dict[str, Any] | None, place: str, fault: Fault) -> Measure | None:
    if data is None:
        return None
    found = _record(data, place, _MEASURE, fault)
    _one_of(found["answer"], ANSWERS, f"{place}.answer", fault)
    for name, allowed in (("unit", UNITS), ("period", PERIODS)):
        if found[name] is not None:
            _one_of(found[name], allowed, f"{place}.{name}", fault)
    if found["answer"] == "count" and None in (found["unit"], found["period"], found["register"]):
        fault(place, "a count must say its unit, its period and its register")
    return Measure(**found)


def _crosswalks(walks: list[Any], by_code: dict[str, Descriptor], fault: Fault) -> Iterable[Crosswalk]:
    for place, walk in _records(walks, "crosswalks", _CROSSWALK, fault):
        matches = []
        for at, entry in _records(walk["matches"], f"{place}.matches", _MATCH, fault):
            _one_of(entry["how"], MATCHES, f"{at}.how", fault)
            if entry["code"] not in by_code:
                fault(f"{at}.code", f"this framework has no code {entry['code']!r}")
            if bool(entry["to"]) == (entry["how"] == "none"):
                fault(at, "'how' is \"none\" exactly when 'to' is empty")
            matches.append(Match(**entry))
        _unique((match.code for match in matches), f"{place}.matches", "code", fault)
        yield Crosswalk(walk["to"], walk["note"], MappingProxyType({match.code: match for match in matches}))


def _honest_about_numbers(entry: dict[str, Any], codes: str, place: str, fault: Fault) -> None:
    if codes != "mixed":
        if entry["official"] is not None:
            fault(f"{place}.official", 'only a framework with "codes": "mixed" says this code by code')
        return
    if entry["official"] is None:
        fault(place, "'official' is missing: say whether the number is the publisher's own")
    elif entry["official"] == entry["code"].startswith(OWN_PREFIX):
        fault(f"{place}.code", f"a code starts with {OWN_PREFIX!r} exactly when it is not official")


def _known_source(source: str, sources: dict[str, Any], place: str, fault: Fault) -> None:
    for part in source.split(";"):
        key = part.split(",")[0].strip()
        if key not in sources:
            fault(place, f"{key!r} is not among the sources of this file")


def _one_of(value: Any, allowed: tuple[str, ...], place: str, fault: Fault) -> None:
    if value not in allowed:
        fault(place, f"{value!r} is not one of: {', '.join(allowed)}")


def _all_of(values: Iterable[str], allowed: tuple[str, ...], place: str, fault: Fault) -> None:
    for value in values:
        _one_of(value, allowed, place, fault)


def _unique(values: Iterable[str], place: str, what: str, fault: Fault) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            fault(place, f"the {what} {value!r} is there twice")
        seen.add(value)


# A record's shape: each key's kind, with "?" when it may be absent. "texts" come out as a tuple.
_Shape = dict[str, str]
_FRAMEWORK: _Shape = {
    "system": "text",
    "title": "text",
    "publisher": "text",
    "edition": "text?",
    "codes": "text",
    "note": "text",
    "annex_a": "text?",
    "sources": "object",
    "groups": "list",
    "descriptors": "list",
    "crosswalks": "list?",
}
_GROUP: _Shape = {"id": "text", "title": "text"}
_DESCRIPTOR: _Shape = {
    "code": "text",
    "title": "text",
    "text": "text",
    "group": "text",
    "source": "text",
    "asks": "texts?",
    "asks_note": "text?",
    "question": "text?",
    "annex_a": "texts?",
    "evidence": "texts?",
    "uses": "texts?",
    "measure": "object?",
    "official": "flag?",
}
_MEASURE: _Shape = {"answer": "text", "unit": "text?", "period": "text?", "register": "text?"}
_CROSSWALK: _Shape = {"to": "text", "note": "text", "matches": "list"}
_MATCH: _Shape = {"code": "text", "to": "texts", "how": "text", "note": "text?"}

_KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "text": ("a text", lambda value: isinstance(value, str) and bool(value.strip())),
    "flag": ("true or false", lambda value: isinstance(value, bool)),
    "object": ("an object", lambda value: isinstance(value, dict)),
    "list": ("a list", lambda value: isinstance(value, list)),
    "texts": (
        "a list of texts",
        lambda value: isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value),
    ),
}
_ABSENT: dict[str, Any] = {"list": [], "texts": ()}
_HARMLESS: dict[str, Any] = {"text": "", "flag": False, "object": {}, **_ABSENT}


def _records(values: list[Any], place: str, shape: _Shape, fault: Fault) -> Iterable[tuple[str, dict[str, Any]]]:
    for number, value in enumerate(values):
        at = f"{place}[{number}]"
        if isinstance(value, dict):
            yield at, _record(value, at, shape, fault)
        else:
            fault(at, "this must be an object")


def _record(value: dict[str, Any], place: str, shape: _Shape, fault: Fault) -> dict[str, Any]:
    """Every key of the shape, with something harmless where a fault was told, so that the rest is checked too."""
    for key in value:
        if key not in shape:
            fault(place, f"no key is called {key!r} here")
    return {key: _value(value, key, kind, place, fault) for key, kind in shape.items()}


def _value(record: dict[str, Any], key: str, kind: str, place: str, fault: Fault) -> Any:
    optional, kind = kind.endswith("?"), kind.rstrip("?")
    words, fits = _KINDS[kind]
    found = record.get(key)
    if found is None and optional:
        return _ABSENT.get(kind)
    if found is None:
        fault(place, f"{key!r} is missing")
    elif not fits(found):
        fault(f"{place}.{key}" if place else key, f"this must be {words}")
    else:
        return tuple(found) if kind == "texts" else found
    return _HARMLESS[kind]
