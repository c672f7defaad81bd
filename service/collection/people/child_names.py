"""Children's names: kept where the home says so, and read only to answer the look-up of an alert."""

from datetime import datetime

from service.collection.models.errors import NotPossible
from service.collection.models.home import Child, ChildName, Home, child_name_id
from service.collection.models.response import Tombstone
from service.repository import Records, Transaction

LONGEST_CHILD_NAME = 100


def named_children(records: Records, home_id: str) -> frozenset[str]:
    """The ids of the home's children whose names are kept."""
    return frozenset(each.child_id for each in records[ChildName].find("home_id", home_id))


def name_of(records: Records, child: Child) -> str:
    """The child's name; empty where none is kept or the home keeps none."""
    home, kept = records[Home].get(child.home_id), records[ChildName].get(child_name_id(child.id))
    return kept.name if home and home.child_names and kept else ""


def keep_name(tx: Transaction, child: Child, name: str, by: str, now: datetime) -> bool:
    """Keep a child's name; gives whether it replaces one. Raises NotPossible where the home keeps no names."""
    home = tx[Home].get(child.home_id)
    if home is None or not home.child_names:
        raise NotPossible("This home does not keep children’s names. You can turn this on under About this home.")
    record_id = child_name_id(child.id)
    replaced = tx[ChildName].get(record_id) is not None
    tx[ChildName].remove(record_id)  # a name whose key is lost can be replaced, not changed
    tx[Tombstone].remove(record_id)
    tx[ChildName].put(ChildName(record_id, child.id, child.home_id, by, now, name))
    return replaced


def delete_name(tx: Transaction, child_id: str) -> bool:
    """Delete a child's name; gives whether one was kept. An older backup does not restore it."""
    record_id = child_name_id(child_id)
    if tx[ChildName].get(record_id) is None:
        return False
    tx[ChildName].remove(record_id)
    tx[Tombstone].put(Tombstone(record_id))
    return True


def delete_names(tx: Transaction, home_id: str) -> int:
    """Delete all children's names of a home; gives how many."""
    return sum(delete_name(tx, child_id) for child_id in named_children(tx, home_id))
