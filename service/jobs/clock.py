"""Whether the clock can be believed: what cannot be taken back is not done on the word of one that has just jumped."""

from dataclasses import replace
from datetime import datetime, timedelta

from service.audit import JobRun
from service.storage.store import KeptStore

CLOCK = "clock"  # the name under which it is kept when jobs last ran, and since when without a leap
LEAP = timedelta(days=60)  # forwards; a service may well have been stopped for weeks
DOUBTED_FOR = timedelta(days=1)  # time for somebody to notice


def look_at_clock(store: KeptStore, now: datetime) -> bool:
    """Keep that jobs run at this moment; whether they may do what cannot be taken back.

    After a leap they may not for a day. A clock that was ahead and has come back is believed at once.
    """
    seen = store.job_runs.get(CLOCK)
    if seen is None or seen.ended_at is None or now < seen.ended_at:
        seen = JobRun(CLOCK, now - DOUBTED_FOR, now)
    elif now - seen.ended_at > LEAP:
        seen = JobRun(CLOCK, now, now)
    seen = replace(seen, ended_at=now)
    believed = now - seen.started_at >= DOUBTED_FOR
    said = "" if believed else "the clock has leapt: for a day nothing is opened, closed or deleted"
    with store.transaction() as books:
        books.job_runs.put(replace(seen, well=believed, said=said))
    return believed


def last_run(store: KeptStore) -> datetime | None:
    """When jobs last ran, or began to."""
    seen = store.job_runs.get(CLOCK)
    return seen.ended_at if seen else None
