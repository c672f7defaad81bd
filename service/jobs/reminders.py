"""Reminders go out on working days, while people are at work."""

from datetime import datetime, time
from functools import partial

from service import audit
from service.collection.invitations.invite import remind
from service.collection.invitations.reminders import due
from service.collection.models.round import Round
from service.dates import HOME_TIME, day_at
from service.jobs.context import JobContext, UnreadRecords, writing_for
from service.repository import readable
from service.storage.maintenance import batches

FROM, UNTIL = time(8), time(18)  # of the home's clock
_BATCH = 20  # one commit each, so that nobody waits long for the lock while letters are written


def send_reminders(context: JobContext, now: datetime) -> str:
    """Write to those whom open rounds remind today; each reminder is kept in the commit that keeps its letter.

    Raises NotAll where something could not be read; all others are reminded first.
    """
    if not FROM <= now.astimezone(HOME_TIME).time() < UNTIL:
        return "none outside of 8am to 6pm"
    reminding = partial(writing_for, context, "reminder")
    today, extra = day_at(now), context.config.extra_holidays
    unreadable, written = UnreadRecords(), 0
    ids = [
        invitation.id
        for round_ in unreadable.of(readable(context.store[Round].all()))
        for invitation in unreadable.of(due(context.store, round_, today, extra))
    ]
    for some in batches(ids, _BATCH):
        with unreadable.passed_over():
            written += remind(context.store, some, now, reminding, by=audit.JOBS)
    return unreadable.end(f"{written or 'none'} written")
