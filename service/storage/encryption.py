"""What nobody can read on the disk: fields sealed with the newest key, and found again by a keyed hash."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence

from cryptography.fernet import Fernet, InvalidToken

from service.repository import RecordsUnreadable
from service.storage.codec import Unreadable
from service.storage.serialise import Json, pack, unpack

SEALED = "sealed"  # the field of a document that holds all its sealed fields: the key's name, a colon, a token


class KeyLost(RecordsUnreadable):
    """Records are sealed with keys that were not given; all others can be read."""

    def __init__(self, keys: Iterable[str], number: int = 1, ids: Iterable[str] = ()) -> None:
        self.keys = frozenset(keys)
        self.number = number
        records = "A record is" if number == 1 else f"{number:,} records are"
        super().__init__(f"{records} sealed with a key that was not given: {', '.join(sorted(self.keys))}.", ids)


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

    def close(self, document: Json, sealed: Sequence[str], indexes: Sequence[str]) -> Json:
        """The document with these fields sealed; of those with an index a keyed hash stays."""
        if self._newest is None or not sealed:
            return document
        hidden = {name: document[name] for name in sealed if name in document}
        shown = {name: value for name, value in document.items() if name not in hidden}
        for name in indexes:
            if name in hidden:
                shown[name] = _hash(self._newest, name, hidden[name])
        return shown | {SEALED: self.wrap(pack(hidden))}

    def open(self, document: Json) -> Json:
        """The document as it was before `close`. Raises KeyLost and Unreadable."""
        if SEALED not in document:
            return document
        hidden = unpack(self.unwrap(document[SEALED]))
        shown = {name: value for name, value in document.items() if name != SEALED}
        return shown | hidden

    def wrap(self, data: bytes) -> str:
        """Data sealed as a whole: the newest key's name, a colon, a token. Raises ValueError without a key."""
        if self._newest is None:
            raise ValueError("There is no key to seal with.")
        # a token says when it was made; the time of an anonymous answer is nobody's business, so it is always 1970
        return f"{self._newest.name}:{self._newest.fernet.encrypt_at_time(data, 0).decode()}"

    def unwrap(self, text: str) -> bytes:
        """The data that `wrap` sealed. Raises KeyLost for another's key, and Unreadable for a broken seal."""
        name, _, token = text.partition(":")
        key = self._keys.get(name)
        if key is None:
            raise KeyLost([name])
        try:
            return key.fernet.decrypt(token)
        except (InvalidToken, ValueError):  # the second of what is no token at all, as only a browser could send
            raise Unreadable("its seal is broken") from None

    def is_current(self, document: Json, sealed: Sequence[str], indexes: Sequence[str]) -> bool:
        """Whether exactly these fields are sealed with the newest key, as far as the outside of the document shows."""
        if self._newest is None or not sealed:
            return SEALED not in document
        in_clear = [name for name in sealed if name in document and name not in indexes]
        return not in_clear and str(document.get(SEALED, "")).startswith(f"{self._newest.name}:")

    def hashes(self, field: str, value: str) -> list[str]:
        """What a sealed field of this value may stand as in a document: in clear only from before there were keys."""
        return [*(_hash(key, field, value) for key in self._keys.values()), value]


def _hash(key: _Key, field: str, value: object) -> str:
    return hmac.digest(key.finding, f"{field}\n{value}".encode(), hashlib.sha256).hex()
