"""What is remembered of who did what: typed events that carry declared facts only, and never an answer."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from service.repository import Transaction

COMMAND, JOBS = "command", "jobs"  # actors that are no account


@dataclass(frozen=True)
class Entry:
    """An event as it is kept. `actor` is an account's id, or `command` or `jobs`; `home_id` is empty for none."""

    id: str
    at: datetime
    kind: str
    actor: str
    home_id: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class JobRun:
    """When a job last ran, and what came of it; `id` is the job's name. `said` is its line, or its fault's name."""

    id: str
    started_at: datetime
    ended_at: datetime | None = None
    well: bool = True
    said: str = ""


@dataclass(frozen=True)
class Event:
    """Something worth remembering. Its fields are ids, counts and closed words: nothing that a respondent wrote."""


@dataclass(frozen=True)
class SignedIn(Event):
    """An account's owner entered, with the second factor or without."""

    second_factor: bool


@dataclass(frozen=True)
class SignInRefused(Event):
    """Somebody failed to enter an account that exists; `reason` is `password`, `code`, `waiting` or `closed`."""

    account: str
    reason: str


@dataclass(frozen=True)
class SignedOut(Event):
    """An account's owner left; `everywhere` ends every session."""

    everywhere: bool


@dataclass(frozen=True)
class AccountChanged(Event):
    """`change`: invited, set_up, renamed, closed, reopened, password, second_factor, second_factor_reset, sessions."""

    account: str
    change: str


@dataclass(frozen=True)
class RoleChanged(Event):
    """A role was given or taken, at one home or (empty) at all."""

    account: str
    role: str
    given: bool


@dataclass(frozen=True)
class HomeChanged(Event):
    """`change`: added, edited; names_on, names_off where it keeps children's names from now on, or no longer."""

    change: str


@dataclass(frozen=True)
class HelpLinesChanged(Event):
    """The national help lines were edited, or confirmed as checked, or both."""

    edited: bool
    checked: bool


@dataclass(frozen=True)
class PeopleChanged(Event):
    """`change`: added, edited, removed, imported; of `what`: person, child, child_name."""

    what: str
    change: str
    count: int


@dataclass(frozen=True)
class RoundChanged(Event):
    """`change`: planned, unplanned, opened, extended, closed."""

    round: str
    change: str


@dataclass(frozen=True)
class Invited(Event):
    """`change`: invited, sent_again, reminded, revoked, corrected, slips."""

    round: str
    change: str
    count: int


@dataclass(frozen=True)
class AnswersRead(Event):
    """Somebody looked at single answers of a round, not only at figures."""

    round: str
    form: str


@dataclass(frozen=True)
class CommentsThemed(Event):
    """Somebody gave a theme to comments, or took it away. Neither which nor how many: both tell of what was written."""

    round: str
    form: str
    given: bool


@dataclass(frozen=True)
class Exported(Event):
    """A workbook or file left the service; `names` says whether it holds single answers."""

    rounds: str
    file: str
    names: bool


@dataclass(frozen=True)
class FormPublished(Event):
    """A version of a form became known."""

    form: str
    version: int


@dataclass(frozen=True)
class FormReviewed(Event):
    """`change`: asked (somebody else is to agree), agreed, sent_back. `author` is the account that asked."""

    form: str
    version: int
    change: str
    author: str


@dataclass(frozen=True)
class FormOfferChanged(Event):
    """A form was taken off the offer or put back; `change` is `archived` or `restored`."""

    form: str
    change: str


@dataclass(frozen=True)
class AlertMoved(Event):
    """A step in an alert's history: raised, told, nobody_to_tell, said_again, acknowledged, acted, closed…"""

    alert: str
    step: str


@dataclass(frozen=True)
class ChildResolved(Event):
    """A safeguarding lead looked up which child a pseudonymous response came from; `reason` is a closed word."""

    alert: str
    reason: str


@dataclass(frozen=True)
class PictureDecided(Event):
    """A safeguarding lead said how many children used one picture. Neither which nor how many."""

    round: str


@dataclass(frozen=True)
class TabletChanged(Event):
    """`change`: enrolled, removed, pin, unlocked, locked."""

    change: str


@dataclass(frozen=True)
class KeyedIn(Event):
    """Somebody typed in answers that came on paper, or took back what they had typed in by mistake."""

    round: str
    form: str
    taken_back: bool = False


@dataclass(frozen=True)
class ErasedPerson(Event):
    """Everything that led to one person was deleted."""

    invitations: int
    responses: int


@dataclass(frozen=True)
class Tidied(Event):
    """Retention let go of what was past its time."""

    responses: int
    drafts: int
    invitations: int


def kind_of(event: type[Event]) -> str:
    """The word an event is kept under: `SignInRefused` is `sign_in_refused`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", event.__name__).lower()


def kinds() -> Iterator[str]:
    """Every kind of event there is, in the order of this page."""
    return (kind_of(event) for event in Event.__subclasses__())


def remember(tx: Transaction, event: Event, actor: str, at: datetime, home_id: str = "") -> None:
    """Keep the event in the same commit as what it tells of."""
    facts = {part.name: getattr(event, part.name) for part in fields(event)}
    # ids that sort by time, so that the newest are found without reading all
    entry_id = f"{at:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    tx[Entry].put(Entry(entry_id, at, kind_of(type(event)), actor, home_id, facts))
