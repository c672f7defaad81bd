"""Every framework we know, read once, and the questions that others ask of them."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from service.frameworks.framework import Crosswalk, Descriptor, Framework, FrameworkError
from service.frameworks.loader import read_framework

DATA = Path(__file__).parent / "data"


@cache
def load_frameworks() -> Mapping[str, Framework]:
    """The frameworks that come with the service, by system, in order of their file names."""
    return read_frameworks(DATA)


def known_code(system: str, code: str) -> bool:
    """Whether a question may be tagged with this code."""
    framework = load_frameworks().get(system)
    return framework is not None and code in framework.descriptors


def descriptor(system: str, code: str) -> Descriptor:
    """What the code stands for; KeyError when nobody knows it."""
    return load_frameworks()[system].descriptors[code]


def mapped(system: str, code: str, to: str) -> tuple[str, ...]:
    """The codes in framework `to` that speak of the same thing, whichever of the two files says so; often none."""
    frameworks = load_frameworks()
    if system == to:
        return (code,)
    onward = frameworks[system].crosswalks.get(to)
    if onward is not None:
        return onward.matches[code].to if code in onward.matches else ()
    back = frameworks[to].crosswalks.get(system)
    return () if back is None else tuple(match.code for match in back.matches.values() if code in match.to)


def read_frameworks(folder: Path) -> Mapping[str, Framework]:
    """Every file of a folder, checked one by one and against each other; FrameworkError names all faults at once."""
    problems: list[str] = []
    places: dict[str, str] = {}
    frameworks: dict[str, Framework] = {}
    for path in sorted(folder.glob("*.json")):
        framework = _read(path, problems)
        if framework is None:
            continue
        if framework.system in frameworks:
            problems.append(f"{path.name}: system: {places[framework.system]} is {framework.system!r} already")
        frameworks[framework.system] = framework
        places[framework.system] = path.name
    # References are only checked between files that could be read: one fault should not look like twenty.
    if not problems:
        for framework in frameworks.values():
            problems.extend(f"{places[framework.system]}: {fault}" for fault in _loose_ends(framework, frameworks))
    if problems:
        raise FrameworkError(problems)
    return MappingProxyType(frameworks)


def _read(path: Path, problems: list[str]) -> Framework | None:
    def fault(place: str, sentence: str) -> None:
        problems.append(": ".join(part for part in (path.name, place, sentence) if part))

    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        fault("", f"this is not JSON: {error}")
        return None
    framework = read_framework(data, fault)
    if framework is not None and path.stem != framework.system.replace("/", "-"):
        fault("system", f"the file of {framework.system!r} should be called {framework.system.replace('/', '-')}.json")
    return framework


def _loose_ends(framework: Framework, frameworks: Mapping[str, Framework]) -> list[str]:
    """References to other frameworks that lead nowhere."""
    faults = []
    if framework.annex_a is not None:
        annex_a = frameworks.get(framework.annex_a)
        if annex_a is None:
            faults.append(f"annex_a: no framework is called {framework.annex_a!r}")
        else:
            faults += [
                f"descriptors.{entry.code}.annex_a: {annex_a.system} has no code {code!r}"
                for entry in framework.descriptors.values()
                for code in entry.annex_a
                if code not in annex_a.descriptors
            ]
    for walk in framework.crosswalks.values():
        faults += _lost(walk, frameworks)
    return faults


def _lost(walk: Crosswalk, frameworks: Mapping[str, Framework]) -> list[str]:
    target = frameworks.get(walk.to)
    if target is None:
        return [f"crosswalks: no framework is called {walk.to!r}"]
    return [
        f"crosswalks.{walk.to}.{match.code}: {walk.to} has no code {code!r}"
        for match in walk.matches.values()
        for code in match.to
        if code not in target.descriptors
    ]
