"""What a new question of each type starts with, so that it has no faults."""

from typing import Any, get_args

from service.definitions.editing.document import Json, MoveRefused
from service.definitions.question import Question

MISSING_OPTION = {"value": "not_say", "label": "I don't want to say", "missing": True}
_MODELS: dict[str, Any] = {
    name: model for model in get_args(get_args(Question)[0]) for name in get_args(model.model_fields["type"].annotation)
}
QUESTION_TYPES = tuple(_MODELS)
_OPTIONS = [{"value": "option_1", "label": "Option 1"}, {"value": "option_2", "label": "Option 2"}]
_YES_NO = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]


def default_question(document: Json, question_type: str, label: str) -> dict[str, Json]:
    """A question of this type; a child gets a way out of every choice."""
    question: dict[str, Json] = {"id": question_type, "type": question_type, "label": label}
    return {**question, **needed_parts(document, question_type)}


def needed_parts(document: Json, question_type: str) -> dict[str, Json]:
    """What a question of this type cannot do without, beside its id and label."""
    if question_type not in _MODELS:
        raise MoveRefused(f"There is no question type “{question_type}”.")
    way_out = [dict(MISSING_OPTION)] if document.get("audience") == "child" else []
    if question_type == "select_one":
        return {"options": [*_copies(_YES_NO), *way_out]}
    if question_type == "scale":
        return {"lowest_label": "Not at all", "highest_label": "Completely", **({"others": way_out} if way_out else {})}
    if question_type in ("select_multiple", "matrix"):
        exclusive = [{**option, "exclusive": True} for option in way_out if question_type == "select_multiple"]
        parts: dict[str, Json] = {"options": [*_copies(_OPTIONS), *(exclusive or way_out)]}
        return parts if question_type != "matrix" else {**parts, "rows": [{"id": "row_1", "label": "Row 1"}]}
    if question_type == "rank":
        return {"options": _copies(_OPTIONS)}
    if question_type == "group":
        return {"questions": []}
    return {}


def is_same_kind(one: Json, other: str) -> bool:
    """Whether two types differ in name only, as a text and a phone number do."""
    return isinstance(one, str) and _MODELS.get(one) is _MODELS[other]


def keys_of(question_type: str) -> frozenset[str]:
    """The keys that a question of this type may have."""
    return frozenset(_MODELS[question_type].model_fields)


def _copies(options: list[dict[str, str]]) -> list[dict[str, Json]]:
    return [dict(option) for option in options]
