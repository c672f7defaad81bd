"""That somebody has read what a child wrote."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class CommentRead:
    """One answer in words that somebody has read; `id` is its response's id and the question's name.

    `by_lead`: a safeguarding lead read it. What anybody else has read still waits for the lead.
    """

    id: str
    home_id: str
    response_id: str
    read_at: datetime
    by: str
    by_lead: bool = False
