"""One way to write a form's file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.definitions import Form, form_files
from service.definitions.canonical import canonical_text
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
