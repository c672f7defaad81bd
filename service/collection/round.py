"""The time in which one home is asked: its forms as they were at opening, its dates, its reason."""

from dataclasses import dataclass
from datetime import date, datetime

from service.collection.published import FormRef


@dataclass(frozen=True)
class Round:
    """One home asked once. `forms` point at published versions, which never change.

    A closed round stays closed: its figures were computed for what was there.
    """

    id: str
    home_id: str
    title: str
    reason: str
    forms: tuple[FormRef, ...]
    opened_at: datetime
    closes_on: date
    closed_at: datetime | None = None

    def is_open(self, today: date) -> bool:
        """Whether answers may still begin and be sent on this day (the home's)."""
        return self.closed_at is None and today <= self.closes_on

    def form_ref(self, form_id: str) -> FormRef | None:
        """Which version of a form this round asks, or None where it does not ask it."""
        return next((ref for ref in self.forms if ref.form_id == form_id), None)
