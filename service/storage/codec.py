"""Frozen records to JSON and back, by their type hints alone; what does not fit is an error, never dropped."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from service.storage.serialise import Json
from service.text import clean, clean_text

Record = TypeVar("Record")


class Unreadable(Exception):
    """A record on disk does not fit the record that this version of the service knows."""


class Codec(NamedTuple):
    """How values of one type are written and read."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


def to_json(record: Any) -> Json:
    """The record's fields but its `id`, cleaned."""
    document: Json = codec_for(type(record)).encode(record)
    document.pop("id", None)
    return document


def from_json(kind: type[Record], record_id: str, document: Mapping[str, Any]) -> Record:
    """The record of this kind that `to_json` made this document of."""
    try:
        record: Record = codec_for(kind).decode({"id": record_id, **document})
    except Unreadable as fault:
        raise Unreadable(f"{kind.__name__} {record_id}: {fault}") from None
    return record


def codec_for(kind: Any) -> Codec:
    """How values of this type are written and read."""
    if kind not in _CODECS:
        _CODECS[kind] = _codec(kind)
    return _CODECS[kind]


def _codec(kind: Any) -> Codec:
    if isinstance(kind, type) and is_dataclass(kind):
        return _record(kind)
    match get_origin(kind), get_args(kind):
        case (None, _):
            pass
        case (origin, choices) if origin is Literal:
            return _choice(choices)
        case (origin, options) if origin in (Union, UnionType) and len(options) == 2 and NoneType in options:
            return _optional(codec_for(next(each for each in options if each is not NoneType)))
        case (origin, (item, end)) if origin is tuple and end is ...:
            return _many(codec_for(item))
        case (origin, (key, value)) if origin is dict and key is str and value is Any:
            return Codec(_checked(dict, clean), _checked(dict))
    raise TypeError(f"no way is known to keep a {kind}")


def _checked(kind: type, then: Callable[[Any], Any] | None = None) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise Unreadable(f"{kind.__name__} was expected, not {type(value).__name__}")
        return value if then is None else then(value)

    return check


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(f"{value} does not say in which time zone")
    return value.astimezone(UTC).isoformat()


def _read(parse: Callable[[str], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        try:
            return parse(value)
        except (TypeError, ValueError):
            raise Unreadable(f"{value!r} is no {parse.__qualname__.partition('.')[0]}") from None

    return read


def _choice(choices: tuple[Any, ...]) -> Codec:
    def check(value: Any) -> Any:
        if value not in choices:
            raise Unreadable(f"{value!r} is none of {', '.join(map(str, choices))}")
        return value

    return Codec(check, check)


def _optional(inner: Codec) -> Codec:
    return Codec(
        lambda value: None if value is None else inner.encode(value),
        lambda value: None if value is None else inner.decode(value),
    )


def _many(item: Codec) -> Codec:
    return Codec(
        lambda values: [item.encode(each) for each in values],
        _checked(list, lambda values: tuple(item.decode(each) for each in values)),
    )


def _record(kind: type[Any]) -> Codec:
    hints = get_type_hints(kind)
    parts = {part.name: codec_for(hints[part.name]) for part in fields(kind)}
    encoders = [(name, codec.encode) for name, codec in parts.items()]
    decoders = {name: codec.decode for name, codec in parts.items()}
    needed = {part.name for part in fields(kind) if part.default is MISSING and part.default_factory is MISSING}

    def encode(record: Any) -> Json:
        return {name: encode(getattr(record, name)) for name, encode in encoders}

    def decode(document: Any) -> Any:
        try:
            values = {name: decoders[name](value) for name, value in document.items()}
        except KeyError as fault:
            raise Unreadable(f"it has a field {fault}, which this version of the service does not know") from None
        if not needed <= values.keys():
            raise Unreadable(f"it lacks {', '.join(sorted(needed - values.keys()))}")
        return kind(**values)

    return Codec(encode, _checked(dict, decode))


_CODECS: dict[Any, Codec] = {
    str: Codec(_checked(str, clean_text), _checked(str)),
    bool: Codec(_checked(bool), _checked(bool)),
    int: Codec(_checked(int), _checked(int)),
    datetime: Codec(_moment, _read(datetime.fromisoformat)),
    date: Codec(date.isoformat, _read(date.fromisoformat)),
    Any: Codec(clean, lambda value: value),
}
