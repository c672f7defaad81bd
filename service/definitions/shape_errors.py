"""What pydantic says of a definition's shape, in our words and with our places."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from service.definitions.fault import Fault
from service.definitions.form import Form
from service.definitions.json_text import shortened
from service.definitions.question import Question
from service.definitions.suggestions import MOST_GUESSES, hint, likely

Path: TypeAlias = tuple[str | int, ...]

BAD_NAME = "bad_name"  # the kind of a fault in the key of a map: a choice list's, a computed value's, a language

QUESTION_TYPES: tuple[str, ...] = tuple(
    name for model in get_args(get_args(Question)[0]) for name in get_args(model.model_fields["type"].annotation)
)

# What each pattern of the model asks for, as a writer of forms would say it.
PATTERNS = {
    r"^[a-z][a-z0-9_]{0,59}$": "a lower-case letter followed by lower-case letters, digits or underscores, 60 at most",
    r"^[a-z][a-z0-9-]{0,59}$": "a lower-case letter followed by lower-case letters, digits or hyphens, 60 at most",
    r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$": "a language like en, cy or en-x-easyread",
    r"^[a-z0-9-]+(/[0-9-]+)?$": "a system like ofsted-annex-a/2021-22",
    r"^[a-z0-9][a-z0-9-]{0,39}$": "a symbol's name: lower-case letters, digits or hyphens, 40 at most",
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$": "a file's name without a folder",
    r"^(today|\d{4}(-\d{2}(-\d{2})?)?)$": "a date like 2026-11-22, 2026-11 or 2026, or 'today'",
    r"^([01]\d|2[0-3]):[0-5]\d$": "a time like 09:30",
}

_KINDS = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
}


@dataclass(frozen=True)
class ShapeFault:
    """A fault of shape: the place as one walks there in the JSON, pydantic's name for it, the sentences.

    `meant` is the key that an unknown one stands for, where that is plain: a required key that is missing beside it.
    """

    path: Path
    kind: str
    faults: tuple[Fault, ...]
    meant: str | None = None


def form_or_faults(definition: dict[str, Any]) -> Form | list[ShapeFault]:
    """The form that this spells, or every fault of its shape that can be seen at once."""
    try:
        return Form.of(definition)
    except ValidationError as error:
        return list(_merged(definition, error.errors(include_url=False, include_input=False)))


def written(path: Path) -> str:
    """`pages[0].questions[2].label`"""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def found_at(definition: Any, path: Path) -> Any:
    """What stands there, or None."""
    for step in path:
        if isinstance(definition, dict) and isinstance(step, str):
            definition = definition.get(step)
        elif isinstance(definition, list) and isinstance(step, int) and step < len(definition):
            definition = definition[step]
        else:
            return None
    return definition


def _merged(definition: dict[str, Any], errors: list[ErrorDetails]) -> Iterator[ShapeFault]:
    known = KEYS if len(errors) <= MOST_GUESSES else ()
    missing = {_path(error["loc"]) for error in errors if error["type"] == "missing"}
    meant = dict(_misspelled(errors, missing)) if known else {}
    misspelled = {(*path[:-1], key) for path, key in meant.items()}
    seen: set[tuple[Path, str]] = set()
    for error in errors:
        kind, path = error["type"], _path(error["loc"])
        if _is_name(error):
            kind, path = BAD_NAME, path[:-1]
        if _is_bare_limit(definition, path):
            path = path[:-1]
        value = found_at(definition, path)
        if kind == "too_short" and isinstance(value, list) and len(value) >= error["ctx"]["min_length"]:
            continue  # short only because its faulty items, reported already, do not count
        if kind == "int_type" and error["loc"][-1:] == ("int",):
            continue  # no number of the other kind either, and that is reported
        if (path, kind) not in seen and not (kind == "missing" and path in misspelled):
            seen.add((path, kind))
            keys = (meant[path],) if path in meant else known
            yield ShapeFault(path, kind, tuple(_sentences(path, value, kind, error, keys)), meant.get(path))


def _misspelled(errors: list[ErrorDetails], missing: set[Path]) -> Iterator[tuple[Path, str]]:
    """Unknown keys beside a required key that is missing and is spelled much like them."""
    for error in errors:
        if error["type"] == "extra_forbidden":
            path = _path(error["loc"])
            wanted = [str(other[-1]) for other in missing if other[:-1] == path[:-1]]
            if close := likely(str(path[-1]), wanted):
                yield path, close


def _is_name(error: ErrorDetails) -> bool:
    """Whether it is the key of a map that is wrong; pydantic adds a step to the place that says so."""
    return error["loc"][-1:] == ("[key]",) and error["type"] in ("string_pattern_mismatch", "string_too_long")


def _is_bare_limit(definition: dict[str, Any], path: Path) -> bool:
    """Whether this is the value of a limit that is written without a message: `"min": 3`."""
    if len(path) < 3 or path[-1] != "value" or path[-3] != "validation":
        return False
    limit = found_at(definition, path[:-1])
    return not (isinstance(limit, dict) and "value" in limit)


def _path(loc: tuple[int | str, ...]) -> Path:
    """The place without the names of the choices that the model makes on the way there."""
    path: list[int | str] = []
    for index, step in enumerate(loc):
        previous = loc[index - 1] if index else ""
        is_question = previous == "detail" or (isinstance(previous, int) and loc[index - 2] == "questions")
        skipped = (
            (is_question and step in QUESTION_TYPES)
            or (previous == "options" and step in ("list", "name"))
            or (previous == "value" and step in ("fixed", "expression"))
            or (previous in ("score", "default", "fixed") and step in ("int", "float"))
        )
        if not skipped:
            path.append(step)
    return tuple(path)


def _sentences(path: Path, value: Any, kind: str, error: ErrorDetails, keys: Collection[str]) -> Iterator[Fault]:
    place = written(path)
    if "validation" in path[-2:-1] and isinstance(value, dict) and set(value) == {"message"}:
        yield Fault(place, "'value' is missing")
    elif kind == "expression":
        for inner, sentence in error["ctx"]["faults"]:
            yield Fault(shortened(place + inner), sentence)
    elif kind == "extra_forbidden":
        yield Fault(place, f"no key is called '{path[-1]}' here" + hint(str(path[-1]), keys))
    elif kind == "missing":
        yield Fault(written(path[:-1]), f"'{path[-1]}' is missing")
    elif kind == BAD_NAME:
        wanted = PATTERNS.get(error.get("ctx", {}).get("pattern", ""), "shorter")
        yield Fault(place, f"{_shown(path[-1])} cannot be a name here: it must be {wanted}")
    else:
        yield Fault(place, _sentence(value, error))


def _sentence(value: Any, error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        if isinstance(value, dict) and isinstance(value.get("type"), str):
            return f"no kind of question is called {_shown(value['type'])}" + hint(value["type"], QUESTION_TYPES)
        return "'type' is missing" if isinstance(value, dict) and "type" not in value else "'type' must be a text"
    if kind in _KINDS:
        return f"this must be {_KINDS[kind]}, not {_shown(value)}"
    if kind == "literal_error":
        expected = str(context["expected"]).replace("True", "true")  # as JSON writes it
        return f"{_shown(value)} is not one of {expected}" if " or " in expected else f"this must be {expected}"
    if kind == "string_pattern_mismatch":
        return f"{_shown(value)} must be {PATTERNS.get(context['pattern'], 'of the right form')}"
    if kind == "string_too_short":
        return "the text is empty"
    if kind == "string_too_long":
        return f"the text is longer than {context['max_length']:,} characters"
    if kind == "too_short":
        return "the list is empty"
    if kind == "too_long":
        return f"the list has more than {context['max_length']:,} items"
    if kind == "greater_than_equal":
        return f"{_shown(value)} is less than {context['ge']:,}"
    if kind == "less_than_equal":
        return f"{_shown(value)} is more than {context['le']:,}"
    return f"{_shown(value)} is not what is expected here"


def _shown(value: Any) -> str:
    """The value in few words."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = str(value)
    text = text if len(text) <= 40 else f"{text[:39]}…"
    return f"'{text}'" if isinstance(value, str) else text


def _all_keys() -> tuple[str, ...]:
    """Every key that the format has somewhere."""
    names: set[str] = set()
    waiting: list[type[BaseModel]] = [Form]
    seen: set[type[BaseModel]] = set()
    while waiting:
        model = waiting.pop()
        if model in seen:
            continue
        seen.add(model)
        for name, field in model.model_fields.items():
            names.add(field.alias or name)
            waiting += _models_in(field.annotation)
    return tuple(sorted(names))


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]


KEYS = _all_keys()
