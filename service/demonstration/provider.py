"""Who there is in the demonstration: a provider with three homes, its people, and those they would write to."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from service.accounts.account import Account, Grant
from service.collection.models.home import Child, Contact, Home
from service.collection.models.person import Person, PersonKind
from service.collection.models.pictures import PICTURES
from service.dates import day_at
from service.definitions import AgeBand, Role

PROVIDER = "Brightwater Care (demonstration)"
OFFICER = Contact("The designated officer", "0161 496 0109", "At the council. Decides what happens about an adult.")
RESPONSIBLE = Contact(
    "Rhian Cole, responsible individual", "0161 496 0110", "Not part of the shift.", ("staff", "parent", "foster_carer")
)
HOMES = (
    Home(
        "larch-house",
        "Larch House",
        "childrens_home",
        PROVIDER,
        "SC000001",
        (
            Contact("Amina, your advocate", "01632 960 101", "On your side. Not part of the home."),
            Contact("Tom, who visits every month", "01632 960 102", "Checks that the home is run well."),
            RESPONSIBLE,
        ),
        demonstration=True,
        places=7,
        shift_from="07:30",
        shift_until="22:00",
        designated_officer=OFFICER,
        telephone="01632 960 110",
    ),
    Home(
        "harbour-view",
        "Harbour View",
        "childrens_home",
        PROVIDER,
        "SC000002",
        (Contact("Grace, your advocate", "01632 960 103", "On your side. Not part of the home."), RESPONSIBLE),
        demonstration=True,
        places=4,
        shift_from="07:00",
        shift_until="21:30",
        designated_officer=OFFICER,
        telephone="01632 960 120",
    ),
    Home("fernbrook", "Fernbrook Fostering", "fostering_agency", PROVIDER, "SC000003", demonstration=True),
)


@dataclass(frozen=True)
class Seat:
    """Somebody who may sign in: their role, at one home or at all."""

    name: str
    mailbox: str
    role: Role
    home_id: str = ""
    deputy: bool = False

    @property
    def id(self) -> str:
        """Their account's id."""
        return f"demonstration-{self.mailbox}"

    @property
    def email(self) -> str:
        """Where no letter ever arrives: nobody's domain."""
        return f"{self.mailbox}@example.org"

    @property
    def words(self) -> str:
        """What they are, for whoever chooses as whom to sign in."""
        what = f"{self.role.replace('_', ' ')}{', deputy' if self.deputy else ''}"
        home = next((home.name for home in HOMES if home.id == self.home_id), "every home")
        return f"{what}, {home}"


SEATS = (
    Seat("Mo Amari", "manager", "registered_manager", "larch-house"),
    Seat("Rhian Cole", "responsible", "responsible_individual"),
    Seat("Dele Okoro", "lead", "safeguarding_lead"),
    Seat("Anna Field", "deputy", "safeguarding_lead", deputy=True),
    Seat("Kit Marsh", "staff", "staff", "larch-house"),
    Seat("Tom Hale", "visitor", "independent_person", "larch-house"),
    Seat("Ada Byrne", "administrator", "administrator"),
    Seat("Ruth Lindo", "harbour", "registered_manager", "harbour-view"),
    Seat("Owen Pryce", "fernbrook", "registered_manager", "fernbrook"),
)
# On this machine any of these signs in with this one, as it opens nothing but what is made up. Where others can reach
# the service it opens nothing (state.py), and each account has a password of its own.
PASSWORD = "seven lanterns on the quay"  # noqa: S105 - meant to be known

_CHILDREN: dict[str, dict[AgeBand, int]] = {
    "larch-house": {"older": 5, "young": 1},
    "harbour-view": {"older": 3, "young": 1},
    "fernbrook": {"older": 18},
}
_CONTACTS: dict[str, dict[PersonKind, int]] = {
    "childrens_home": {
        "parent": 7,
        "iro": 3,
        "school": 3,
        "health": 2,
        "advocate": 1,
        "independent_visitor": 1,
        "police": 1,
        "social_worker": 8,
    },
    "fostering_agency": {"parent": 8, "foster_carer": 10, "iro": 2, "school": 2, "social_worker": 10},
}
_ORGANISATIONS: dict[PersonKind, tuple[str, ...]] = {
    "social_worker": ("Northshire County Council", "Eastvale Borough Council", "Southmere City Council"),
    "iro": ("Northshire County Council", "Eastvale Borough Council"),
    "school": ("Hillside Academy", "Riverside School", "Virtual School of Northshire"),
    "health": ("Northshire NHS Trust",),
    "advocate": ("Speak Up Northshire",),
    "police": ("Northshire Police",),
}
_LAST_OF = {"larch-house": "Sam Okafor", "harbour-view": "Robin Castle", "fernbrook": "Lou Winter"}
_FIRST = (
    "Aisha", "Ben", "Carys", "Dan", "Elif", "Femi", "Gwen", "Hana", "Idris", "Jess", "Kwame", "Lena", "Marek",
    "Nadia", "Olu", "Priya", "Ravi", "Sian", "Tess", "Umar", "Vera", "Will", "Yusuf", "Zara",
)  # fmt: skip
_LAST = (
    "Ahmed", "Baker", "Clarke", "Davies", "Evans", "Foster", "Green", "Hughes", "Iqbal", "Jones", "Khan", "Lewis",
    "Moore", "Nowak", "Osei", "Patel", "Quinn", "Reid", "Shah", "Taylor", "Usman", "Ward", "Young", "Zielinski",
)  # fmt: skip


def homes(now: datetime) -> list[Home]:
    """The homes, whose contacts somebody looked over lately, but for one."""
    return [replace(home, contacts_checked_on=checked_lately(now)) if home.places else home for home in HOMES]


def checked_lately(now: datetime) -> date:
    """When whom to talk to was last looked over."""
    return day_at(now - timedelta(days=12))


def accounts(passwords: Mapping[str, str], now: datetime) -> list[Account]:
    """Everyone who may sign in, with their password by the id of their account, given as it is kept."""
    return [
        Account(
            seat.id,
            seat.name,
            seat.email,
            now,
            (Grant(seat.role, seat.home_id, seat.deputy),),
            passwords[seat.id],
        )
        for seat in SEATS
    ]


def whoever_is(role: Role, home_id: str = "") -> str:
    """The id of the account with this role, at this home where there are several."""
    return next(seat.id for seat in SEATS if seat.role == role and seat.home_id in ("", home_id or seat.home_id))


def children(home: Home, chance: random.Random) -> Iterator[Child]:
    """The children of a home, each a picture, a number and an age band."""
    bands = [band for band, number in _CHILDREN[home.id].items() for _ in range(number)]
    pictures = chance.sample(PICTURES, len(bands))
    for number, (band, picture) in enumerate(zip(bands, pictures, strict=True), 1):
        yield Child(_id(chance), home.id, number, picture, band)


def contact_list(home: Home, chance: random.Random) -> Iterator[Person]:
    """Those who know the children and are asked by letter, a social worker last; no two of any home share a name."""
    kinds = [kind for kind, number in _CONTACTS[home.kind].items() for _ in range(number)]
    names = [f"{first} {last}" for first in _FIRST for last in _LAST][HOMES.index(home) :: len(HOMES)]
    names = [*chance.sample(names, len(kinds) - 1), _LAST_OF[home.id]]
    for kind, name in zip(kinds, names, strict=True):
        yield Person(
            _id(chance),
            home.id,
            kind,
            name,
            f"{name.lower().replace(' ', '.')}@example.org",
            chance.choice(_ORGANISATIONS.get(kind, ("",))),
            label="the review this autumn" if kind in ("social_worker", "parent", "iro") else "",
        )


def _id(chance: random.Random) -> str:
    return f"{chance.getrandbits(64):016x}"
