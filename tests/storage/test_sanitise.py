"""Values are cleaned once, and records that do not fit are refused, never bent."""

import json
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.storage.codec import Unreadable, from_json, to_json
from service.storage.encryption import Seal
from service.storage.record_types import RECORD_TYPES
from service.storage.serialise import unpack
from service.text import UNKEEPABLE, TooLarge, clean
from tests.storage import old_stores

any_text = st.text(st.characters(exclude_categories=()))  # surrogates and NUL as well
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3, alphabet="abc"), inner, max_size=4),
    max_leaves=10,
)


@given(any_json)
def test_what_is_clean_stays_as_it_is_and_survives_json_and_utf8(value: Any) -> None:
    cleaned = clean(value)
    assert clean(cleaned) == cleaned
    assert json.loads(json.dumps(cleaned, allow_nan=False, ensure_ascii=False).encode()) == cleaned


@given(any_text)
def test_clean_text_is_composed_and_can_be_kept_anywhere(text: str) -> None:
    cleaned = clean(text)
    assert not UNKEEPABLE.search(cleaned)
    assert "\r" not in cleaned
    assert unicodedata.is_normalized("NFC", cleaned)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("\t\n")))
def test_ordinary_text_loses_nothing(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text)


def test_lists_nested_without_end_are_refused() -> None:
    nested: list[Any] = []
    for _ in range(10_000):
        nested = [nested]
    with pytest.raises(TooLarge, match="deep"):
        clean(nested)


def test_two_keys_that_become_one_are_refused_rather_than_lost() -> None:
    with pytest.raises(ValueError, match="two keys"):
        clean({"e\u0301": 1, "é": 2})


@pytest.mark.parametrize("value", [{1: 2}, (1, 2), b"bytes", object(), datetime(2026, 11, 22, tzinfo=UTC)])
def test_what_json_does_not_know_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, AttributeError)):
        clean(value)


@dataclass(frozen=True)
class Part:
    name: str
    on: date


@dataclass(frozen=True)
class Whole:
    id: str
    parts: tuple[Part, ...]
    at: datetime
    colour: Literal["red", "blue"]
    first: Part | None = None
    number: int = 0
    free: dict[str, Any] = field(default_factory=dict)


WHOLE = Whole("w", (Part("a", date(2024, 2, 29)),), datetime(2026, 11, 22, 9, tzinfo=UTC), "red", Part("b", date.min))
DOCUMENT = to_json(WHOLE)


def test_a_record_goes_through_json_and_back() -> None:
    assert from_json(Whole, "w", json.loads(json.dumps(DOCUMENT))) == WHOLE
    assert "id" not in DOCUMENT


def test_a_field_that_came_later_takes_its_default() -> None:
    assert from_json(Whole, "w", {name: DOCUMENT[name] for name in ("parts", "at", "colour")}) == Whole(
        "w", WHOLE.parts, WHOLE.at, "red"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"colour": "green"}, "colour: Input should be 'red' or 'blue'"),
        ({"at": "yesterday"}, "at: Input should be a valid datetime"),
        ({"at": None}, "at: Input should be a valid datetime"),
        ({"number": "3"}, "number: Input should be a valid integer"),
        ({"number": True}, "number: Input should be a valid integer"),
        ({"parts": {}}, "parts: Input should be a valid array"),
        ({"parts": [{"name": "a"}]}, "it lacks parts.0.on"),
        ({"first": {"name": "a", "on": "2024-02-29", "off": 1}}, "a field 'first.off', which this version"),
        ({"shade": "dark"}, "a field 'shade', which this version"),
    ],
)
def test_a_document_that_does_not_fit_its_record_is_named_and_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Unreadable, match="Whole w: ") as refusal:
        from_json(Whole, "w", DOCUMENT | changes)
    assert sentence in str(refusal.value)


def test_a_document_that_lacks_a_field_is_refused() -> None:
    with pytest.raises(Unreadable, match="it lacks at; it lacks colour"):
        from_json(Whole, "w", {"parts": []})


def test_a_record_of_a_type_that_has_no_way_to_be_kept_is_refused() -> None:
    @dataclass(frozen=True)
    class Odd:
        id: str
        value: set[int]

    with pytest.raises(TypeError, match="a set is not kept"):
        to_json(Odd("x", {1}))


def test_what_0_1_0_wrote_is_read_and_written_again_the_same() -> None:
    types = {record_type.table: record_type.record for record_type in RECORD_TYPES}
    seal = Seal(old_stores.KEYS)
    for table, record_id, body, _ in old_stores.whole():
        document = old_stores.migrated(table, seal.open(unpack(body)))
        again = to_json(from_json(types[table], record_id, document))
        assert holds(again, document), f"{table} {record_id}"


def holds(again: Any, document: Any) -> bool:
    """Whether all of a document is in another, which may have further fields: those that came later."""
    if isinstance(document, dict) and isinstance(again, dict):
        return all(name in again and holds(again[name], value) for name, value in document.items())
    if isinstance(document, list) and isinstance(again, list):
        return len(again) == len(document) and all(map(holds, again, document))
    return bool(again == document)
