"""Rounds: opened from a plan, planned for a later day, closed with their figures."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from service.collection.invitations.invite import Writing
from service.collection.invitations.planned_rounds import open_planned, plan_round
from service.collection.models.errors import NotPossible
from service.collection.models.person import Person
from service.collection.models.round import PlannedRound, Round
from service.collection.rounds.open_close import keep_closed
from service.definitions import Form
from service.operations.figures import Forms, put_figures
from service.operations.people import relabel_people
from service.repository import Store


def schedule_round(store: Store, plan: PlannedRound, people: Sequence[Person], now: datetime, *, by: str) -> None:
    """Plan a round that opens later, and keep on the contact list what emails call these people.

    A plan with the same id is replaced. Raises NotPossible as `plan_round` does; the labels are kept all the same.
    """
    relabel_people(store, plan.home_id, people, now, by=by)
    plan_round(store, plan, now, by=by)


def open_round_now(
    store: Store,
    plan: PlannedRound,
    people: Sequence[Person],
    library: Mapping[str, Form],
    write_for: Callable[[Round], Writing],
    now: datetime,
    *,
    by: str,
) -> Round:
    """Open a round at once, with its emails, and keep on the contact list what emails call these people.

    `write_for` gives the writer of the round's emails. Opening the same plan twice opens it once. Raises NotPossible
    as `plan_round` and `open_planned` do; what was planned before under this id then stays planned.
    """
    relabel_people(store, plan.home_id, people, now, by=by)
    before = store[PlannedRound].get(plan.id)
    plan_round(store, plan, now)
    try:
        return open_planned(store, plan.id, library, now, write_for, by=by)
    except NotPossible:
        with store.transaction() as tx:
            tx[PlannedRound].remove(plan.id)
            if before is not None:
                tx[PlannedRound].put(before)
        raise


def close_round(store: Store, round_id: str, forms: Forms, now: datetime, *, by: str = "") -> Round:
    """End a round for good and keep its figures, in one commit; gives the round as it is closed.

    `forms` gives the published form of a fingerprint; `by` is whose doing it was, remembered where it is given.
    Closing a closed round changes nothing. Raises NotPossible where there is no such round.
    """
    with store.transaction() as tx:
        closed = keep_closed(tx, round_id, now, by)
        put_figures(tx, closed, forms, now)
    return closed
