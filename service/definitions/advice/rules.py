"""Every rule of advice, what they find in a draft, and the moves that mend it."""

from collections.abc import Callable, Iterable, Iterator

from service.definitions.advice import fault_mends, length, measures, scales, texts, wording
from service.definitions.advice.advised_form import Advice, AdvisedForm, Mendable
from service.definitions.editing import Json, Move, MoveRefused

Rule = Callable[[AdvisedForm], Iterator[Mendable]]

RULES: tuple[Rule, ...] = (
    wording.leading_questions,
    wording.double_questions,
    wording.negative_questions,
    wording.questions_without_mark,
    wording.hints_too_long,
    scales.answers_that_do_not_fit,
    texts.jargon,
    texts.capital_letters,
    texts.words_too_hard_for_young,
    texts.sentences_too_long_for_young,
    length.too_much_for_young,
    length.too_many_minutes,
    length.open_questions_in_a_row,
    length.grids_for_young,
    measures.questions_without_codes,
)
FAULT_MENDS: tuple[Rule, ...] = (fault_mends.choices_without_way_out, fault_mends.required_of_children)


def advice_on(document: Json) -> tuple[Advice, ...]:
    """What the author should look at again, beyond what `faults_of` says."""
    return tuple(each.advice for each in _found(document, RULES))


def mends_on(document: Json) -> tuple[Advice, ...]:
    """The one-press mends of faults; each has the address of its fault."""
    return tuple(each.advice for each in _found(document, FAULT_MENDS))


def mend_of(document: Json, advice: Advice) -> Move:
    """The move that mends it. Raises MoveRefused where it no longer applies or has no mend."""
    for each in _found(document, (*RULES, *FAULT_MENDS)):
        if each.advice == advice and each.build is not None:
            return each.build(document)
    raise MoveRefused("This has been changed since. Look at the question again.")


def _found(document: Json, rules: Iterable[Rule]) -> list[Mendable]:
    """What the rules find, each once: a shared list is met at every question that uses it."""
    if not isinstance(document, dict):
        return []
    form = AdvisedForm(document)
    found = {each.advice: each for rule in rules for each in rule(form)}
    return list(found.values())
