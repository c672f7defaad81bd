"""Every question of published forms, once for each wording, audience and scale."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from service.definitions.editing import Address, Json
from service.definitions.editing.places import questions_of, texts_of
from service.definitions.form import Form
from service.definitions.question import Code

_NOT_ANSWERED = ("note", "group")


@dataclass(frozen=True)
class BankUse:
    """A form that asks a question, and the id it has there."""

    form_id: str
    form_title: str
    question_id: str


@dataclass(frozen=True)
class BankQuestion:
    """A question to reuse. Its `scale` is the labels of its options, `rows` the lines of a matrix.

    `codes` are those of all `uses`. `definition` is the question's JSON with its options in it. `translations` has its
    texts in other languages: by language, then by the path that they have in a form with this question.
    """

    label: str
    hint: str
    type: str
    audience: str
    scale: tuple[str, ...]
    rows: tuple[str, ...]
    codes: tuple[Code, ...]
    uses: tuple[BankUse, ...]
    definition: dict[str, Json] = field(compare=False)
    translations: Mapping[str, Mapping[str, str]] = field(compare=False)


def bank_of(forms: Iterable[Form]) -> tuple[BankQuestion, ...]:
    """Every question of these forms, in their order.

    What several forms ask in the same words of the same audience on the same scale stands there once. Notes and the
    columns of tables are not in the bank.
    """
    bank: dict[tuple[object, ...], BankQuestion] = {}
    for form in forms:
        for question in _questions_of(form):
            label = " ".join(question.label.split()).casefold()
            key = (question.audience, label, question.type, question.scale, question.rows)
            bank[key] = _joined(bank[key], question) if key in bank else question
    return tuple(bank.values())


def questions_for(
    bank: Iterable[BankQuestion], *, descriptor: Code | None = None, audience: str = ""
) -> tuple[BankQuestion, ...]:
    """The questions that measure this descriptor and are asked of this audience."""
    return tuple(
        question
        for question in bank
        if (descriptor is None or descriptor in question.codes) and audience in ("", question.audience)
    )


def question_json(question: BankQuestion) -> dict[str, Json]:
    """The question as a form has it, to be pasted. It refers to nothing else in its form."""
    copied: dict[str, Json] = json.loads(json.dumps(question.definition))
    return copied


def _questions_of(form: Form) -> Iterator[BankQuestion]:
    document = form.to_json()
    for address, question in questions_of(document):
        placed = form.questions.get(question["id"])  # None under a list that no question uses
        if placed is None or placed.group is not None or question["type"] in _NOT_ANSWERED:
            continue
        alone, asked = _alone(document, question), placed.question
        yield BankQuestion(
            asked.label,
            asked.hint or "",
            asked.type,
            form.audience,
            tuple(option.label for option in form.options(asked)),
            tuple(row["label"] for row in question.get("rows", ())),
            asked.codes,
            (BankUse(form.id, form.title, asked.id),),
            alone,
            _translations(document, address, question, alone),
        )


def _joined(known: BankQuestion, again: BankQuestion) -> BankQuestion:
    """The question as it is known, with another use of it."""
    codes = tuple(dict.fromkeys((*known.codes, *again.codes)))
    return replace(known, hint=known.hint or again.hint, codes=codes, uses=(*known.uses, *again.uses))


def _alone(document: Json, question: dict[str, Json]) -> dict[str, Json]:
    """The question without its condition and worked-out limits, its options in it."""
    alone = {key: value for key, value in question.items() if key != "visible_if"}
    if isinstance(alone.get("options"), str):
        alone["options"] = document["choice_lists"][alone["options"]]
    if "options" in alone:
        alone["options"] = [
            {**option, "detail": _alone(document, option["detail"])} if option.get("detail") is not None else option
            for option in alone["options"]
        ]
    validation = {key: limit for key, limit in alone.get("validation", {}).items() if not _is_worked_out(limit)}
    if validation != alone.get("validation", {}):
        alone = {key: value for key, value in alone.items() if key != "validation"}
        alone |= {"validation": validation} if validation else {}
    return alone


def _is_worked_out(limit: Json) -> bool:
    value = limit.get("value", limit) if isinstance(limit, dict) else limit
    return isinstance(value, dict)


def _translations(
    document: Json, address: Address, question: dict[str, Json], alone: dict[str, Json]
) -> dict[str, dict[str, str]]:
    """The texts of a question in other languages, by the paths that they have where its options stand in it."""
    kept = document.get("translations", {})
    paths = {text.address: text.path for text in texts_of(document)} if kept else {}
    page = ("pages", "page", "questions", question["id"])
    lone = {"pages": [{"id": "page", "questions": [alone]}]}
    found: dict[str, dict[str, str]] = {language: {} for language in kept}
    for text in texts_of(lone):
        path = paths.get(_origin(document, address, question, text.address[len(page) :]), "")
        for language, texts in kept.items():
            if path in texts:
                found[language][text.path] = texts[path]
    return {language: texts for language, texts in found.items() if texts}


def _origin(document: Json, address: Address, question: dict[str, Json], within: Address) -> Address:
    """Where a text of the question stands in its form: options may stand in a list, in details too."""
    if within[:1] != ("options",):
        return (*address, *within)
    options = question["options"]
    place: Address = ("choice_lists", options) if isinstance(options, str) else (*address, "options")
    option = (*place, *within[1:2])
    if within[2:3] != ("detail",):
        return (*option, *within[2:])
    listed = document["choice_lists"][options] if isinstance(options, str) else options
    detail = next(each["detail"] for each in listed if each["value"] == within[1])
    return _origin(document, (*option, "detail"), detail, within[3:])
