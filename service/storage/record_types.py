"""Every kind of record that is kept: its table, how it is found again, and what of it is sealed."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from service.accounts.account import Account, AccountLink, AccountSession, Attempts
from service.audit import Entry, JobRun
from service.collection.models.alert import Alert, Disclosure
from service.collection.models.comment_read import Reading
from service.collection.models.export import Export
from service.collection.models.figures import RoundFigures
from service.collection.models.help_lines import HelpLines
from service.collection.models.home import Child, Home
from service.collection.models.invitation import Invitation, Link, Passcode
from service.collection.models.person import Person
from service.collection.models.published_form import FormState, PublishedForm
from service.collection.models.response import Ledger, Receipt, Response, Tombstone
from service.collection.models.round import PlannedRound, Round
from service.collection.models.tablet import Enrolment, Pin, Tablet, Unlocking
from service.collection.models.theme import OwnTheme, Theming
from service.mail.letter import Letter

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
HELP_LINES = Kind("help_lines", HelpLines)
FORMS = Kind("forms", PublishedForm, found_by=("form_id",))
FORM_STATES = Kind("form_states", FormState)
ROUNDS = Kind("rounds", Round, found_by=("home_id",))
INVITATIONS = Kind(
    "invitations", Invitation, found_by=("round_id", "email"), sealed=("name", "email", "label", "declined")
)
RESPONSES = Kind("responses", Response, found_by=("round_id",), sealed=("answers",))
RECEIPTS = Kind("receipts", Receipt, found_by=("round_id",))
TOMBSTONES = Kind("tombstones", Tombstone)
LEDGERS = Kind("ledgers", Ledger, found_by=("round_id",))
FIGURES = Kind("figures", RoundFigures, found_by=("round_id",), sealed=("people", "tallies"))
EXPORTS = Kind("exports", Export, found_by=("account_id", "state"))
CHILDREN = Kind("children", Child, found_by=("home_id",))
PEOPLE = Kind(
    "people", Person, found_by=("home_id", "email"), sealed=("name", "email", "organisation", "phone", "label")
)
PLANNED_ROUNDS = Kind("planned_rounds", PlannedRound, found_by=("home_id",))
LINKS = Kind("links", Link, found_by=("invitation_id", "round_id"))
PASSCODES = Kind("passcodes", Passcode, found_by=("round_id",))
LETTERS = Kind(
    "letters",
    Letter,
    found_by=("state", "round_id", "invitation_id", "account_id", "alert_id", "to"),
    sealed=("to", "subject", "text", "html", "said"),
)
AUDIT = Kind("audit", Entry, found_by=("home_id", "actor"))
ALERTS = Kind("alerts", Alert, found_by=("home_id", "round_id", "state"), sealed=("whom", "asker"))
DISCLOSURES = Kind(
    "disclosures", Disclosure, found_by=("alert_id", "home_id"), sealed=("words", "present", "done", "told")
)
READINGS = Kind("readings", Reading, found_by=("home_id", "response_id"))
THEMINGS = Kind("themings", Theming, found_by=("home_id", "response_id"), sealed=("themes",))
OWN_THEMES = Kind("own_themes", OwnTheme, found_by=("home_id",), sealed=("words",))
TABLETS = Kind("tablets", Tablet, found_by=("home_id",))
ENROLMENTS = Kind("enrolments", Enrolment, found_by=("home_id",))
PINS = Kind("pins", Pin, sealed=("digits",))
UNLOCKINGS = Kind("unlockings", Unlocking, found_by=("tablet_id", "home_id", "round_id"))
ACCOUNTS = Kind("accounts", Account, found_by=("email",), sealed=("name", "email", "password", "totp"))
ACCOUNT_SESSIONS = Kind("account_sessions", AccountSession, found_by=("account_id",), sealed=("browser",))
ACCOUNT_LINKS = Kind("account_links", AccountLink, found_by=("account_id",))
ATTEMPTS = Kind("attempts", Attempts)
JOB_RUNS = Kind("job_runs", JobRun)

KINDS: tuple[Kind[Any], ...] = (
    HOMES,
    HELP_LINES,
    FORMS,
    FORM_STATES,
    ROUNDS,
    INVITATIONS,
    RESPONSES,
    RECEIPTS,
    TOMBSTONES,
    LEDGERS,
    FIGURES,
    EXPORTS,
    CHILDREN,
    PEOPLE,
    PLANNED_ROUNDS,
    LINKS,
    PASSCODES,
    LETTERS,
    AUDIT,
    ALERTS,
    DISCLOSURES,
    READINGS,
    THEMINGS,
    OWN_THEMES,
    TABLETS,
    ENROLMENTS,
    PINS,
    UNLOCKINGS,
    ACCOUNTS,
    ACCOUNT_SESSIONS,
    ACCOUNT_LINKS,
    ATTEMPTS,
    JOB_RUNS,
)

FOUND_BY = {kind.table: kind.found_by for kind in KINDS}
