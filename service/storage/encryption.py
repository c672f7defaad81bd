"""What nobody can read on the disk: fields sealed with the newest key, and found again by a keyed hash."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence

from cryptography.fernet import Fernet, InvalidToken

from service.storage.codec import Unreadable
from service.storage.serialise import Json, pack, unpack

SEALED = "sealed"  # the field of a document that holds all its sealed fields: the key's name, a colon, a token


class KeyLost(Exception):
    """Records are sealed with keys that were not given; all others can be read."""

    def __init__(self, keys: Iterable[str], number: int = 1) -> None:
        self.keys = frozenset(keys)
        self.number = number
        records = "A record is" if number == 1 else f"{number:,} records are"
        super().__init__(f"{records} sealed with a key that was not given: {', '.join(sorted(self.keys))}.")


class _Key:
    """One key in its three uses; none of them leads to another or to the key."""

    def __init__(self, text: str) -> None:
        self.name = _derived(text, "name").hex()[:8]
        self.fernet = Fernet(urlsafe_b64encode(_derived(text, "seal")))
        self.finding = _derived(text, "find")


def _derived(text: str, use: str) -> bytes:
    return hmac.digest(text.encode(), f"sayso {use}".encode(), hashlib.sha256)


class Seal:
    """Closes with the first key and opens with any. Without keys it closes nothing, and opens what is not sealed."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._keys = {key.name: key for key in map(_Key, keys)}
        self._newest = next(iter(self._keys.values()), None)

    @property
    def names(self) -> tuple[str, ...]:
        """What the keys are called, the newest first; a name says nothing about its key."""
        return tuple(self._keys)

    def close(self, document: Json, sealed: Sequence[str], found_by: Sequence[str]) -> Json:
        """The document with these fields sealed; of those that it is found by a keyed hash stays."""
        if self._newest is None or not sealed:
            return document
        hidden = {name: document[name] for name in sealed}
        shown = {name: value for name, value in document.items() if name not in hidden}
        for name in found_by:
            if name in hidden:
                shown[name] = _hash(self._newest, name, hidden[name])
        # a token says when it was made; the time of an anonymous answer is nobody's business, so it is always 1970
        token = self._newest.fernet.encrypt_at_time(pack(hidden), 0)
        return shown | {SEALED: f"{self._newest.name}:{token.decode()}"}

    def open(self, document: Json) -> Json:
        """The document as it was before `close`."""
        if SEALED not in document:
            return document
        name, _, token = document[SEALED].partition(":")
        key = self._keys.get(name)
        if key is None:
            raise KeyLost([name])
        try:
            hidden = unpack(key.fernet.decrypt(token))
        except (InvalidToken, ValueError):  # the second of what is no token at all, as only a browser could send
            raise Unreadable("its seal is broken") from None
        shown = {name: value for name, value in document.items() if name != SEALED}
        return shown | hidden

    def is_current(self, document: Json) -> bool:
        """Whether the document is sealed with the newest key."""
        return self._newest is not None and str(document.get(SEALED, "")).startswith(f"{self._newest.name}:")

    def hashes(self, field: str, value: str) -> list[str]:
        """What a sealed field of this value may stand as in a document: in clear only from before there were keys."""
        return [*(_hash(key, field, value) for key in self._keys.values()), value]


def _hash(key: _Key, field: str, value: object) -> str:
    return hmac.digest(key.finding, f"{field}\n{value}".encode(), hashlib.sha256).hex()
