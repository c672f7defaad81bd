"""Documents as bytes: the same bytes on every engine."""

import json
from typing import Any

from service.text import TooLarge

LARGEST_RECORD = 4_000_000  # bytes

Json = dict[str, Any]

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def pack(document: Json) -> bytes:
    """JSON on one line, as short as can be."""
    body = _encoder.encode(document).encode()
    if len(body) > LARGEST_RECORD:
        raise TooLarge(f"A record of {len(body):,} bytes; at most {LARGEST_RECORD:,} are kept.")
    return body


def unpack(body: bytes) -> Json:
    """The document again; whoever gets it owns it."""
    document: Json = json.loads(body.decode())  # given bytes, json would look for their encoding first
    return document
