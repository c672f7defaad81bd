"""Which known word a misspelled one probably stands for."""

from collections.abc import Collection
from difflib import get_close_matches

MOST_GUESSES = 100  # comparing words is slow, and nobody reads the hundredth hint
_MOST_WORDS = 2_000


def likely(word: str, words: Collection[str], closeness: float = 0.7) -> str | None:
    """The one of these words that is probably meant, if any."""
    if len(words) > _MOST_WORDS:
        return None
    close = get_close_matches(word[:120], [each for each in words if each != word], n=1, cutoff=closeness)
    return close[0] if close else None


def hint(word: str, words: Collection[str], closeness: float = 0.7) -> str:
    """What is added to a fault's sentence where a word is probably meant."""
    close = likely(word, words, closeness)
    return f"; is '{close}' meant?" if close else ""
