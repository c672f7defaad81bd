"""Homes: added and changed, with the entry in the audit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from service.audit import HomeChanged, PeopleChanged, remember
from service.collection.models.home import Home
from service.collection.people import homes
from service.collection.people.child_names import delete_names
from service.repository import Store


def add_home(store: Store, home: Home, now: datetime, *, by: str) -> Home:
    """Add a home; one without an id gets one made from its name. Gives the home with its id.

    Raises NotPossible for an id that is taken or is none, and for a home that no page would accept.
    """
    with store.transaction() as tx:
        home = replace(home, id=home.id or homes.home_id_for(tx, home.name))
        homes.add_home(tx, home)
        remember(tx, HomeChanged("added"), by, now, home.id)
    return home


def change_home(store: Store, home: Home, edit: Callable[[Home], Home], now: datetime, *, by: str) -> Home:
    """Change a home: `edit` gives what it becomes from what is stored now. Gives the changed home.

    A home that no longer keeps children's names loses those that are kept.
    """
    with store.transaction() as tx:
        before = tx[Home].get(home.id) or home
        after = edit(before)
        if after != before:
            tx[Home].put(after)
            remember(tx, HomeChanged("edited"), by, now, after.id)
        if after.child_names != before.child_names:
            remember(tx, HomeChanged("names_on" if after.child_names else "names_off"), by, now, after.id)
        if not after.child_names and (gone := delete_names(tx, after.id)):
            remember(tx, PeopleChanged("child_name", "removed", gone), by, now, after.id)
    return after
