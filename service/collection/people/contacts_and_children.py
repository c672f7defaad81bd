"""Whom a home asks: its contact list, and its children as pictures and numbers."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from service.collection.models.errors import NotPossible
from service.collection.models.home import Child
from service.collection.models.person import PERSON_KINDS, Person, PersonKind, audience_of
from service.collection.models.pictures import PICTURES
from service.collection.models.response import Tombstone
from service.definitions import Form
from service.repository import Records, Transaction, readable


class NumberTaken(NotPossible):
    """A child's number is another child's who lives there."""


class PictureTaken(NotPossible):
    """A child's picture is another child's who lives there, or none of ours."""


def new_id() -> str:
    """An id for a person or a child, which says nothing about them."""
    return secrets.token_hex(8)


# --- the contact list ---


def people_of(records: Records, home_id: str) -> list[Person]:
    """The home's contact list, by kind in the order of kinds, then by name."""
    order = {kind: place for place, kind in enumerate(PERSON_KINDS)}
    return sorted(records[Person].find("home_id", home_id), key=lambda one: (order[one.kind], one.name.casefold()))


def same_person(people: Iterable[Person], kind: PersonKind, email: str) -> Person | None:
    """Who of these has this address as this kind of person: the same address may be two people's, of two kinds."""
    return next((one for one in people if one.kind == kind and one.email == email.lower()), None)


def keep_person(tx: Transaction, person: Person) -> Person:
    """Put somebody on the list, or change who is on it. Raises NotPossible for one who is on it already."""
    person = replace(person, email=person.email.lower())
    # by address, not by home: a list is long and an address is rare
    at_home = (one for one in tx[Person].find("email", person.email) if one.home_id == person.home_id)
    there = same_person(at_home, person.kind, person.email)
    if there is not None and there.id != person.id:
        raise NotPossible(f"{there.name} is on the list with this address already. Change that entry instead.")
    tx[Person].put(person)
    return person


def change_person(tx: Transaction, person: Person) -> Person:
    """Change who is on the list. Raises NotPossible as `keep_person` does, and for one who was removed meanwhile."""
    if tx[Person].get(person.id) is None:
        raise NotPossible("Somebody has removed them from the list in the meantime.")
    return keep_person(tx, person)


def remove_person(tx: Transaction, person_id: str) -> None:
    """Let somebody go from the list for good; restoring an older backup does not bring them back."""
    tx[Person].remove(person_id)
    tx[Tombstone].put(Tombstone(person_id))


def bring_back(tx: Transaction, person: Person) -> Person:
    """Undo a removal. Raises NotPossible when they were added anew in between."""
    tx[Tombstone].remove(person.id)
    return keep_person(tx, person)


# --- children ---


def children_of(records: Records, home_id: str) -> list[Child]:
    """The children who live in the home now, by number."""
    return [child for child in _all_children(records, home_id) if child.left_on is None]


def children_for(form: Form, children: Iterable[Child]) -> list[Child]:
    """Those of these children whose age band a form is for; none where it is not for children."""
    return [child for child in children if form.suits(child.age_band)]


def most_expected(form: Form, children: Iterable[Child], people: Iterable[Person], emailed: Collection[str]) -> int:
    """How many can be expected for a form on the tablet: the children listed for it, or the staff who get no email.

    More would leave room for answers that were added to make a small group look large. `emailed` are ids of people.
    """
    if form.audience == "child":
        return len(children_for(form, children))
    return sum(audience_of(person.kind) == form.audience and person.id not in emailed for person in people)


def children_gone(records: Records, home_id: str) -> list[Child]:
    """The children who have left the home, those who left last first."""
    gone = [child for child in _all_children(records, home_id) if child.left_on is not None]
    return sorted(gone, key=lambda child: (child.left_on or date.min, child.number), reverse=True)


def next_number(records: Records, home_id: str) -> int:
    """A number that no child of the home has had, so that none is taken for one who left."""
    return max((child.number for child in _all_children(records, home_id)), default=0) + 1


def pictures_free(records: Records, home_id: str) -> list[str]:
    """The pictures that no child who lives there has; all of them once every one is somebody's."""
    taken = {child.picture for child in children_of(records, home_id)}
    return [picture for picture in PICTURES if picture not in taken] or list(PICTURES)


def keep_child(tx: Transaction, child: Child) -> Child:
    """Put a child on the list, or change their picture, number or age band.

    Raises NumberTaken or PictureTaken.
    """
    others = [one for one in children_of(tx, child.home_id) if one.id != child.id]
    if child.picture not in PICTURES:
        raise PictureTaken("Choose one of the pictures.")
    if any(one.number == child.number for one in others):
        raise NumberTaken(f"Number {child.number} is another child’s. Choose another number.")
    holder = next((one for one in others if one.picture == child.picture), None)
    # in a large school the pictures run out, and the number tells children apart
    if holder and {one.picture for one in others} != set(PICTURES):
        raise PictureTaken(f"The {child.picture} is number {holder.number}’s already. Choose another picture.")
    tx[Child].put(child)
    return child


def child_left(tx: Transaction, child_id: str, on: date) -> Child:
    """A child has moved out. Raises NotPossible where there is no such child."""
    child = replace(_child(tx, child_id), left_on=on)
    tx[Child].put(child)
    return child


def child_back(tx: Transaction, child_id: str) -> Child:
    """Undo a moving out. Raises NotPossible when number or picture have become another child's."""
    return keep_child(tx, replace(_child(tx, child_id), left_on=None))


def _child(tx: Transaction, child_id: str) -> Child:
    child = tx[Child].get(child_id)
    if child is None:
        raise NotPossible("There is no such child any more.")
    return child


def _all_children(records: Records, home_id: str) -> list[Child]:
    return sorted(readable(records[Child].find("home_id", home_id)).records, key=lambda child: child.number)
