"""The JSON Schema that editors complete and check with."""

import json
from collections.abc import Iterator
from typing import Any

from service.definitions import form_schema
from service.definitions.shape_errors import PATTERNS, QUESTION_TYPES
from tests.definitions.full_form import RICH


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for part in node.values():
            yield from _nodes(part)
    elif isinstance(node, list):
        for part in node:
            yield from _nodes(part)


def test_it_says_what_a_form_is_and_what_each_part_is_for() -> None:
    schema = form_schema()
    assert schema["title"] == "A form, survey-definition/1"
    assert set(schema["required"]) == {"format", "id", "version", "audience", "title", "languages", "identity", "pages"}
    assert set(RICH) <= set(schema["properties"])
    assert schema["additionalProperties"] is False
    for name, part in schema["$defs"].items():
        assert part.get("description"), name


def test_it_knows_every_kind_of_question() -> None:
    schema = form_schema()
    known = {
        kind
        for part in schema["$defs"].values()
        if "label" in part.get("properties", {}) and "type" in part["properties"]
        for kind in part["properties"]["type"].get("enum", [part["properties"]["type"].get("const")])
    }
    assert known == set(QUESTION_TYPES)


def test_every_reference_leads_somewhere() -> None:
    schema = form_schema()
    references = {node["$ref"] for node in _nodes(schema) if isinstance(node.get("$ref"), str)}
    assert references
    assert references <= {f"#/$defs/{name}" for name in schema["$defs"]}


def test_a_limit_may_be_written_with_or_without_its_message() -> None:
    limit = form_schema()["$defs"]["TextValidation"]["properties"]["min_length"]
    kinds = [choice.get("type", choice.get("$ref")) for choice in limit["anyOf"]]
    assert limit["anyOf"][0]["minimum"] == 0
    assert kinds == ["integer", "#/$defs/WholeRule"]


def test_no_author_is_offered_null() -> None:
    nulls = [node for node in _nodes(form_schema()) if node.get("type") == "null" or node.get("default", 0) is None]
    assert nulls == []
    assert json.loads(json.dumps(form_schema())) == form_schema()


def test_every_pattern_of_the_format_has_words_for_its_fault() -> None:
    patterns = {node["pattern"] for node in _nodes(form_schema()) if isinstance(node.get("pattern"), str)}
    assert patterns <= set(PATTERNS)
