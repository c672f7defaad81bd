"""The provider's homes: any setting of its that Ofsted inspects, and the children who live there."""

from dataclasses import dataclass
from datetime import date, datetime

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
    `demonstration` homes say so on every page and in every workbook. `child_names`: its safeguarding lead may keep the
    children's names.
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
    child_names: bool = False


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


@dataclass(frozen=True)
class ChildName:
    """A child's name as the safeguarding lead typed it; only the look-up of an alert shows it.

    `id` is `child_name_id`, not the child's: a deleted name leaves a tombstone, and a backup still restores the child.
    `name` is empty where its key was not given.
    """

    id: str
    child_id: str
    home_id: str
    typed_by: str
    typed_at: datetime
    name: str = ""


def child_name_id(child_id: str) -> str:
    """The id of the record of a child's name."""
    return f"name:{child_id}"
