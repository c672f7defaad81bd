"""Rounds open on their first day and close after their last."""

from datetime import datetime
from functools import partial

from service import audit
from service.collection.invitations.planned_rounds import due_to_close, due_to_open, open_planned
from service.collection.models.errors import NotPossible
from service.collection.models.round import Round
from service.dates import day_at
from service.jobs.context import JobContext, NotAll, UnreadRecords, writing_for
from service.operations.figures import keep_figures
from service.operations.rounds import close_round
from service.repository import RecordsUnreadable, readable
from service.storage import StoreUnavailable


def open_rounds(context: JobContext, now: datetime) -> str:
    """Open the planned rounds whose day has come, with their letters.

    Raises NotAll where a plan cannot open or be read; it stays as it is, and the others open all the same.
    """
    opened, stuck, unreadable = 0, [], UnreadRecords()
    inviting = partial(writing_for, context, "invitation")
    for planned in unreadable.of(due_to_open(context.store, day_at(now))):
        try:
            open_planned(context.store, planned.id, context.library, now, inviting, by=audit.JOBS)
        except (NotPossible, RecordsUnreadable):
            stuck.append(planned.id)
        else:
            opened += 1
    line = f"{opened or 'none'} opened"
    return _ended(f"{line}; cannot open: {', '.join(stuck)}" if stuck else line, unreadable, well=not stuck)


def close_rounds(context: JobContext, now: datetime) -> str:
    """Close the rounds whose last day is over, and keep the figures of all that have closed.

    Raises NotAll for those whose figures cannot be worked out: they stay as they are, and the others close first.
    """
    closed, unreadable, stuck = 0, UnreadRecords(), []
    closing = unreadable.of(due_to_close(context.store, day_at(now)))
    lacking = [round_ for round_ in readable(context.store[Round].all()).records if round_.closed_at is not None]
    for round_ in (*closing, *lacking):
        try:
            with unreadable.passed_over():
                if round_.closed_at is not None:
                    keep_figures(context.store, [round_], context.forms, now)
                else:
                    close_round(context.store, round_.id, context.forms, now, by=audit.JOBS)
                    closed += 1
        except StoreUnavailable:
            raise
        except Exception as fault:  # its message may hold an answer, so that only its kind is said
            stuck.append(f"{round_.id} ({type(fault).__name__})")
    line = f"{closed or 'none'} closed"
    line = f"{line}; figures cannot be worked out: {', '.join(stuck)}" if stuck else line
    return _ended(line, unreadable, well=not stuck)


def _ended(line: str, unreadable: UnreadRecords, *, well: bool) -> str:
    """The job's line, with what could not be read. Raises NotAll for that, and where it did not go well."""
    line = unreadable.end(line)
    if not well:
        raise NotAll(line)
    return line
