"""Homes: added and changed, with the entry in the audit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from service.audit import HomeChanged, remember
from service.collection.models.home import Home
from service.collection.people import homes
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
    """Change a home: `edit` gives what it becomes from what is stored now. Gives the changed home."""
    with store.transaction() as tx:
        before = tx[Home].get(home.id) or home
        after = edit(before)
        if after != before:
            tx[Home].put(after)
            remember(tx, HomeChanged("edited"), by, now, after.id)
    return after
