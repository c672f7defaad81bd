"""Whether everything that was begun is accounted for: the records held against what was counted as it happened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.collection.invitation import Invitation
from service.collection.response import Ledger, Response
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
)


@dataclass(frozen=True)
class Account:
    """One form over the rounds of a workbook: whom it was sent to, what was begun and what became of it.

    `started`, `withdrawn` and `deleted` come from the ledgers, the rest from the records themselves. `conflicts` are
    those of the submitted that were sent a second time with other content: kept, and in no figure.
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


def account(
    form_id: str,
    audience: Audience,
    responses: Iterable[Response],
    invitations: Iterable[Invitation],
    ledgers: Sequence[Ledger],
    exported: int,
) -> Account:
    """What became of everything begun with one form. All that is given is of that form already."""
    kept = list(responses)
    invited = list(invitations)
    submitted = sum(response.submitted_at is not None for response in kept)
    return Account(
        form_id=form_id,
        audience=audience,
        invited=len(invited),
        invited_answered=sum(invitation.answered for invitation in invited),
        started=sum(ledger.started for ledger in ledgers),
        submitted=submitted,
        drafts=len(kept) - submitted,
        withdrawn=sum(ledger.withdrawn for ledger in ledgers),
        deleted=sum(ledger.deleted for ledger in ledgers),
        conflicts=sum(response.conflict and response.submitted_at is not None for response in kept),
        exported=exported,
    )


def added_up(accounts: Sequence[Account]) -> dict[str, int]:
    """The counts of all forms together, for one line at the end of an export."""
    return {name: sum(getattr(one, name) for one in accounts) for name in COUNTED}
