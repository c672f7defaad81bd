"""How old one must be to read a text with ease: an estimate that short texts do not upset.

The Flesch–Kincaid grade (Kincaid, Fishburne, Rogers and Chissom 1975) counts words in a sentence and syllables in a
word; a pupil of grade n is about n + 5 years old. It was made for passages: three long words alone would come out at
age 30. So a few ordinary words are read along with each text, which matter less the longer it is, and words that are
long but well known to children (the idea of Dale and Chall's list) count as having two syllables.
It speaks of English only.
"""

import re

# The words read along: two sentences such as a child of six reads.
_MORE_WORDS, _MORE_SENTENCES, _MORE_SYLLABLES = 12, 2, 14

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)]*(?:\s+|$)|\s*\n\s*")
_BRACES = re.compile(r"\{[^{}]*\}")
_VOWELS = re.compile(r"[aeiouy]+")

# Vowels side by side that are two syllables (quiet, going), and those of them that are one after all (-tion).
_SPOKEN_APART = re.compile(r"i[ao](?!u)|[^q]u[ae]l|eo(?!u)|iet|[aeiouy]ing")
_SPOKEN_AS_ONE = re.compile(r"[tcs]i[ao]")

_WELL_KNOWN = """
about activities activity afraid afternoon again animal animals another answer answers anybody anyone anything
anywhere area banana beautiful because birthday bicycle camera carefully celebrate childline chocolate cinema
computer computers decide decided different dinosaur elephant enjoyable especially evening every everybody
everyone everything everywhere exciting family families favourite favourites feeling feelings finally football
friendly grandma grandmother grandfather happening hospital idea ideas important interesting internet january
february september october november december listening manager medicine minute minutes monday tuesday wednesday
thursday friday saturday sunday nobody number numbers ofsted okay other others people person piano picture pictures
police potato question questions radio really remember safety somebody someone something sometimes somewhere
suddenly telephone television terrible together tomorrow understand unhappy usually video videos visitor visitors
wonderful worrying yesterday holiday holidays dangerous library family's
"""
_EASY = frozenset(_WELL_KNOWN.split())


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line is the end of one too."""
    return [part.strip() for part in _SENTENCE_END.split(text) if _words(part)]


def word_count(text: str) -> int:
    """How many words there are; a number in figures is none."""
    return len(_words(text))


def reading_age(text: str) -> float:
    """The age in years at which this is read with ease."""
    words = _words(text)
    count = len(words) + _MORE_WORDS
    syllable_count = sum(map(syllables, words)) + _MORE_SYLLABLES
    sentence_count = len(sentences(text)) + _MORE_SENTENCES
    return 0.39 * count / sentence_count + 11.8 * syllable_count / count - 15.59 + 5


def syllables(word: str) -> int:
    """How many syllables a word has, near enough."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    letters = word.replace("'", "")
    stem = letters
    if stem.endswith(("es", "ed")) and not stem.endswith(
        ("ted", "ded", "ses", "zes", "ches", "shes", "ges", "ces", "les")
    ):
        stem = stem[:-2]
    elif stem.endswith("e") and not stem.endswith("le"):
        stem = stem[:-1]
    elif stem.endswith("ely"):
        stem = f"{stem[:-3]}ly"
    elif stem.endswith(("eful", "efully", "eless", "ement")):
        stem = stem.replace("eful", "ful").replace("eless", "less").replace("ement", "ment")
    found = len(_VOWELS.findall(stem))
    found += len(_SPOKEN_APART.findall(stem)) - len(_SPOKEN_AS_ONE.findall(stem))
    known = 2 if word in _EASY or word.rstrip("s") in _EASY else found
    return max(1, min(found, known))


def _words(text: str) -> list[str]:
    return _WORD.findall(_BRACES.sub("name", text))
