"""Rounds open on their first day and close after their last."""

from datetime import datetime
from functools import partial

from service import audit
from service.collection.invitations.planned_rounds import due_to_open, open_planned
from service.collection.models.errors import NotPossible
from service.dates import day_at
from service.jobs.context import JobContext, NotAll, writing_for
from service.operations.rounds import close_ended_rounds


def open_rounds(context: JobContext, now: datetime) -> str:
    """Open the planned rounds whose day has come, with their letters.

    Raises NotAll where a plan cannot open; it stays as it is, and the others open all the same.
    """
    opened, stuck = 0, []
    inviting = partial(writing_for, context, "invitation")
    for planned in due_to_open(context.store, day_at(now)):
        try:
            open_planned(context.store, planned.id, context.library, now, inviting, by=audit.JOBS)
        except NotPossible:
            stuck.append(planned.id)
        else:
            opened += 1
    if stuck:
        raise NotAll(f"{opened or 'none'} opened; cannot open: {', '.join(stuck)}")
    return f"{opened or 'none'} opened"


def close_rounds(context: JobContext, now: datetime) -> str:
    """Close the rounds whose last day is over, and keep the figures of all that have closed."""
    closed = close_ended_rounds(context.store, context.forms, now, by=audit.JOBS)
    return f"{closed or 'none'} closed"
