"""Advice on answers that do not fit their question."""

from collections.abc import Iterator

from service.definitions.advice.advised_form import Advice, AdvisedForm, Mendable
from service.definitions.advice.language_words import AnswerScale, LanguageWords, plain
from service.definitions.editing import Address, Json, Move, moves
from service.definitions.editing.references import references_to_item
from service.definitions.editing.words import slug

_FEWEST_LABELS = 2
_WHY = "Answers that do not fit are guessed at, and the figures then mean little."


def answers_that_do_not_fit(form: AdvisedForm) -> Iterator[Mendable]:
    """How often, with agree and disagree. Do you agree, with always and never."""
    words = form.words
    if words is None:
        return
    for address, question in form.questions:
        label = question.get("label")
        if question.get("type") not in ("select_one", "scale") or not isinstance(label, str):
            continue
        answers, asked = scale_of(form.scale_labels(question), words), _asked(label, words)
        if answers is None or answers in asked:
            continue
        if asked:
            sentence = f"This asks {asked[0].asks}, and the answers are about {answers.answers}."
            yield _misfit(form, address, question, sentence, asked[0])
        elif answers.is_for_statements and label.rstrip().endswith("?"):
            sentence = "The answers fit a statement, and this is a question."
            yield Mendable(Advice(_place(address, question), sentence, _WHY))


def is_for_statements(form: AdvisedForm, question: dict[str, Json], words: LanguageWords) -> bool:
    """Whether people agree or disagree with what the question says."""
    scale = scale_of(form.scale_labels(question), words)
    return scale is not None and scale.is_for_statements


def scale_of(labels: tuple[str, ...], words: LanguageWords) -> AnswerScale | None:
    """What kind of answers these are; None where they are of no kind that has a list."""
    for scale in words.scales:
        known = sum(label in scale.labels for label in labels)
        if known >= _FEWEST_LABELS and known * 2 > len(labels):
            return scale
    return None


def _asked(label: str, words: LanguageWords) -> list[AnswerScale]:
    """The kinds of answers that a question asks for; the longest start that fits decides."""
    text = plain(label).strip().lower()
    fits = [(len(start), scale) for scale in words.scales for start in scale.asked if text.startswith(f"{start} ")]
    longest = max((length for length, _ in fits), default=0)
    return [scale for length, scale in fits if length == longest]


def _misfit(
    form: AdvisedForm, address: Address, question: dict[str, Json], sentence: str, asked: AnswerScale
) -> Mendable:
    place = _place(address, question)
    if question.get("type") == "scale" or _is_depended_on(form, address, question):
        return Mendable(Advice(place, sentence, _WHY))
    kept = [option for option in form.options_of(question) if option.get("missing") is True]

    def build(document: Json) -> Move:
        return moves.change(document, place, [*_standard(asked), *kept])

    mend = f"Change the answers to {', '.join(asked.standard)}"
    return Mendable(Advice(place, sentence, _WHY, mend), build)


def _standard(scale: AnswerScale) -> list[Json]:
    count = len(scale.standard)
    return [
        {"value": slug(label), "label": label, "score": count - number} for number, label in enumerate(scale.standard)
    ]


def _is_depended_on(form: AdvisedForm, address: Address, question: dict[str, Json]) -> bool:
    """Whether something would break with other options."""
    if any("detail" in option for option in form.options_of(question)):
        return True
    return bool(references_to_item(form.document, address)) or "default" in question


def _place(address: Address, question: dict[str, Json]) -> Address:
    return (*address, "lowest_label" if question.get("type") == "scale" else "options")
