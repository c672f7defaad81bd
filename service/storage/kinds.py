"""Every kind of record that is kept: its table, how it is found again, and what of it is sealed."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from service.collection.home import Home
from service.collection.invitation import Invitation
from service.collection.published import PublishedForm
from service.collection.response import Ledger, Receipt, Response, Tombstone
from service.collection.round import Round

Record = TypeVar("Record")


@dataclass(frozen=True)
class Kind(Generic[Record]):
    """Records of one class in one table.

    `found_by` are the fields with an index; `sealed` are those that nobody can read on the disk.
    """

    table: str
    record: type[Record]
    found_by: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()


HOMES = Kind("homes", Home)
FORMS = Kind("forms", PublishedForm, found_by=("form_id",))
ROUNDS = Kind("rounds", Round, found_by=("home_id",))
INVITATIONS = Kind("invitations", Invitation, found_by=("round_id", "email"), sealed=("name", "email", "label"))
RESPONSES = Kind("responses", Response, found_by=("round_id",), sealed=("answers",))
RECEIPTS = Kind("receipts", Receipt, found_by=("round_id",))
TOMBSTONES = Kind("tombstones", Tombstone)
LEDGERS = Kind("ledgers", Ledger, found_by=("round_id",))

KINDS: tuple[Kind[Any], ...] = (HOMES, FORMS, ROUNDS, INVITATIONS, RESPONSES, RECEIPTS, TOMBSTONES, LEDGERS)

FOUND_BY = {kind.table: kind.found_by for kind in KINDS}
