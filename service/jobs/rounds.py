"""Rounds open on their first day and close after their last."""

from datetime import datetime
from functools import partial

from service import audit
from service.collection.invitations.planned_rounds import due_to_close, due_to_open, open_planned
from service.collection.models.errors import NotPossible
from service.collection.models.round import Round
from service.dates import day_at
from service.jobs.context import JobContext, NotAll, Unreadable, writing_for
from service.operations.figures import keep_figures
from service.operations.rounds import close_round
from service.repository import RecordsUnreadable, readable


def open_rounds(context: JobContext, now: datetime) -> str:
    """Open the planned rounds whose day has come, with their letters.

    Raises NotAll where a plan cannot open or be read; it stays as it is, and the others open all the same.
    """
    opened, stuck, unreadable = 0, [], Unreadable()
    inviting = partial(writing_for, context, "invitation")
    for planned in unreadable.of(due_to_open(context.store, day_at(now))):
        try:
            open_planned(context.store, planned.id, context.library, now, inviting, by=audit.JOBS)
        except (NotPossible, RecordsUnreadable):
            stuck.append(planned.id)
        else:
            opened += 1
    if stuck:
        raise NotAll(f"{opened or 'none'} opened; cannot open: {', '.join(stuck)}")
    return unreadable.end(f"{opened or 'none'} opened")


def close_rounds(context: JobContext, now: datetime) -> str:
    """Close the rounds whose last day is over, and keep the figures of all that have closed.

    Raises NotAll for one whose figures need a record that cannot be read: it stays as it is, the others close first.
    """
    closed, unreadable = 0, Unreadable()
    for round_ in unreadable.of(due_to_close(context.store, day_at(now))):
        with unreadable.passed_over():
            close_round(context.store, round_.id, context.forms, now, by=audit.JOBS)
            closed += 1
    for round_ in readable(context.store[Round].all()).records:
        if round_.closed_at is not None:
            with unreadable.passed_over():
                keep_figures(context.store, [round_], context.forms, now)
    return unreadable.end(f"{closed or 'none'} closed")
