"""Whom to talk to: the home's own people, and the lines that are there for everyone in England."""

from datetime import date

from service.collection.models.help_lines import HelpLines
from service.collection.models.home import Contact, Home
from service.definitions import Audience


def contacts_for(home: Home | None, national: HelpLines, audience: Audience) -> tuple[Contact, ...]:
    """Whom somebody of this audience can turn to, the home's own people first."""
    lines = (Contact(line.name, line.number, line.about) for line in national.lines if line.is_for(audience))
    return (*(home.contacts if home else ()), *lines)


def contacts_checked_on(home: Home | None, national: HelpLines) -> date | None:
    """The day on which all of these had been checked; None where nobody has checked some of them yet."""
    own = home.contacts_checked_on if home and home.contacts else national.checked_on
    return min(own, national.checked_on) if own and national.checked_on else None
