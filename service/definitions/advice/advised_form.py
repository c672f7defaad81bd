"""Advice on a draft, and the form as the rules look at it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from service.definitions.advice.language_words import LanguageWords, plain, words_for
from service.definitions.editing import Address, Json, Move
from service.definitions.editing.places import ReadText, items, questions_of, texts_of, translated_texts
from service.definitions.question import LONGEST_TEXT

_ANSWERED_ONCE = frozenset({"select_one", "scale", "select_multiple", "number"})
_FOR_YOUNG = ["young"]
_KEEP_RECORDS = frozenset({"manager", "independent_person"})

Build = Callable[[Json], Move]


@dataclass(frozen=True)
class Advice:
    """What an author should look at again, and why it matters.

    The address is that of the text, field or question; () is the form. `mend` is the label of a one-press mend, ""
    where there is none.
    """

    address: Address
    sentence: str
    why: str
    mend: str = ""


@dataclass(frozen=True)
class Mendable:
    """Advice with the move that its mend makes."""

    advice: Advice
    build: Build | None = None


@dataclass(frozen=True)
class AskedText:
    """Words that are answered once: the text of a question, or of a row of a matrix."""

    address: Address
    text: str
    question_address: Address
    question: dict[str, Json]

    @property
    def is_row(self) -> bool:
        """Whether it is a row of a matrix."""
        return self.address[:-1] != self.question_address


@dataclass(frozen=True)
class AdvisedForm:
    """A draft as the rules look at it: usually faulty, so what is not as the format has it is passed over."""

    document: dict[str, Json]

    @property
    def audience(self) -> str:
        """The audience, "" where there is none."""
        return _text(self.document.get("audience"))

    @property
    def is_for_children(self) -> bool:
        """Whether children answer it."""
        return self.audience == "child"

    @property
    def is_record(self) -> bool:
        """Whether it is a home's own record, such as Annex A, and not a questionnaire."""
        return self.audience in _KEEP_RECORDS

    @property
    def is_for_young_children(self) -> bool:
        """Whether only young children answer it."""
        return self.is_for_children and self.document.get("age_bands") == _FOR_YOUNG

    @property
    def may_be_for_young_children(self) -> bool:
        """Whether young children are among those who answer it."""
        bands = self.document.get("age_bands")
        return self.is_for_children and (not isinstance(bands, list) or "young" in bands)

    @cached_property
    def words(self) -> LanguageWords | None:
        """The words of the base language."""
        languages = self.document.get("languages")
        return words_for(languages[0]) if isinstance(languages, list) and languages else None

    @cached_property
    def questions(self) -> tuple[tuple[Address, dict[str, Json]], ...]:
        """Every question in document order, with its address."""
        return tuple(questions_of(self.document))

    @cached_property
    def read_texts(self) -> tuple[tuple[ReadText, LanguageWords], ...]:
        """Every text that respondents read in a language with words, translations too.

        What is longer than a form may have is left out: it is a fault, and slow to look through.
        """
        base = [(text, self.words) for text in texts_of(self.document) if text.path]
        translated = [(text, words_for(text.address[1])) for text in translated_texts(self.document)]
        found = [(text, words) for text, words in (*base, *translated) if words is not None]
        return tuple((text, words) for text, words in found if len(text.text) <= LONGEST_TEXT)

    @cached_property
    def asked_texts(self) -> tuple[AskedText, ...]:
        """The text of every question, and of every row of a matrix."""
        return tuple(self._asked_texts())

    def scale_labels(self, question: dict[str, Json]) -> tuple[str, ...]:
        """What the options of a question say, those left out that say nothing about the matter."""
        if question.get("type") == "scale":
            ends = (question.get("lowest_label"), question.get("highest_label"))
            return tuple(_plain_label(end) for end in ends if isinstance(end, str))
        options = self.options_of(question)
        return tuple(_plain_label(option.get("label")) for option in options if option.get("missing") is not True)

    def options_of(self, question: dict[str, Json]) -> tuple[dict[str, Json], ...]:
        """The options of a question, whether they stand in it or in a list."""
        options = question.get("options")
        if isinstance(options, str):
            lists = self.document.get("choice_lists")
            options = lists.get(options) if isinstance(lists, dict) else None
        return tuple(each for each in options if isinstance(each, dict)) if isinstance(options, list) else ()

    def _asked_texts(self) -> Iterator[AskedText]:
        for address, question in self.questions:
            if isinstance(question.get("label"), str):
                yield AskedText((*address, "label"), question["label"], address, question)
            for here, row in items(self.document, (*address, "rows")):
                if isinstance(row.get("label"), str):
                    yield AskedText((*here, "label"), row["label"], address, question)


def is_answered_once(question: dict[str, Json]) -> bool:
    """Whether one choice or number answers it, and not the person's own words."""
    return isinstance(question.get("type"), str) and question["type"] in _ANSWERED_ONCE


def with_first_letter_of(text: str, model: str) -> str:
    """The text with a capital letter where the model has one."""
    return text[:1].upper() + text[1:] if model[:1].isupper() else text


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _plain_label(label: Json) -> str:
    return plain(_text(label)).strip().rstrip(".").lower()
