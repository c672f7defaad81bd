"""One-press mends of what `forms check` says, at the addresses that `faults_of` gives."""

from collections.abc import Iterable, Iterator

from service.definitions.advice.advised_form import Advice, AdvisedForm, Build, Mendable
from service.definitions.editing import Address, Json, moves
from service.definitions.editing.question_defaults import MISSING_OPTION

_CHOICES = frozenset({"select_one", "select_multiple", "matrix", "scale"})


def choices_without_way_out(form: AdvisedForm) -> Iterator[Mendable]:
    """A child's choice question without an option that says nothing."""
    if not form.is_for_children:
        return
    for address, question in form.questions:
        place = _place_of_way_out(form, address, question)
        if place is not None:
            sentence = "A child cannot leave this unsaid."
            why = "Children have a right to say nothing. They guess where they cannot."
            advice = Advice((*address, "options"), sentence, why, f"Add “{MISSING_OPTION['label']}”")
            yield Mendable(advice, _adding(place, question.get("type") == "select_multiple"))


def required_of_children(form: AdvisedForm) -> Iterator[Mendable]:
    """A question that a child must answer."""
    if form.is_for_children:
        for address, question in form.questions:
            if question.get("required") is True:
                sentence, why = "A child must answer this.", "A child may skip any question."
                place = (*address, "required")
                yield Mendable(Advice(place, sentence, why, "Let children skip it"), _deleting(place))


def _place_of_way_out(form: AdvisedForm, address: Address, question: dict[str, Json]) -> Address | None:
    """The list that lacks a way out; None where it has one or needs none."""
    kind, named = question.get("type"), question.get("options")
    if not isinstance(kind, str) or kind not in _CHOICES:
        return None
    if kind == "scale":
        others = question.get("others", [])
        return (*address, "others") if isinstance(others, list) and not _has_way_out(others) else None
    options = form.options_of(question)
    if not options or _has_way_out(options):
        return None
    return ("choice_lists", named) if isinstance(named, str) else (*address, "options")


def _has_way_out(options: Iterable[Json]) -> bool:
    return any(isinstance(option, dict) and option.get("missing") is True for option in options)


def _adding(place: Address, is_alone: bool) -> Build:
    option = {**MISSING_OPTION, **({"exclusive": True} if is_alone else {})}
    return lambda document: moves.add_item(document, place, option)


def _deleting(place: Address) -> Build:
    return lambda document: moves.delete(document, place)
