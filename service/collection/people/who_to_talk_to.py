"""Who to talk to: the home's own people for each audience, and the lines that are there for everyone in England."""

from datetime import date

from service.collection.models.help_lines import HelpLines
from service.collection.models.home import Contact, Home
from service.definitions import Audience

# They know the home from outside, so its telephone number is one of the ways to talk to somebody.
OUTSIDE: tuple[Audience, ...] = ("social_worker", "parent", "foster_carer", "professional", "independent_person")


def own_contacts(home: Home | None, audience: Audience) -> tuple[Contact, ...]:
    """The home's own people whom it shows to this audience."""
    return tuple(contact for contact in home.contacts if audience in contact.audiences) if home else ()


def contacts_for(home: Home | None, national: HelpLines, audience: Audience) -> tuple[Contact, ...]:
    """Who this audience can turn to: the home's own people, its telephone, the national lines."""
    by_telephone = [Contact(home.name, home.telephone)] if home and home.telephone and audience in OUTSIDE else []
    lines = (Contact(line.name, line.number, line.about) for line in national.lines if line.is_for(audience))
    return (*own_contacts(home, audience), *by_telephone, *lines)


def contacts_checked_on(home: Home | None, national: HelpLines, audience: Audience) -> date | None:
    """The day by which all of these had been checked; None where some of them were not checked yet."""
    own = home.contacts_checked_on if home and own_contacts(home, audience) else national.checked_on
    return min(own, national.checked_on) if own and national.checked_on else None
