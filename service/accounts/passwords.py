"""Passwords: what one must be like (ASVS 5.0, 6.2), and the only form in which it is kept."""

import re
import threading
import unicodedata
from collections.abc import Collection, Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

SHORTEST, LONGEST = 15, 200  # characters
# zxcvbn's best mark of 0 to 4: more than 10^10 guesses even for whoever knows how people dress words up. At 3 it
# still lets "Password1234567!" pass, and a password stays for years.
_ENOUGH = 4
_JUDGED = 72  # characters; its time grows with the square of them, and what is strong so far is not weakened by more
_LEFT = 8  # letters and digits that must remain when one's own words are taken out
_OUR_OWN = ("sayso", "password")
_UNDRESSED = str.maketrans("@4310$5!", "aaeiossi")
_BETTER = "Three or four words that have nothing to do with one another are easy to keep in mind and hard to guess."

# A hash of nothing that anybody knows, with argon2-cffi's parameters: an unknown address costs as much as a known one.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$L8fgWyOXcIJfSg4PSryPeg$El2t9WZyiistuw7PvCg0X2SjFR4/8taF27tkBKERvUo"
# 64 MiB each: eight wrong passwords at the same time must not take half a gigabyte.
_at_once = threading.BoundedSemaphore(2)


class Passwords:
    """Makes and checks the hashes that are kept, argon2id at the cost its authors advise unless told otherwise.

    `refused` are passwords that everybody knows: they open nothing, after the same work.
    """

    def __init__(self, hasher: PasswordHasher | None = None, *, refused: Collection[str] = ()) -> None:
        self._refused = {_bytes(password) for password in refused}
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash("nobody") if hasher else _NOBODY

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with _at_once:
            return self._hasher.hash(_bytes(password))

    def fits(self, kept: str, password: str) -> bool:
        """Whether it is the password that was kept. Where none is kept it is not, after the same work."""
        with _at_once:
            try:
                fits = self._hasher.verify(kept or self._nobody, _bytes(password))
                return fits and bool(kept) and _bytes(password) not in self._refused
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, kept: str) -> bool:
        """Whether it was hashed at another cost than today's, and should be hashed anew when it is next given."""
        return self._hasher.check_needs_rehash(kept)


def fault_in(password: str, own: Sequence[str]) -> str:
    """What is wrong with a new password, as a sentence for whoever chose it; empty when nothing is.

    `own` is what is known of them, such as name and e-mail address: nothing made of that is a secret.
    """
    password = _evened(password)
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. {_BETTER}"
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    words = own_words(own)
    if zxcvbn(password[:_JUDGED], user_inputs=words)["score"] < _ENOUGH:
        return f"That is one of the first things that somebody who guesses would try. {_BETTER}"
    if _is_made_of(words, password):
        return f"That is mostly your name, your address or “Sayso”, which others can guess. {_BETTER}"
    return ""


def own_words(own: Sequence[str]) -> list[str]:
    """The words that somebody's name and address are made of, the longest first."""
    parts = {part for text in own for part in re.split(r"[\W_]+", _evened(text).casefold()) if len(part) > 1}
    return sorted({*parts, *_OUR_OWN}, key=lambda word: (-len(word), word))


def _is_made_of(words: Sequence[str], password: str) -> bool:
    """Whether little is left of a password without one's own words, however those are dressed up."""
    left = list(password.casefold())
    undressed = "".join(left).translate(_UNDRESSED)  # each character stays in its place
    for word in words:
        for found in re.finditer(re.escape(word.translate(_UNDRESSED)), undressed):
            left[found.start() : found.end()] = " " * len(found.group())
    return left != list(password.casefold()) and len(re.sub(r"[\W_]", "", "".join(left))) < _LEFT


def _evened(text: str) -> str:
    # the same letters are typed as different code points on a phone and on a computer
    return unicodedata.normalize("NFC", text)


def _bytes(password: str) -> bytes:
    # nothing longer was ever kept; to hash it would only be work
    return _evened(password)[: LONGEST + 1].encode("utf-8", "surrogatepass")
