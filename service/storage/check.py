"""Reading everything in a store, to say what is wrong and where."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from service.collection.models.alert import Alert
from service.collection.models.home import Child, ChildName
from service.collection.models.invitation import Invitation
from service.collection.models.person import Person
from service.collection.models.published_form import FormState
from service.collection.models.response import Response
from service.collection.models.round import PlannedRound, Round
from service.collection.models.tablet import Tablet
from service.storage.codec import Unreadable, from_json
from service.storage.encryption import KeyLost
from service.storage.progress import Progress, silent
from service.storage.record_types import RECORD_TYPES
from service.storage.store import RecordStore

Name = tuple[str, str]  # a table and an id


@dataclass(frozen=True)
class Checked:
    """How many records of each type there are, what is wrong, and what is no fault but worth a look."""

    counts: dict[str, int]
    faults: list[str]
    notes: list[str]


def check(store: RecordStore, progress: Progress = silent) -> Checked:
    """Read every record as it is at this moment."""
    faults = store.engine.faults()
    there: set[Name] = set()
    named: list[tuple[Name, Name]] = []
    lost: Counter[Name] = Counter()
    with store.engine.snapshot() as snapshot:
        counts = {record_type.table: snapshot.size(record_type.table) for record_type in RECORD_TYPES}
        total = sum(counts.values())
        for record_type in RECORD_TYPES:
            for record_id, document in snapshot.all(record_type.table):
                there.add((record_type.table, record_id))
                progress(len(there), total)
                try:
                    record = from_json(record_type.record, record_id, store.seal.open(document))
                except KeyLost as fault:
                    lost.update((record_type.table, key) for key in fault.keys)
                except Unreadable as fault:
                    faults.append(f"{record_type.table}: {fault}")
                else:
                    named += (((record_type.table, record_id), other) for other in _named_by(record))
    faults += (
        f"{table}: {number:,} sealed with the key {key}, which was not given"
        for (table, key), number in sorted(lost.items())
    )
    faults += (
        f"{table} {record_id}: names {other} {other_id}, which is not there"
        for (table, record_id), (other, other_id) in named
        if (other, other_id) not in there
    )
    faults += (
        f"responses {record_id}: is there although it was deleted"
        for table, record_id in sorted(there)
        if table == "tombstones" and ("responses", record_id) in there
    )
    return Checked(counts, faults, store.engine.notes())


def _named_by(record: object) -> Iterator[Name]:
    """The records that must be there if this one is."""
    match record:
        case Round():
            yield "homes", record.home_id
            yield from (("forms", form.fingerprint) for form in record.forms)
        case FormState() if record.current:
            yield "forms", record.current
        case Response() | Invitation():
            yield "rounds", record.round_id
        case ChildName():
            yield "children", record.child_id
        case Child() | Person() | PlannedRound() | Alert() | Tablet():
            yield "homes", record.home_id
