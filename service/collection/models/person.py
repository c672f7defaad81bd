"""The home's contact list: the people outside who know the children, and how a letter reaches them."""

from dataclasses import dataclass
from typing import Literal, get_args

from service.definitions import Audience

PersonKind = Literal[
    "social_worker",
    "iro",
    "school",
    "health",
    "police",
    "advocate",
    "independent_visitor",
    "placing_authority",
    "parent",
    "foster_carer",
    "staff",
    "professional",
]
PERSON_KINDS: tuple[PersonKind, ...] = get_args(PersonKind)

# Whose questionnaire each answers; whoever is none of these answers the one for other professionals.
AUDIENCE_OF: dict[PersonKind, Audience] = {
    "social_worker": "social_worker",
    "placing_authority": "social_worker",
    "parent": "parent",
    "foster_carer": "foster_carer",
    "staff": "staff",
}


def audience_of(kind: PersonKind) -> Audience:
    """The audience whose form this kind of person is asked."""
    return AUDIENCE_OF.get(kind, "professional")


@dataclass(frozen=True)
class Person:
    """Someone on a home's contact list.

    `label` is what letters to them call the child ("the review on 12 November"): the manager's words, never a name.
    """

    id: str
    home_id: str
    kind: PersonKind
    name: str
    email: str
    organisation: str = ""
    phone: str = ""
    label: str = ""
