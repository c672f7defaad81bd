"""The format as a JSON Schema, for editors that complete and check while a form is written."""

from typing import Any

from service.definitions.form import Form

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def form_schema() -> dict[str, Any]:
    """The schema of a form definition; what it cannot say (order, references) is said by the checks."""
    schema = _trimmed(Form.model_json_schema(by_alias=True, mode="validation"))
    _allow_bare_limits(schema["$defs"])
    head = {
        "$schema": DIALECT,
        "title": "A form, survey-definition/1",
        "description": "What is asked of one audience: pages, their questions, their options. All text is plain text.",
    }
    return {**head, **{key: value for key, value in schema.items() if key not in head}}


def _allow_bare_limits(parts: dict[str, Any]) -> None:
    """A limit without a message of its own is written as its value: `"min": 3`."""
    for name, part in parts.items():
        if name.endswith("Validation"):
            for key, limit in part["properties"].items():
                bare = parts[limit["$ref"].rpartition("/")[2]]["properties"]["value"]
                part["properties"][key] = {"anyOf": [bare, limit]}


def _trimmed(node: Any) -> Any:
    """Without what pydantic adds and no author writes: titles made from names, null as a choice, null as a default."""
    if isinstance(node, list):
        return [_trimmed(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: {name: _trimmed(part) for name, part in value.items()}
        if key in ("properties", "$defs")
        else _trimmed(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None)
    }
    choices = kept.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        rest = [choice for choice in choices if choice != {"type": "null"}]
        kept = {
            **{key: value for key, value in kept.items() if key != "anyOf"},
            **(rest[0] if len(rest) == 1 else {"anyOf": rest}),
        }
    return kept
