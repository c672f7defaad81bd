"""An answer that someone must act on, with its history; and what was learned of it, kept apart from all answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from service.definitions import Role
from service.definitions.form import Severity

AlertKind = Literal["answer", "talk", "words"]
StepKind = Literal[
    "raised",
    "told",
    "nobody_to_tell",
    "accounts_unreadable",
    "said_again",
    "escalated",
    "acknowledged",
    "acted",
    "recorded",
    "resolved",
    "closed",
    "reopened",
]
CloseReason = Literal["acted", "already_known", "mistake", "duplicate"]
State = Literal["new", "taken", "closed"]


@dataclass(frozen=True)
class Step:
    """One moment in an alert's history. `actor` is an account's id, `jobs`, or empty for the respondent.

    `why` is the closed word for which it was closed, or for which it was looked up who answered.
    """

    at: datetime
    kind: StepKind
    actor: str = ""
    roles: tuple[Role, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Escalating:
    """Whom it goes to next when nobody has acknowledged it by then."""

    at: datetime
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class Alert:
    """That an answer needs somebody: where and since when, never what was said.

    `kind`: an answer met a rule of its form (`rule` names it); the respondent asked to talk to someone (`whom`, and
    `asker` where they said who they are);
    or words in free text worry (a mark for reading, which decides nothing). `roles` are those told so far: whoever
    has one of them at the home may see it, nobody else. `response_id` is empty for an anonymous form. `state` says
    as one word what the moments below say, so that what waits is found without reading all there ever was. `source` is
    a keyed hash of the invitation, by which later alerts of one link share an email; it ends with an anonymous sending.
    """

    id: str
    home_id: str
    round_id: str
    form_id: str
    kind: AlertKind
    severity: Severity
    raised_at: datetime
    due_at: datetime
    roles: tuple[Role, ...]
    rule: str = ""
    whom: str = ""
    asker: str = ""
    message: str = ""
    response_id: str = ""
    source: str = ""
    steps: tuple[Step, ...] = ()
    escalations: tuple[Escalating, ...] = ()
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    closed_as: CloseReason | None = None
    state: State = "new"

    @property
    def is_open(self) -> bool:
        """Whether somebody must still do something."""
        return self.closed_at is None


@dataclass(frozen=True)
class Disclosure:
    """What was learned and done about an alert, in the words of whoever acted: apart from the survey's answers.

    It is in no workbook of the home and is read by those who may see the alert.
    """

    id: str
    alert_id: str
    home_id: str
    written_at: datetime
    by: str
    words: str = ""
    present: str = ""
    done: str = ""
    told: str = ""
