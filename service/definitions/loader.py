"""The door through which a definition comes in: a form that can be used, or every fault that it has."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from service.definitions.checks import Outline, faults_in, warnings_in
from service.definitions.error_recovery import mended
from service.definitions.fault import DefinitionError, Fault
from service.definitions.form import Form
from service.definitions.json_text import LARGEST_FILE, ParsedJson, cleaned, read_json

_STEP = re.compile(r"\[(\d+)\]|[^.\[\]]+")


@dataclass(frozen=True)
class Examination:
    """What looking at a definition found.

    `form` is there whenever the shape is right, even with faults beside it, so that a builder can go on working on it;
    it may only be used to ask people when there are no `faults`. `warnings` are for the author to weigh.
    """

    form: Form | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def load_form(path: Path) -> Form:
    """The form in this file. Raises DefinitionError with all its faults."""
    return _accepted(examine_file(path))


def form_from(definition: object, name: str | None = None) -> Form:
    """The form that this JSON value spells. Raises DefinitionError with all its faults.

    `name` is what it is kept under: the form's id must be the same.
    """
    return _accepted(examine(definition, name))


def examine_file(path: Path) -> Examination:
    """Look at the definition in a file, whose name must be the form's id. Never raises."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        return Examination(None, (Fault("", f"the file cannot be read: {error.strerror}"),), ())
    return examine_text(content, path.stem)


@lru_cache(maxsize=64)
def examine_text(content: bytes, name: str | None = None) -> Examination:
    """Look at a definition as it is written or sent. The same bytes are looked at once: nothing in it can change."""
    return _examined(read_json(content), name)


def examine(definition: object, name: str | None = None) -> Examination:
    """Look at a definition that is JSON values already. Never raises: whatever is wrong is a fault."""
    return _examined(cleaned(definition), name)


def _accepted(examination: Examination) -> Form:
    if examination.form is None or examination.faults:
        raise DefinitionError(examination.faults)
    return examination.form


def _examined(reading: ParsedJson, name: str | None) -> Examination:
    faults = list(reading.faults)
    definition = reading.value
    if not isinstance(definition, dict):
        if not faults:
            faults.append(Fault("", "a definition is a JSON object, with 'format', 'id' and 'pages'"))
        return Examination(None, tuple(faults), ())
    mending = mended(definition, reading.lost)
    faults += mending.faults
    is_whole = not faults
    warnings: list[Fault] = []
    if mending.draft is not None:
        outline = Outline(mending.draft)
        faults += faults_in(outline, name)
        warnings += warnings_in(outline)
    return Examination(
        mending.draft.form if mending.draft and is_whole else None,
        _in_order(faults, definition),
        _in_order(warnings, definition),
    )


def _in_order(faults: list[Fault], definition: dict[str, Any]) -> tuple[Fault, ...]:
    """The faults as one meets them when reading the definition from its top."""
    keys = {key: number for number, key in enumerate(definition)}

    def position(fault: Fault) -> list[tuple[int, int, str]]:
        steps = [(0, int(step[1]), "") if step[1] else (1, 0, step[0]) for step in _STEP.finditer(fault.place)]
        return [(keys.get(steps[0][2], -1), 0, ""), *steps] if steps else []

    return tuple(sorted(dict.fromkeys(faults), key=position))
