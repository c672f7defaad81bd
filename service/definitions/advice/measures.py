"""Advice on what questions measure."""

from collections.abc import Iterator

from service.definitions.advice.advised_form import Advice, AdvisedForm, Mendable
from service.definitions.editing import Address, Json
from service.definitions.editing.places import expressions_of
from service.definitions.editing.pointers import names_used

_MEASURED = frozenset({"child", "staff", "social_worker"})


def questions_without_codes(form: AdvisedForm) -> Iterator[Mendable]:
    """A question whose answers count for no descriptor.

    Further questions and those that only decide what is shown measure nothing, and need no code.
    """
    if form.audience not in _MEASURED:
        return
    deciding = _deciding(form.document)
    for address, question in form.questions:
        if question.get("type") in ("note", "group") or question.get("codes") or "detail" in address:
            continue
        is_further = question.get("type") == "text" and question.get("visible_if") is not None
        if not is_further and question.get("id") not in deciding:
            sentence = "No code says what this measures."
            why = "Its answers stay out of the coverage map and out of what we heard."
            yield Mendable(Advice((*address, "codes"), sentence, why))


def _deciding(document: Json) -> list[str]:
    """The questions that decide what is shown."""
    trees: list[tuple[Address, Json]] = [each for each in expressions_of(document) if each[0][-1] == "visible_if"]
    return [name for _, tree in trees for name in names_used(tree)]
