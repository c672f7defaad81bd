"""The provider's homes: any setting of its that Ofsted inspects, and the children who live there."""

from dataclasses import dataclass
from datetime import date

from service.definitions import AgeBand, Audience, Setting


@dataclass(frozen=True)
class Contact:
    """A person to talk to, as the first page and the help panel show them to these audiences."""

    name: str
    how: str
    about: str = ""
    audiences: tuple[Audience, ...] = ("child",)


@dataclass(frozen=True)
class Home:
    """A setting that Ofsted inspects; `id` is the slug that commands and addresses use.

    Who manages it, answers for it and keeps children safe is told by the roles of accounts, nowhere else.
    `shift_from` and `shift_until` are times of day ("07:30") between which the shift is on; empty where not said.
    `demonstration` homes say so on every page and in every workbook.
    """

    id: str
    name: str
    kind: Setting
    provider: str = ""
    urn: str | None = None
    contacts: tuple[Contact, ...] = ()
    demonstration: bool = False
    places: int | None = None
    shift_from: str = ""
    shift_until: str = ""
    contacts_checked_on: date | None = None
    designated_officer: Contact | None = None
    telephone: str = ""


@dataclass(frozen=True)
class Child:
    """A child as the home's tablet knows them: a picture and a number, never a name.

    `age_band` says which children's forms they are asked, `language` the one they last chose (easy read included). A
    child who has left keeps `left_on`, so that who was asked in an earlier round still adds up.
    """

    id: str
    home_id: str
    number: int
    picture: str
    age_band: AgeBand
    language: str = ""
    left_on: date | None = None
