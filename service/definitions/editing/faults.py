"""The faults of a draft, each at the question, option or field it is about."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from service.definitions.editing.document import Address, Json, finished, is_named_list, names_in
from service.definitions.fault import Fault
from service.definitions.loader import examine_text

_STEP = re.compile(r"\[(\d+)\]|[^.\[\]]+")
_MISSING = re.compile(r"'([a-z_]+)' is missing")  # is said of what it is missing in
_EXPRESSIONS = frozenset({"visible_if", "when", "rule"})


@dataclass(frozen=True)
class PlacedFault:
    """What is wrong, and where; () is the form as a whole.

    A form with an `error` cannot be published.
    """

    address: Address
    sentence: str
    kind: Literal["error", "warning"]


def faults_of(document: Json) -> tuple[PlacedFault, ...]:
    """Every fault that a fresh load finds: errors, then warnings."""
    examination = examine_text(json.dumps(finished(document)).encode())
    return (
        *(_placed(document, fault, "error") for fault in examination.faults),
        *(_placed(document, fault, "warning") for fault in examination.warnings),
    )


def address_of(document: Json, place: str) -> Address:
    """The address of a place as faults name it: `pages[0].questions[2].visible_if`."""
    if place.startswith("translations."):
        return _translation(document, place)
    return tuple(_steps(document, place))


def _placed(document: Json, fault: Fault, kind: Literal["error", "warning"]) -> PlacedFault:
    missing = _MISSING.fullmatch(fault.sentence)
    address = address_of(document, fault.place)
    return PlacedFault((*address, missing[1]) if missing else address, fault.sentence, kind)


def _steps(document: Json, place: str) -> Iterator[str]:
    """The steps as far as addresses go: not into conditions or lists without names."""
    here = document
    address: Address = ()
    for found in _STEP.finditer(place.partition("…")[0]):
        step = found[0]
        if isinstance(here, list):
            names = names_in(here, address) if is_named_list(address) else []
            number = int(found[1]) if found[1] else len(names)
            if number >= len(names):
                return
            step, here = names[number], here[number]
        elif isinstance(here, dict):
            here = here.get(step)
        else:
            return
        yield step
        address = (*address, step)
        if step in _EXPRESSIONS or address[:-1] == ("computed",):
            return


def _translation(document: Json, place: str) -> Address:
    """`translations.cy.questions.fun.label`: the path is one step. A check goes by its name in the draft."""
    top, _, rest = place.partition(".")
    language, _, path = rest.partition(".")
    start, _, end = path.partition(".")
    number, dot, field = end.partition(".")
    names = names_in(document.get("checks"), ("checks",))
    if start == "checks" and number.isdigit() and int(number) < len(names):
        path = f"checks.{names[int(number)]}{dot}{field}"
    return (top, language, path) if path else (top, language)
