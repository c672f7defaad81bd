"""Warnings on a child's form: long sentences, hard words, two questions in one, too many questions."""

import re
from collections.abc import Iterator

from service.definitions.checks.outline import Outline, english_texts
from service.definitions.fault import Fault
from service.definitions.question import (
    Answerable,
    MatrixQuestion,
)
from service.definitions.readability import reading_age, sentences, word_count

LONGEST_SENTENCE = 15
OLDEST_READER = 9
MOST_QUESTIONS = 20

# Two words that are one thing to a child, so that asking for both is one question.
_ONE_THING = frozenset(
    {
        ("mum", "dad"), ("brothers", "sisters"), ("brother", "sister"), ("family", "friends"), ("friends", "family"),
        ("day", "night"), ("boys", "girls"), ("food", "drink"), ("bits", "pieces"), ("come", "go"), ("in", "out"),
        ("more", "more"), ("again", "again"), ("grown-ups", "children"), ("children", "adults"), ("up", "down"),
    }
)  # fmt: skip
_AND = re.compile(r"([\w'’-]+) and (?:your |my |the |their )?([\w'’-]+)", re.IGNORECASE)


def sentences_too_long(outline: Outline) -> Iterator[Fault]:
    for place, text in _read_by_a_child(outline):
        for sentence in sentences(text):
            words = word_count(sentence)
            if words > LONGEST_SENTENCE:
                start = " ".join(sentence.split()[:5])
                yield Fault(
                    place, f"a sentence of {words} words ('{start} …'), {LONGEST_SENTENCE} are enough for a child"
                )


def words_too_hard(outline: Outline) -> Iterator[Fault]:
    for place, text in _read_by_a_child(outline):
        age = reading_age(text)
        if age > OLDEST_READER:
            yield Fault(
                place, f"this reads as for age {age:.1f}, and a child of {OLDEST_READER} should read it with ease"
            )


def two_questions_in_one(outline: Outline) -> Iterator[Fault]:
    """What is answered once must ask one thing. A question answered in the child's own words may ask more."""
    if not _is_for_children(outline):
        return
    for standing in outline.questions:
        question = standing.question
        asked = [(f"{standing.place}.label", question.label)]
        if isinstance(question, MatrixQuestion):
            asked += [(f"{standing.place}.rows[{index}].label", row.label) for index, row in enumerate(question.rows)]
        elif question.facts.answer not in ("option", "point", "options", "number"):
            continue
        for place, label in asked:
            if asks_twice(label):
                yield Fault(place, "this asks two things, and there is one answer")


def too_many_questions(outline: Outline) -> Iterator[Fault]:
    """More than a child will answer. A detail belongs to its question; each row of a matrix is a question."""
    if _is_for_children(outline):
        count = sum(
            len(standing.question.rows) if isinstance(standing.question, MatrixQuestion) else 1
            for standing in outline.questions
            if isinstance(standing.question, Answerable) and standing.holder is None
        )
        if count > MOST_QUESTIONS:
            yield Fault("pages", f"there are {count} questions, and {MOST_QUESTIONS} are enough for a child")


def _is_for_children(outline: Outline) -> bool:
    return outline.form.audience == "child" and outline.stands("audience")


def _read_by_a_child(outline: Outline) -> Iterator[tuple[str, str]]:
    """Every English text of a child's form, easy read too."""
    return english_texts(outline) if _is_for_children(outline) else iter(())


def asks_twice(label: str) -> bool:
    """Whether the text of a question asks two things."""
    if label.count("?") > 1 or re.search(r"\band/or\b", label, re.IGNORECASE):
        return True
    if not label.rstrip().endswith("?"):
        return False
    return any((one.lower(), other.lower()) not in _ONE_THING for one, other in _AND.findall(label))
