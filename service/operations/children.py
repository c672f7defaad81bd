"""A home's children, as pictures and numbers: added, changed, named, moved out and back."""

from collections.abc import Callable
from datetime import datetime

from service.audit import PeopleChanged, remember
from service.collection.models.home import Child
from service.collection.people import child_names, contacts_and_children
from service.dates import day_at
from service.repository import Store


def add_child(store: Store, child: Child, now: datetime, *, by: str) -> None:
    """Put a child on the list. Raises NumberTaken or PictureTaken."""
    with store.transaction() as tx:
        contacts_and_children.keep_child(tx, child)
        remember(tx, PeopleChanged("child", "added", 1), by, now, child.home_id)


def change_child(store: Store, child: Child, edit: Callable[[Child], Child], now: datetime, *, by: str) -> None:
    """Change a child: `edit` gives what they become from what is stored now. Raises NumberTaken or PictureTaken."""
    with store.transaction() as tx:
        # whether they live here is as it is now, not as it was when the page was fetched
        before = tx[Child].get(child.id) or child
        after = contacts_and_children.keep_child(tx, edit(before))
        if after != before:
            remember(tx, PeopleChanged("child", "edited", 1), by, now, after.home_id)


def move_child_out(store: Store, child_id: str, now: datetime, *, by: str) -> Child:
    """Keep that a child moved out today; gives the child. Raises NotPossible where there is no such child."""
    with store.transaction() as tx:
        gone = contacts_and_children.child_left(tx, child_id, day_at(now))
        remember(tx, PeopleChanged("child", "removed", 1), by, now, gone.home_id)
    return gone


def move_child_back(store: Store, child_id: str, now: datetime, *, by: str) -> Child:
    """Keep that a child lives in the home again; gives the child.

    Raises NotPossible where there is no such child, or where their number or picture is another child's by now.
    """
    with store.transaction() as tx:
        again = contacts_and_children.child_back(tx, child_id)
        remember(tx, PeopleChanged("child", "added", 1), by, now, again.home_id)
    return again


def name_child(store: Store, child: Child, name: str, now: datetime, *, by: str) -> None:
    """Keep a child's name, in place of the one before. Raises NotPossible where the home keeps no names."""
    with store.transaction() as tx:
        replaced = child_names.keep_name(tx, child, name, by, now)
        remember(tx, PeopleChanged("child_name", "edited" if replaced else "added", 1), by, now, child.home_id)


def delete_child_name(store: Store, child: Child, now: datetime, *, by: str) -> None:
    """Delete a child's name. Doing so twice is no fault."""
    with store.transaction() as tx:
        if child_names.delete_name(tx, child.id):
            remember(tx, PeopleChanged("child_name", "removed", 1), by, now, child.home_id)
