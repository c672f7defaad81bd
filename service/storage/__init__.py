"""Where it is kept: every record durable before anybody is told so, on TinyDB or PostgreSQL."""

from service.storage.encryption import KeyLost
from service.storage.errors import StoreUnavailable, WrongFormat
from service.storage.store import open_store

__all__ = ["KeyLost", "StoreUnavailable", "WrongFormat", "open_store"]
