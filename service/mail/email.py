"""A letter to one person: what it says, and how far it has come."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

EmailKind = Literal["invitation", "reminder", "new_link", "code", "account", "password", "alert"]
State = Literal["waiting", "leaving", "sent", "bounced", "unsure", "dropped"]


@dataclass(frozen=True)
class Words:
    """What a letter says: one subject on one line, the same message as text and as simple HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Email:
    """One letter in the outbox. What it says is emptied once it has left, for it may hold a link.

    `state`: waiting; leaving (claimed by the job that sends it now); sent (the server took it); bounced (the server
    refused for good, in its words in `said`); unsure (the job died while sending, so nobody knows); dropped (no
    longer wanted when its time came). `rather_twice` says that an unsure one is sent again: an alert, a code.
    `left_at` is when it was sent or given up; `tried_since` is when it was first tried, and `said` what was said last.
    """

    id: str
    kind: EmailKind
    to: str
    subject: str
    text: str
    html: str
    created_at: datetime
    next_try_at: datetime
    round_id: str = ""
    invitation_id: str = ""
    account_id: str = ""
    alert_id: str = ""
    state: State = "waiting"
    tries: int = 0
    said: str = ""
    left_at: datetime | None = None
    rather_twice: bool = False
    tried_since: datetime | None = None


def new_email(
    kind: EmailKind,
    to: str,
    words: Words,
    now: datetime,
    *,
    round_id: str = "",
    invitation_id: str = "",
    account_id: str = "",
    alert_id: str = "",
    not_before: datetime | None = None,
    rather_twice: bool = False,
) -> Email:
    """A letter that waits to leave; put it into `tx.letters` in the commit of what causes it."""
    return Email(
        id=secrets.token_hex(16),
        kind=kind,
        to=to,
        subject=words.subject,
        text=words.text,
        html=words.html,
        created_at=now,
        next_try_at=not_before or now,
        round_id=round_id,
        invitation_id=invitation_id,
        account_id=account_id,
        alert_id=alert_id,
        rather_twice=rather_twice,
    )
