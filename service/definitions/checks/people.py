"""What is owed to those who answer: anonymity that is kept, and a child's right to skip and to say nothing."""

import re
from collections.abc import Iterator

from service.definitions.checks.outline import Outline, english_texts
from service.definitions.fault import Fault
from service.definitions.question import Answerable, TextQuestion

# Words of an id that say who someone is: `full_name`, `your_email`. `name_of_school` is nobody's own name.
_IDS = re.compile(
    r"(?:my_|your_|full_|first_|last_|family_|sur|nick|fore)(?:_)?name|name|your_name_\w+|"
    r"(?:\w+_)?(?:e_?mail|telephone|mobile)(?:_address|_number)?|(?:my_|your_)?phone(?:_number)?"
)
_NAME = r"(?:(?:full|first|last|own|family|preferred|given) )?(?:name|surname|forename|nickname|initials)s?"
_CONTACT = r"(?:e-?mail(?: address)?|(?:tele)?phone(?: number)?|mobile(?: number)?|home address|postal address)"
_LABELS = re.compile(
    rf"\b(?:your {_NAME}\b|your {_CONTACT}\b|what are you called|who are you\b|sign your)|"
    rf"^(?:{_NAME}|{_CONTACT})\s*[?:.]?$|^(?:full|first|last) name\b",
    re.IGNORECASE,
)
# A role or kind of person close to reading or seeing: who reads the answers is said by the page, from `readers`.
_PERSON = (
    r"(?:managers?|leads?|individuals?|officers?|lado|social workers?|ofsted|inspectors?|visitors?|"
    r"independent persons?|advocates?|administrators?|staff|carers?|teachers?|adults?|grown-ups?|parents?|"
    r"nobody|no one|anyone|anybody|everyone|everybody)"
)
_READS = r"(?:reads?|reading|sees?|seen|seeing|(?:looks?|looked|looking)(?! after\b))"
_CLAIM = re.compile(
    rf"\b{_PERSON}(?:\W+\w+){{0,5}}?\W+{_READS}\b|\b{_READS}(?:\W+\w+){{0,4}}?\W+{_PERSON}\b", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\s*\n\s*")
_RESPONDENT = re.compile(r"\b(?:I|my|me|we|our|us)\b")


def names_asked_of_the_anonymous(outline: Outline) -> Iterator[Fault]:
    """An anonymous form that asks who answers: by name, e-mail address or telephone number.

    Other people's names (a school's, a social worker's) are not meant: only what a question calls "your" own, or
    leaves without an owner.
    """
    if outline.form.identity != "anonymous" or not outline.stands("identity"):
        return
    for standing in outline.questions:
        question = standing.question
        if isinstance(question, TextQuestion) and outline.stands(f"{standing.place}.type"):
            asks = _IDS.fullmatch(question.id) or _LABELS.search(question.label.strip())
            if question.type != "text" or asks:
                wanted = {"text": "a name", "email": "an e-mail address", "phone": "a telephone number"}[question.type]
                yield Fault(standing.place, f"the form is anonymous, and this asks for {wanted}")


def child_question_required(outline: Outline) -> Iterator[Fault]:
    """A child may skip anything."""
    if outline.form.audience == "child" and outline.stands("audience"):
        for standing in outline.questions:
            if isinstance(standing.question, Answerable) and standing.question.required:
                yield Fault(f"{standing.place}.required", "a child may skip any question")


def a_child_has_to_say(outline: Outline) -> Iterator[Fault]:
    """Each of a child's choice questions has an option that says nothing; putting things in order has none."""
    if outline.form.audience != "child" or not outline.stands("audience"):
        return
    for standing, choice in outline.choices:
        options = outline.form.options(choice)
        if choice.facts.answer == "order" or outline.values_of(standing) is None:
            continue
        if options and not any(option.missing for option in options):
            yield Fault(f"{standing.place}.options", 'no option is `missing`, such as "I don\'t want to say"')


def readers_that_a_child_lives_with(outline: Outline) -> Iterator[Fault]:
    """What a child says, read by those who look after the child by day."""
    form = outline.form
    if form.audience == "child" and "staff" in form.readers:
        place = f"readers[{form.readers.index('staff')}]"
        if outline.stands(place):
            yield Fault(place, "all staff would read what a single child says about them")


def claims_about_readers(outline: Outline) -> Iterator[Fault]:
    """A role beside "read" or "see" in English: such a promise may contradict the form's own readers.

    Questions and what the respondent says ("I see my social worker") promise nothing.
    """
    for place, text in english_texts(outline):
        if place.endswith(".message"):
            continue  # an alert's message is for those who are told
        for sentence in _SENTENCE_END.split(text):
            found = None if sentence.endswith("?") or _RESPONDENT.search(sentence) else _CLAIM.search(sentence)
            if found:
                yield Fault(place, f"the page itself says who reads the answers; leave out '{found[0]}'")
                break
