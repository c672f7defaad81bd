"""Whether the clock can be believed: what cannot be undone is not done on the word of one that has just leapt ahead."""

from datetime import datetime, timedelta

from service.audit import JobRun
from service.repository import read, readable
from service.storage.store import RecordStore

CLOCK = "clock"  # the name under which is kept how far it has been believed
EXPORTS = "exports"  # the job that goes on beside the others, and says nothing of them
LEAP = timedelta(days=60)  # a service may well have been stopped for weeks
DOUBTED_FOR = timedelta(days=1)  # time for somebody to notice
_NOTED_EACH = timedelta(hours=1)
_SAID = "the clock has leapt ahead: for a day nothing is opened, closed or deleted by itself"


def look_at_clock(store: RecordStore, now: datetime) -> JobRun:
    """How far the clock has been believed (`ended_at`), and since when it is in doubt, where it is not `well`.

    One that is behind, or comes back, is believed: whatever is done on its word, was done before.
    """
    seen = read(store[JobRun], CLOCK)
    looked = _looked(seen, now)
    if looked != seen:
        with store.transaction() as tx:
            tx[JobRun].put(looked)
    return looked


def _looked(seen: JobRun | None, now: datetime) -> JobRun:
    if seen is None or seen.ended_at is None:
        return JobRun(CLOCK, now, now)
    if now <= seen.ended_at + LEAP:
        noted = seen.well and now < seen.ended_at + _NOTED_EACH
        return seen if noted else JobRun(CLOCK, now, max(now, seen.ended_at))
    if seen.well or now < seen.started_at:
        return JobRun(CLOCK, now, seen.ended_at, well=False, said=_SAID)
    return JobRun(CLOCK, now, now) if now >= seen.started_at + DOUBTED_FOR else seen


def ran_lately(store: RecordStore, now: datetime, within: timedelta) -> bool:
    """Whether any job began or ended near this moment; moments far ahead are from a clock that was wrong."""
    runs = [run for run in readable(store[JobRun].all()).records if run.id not in (CLOCK, EXPORTS)]
    moments = (moment for run in runs for moment in (run.started_at, run.ended_at))
    return any(abs(now - moment) <= within for moment in moments if moment is not None)
