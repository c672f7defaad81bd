"""Advice on how a question is worded: leading, double, negative, without its mark, with too long a hint."""

import re
from collections.abc import Iterator

from service.definitions.advice.advised_form import (
    Advice,
    AdvisedForm,
    AskedText,
    Mendable,
    is_answered_once,
    with_first_letter_of,
)
from service.definitions.advice.language_words import LanguageWords, plain
from service.definitions.advice.scales import is_for_statements
from service.definitions.checks.plain_words import asks_twice
from service.definitions.editing import moves
from service.definitions.editing.words import quoted
from service.definitions.readability import word_count

LONGEST_HINT = 20  # words that are read before the answers
_HAS_ONE_ANSWER = ("select_one", "scale", "select_multiple", "number", "matrix")
_WHY_LEADING = "A leading question gets the answer it hints at, and inspectors give it little weight."
_WHY_DOUBLE = "With one answer, you cannot tell which of the two people mean."
_WHY_NEGATIVE = "A “no” to a negative question can mean either answer."


def leading_questions(form: AdvisedForm) -> Iterator[Mendable]:
    """Wording that suggests the answer."""
    words = form.words
    if words is None:
        return
    for asked in form.asked_texts:
        found = _leading(asked.text, words)
        if found is None:
            continue
        sentence = f"{quoted(found)} suggests the answer."
        better = _without_lead(form, asked, found, words)
        yield _with_text(asked, sentence, _WHY_LEADING, better)


def double_questions(form: AdvisedForm) -> Iterator[Mendable]:
    """Two things in one question. `forms check` says it of most children's questions, and is not repeated."""
    words = form.words
    if words is None or form.is_record:
        return
    for asked in form.asked_texts:
        if asked.question.get("type") not in _HAS_ONE_ANSWER or _is_heading(asked):
            continue
        is_said = form.is_for_children and asks_twice(asked.text)
        if not is_said and _joins_two(asked.text, words, form.is_for_children):
            sentence = "This asks about 2 things, and there is one answer."
            yield Mendable(Advice(asked.address, sentence, _WHY_DOUBLE))


def negative_questions(form: AdvisedForm) -> Iterator[Mendable]:
    """Questions with “not”, and statements with “not” that people agree or disagree with."""
    words = form.words
    if words is None:
        return
    for asked in form.asked_texts:
        text = plain(asked.text)
        if _leading(asked.text, words) is not None:
            continue
        if found := words.negative_start.match(text):
            first = found[0].strip()
            better = with_first_letter_of(words.negative_starts[first.lower()], first)
            at = found.end() - len(first)
            yield _negative(asked, f"{asked.text[:at]}{better}{asked.text[found.end() :]}")
        elif (found := words.not_after_subject.match(text)) and text.rstrip().endswith("?"):
            yield _negative(asked, f"{asked.text[: found.start(1)]}{asked.text[found.end(1) :]}")
        elif is_for_statements(form, asked.question, words) and not _is_heading(asked) and words.negative.search(text):
            why = "People who disagree with a negative statement have to think twice, and often answer wrongly."
            yield Mendable(Advice(asked.address, "This statement is negative.", why))


def questions_without_mark(form: AdvisedForm) -> Iterator[Mendable]:
    """Text that begins as a question does and has no question mark."""
    words = form.words
    if words is None or form.is_record:
        return
    for asked in form.asked_texts:
        is_question = words.question.match(plain(asked.text)) and "?" not in asked.text
        if is_question and not asked.is_row and asked.question.get("type") not in ("matrix", "group", "note"):
            why = "A question mark shows that an answer is wanted, and read-aloud voices use it."
            better = f"{asked.text.rstrip().rstrip('.:')}?"
            sentence = "This is a question without a question mark."
            yield _with_text(asked, sentence, why, better, "Add the question mark")


def hints_too_long(form: AdvisedForm) -> Iterator[Mendable]:
    """A hint that is long, and longer than its question."""
    if form.is_record:
        return
    for address, question in form.questions:
        label, hint = question.get("label"), question.get("hint")
        if isinstance(label, str) and isinstance(hint, str):
            count = word_count(hint)
            if count > LONGEST_HINT and count > word_count(label):
                sentence = f"The hint has {count} words, which is more than the question has."
                why = "People skip long hints. Put what they need into the question, or leave it out."
                yield Mendable(Advice((*address, "hint"), sentence, why))


def _leading(text: str, words: LanguageWords) -> str | None:
    """The words that lead, as they stand."""
    start = plain(text).lstrip()
    for lead in sorted(words.leading, key=len, reverse=True):
        if re.match(rf"{re.escape(lead)}\b", start, re.IGNORECASE):
            return text.lstrip()[: len(lead)]
    if found := words.loaded.search(plain(text)):
        return text[found.start() : found.end()]
    if found := words.tag.search(plain(text)):
        return text[found.start() : found.end()].strip(", ?")
    return None


def _without_lead(form: AdvisedForm, asked: AskedText, lead: str, words: LanguageWords) -> str:
    """The text without what leads; "" where that cannot be said in general."""
    text = asked.text.strip()
    if is_for_statements(form, asked.question, words) and (found := words.statement.match(plain(text))):
        rest = text[found.end() :].strip().rstrip("?").rstrip()
        return f"{rest[:1].upper()}{rest[1:]}." if rest else ""
    instead = words.leading.get(plain(lead).lower(), "")
    if not (instead and plain(text).lower().startswith(plain(lead).lower())):
        return ""
    return with_first_letter_of(instead, lead) + text[len(lead) :]


def _joins_two(text: str, words: LanguageWords, is_for_children: bool) -> bool:
    text = plain(text)
    if text.count("?") > 1 or words.second_clause.search(text):
        return True
    if is_for_children or words.range.search(text):
        return False
    return any(not _is_one_thing(found[1], found[2], words) for found in words.pair.finditer(text))


def _is_one_thing(one: str, other: str, words: LanguageWords) -> bool:
    """Whether two words are one thing to a reader: mum and dad, Mondays and Tuesdays, Sam and Alex, 2 and 3."""
    first, second = (word.lower().removesuffix("'s").strip("'") for word in (one, other))
    are_names = one[:1].isupper() and other[:1].isupper()
    are_numbers = one.isdigit() and other.isdigit()
    return (
        first == second or are_names or are_numbers or any(first in kind and second in kind for kind in words.one_thing)
    )


def _is_heading(asked: AskedText) -> bool:
    """Whether it stands over the rows of a matrix, which are what is asked."""
    return asked.question.get("type") == "matrix" and not asked.is_row


def _negative(asked: AskedText, better: str) -> Mendable:
    if not is_answered_once(asked.question):
        better = ""
    return _with_text(asked, "This question is negative.", _WHY_NEGATIVE, better)


def _with_text(asked: AskedText, sentence: str, why: str, better: str, mend: str = "") -> Mendable:
    """Advice whose mend is another text; none where that is empty."""
    if not better or better == asked.text:
        return Mendable(Advice(asked.address, sentence, why))
    advice = Advice(asked.address, sentence, why, mend or f"Change to {quoted(better)}")
    return Mendable(advice, lambda document: moves.change(document, asked.address, better))
