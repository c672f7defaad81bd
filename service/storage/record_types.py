"""Every type of record that is kept, declared once: table, class, indexes, and what of it is sealed."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from service.accounts.account import Account, AccountLink, AccountSession, Attempts
from service.audit import Entry, JobRun
from service.collection.models.alert import Alert, Disclosure
from service.collection.models.comment_read import CommentRead
from service.collection.models.export import Export
from service.collection.models.figures import RoundFigures
from service.collection.models.form_draft import DraftMove, FormDraft
from service.collection.models.help_lines import HelpLines
from service.collection.models.home import Child, ChildName, Home
from service.collection.models.invitation import Invitation, Link, Passcode
from service.collection.models.person import Person
from service.collection.models.picture_decision import PictureDecision
from service.collection.models.published_form import FormState, PublishedForm
from service.collection.models.response import Ledger, Receipt, Response, Tombstone
from service.collection.models.round import PlannedRound, Round
from service.collection.models.tablet import Enrolment, Pin, Tablet, Unlocking
from service.collection.models.theme import OwnTheme, Theming
from service.mail.email import Email

Record = TypeVar("Record")


@dataclass(frozen=True)
class RecordType(Generic[Record]):
    """Records of one class in one table.

    `indexes` are the fields by which records are found; `sealed` are the fields that only the keys open. A sealed
    field is found by its keyed hash. `readable_without_key` records are read even where their key was not given, with
    the sealed fields at their defaults; they cannot be changed then.
    """

    table: str
    record: type[Record]
    indexes: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    readable_without_key: bool = False


RECORD_TYPES: tuple[RecordType[Any], ...] = (
    RecordType("homes", Home, sealed=("contacts", "designated_officer"), readable_without_key=True),
    RecordType("help_lines", HelpLines),
    RecordType("forms", PublishedForm, indexes=("form_id",)),
    RecordType("form_states", FormState),
    RecordType("form_drafts", FormDraft, indexes=("home_id",)),
    RecordType("draft_moves", DraftMove, indexes=("draft_id",)),
    RecordType("rounds", Round, indexes=("home_id",)),
    RecordType("invitations", Invitation, indexes=("round_id", "email"), sealed=("name", "email", "label", "declined")),
    RecordType("responses", Response, indexes=("round_id",), sealed=("answers", "child_id", "marked")),
    RecordType(
        "picture_decisions",
        PictureDecision,
        indexes=("round_id",),
        sealed=("child_id", "people", "reason", "decided_by"),
    ),
    RecordType("receipts", Receipt, indexes=("round_id",)),
    RecordType("tombstones", Tombstone),
    RecordType("ledgers", Ledger, indexes=("round_id",)),
    RecordType("figures", RoundFigures, indexes=("round_id",), sealed=("people", "tallies")),
    RecordType("exports", Export, indexes=("account_id", "state")),
    RecordType("children", Child, indexes=("home_id",)),
    RecordType("child_names", ChildName, indexes=("home_id",), sealed=("name",), readable_without_key=True),
    RecordType(
        "people", Person, indexes=("home_id", "email"), sealed=("name", "email", "organisation", "phone", "label")
    ),
    RecordType("planned_rounds", PlannedRound, indexes=("home_id",)),
    RecordType("links", Link, indexes=("invitation_id", "round_id")),
    RecordType("passcodes", Passcode, indexes=("round_id",)),
    RecordType(
        "letters",
        Email,
        indexes=("state", "round_id", "invitation_id", "account_id", "alert_id", "to"),
        sealed=("to", "subject", "text", "html", "said"),
    ),
    RecordType("audit", Entry, indexes=("home_id", "actor")),
    RecordType(
        "alerts",
        Alert,
        indexes=("home_id", "round_id", "state", "source"),
        sealed=("rule", "message", "response_id", "whom", "asker"),
    ),
    RecordType("disclosures", Disclosure, indexes=("alert_id", "home_id"), sealed=("words", "present", "done", "told")),
    RecordType("readings", CommentRead, indexes=("home_id", "response_id")),
    RecordType("themings", Theming, indexes=("home_id", "response_id"), sealed=("themes",)),
    RecordType("own_themes", OwnTheme, indexes=("home_id",), sealed=("words",)),
    RecordType("tablets", Tablet, indexes=("home_id",)),
    RecordType("enrolments", Enrolment, indexes=("home_id",)),
    RecordType("pins", Pin, sealed=("digits",)),
    RecordType("unlockings", Unlocking, indexes=("tablet_id", "home_id", "round_id")),
    RecordType("accounts", Account, indexes=("email",), sealed=("name", "email", "password", "totp")),
    RecordType("account_sessions", AccountSession, indexes=("account_id",), sealed=("browser",)),
    RecordType("account_links", AccountLink, indexes=("account_id",)),
    RecordType("attempts", Attempts),
    RecordType("job_runs", JobRun),
)

# Engines know tables and the fields they index, and nothing of records.
INDEXES = {record_type.table: record_type.indexes for record_type in RECORD_TYPES}
