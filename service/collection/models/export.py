"""A file that is made for whoever asked for it: what it is to hold, how far it has come, why it is not to be had."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from service.dates import day_at
from service.definitions import Role

Use = Literal["to_act_on", "to_hand_on"]
FileForm = Literal["xlsx", "csv", "json", "sav"]
State = Literal["waiting", "being_made", "ready", "failed"]
Fault = Literal[
    "",
    "role",  # whoever asked may not have it, or not any more
    "rounds",  # one of the rounds is not kept any more
    "erased",  # answers that it holds were deleted since
    "stopped",  # it was begun often enough, and never finished
    "room",  # no room on the disk
    "unwritten",  # the file cannot be written there
    "broken",  # a fault of ours
]


@dataclass(frozen=True)
class Wanted:
    """What is to be handed over: of which rounds, and for which use. Who asks decides what of it they may have.

    `home_ids` are homes that it is about besides those of the rounds: they may have had none.
    """

    round_ids: tuple[str, ...]
    use: Use = "to_act_on"
    home_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Export:
    """A file that one account has asked for. `done` is the share of the work, in percent, as of `moved_at`.

    `made_for` are the roles whose single answers it holds, `deleted` how many answers of its rounds had been deleted
    before it was begun, `names` whether single answers are in it.
    """

    id: str
    account_id: str
    wanted: Wanted
    form: FileForm
    asked_at: datetime
    moved_at: datetime
    state: State = "waiting"
    done: int = 0
    tries: int = 0
    file: str = ""
    made_at: datetime | None = None
    made_for: tuple[Role, ...] = ()
    names: bool = False
    deleted: int = 0
    fault: Fault = ""

    @property
    def is_pending(self) -> bool:
        """Whether it is still to come."""
        return self.state in ("waiting", "being_made")

    def kept_until(self, days: int) -> date:
        """The last day on which it is there, where files are kept for so many days."""
        return day_at(self.made_at or self.moved_at) + timedelta(days=days)
