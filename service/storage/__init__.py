"""Where it is kept: every record durable before anybody is told so, on TinyDB or PostgreSQL."""

from service.storage.seal import KeyLost
from service.storage.store import open_store
from service.storage.unavailable import StoreUnavailable

__all__ = ["KeyLost", "StoreUnavailable", "open_store"]
