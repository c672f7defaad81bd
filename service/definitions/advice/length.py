"""Advice on how much is asked, and in what shape."""

from collections.abc import Iterator

from service.definitions.advice.advised_form import Advice, AdvisedForm, Mendable
from service.definitions.checks.plain_words import MOST_QUESTIONS
from service.definitions.editing import Address, Json
from service.definitions.editing.logic import estimated_minutes

MOST_FOR_YOUNG = 10
MOST_MINUTES = 10
MOST_OPEN_IN_A_ROW = 3
_NOT_ANSWERED = ("note", "group")


def too_much_for_young(form: AdvisedForm) -> Iterator[Mendable]:
    """More questions than young children answer. `forms check` says what is too much for all children."""
    if not form.is_for_young_children:
        return
    asked = [question for address, question in form.questions if _is_asked(address, question)]
    count = sum(len(question["rows"]) if _has_rows(question) else 1 for question in asked)
    if MOST_FOR_YOUNG < count <= MOST_QUESTIONS:
        sentence = f"There are {count} questions, and {MOST_FOR_YOUNG} are enough for young children."
        yield Mendable(Advice(("pages",), sentence, "Young children tire, and then press anything."))


def too_many_minutes(form: AdvisedForm) -> Iterator[Mendable]:
    """A questionnaire that takes longer than people give it."""
    if form.is_for_children or form.is_record:
        return
    minutes = estimated_minutes(form.document)
    if minutes > MOST_MINUTES:
        sentence = f"This takes about {minutes} minutes, and {MOST_MINUTES} are enough."
        yield Mendable(Advice(("pages",), sentence, "The longer a form takes, the fewer people finish it."))


def open_questions_in_a_row(form: AdvisedForm) -> Iterator[Mendable]:
    """More questions to be answered in people's own words than they will write, one after another."""
    if form.is_record:
        return
    row: list[Address] = []
    asked = [each for each in form.questions if _is_asked(*each)]
    for address, question in [*asked, ((), {})]:
        if question.get("type") == "text":
            row.append(address)
            continue
        if len(row) > MOST_OPEN_IN_A_ROW:
            sentence = f"Here are {len(row)} questions in a row that people answer in their own words."
            why = "Writing is work, so people stop there. Ask for a choice first, or put some elsewhere."
            yield Mendable(Advice(row[MOST_OPEN_IN_A_ROW], sentence, why))
        row = []


def grids_for_young(form: AdvisedForm) -> Iterator[Mendable]:
    """A grid of rows that young children have to answer."""
    if form.may_be_for_young_children:
        for address, question in form.questions:
            if question.get("type") == "matrix":
                why = "Young children lose the row. One question at a time works better."
                yield Mendable(Advice(address, "This is a grid, and young children answer this form.", why))


def _is_asked(address: Address, question: dict[str, Json]) -> bool:
    """Whether it takes an answer and is not the further question of an option."""
    return question.get("type") not in _NOT_ANSWERED and "detail" not in address


def _has_rows(question: dict[str, Json]) -> bool:
    return question.get("type") == "matrix" and isinstance(question.get("rows"), list)
