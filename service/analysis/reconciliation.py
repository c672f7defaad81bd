"""Whether everything that was begun is accounted for: the records held against what was counted as it happened."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.collection.models.invitation import Invitation
from service.collection.models.response import Ledger, Response
from service.definitions import Audience

COUNTED = (
    "started",
    "submitted",
    "drafts",
    "withdrawn",
    "deleted",
    "unaccounted",
    "exported",
    "withheld",
    "conflicts",
    "repeated",
    "by_title",
)


@dataclass(frozen=True)
class CountReconciliation:
    """One form over the rounds of a workbook: whom it was sent to, what was begun and what became of it.

    `started`, `withdrawn` and `deleted` come from the ledgers, the rest from the records themselves. `conflicts` are
    those of the submitted that were sent a second time with other content, `repeated` those whose picture answered
    again, `by_title` those begun on a tablet by their title alone: all are kept, and in no figure.
    """

    form_id: str
    audience: Audience
    invited: int
    invited_answered: int
    started: int
    submitted: int
    drafts: int
    withdrawn: int
    deleted: int
    conflicts: int
    exported: int
    repeated: int = 0
    by_title: int = 0

    @property
    def withheld(self) -> int:
        """Submitted, but not shown one by one in this workbook."""
        return self.submitted - self.exported

    @property
    def unaccounted(self) -> int:
        """Begun, and neither there nor counted as gone. Anything but 0 is a fault that somebody must look at."""
        return self.started - self.submitted - self.drafts - self.withdrawn - self.deleted

    @property
    def agrees(self) -> bool:
        """Whether the counts reconcile."""
        return self.unaccounted == 0 and 0 <= self.exported <= self.submitted


@dataclass
class Counting:
    """The records of one form, counted one by one as they are read."""

    invited: int = 0
    invited_answered: int = 0
    submitted: int = 0
    drafts: int = 0
    conflicts: int = 0
    by_title: int = 0

    def invitation(self, one: Invitation) -> None:
        """Somebody was sent it."""
        self.invited += 1
        self.invited_answered += one.answered

    def response(self, one: Response) -> None:
        """It was begun."""
        sent = one.submitted_at is not None
        self.submitted += sent
        self.drafts += not sent
        self.conflicts += sent and one.conflict
        self.by_title += sent and not one.conflict and not one.gives_figures

    def account(
        self, form_id: str, audience: Audience, ledgers: Sequence[Ledger], exported: int, repeated: int = 0
    ) -> CountReconciliation:
        """What became of everything begun with the form, all of whose records have been counted."""
        return CountReconciliation(
            form_id=form_id,
            audience=audience,
            invited=self.invited,
            invited_answered=self.invited_answered,
            started=sum(ledger.started for ledger in ledgers),
            submitted=self.submitted,
            drafts=self.drafts,
            withdrawn=sum(ledger.withdrawn for ledger in ledgers),
            deleted=sum(ledger.deleted for ledger in ledgers),
            conflicts=self.conflicts,
            exported=exported,
            repeated=repeated,
            by_title=self.by_title,
        )


def added_up(accounts: Sequence[CountReconciliation]) -> dict[str, int]:
    """The counts of all forms together, for one line at the end of an export."""
    return {name: sum(getattr(one, name) for one in accounts) for name in COUNTED}
