"""Making a home known: its short id, and what looks odd about what is said of it."""

import re
import unicodedata
from dataclasses import replace
from typing import Any

from service.collection.models.errors import NotPossible
from service.collection.models.home import Home
from service.collection.people.contact_fields import like_a_phone
from service.repository import Records, Transaction

HOME_ID = re.compile(r"[a-z][a-z0-9-]{1,39}")
MOST_PLACES = 500
MOST_CONTACTS = 12
LONGEST_NAME, LONGEST_CONTACT = 120, 200
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_ADDRESSES = frozenset({"add"})  # words that stand where a home's id does


def home_id_for(records: Records, name: str) -> str:
    """A short word for commands and addresses, made from the home's name, that is not another home's."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’]", "", plain)).strip("-")[:32].strip("-")
    if not HOME_ID.fullmatch(plain):
        plain = f"home-{plain}".strip("-")
    taken = {home.id for home in records[Home].all()} | _ADDRESSES
    numbered = (f"{plain}-{number}" for number in range(2, len(taken) + 3))
    return plain if plain not in taken else next(one for one in numbered if one not in taken)


def add_home(tx: Transaction, home: Home) -> None:
    """Make a home known. Raises NotPossible for an id that is another's, or no id, and for what no page would take.

    What is added to a demonstration is as made up as the rest of it: a real home must not stand behind its password.
    """
    if not HOME_ID.fullmatch(home.id) or home.id in _ADDRESSES:
        raise NotPossible("HOME_ID is 2 to 40 lower-case letters, digits and hyphens, a letter first.")
    if fault := _fault_in(home):
        raise NotPossible(fault)
    if tx[Home].get(home.id) is not None:
        raise NotPossible(f"There is a home called {home.id} already.")
    tx[Home].put(replace(home, demonstration=home.demonstration or any(one.demonstration for one in tx[Home].all())))


def changed_home(home: Home, **changes: Any) -> Home:
    """The home with these fields changed. Raises NotPossible for what no page would take."""
    home = replace(home, **changes)
    if fault := _fault_in(home):
        raise NotPossible(fault)
    return home


def _fault_in(home: Home) -> str:
    """What is wrong with what is said of a home, as a sentence; empty where nothing is."""
    if not home.name or max(len(home.name), len(home.provider)) > LONGEST_NAME:
        return f"A home has a name; it and its provider's may have {LONGEST_NAME} characters each."
    officer = (home.designated_officer,) if home.designated_officer else ()
    people = (*home.contacts, *officer)
    if any(not (each.name and each.how) for each in people):
        return "Say of each person who they are and how to reach them."
    if home.telephone and not like_a_phone(home.telephone):
        return f"“{home.telephone}” is not a telephone number."
    if not all(contact.audiences for contact in home.contacts):
        return "Say of each person who they are shown to."
    if len(home.contacts) > MOST_CONTACTS or any(
        len(text) > LONGEST_CONTACT for each in people for text in (each.name, each.how, each.about)
    ):
        return (
            f"At most {MOST_CONTACTS} people to turn to, with {LONGEST_CONTACT} characters for each thing said of them."
        )
    return ""


def is_time(text: str) -> bool:
    """Whether this is a time of day, as 07:30."""
    return bool(_TIME.fullmatch(text))


def urn_doubt(urn: str) -> str:
    """What to look at in Ofsted's reference number; empty where it looks like one."""
    if re.fullmatch(r"SC\d{6}|\d{5,7}", urn.replace(" ", ""), re.IGNORECASE):
        return ""
    return f"“{urn}” does not look like a URN: those are SC and six digits, or five to seven digits."
