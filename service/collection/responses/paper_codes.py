"""The short code on a paper form, by which whoever keys it in finds the round and form that it belongs to."""

import hashlib
from collections.abc import Iterable

from service.collection.models.published_form import FormRef
from service.collection.models.round import Round

# Nothing that looks like another, and no vowels, so that no code is a word. As many as a prime number, so that the
# last letter tells every single wrong letter and every two that changed places.
LETTERS = "2346789CDFGHJKMNPQRTVWX"
MEANT = str.maketrans({"B": "8", "Z": "2", "U": "V", "O": "Q", "0": "Q"})  # what is no letter of ours, read as its like
LENGTH = 5  # beside the one that checks


def paper_code(round_id: str, ref: FormRef) -> str:
    """The code of a form in a round, as `K7Q-4TD`. It says nothing of a person: every copy has the same."""
    digest = hashlib.sha256(f"{round_id}\n{ref.form_id}\n{ref.version}".encode()).digest()
    number = int.from_bytes(digest[:8])
    letters = ""
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters += LETTERS[place]
    letters += _check(letters)
    return f"{letters[:3]}-{letters[3:]}"


def as_code(typed: str) -> str | None:
    """The code that somebody typed, however they spelled it; None where a letter of it must be wrong."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum()).translate(MEANT)
    if len(letters) != LENGTH + 1 or set(letters) - set(LETTERS) or _check(letters[:-1]) != letters[-1]:
        return None
    return f"{letters[:3]}-{letters[3:]}"


def with_code(code: str, rounds: Iterable[Round]) -> list[tuple[Round, FormRef]]:
    """The forms of these rounds that have this code: one, or by rare chance more."""
    return [(round_, ref) for round_ in rounds for ref in round_.forms if paper_code(round_.id, ref) == code]


def _check(letters: str) -> str:
    total = sum(weight * LETTERS.index(letter) for weight, letter in enumerate(letters, 2))
    # weights from 2 up with 1 for the check itself: a swap of any two changes the sum
    return LETTERS[-total % len(LETTERS)]
