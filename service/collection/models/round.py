"""The time in which one home is asked: its forms as they were at opening, its dates, its reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from service.collection.models.published_form import FormRef
from service.definitions import Form


@dataclass(frozen=True)
class Expected:
    """How many people a round means to ask on the tablet with one form, for the rate of those who answered."""

    form_id: str
    people: int


@dataclass(frozen=True)
class Round:
    """One home asked once. `forms` point at published versions, which never change.

    A closed round stays closed: its figures were computed for what was there. `template` is the kind of round it
    was made from; `remind_after` are the working days after which somebody who has not answered is reminded.
    `planned_until` is the latest last day that was ever planned; None: it was never moved.
    """

    id: str
    home_id: str
    title: str
    reason: str
    forms: tuple[FormRef, ...]
    opened_at: datetime
    closes_on: date
    closed_at: datetime | None = None
    template: str = ""
    remind_after: tuple[int, ...] = ()
    expected: tuple[Expected, ...] = ()
    planned_until: date | None = None

    @property
    def embargoed_until(self) -> date:
        """The last planned day. Closing the round or moving its last day earlier does not change it."""
        return max(self.planned_until or self.closes_on, self.closes_on)

    def is_released(self, today: date) -> bool:
        """Whether what unnamed forms found may be shown: the last planned day is over."""
        return today > self.embargoed_until

    def is_open(self, today: date) -> bool:
        """Whether answers may still begin and be sent on this day (the home's)."""
        return self.closed_at is None and today <= self.closes_on

    def form_ref(self, form_id: str) -> FormRef | None:
        """Which version of a form this round asks, or None where it does not ask it."""
        return next((ref for ref in self.forms if ref.form_id == form_id), None)

    def expected_people(self, form_id: str) -> int:
        """How many people were expected for this form when the survey opened; those invited by link are apart."""
        return sum(each.people for each in self.expected if each.form_id == form_id)


def is_embargoed(forms: Iterable[Form], round_: Round, today: date) -> bool:
    """Whether nothing of these versions of a form is shown yet: one is unnamed, and its round is not released."""
    return not round_.is_released(today) and any(form.is_unnamed for form in forms)


@dataclass(frozen=True)
class PlannedRound:
    """A round that will open by itself on its day, under the same id; until then it can be changed or let go.

    `people` are the ids of those on the contact list who will be sent a letter when it opens.
    """

    id: str
    home_id: str
    template: str
    title: str
    reason: str
    form_ids: tuple[str, ...]
    opens_on: date
    closes_on: date
    remind_after: tuple[int, ...] = ()
    people: tuple[str, ...] = ()
    expected: tuple[Expected, ...] = ()
