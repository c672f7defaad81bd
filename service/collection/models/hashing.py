"""Hashes that only this service can make."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Hasher:
    """Makes them with the newest key; older keys still recognise theirs."""

    keys: Sequence[bytes]

    def new(self, purpose: str, text: str) -> str:
        """The hash of a text for one purpose, so that hashes of different purposes cannot be held together."""
        return self._hash(self.keys[0], purpose, text)

    @property
    def row_order(self) -> bytes:
        """What the order of rows is made with, which says nothing and stays the same."""
        return self.new("order", "rows").encode()

    def any(self, purpose: str, text: str) -> list[str]:
        """The hashes it may have been kept under, one for each key."""
        return [self._hash(key, purpose, text) for key in self.keys]

    @staticmethod
    def _hash(key: bytes, purpose: str, text: str) -> str:
        return hmac.new(key, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()
