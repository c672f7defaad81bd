"""Alerts that nobody has acknowledged go further, by the clock, at any hour of any day."""

from datetime import datetime

from service.collection.alerts.workflow import due_to_escalate, escalate
from service.jobs.context import JobContext, UnreadRecords


def escalate_alerts(context: JobContext, now: datetime) -> str:
    """Tell whoever comes next of each alert that waits too long, in one commit each with its letters.

    How many there were is not said: whoever reads when jobs ran need not know that there is an alert at all. Raises
    NotAll where something could not be read; all others go further first.
    """
    unreadable = UnreadRecords()
    for alert in unreadable.of(due_to_escalate(context.store, now)):
        with unreadable.passed_over():
            escalate(context.store, alert.id, context.config.base_url, now)
    return unreadable.end("looked at what waits")
