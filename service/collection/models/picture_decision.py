"""How many children one picture stood for, as the safeguarding lead has decided."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PictureDecision:
    """One picture answered a form of a survey more than once: `people` children did, for this reason."""

    id: str
    round_id: str
    form_id: str
    child_id: str
    people: int
    reason: str
    decided_at: datetime
    decided_by: str
