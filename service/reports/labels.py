"""The words of a workbook: what audiences, roles and identity modes are called, and questions in full."""

import re
from collections.abc import Mapping, Sequence

from service.analysis.merged_form import JoinedQuestion
from service.collection.models.home import Home
from service.collection.models.response import Channel
from service.definitions import Audience, Identity, Option, Role, Setting

# Also the order in which audiences stand: those it is about first.
AUDIENCES: Mapping[Audience, str] = {
    "child": "Children",
    "staff": "Staff",
    "social_worker": "Social workers",
    "parent": "Parents",
    "foster_carer": "Foster carers",
    "professional": "Other professionals",
    "manager": "Managers",
    "independent_person": "Independent persons",
}
ROLES: Mapping[Role, str] = {
    "administrator": "administrator",
    "responsible_individual": "responsible individual",
    "registered_manager": "registered manager",
    "safeguarding_lead": "safeguarding lead",
    "staff": "staff",
    "independent_person": "independent person (Regulation 44)",
}
IDENTITIES: Mapping[Identity, str] = {
    "named": "Named",
    "pseudonymous": "Without names",
    "anonymous": "Anonymous",
}
KINDS: Mapping[Setting, str] = {
    "childrens_home": "Children’s home",
    "fostering_agency": "Fostering agency",
    "residential_special_school": "Residential special school",
    "secure_childrens_home": "Secure children’s home",
    "short_breaks": "Short breaks",
    "supported_accommodation": "Supported accommodation",
}
CHANNELS: Mapping[Channel, str] = {"link": "Link", "tablet": "Tablet", "paper": "Paper"}
TYPES: Mapping[str, str] = {
    "text": "Words",
    "phone": "Phone number",
    "email": "E-mail address",
    "number": "Number",
    "date": "Date",
    "time": "Time of day",
    "select_one": "One answer",
    "scale": "A number on a scale",
    "select_multiple": "Any number of answers",
    "rank": "Order of preference",
    "matrix": "Several lines, same answers",
    "group": "Rows, as many as needed",
}


_PIPED = re.compile(r"\{(?:(?:meta|computed)\.)?[a-z][a-z0-9_]*\}")


def with_home(text: str, homes: Sequence[Home]) -> str:
    """The text with the home's name where it asks for it. Answers are never put into a header: they leave a gap."""
    named = text.replace("{meta.home_name}", homes[0].name if len(homes) == 1 else "the home")
    return _PIPED.sub("…", named)


def wording(question: JoinedQuestion, homes: Sequence[Home], line: str | None = None) -> str:
    """A question as a reader needs it away from its form: with the answer it follows on, and its line."""
    text = with_home(question.question.label, homes)
    if question.under is not None:
        parent, option = question.under
        text = f"{text} (after “{option.label}” to: {with_home(parent.label, homes)})"
    return f"{text}: {line}" if line else text


def in_a_list(words: Sequence[str]) -> str:
    """Words as a sentence lists them."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def either_or(options: Sequence[Option]) -> str:
    """Labels joined as one answer: Always or most of the time."""
    first, *others = [option.label for option in options]
    return " or ".join([first, *(_within(label) for label in others)])


def _within(label: str) -> str:
    """A label inside a sentence; a name, an abbreviation or the word I keeps its capital."""
    word = label.split(maxsplit=1)[0]
    plain = word == word.capitalize() and word not in ("I", "I’m", "I'm", "Ofsted")
    return label[:1].lower() + label[1:] if plain else label


def count_of(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 response, 2 responses."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
