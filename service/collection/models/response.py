"""What was said: a response is a draft until it has `submitted_at`."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Channel = Literal["link", "tablet", "paper"]
Beginning = Literal["", "picture", "code", "title"]  # on a tablet; empty: by a link, on paper, or kept by 0.1.0


@dataclass(frozen=True)
class Response:
    """One person's answers to one form of one round.

    `channel` is how they came. `invitation_id` says who was asked and is None on the tablet. `conflict` marks a
    copy that was sent under an id already submitted with other content: kept and flagged, never dropped.
    `child_id` is whose picture was chosen on the tablet, never kept for an anonymous form; `keyed_by` the account
    that typed in a paper copy; `marked` the questions in whose words something worries and that a person must read.
    `copies` are keyed hashes of the conflict copies kept beside it, so that none is kept twice and they stay few.
    `begun_as` is how it began on a tablet.
    """

    id: str
    round_id: str
    form_id: str
    form_version: int
    fingerprint: str
    language: str
    channel: Channel
    started_at: datetime
    saved_at: datetime
    answers: dict[str, Any] = field(default_factory=dict)
    submitted_at: datetime | None = None
    invitation_id: str | None = None
    conflict: bool = False
    child_id: str = ""
    keyed_by: str = ""
    marked: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    begun_as: Beginning = ""

    @property
    def gives_figures(self) -> bool:
        """Whether figures may count it: no copy, and not begun by a form's title alone, which anyone may do often."""
        return self.submitted_at is not None and not self.conflict and self.begun_as != "title"


@dataclass(frozen=True)
class Receipt:
    """That a draft was submitted, for a retry whose first reply was lost.

    Kept where the submitted response no longer carries the draft's id (anonymous forms). `id`, `content` and `copies`
    are keyed hashes, so none leads to the answers, and it dies with the drafts.
    """

    id: str
    round_id: str
    content: str
    expires_on: date
    copies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tombstone:
    """The id of a response that was deleted, so that a retry cannot bring it back. Nothing else remains."""

    id: str


@dataclass(frozen=True)
class Ledger:
    """How many responses to one form of one round were ever started, withdrawn and deleted.

    Kept apart from the responses, so that what is counted there can be held against it. `id` is `ledger_id`.
    """

    id: str
    round_id: str
    form_id: str
    started: int = 0
    withdrawn: int = 0
    deleted: int = 0


def ledger_id(round_id: str, form_id: str) -> str:
    """The key of the ledger of one form in one round."""
    return f"{round_id}:{form_id}"
