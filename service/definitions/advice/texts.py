"""Advice on any text that people read: jargon, capital letters, words and sentences for young children."""

import re
from collections.abc import Iterator

from service.definitions.advice.advised_form import Advice, AdvisedForm, Mendable, with_first_letter_of
from service.definitions.advice.language_words import LanguageWords
from service.definitions.checks.plain_words import LONGEST_SENTENCE, OLDEST_READER
from service.definitions.editing import moves
from service.definitions.editing.places import ReadText
from service.definitions.editing.words import quoted
from service.definitions.readability import reading_age, sentences, word_count

LONGEST_FOR_YOUNG = 11  # words in a sentence
OLDEST_YOUNG_READER = 7
_FEWEST_CAPITALS = 4
_CAPITALS = re.compile(r"\b[A-Z][A-Z'’]+(?:[ ,]+[A-Z'’]{2,})*\b")


def jargon(form: AdvisedForm) -> Iterator[Mendable]:
    """Words of the trade that this audience should not have to know."""
    for text, words in form.read_texts:
        if form.audience in words.jargon:
            jargon_of_audience = words.jargon[form.audience]
            for found, spans in jargon_of_audience.spans(text.text).items():
                yield _of_jargon(text, spans, jargon_of_audience.plain[found])


def capital_letters(form: AdvisedForm) -> Iterator[Mendable]:
    """Words that stand in capital letters, abbreviations left out."""
    for text, words in form.read_texts:
        spans = [found.span() for found in _CAPITALS.finditer(text.text) if _is_shouted(found[0], words)]
        if spans:
            start, end = spans[0]
            sentence = f"{quoted(text.text[start:end])} is in capital letters."
            why = "Capital letters are harder to read, and some screen readers spell them."
            yield _replaced(text, sentence, why, spans, "Use small letters", None)


def words_too_hard_for_young(form: AdvisedForm) -> Iterator[Mendable]:
    """A text that children of 7 cannot read with ease. What is hard for all children is a fault already."""
    if form.is_for_young_children:
        for text, _ in form.read_texts:
            age = reading_age(text.text)
            if OLDEST_YOUNG_READER < age <= OLDEST_READER:
                sentence = f"This reads as for age {age:.1f}, and the form is for children under 8."
                yield Mendable(Advice(text.address, sentence, "A child who cannot read it leaves it to an adult."))


def sentences_too_long_for_young(form: AdvisedForm) -> Iterator[Mendable]:
    """A sentence that is too long for children under 8, if not for older ones."""
    if form.is_for_young_children:
        for text, _ in form.read_texts:
            longest = max(map(word_count, sentences(text.text)), default=0)
            if LONGEST_FOR_YOUNG < longest <= LONGEST_SENTENCE:
                sentence = f"A sentence has {longest} words, and {LONGEST_FOR_YOUNG} are enough for young children."
                yield Mendable(Advice(text.address, sentence, "Young children forget the start of a long sentence."))


def _of_jargon(text: ReadText, spans: list[tuple[int, int]], plain: str) -> Mendable:
    start, end = spans[0]
    why = "People answer what they think a word means, or skip the question."
    sentence = f"{quoted(text.text[start:end])} is jargon."
    if not plain:
        return Mendable(Advice(text.address, f"{sentence} Say it in everyday words.", why))
    return _replaced(text, sentence, why, spans, f"Change to {quoted(plain)}", plain)


def _replaced(
    text: ReadText, sentence: str, why: str, spans: list[tuple[int, int]], mend: str, instead: str | None
) -> Mendable:
    """Advice whose mend puts other words in these places, or the same in small letters."""
    better = text.text
    for start, end in sorted(spans, reverse=True):
        begins = not text.text[:start].strip() or text.text[:start].rstrip()[-1] in ".!?\n"
        found = text.text[start:end]
        word = found.lower() if instead is None else instead
        word = with_first_letter_of(word, found) if begins else word
        better = better[:start] + word + better[end:]
    advice = Advice(text.address, sentence, why, mend)
    return Mendable(advice, lambda document: moves.change(document, text.address, better))


def _is_shouted(found: str, words: LanguageWords) -> bool:
    """Whether it is more than an abbreviation."""
    parts = [part.strip("'’") for part in re.split(r"[ ,]+", found)]
    unknown = [part for part in parts if part not in words.abbreviations]
    return sum(map(len, unknown)) >= _FEWEST_CAPITALS and (len(unknown) > 1 or len(unknown[0]) > _FEWEST_CAPITALS)
