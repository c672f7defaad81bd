"""Frozen records to JSON and back, by their type hints alone; what does not fit is an error, never dropped."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json as as_bytes

from service.repository import RecordsUnreadable
from service.storage.serialise import Json
from service.text import clean

Record = TypeVar("Record")

_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


class Unreadable(RecordsUnreadable):
    """A record on disk does not fit the record that this version of the service knows."""


def to_json(record: Any) -> Json:
    """The record's fields but its `id`, cleaned. Raises Unreadable for one that could not be read again."""
    fields = _adapter(type(record)).dump_python(record, warnings=False)
    record_id = fields.pop("id")
    document = {name: clean(_plain(value)) for name, value in fields.items()}
    from_json(type(record), record_id, document)
    return document


def from_json(record: type[Record], record_id: str, document: Mapping[str, Any]) -> Record:
    """The record of this class that `to_json` made this document of; a missing field takes its default.

    Raises Unreadable for a document that does not fit the class; the message holds nothing that was kept.
    """
    try:
        return _adapter(record).validate_json(as_bytes({"id": record_id, **document}), strict=True, extra="forbid")
    except ValidationError as fault:
        reasons = "; ".join(_reason(error["type"], error["loc"], error["msg"]) for error in fault.errors())
        raise Unreadable(f"{record.__name__} {record_id}: {reasons}", [record_id]) from None


def _plain(value: Any) -> Any:
    """The value with moments and days as text, moments in UTC; everything else is for `clean` to judge."""
    match value:
        case str() | int() | None:
            return value
        case datetime():
            if value.tzinfo is None:
                raise ValueError(f"{value} does not say in which time zone")
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case list() | tuple():
            return [_plain(each) for each in value]
        case dict():
            return {key: _plain(each) for key, each in value.items()}
    return value


def _adapter(record: type[Record]) -> TypeAdapter[Record]:
    if record not in _ADAPTERS:
        _ADAPTERS[record] = TypeAdapter(record)
    return _ADAPTERS[record]


def _reason(kind: str, place: tuple[int | str, ...], message: str) -> str:
    field = ".".join(map(str, place))
    match kind:
        case "unexpected_keyword_argument":
            return f"it has a field '{field}', which this version of the service does not know"
        case "missing":
            return f"it lacks {field}"
    return f"{field}: {message}"
