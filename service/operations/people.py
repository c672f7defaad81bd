"""The contact list: people added, changed, removed and imported, with the entry in the audit."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from service.audit import PeopleChanged, remember
from service.collection.models.person import Person
from service.collection.people import contacts_and_children
from service.collection.people.contact_import import Import, Row, judge, keep_import
from service.repository import Store


def add_person(store: Store, person: Person, now: datetime, *, by: str) -> None:
    """Put a person on the contact list. Raises NotPossible where their address is on it already."""
    with store.transaction() as tx:
        contacts_and_children.keep_person(tx, person)
        remember(tx, PeopleChanged("person", "added", 1), by, now, person.home_id)


def change_person(store: Store, person: Person, now: datetime, *, by: str) -> None:
    """Keep a person on the contact list as they are given here.

    Raises NotPossible where their address is another entry's, or where they were removed.
    """
    with store.transaction() as tx:
        before = tx[Person].get(person.id)
        contacts_and_children.change_person(tx, person)
        if person != before:
            remember(tx, PeopleChanged("person", "edited", 1), by, now, person.home_id)


def remove_person(store: Store, person: Person, now: datetime, *, by: str) -> None:
    """Remove a person from the contact list for good."""
    with store.transaction() as tx:
        contacts_and_children.remove_person(tx, person.id)
        remember(tx, PeopleChanged("person", "removed", 1), by, now, person.home_id)


def restore_person(store: Store, person: Person, now: datetime, *, by: str) -> None:
    """Undo a removal. Raises NotPossible where the same person was added again meanwhile."""
    with store.transaction() as tx:
        contacts_and_children.bring_back(tx, person)
        remember(tx, PeopleChanged("person", "added", 1), by, now, person.home_id)


def relabel_people(store: Store, home_id: str, people: Iterable[Person], now: datetime, *, by: str) -> None:
    """Keep what emails call the child that each of these people is asked about.

    Only people whose label differs from the contact list are changed, and none who was removed from it.
    """
    with store.transaction() as tx:
        known = [(person, tx[Person].get(person.id)) for person in people]
        changed = [person for person, before in known if before is not None and before.label != person.label]
        for person in changed:
            tx[Person].put(person)
        if changed:
            remember(tx, PeopleChanged("person", "edited", len(changed)), by, now, home_id)


def import_people(
    store: Store,
    home_id: str,
    rows: Sequence[Row],
    now: datetime,
    *,
    by: str,
    with_changes: bool = True,
    whole: bool = False,
) -> Import:
    """Put the people of a list on the contact list; gives what was added, changed and left out.

    Without `with_changes` people who are on it already stay as they are. With `whole` nothing is kept where a row
    has a fault.
    """
    with store.transaction() as tx:
        if whole and (judged := judge(rows, home_id, contacts_and_children.people_of(tx, home_id))).faults:
            return judged
        kept = keep_import(tx, rows, home_id, with_changes=with_changes)
        if kept.people:
            remember(tx, PeopleChanged("person", "imported", len(kept.people)), by, now, home_id)
    return kept
