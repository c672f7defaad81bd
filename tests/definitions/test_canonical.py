"""One way to write a form's file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.definitions import Form, form_files, form_schema
from service.definitions.canonical import _PLACES, canonical_text
from service.definitions.editing import finished, prepared
from tests.paths import ROOT

FILES = form_files(ROOT / "forms")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_form_is_written_as_the_builder_writes_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert canonical_text(json.loads(text)) == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_writing_changes_no_fingerprint(path: Path) -> None:
    definition = json.loads(path.read_text(encoding="utf-8"))
    shuffled = {key: definition[key] for key in reversed(definition)}
    assert Form.of(json.loads(canonical_text(shuffled))).fingerprint == Form.of(definition).fingerprint


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "label", "x", "translations"]), inner),
    )
)
def test_anything_comes_back_as_it_was_and_twice_is_once(value: object) -> None:
    text = canonical_text(value)
    assert json.loads(text) == value
    assert canonical_text(json.loads(text)) == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_draft_that_nobody_changed_is_written_byte_for_byte(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert canonical_text(finished(prepared(json.loads(text)))) == text


def test_every_key_of_the_format_has_its_place() -> None:
    assert set(_keys_in(form_schema())) <= set(_PLACES)


def _keys_in(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        properties = schema.get("properties")
        yield from properties if isinstance(properties, dict) else ()
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _keys_in(part)
