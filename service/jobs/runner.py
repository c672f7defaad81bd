"""What happens by itself, each thing with its own spacing; safe to run at any time, by any number of machines."""

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service import audit
from service.audit import JobRun
from service.collection.models.errors import NotPossible
from service.collection.models.export import Export
from service.dates import HOME_TIME, day_at
from service.jobs.clock_check import EXPORTS, look_at_clock
from service.jobs.context import UNREADABLE, JobContext, NotAll, UnreadRecords
from service.jobs.emails import send_letters
from service.jobs.escalation import escalate_alerts
from service.jobs.exports import make_exports
from service.jobs.reminders import send_reminders
from service.jobs.retention import shuffle_anonymous, tidy
from service.jobs.rounds import close_rounds, open_rounds
from service.repository import RecordsUnreadable, read
from service.storage import StoreUnavailable
from service.storage.store import RecordStore

NIGHT = 2  # o'clock in the home: from then on what is done once a day is due, when hardly anybody waits for it
_AGAIN_AFTER = timedelta(hours=1)  # a nightly job that failed
_KEPT = timedelta(minutes=1)
_LONGEST_WAIT, _PAUSE = 60.0, 0.05  # seconds, for a run that is under way

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobRunContext:
    """One run: when it began, what the time is in it, and whether it should come to an end."""

    now: datetime
    clock: Callable[[], datetime]
    enough: Callable[[], bool]


@dataclass(frozen=True)
class Job:
    """One thing that happens by itself; `about` says what, on the page that shows when it last did.

    `do` gives the line that says what came of it. What `cannot_be_undone` waits while the clock is in doubt. What may
    take minutes is done `apart`, under a lock of its own, so that no letter waits for it; where something `waits` for
    it, that it has begun is kept at once.
    """

    name: str
    about: str
    do: Callable[[JobContext, JobRunContext], str]
    nightly: bool = False
    cannot_be_undone: bool = False
    apart: bool = False
    waits: Callable[[RecordStore], bool] = lambda store: False

    @property
    def lock(self) -> str:
        """What whoever does it holds alone."""
        return "jobs-apart" if self.apart else "jobs"


def _tidy(context: JobContext, turn: JobRunContext) -> str:
    config = context.config
    gone = tidy(context.store, context.forms, config.exports_dir, config.exports_keep_days, turn.now, by=audit.JOBS)
    line = f"{gone.records or 'no'} records and {gone.exports or 'no'} workbooks deleted"
    if gone.unreadable:
        raise NotAll(f"{line}; {UNREADABLE}")
    return line


def _shuffle(context: JobContext, turn: JobRunContext) -> str:
    unreadable = UnreadRecords()
    return unreadable.end(
        f"{shuffle_anonymous(context.store, context.forms, unreadable) or 'no'} anonymous responses shuffled"
    )


# What presses most comes first, and letters after what writes them, so that those leave in the same run.
JOBS: tuple[Job, ...] = (
    Job(
        "escalation",
        "Takes alerts further that nobody has acknowledged, at any hour",
        lambda context, turn: escalate_alerts(context, turn.now),
    ),
    Job(
        "opening",
        "Opens planned rounds on their first day and writes the invitations",
        lambda context, turn: open_rounds(context, turn.now),
        cannot_be_undone=True,
    ),
    Job(
        "closing",
        "Closes rounds after their last day",
        lambda context, turn: close_rounds(context, turn.now),
        cannot_be_undone=True,
    ),
    Job(
        "reminders",
        "Reminds those who have not answered, on working days from 8am to 6pm",
        lambda context, turn: send_reminders(context, turn.now),
    ),
    Job(
        "retention",
        "Deletes what is past its time, every night",
        _tidy,
        nightly=True,
        cannot_be_undone=True,
    ),
    Job("shuffle", "Takes away the order in which anonymous answers came, every night", _shuffle, nightly=True),
    Job("letters", "Sends the letters that wait", lambda context, turn: send_letters(context, turn.clock, turn.enough)),
    Job(
        EXPORTS,
        "Makes the large workbooks that somebody has asked for",
        lambda context, turn: make_exports(context, turn.clock, turn.enough),
        apart=True,
        waits=lambda store: any(store[Export].count("state", state) for state in ("waiting", "being_made")),
    ),
)


def run_due(
    context: JobContext, now: datetime, enough: Callable[[], bool] = lambda: False, *, and_apart: bool = True
) -> list[JobRun]:
    """Do everything that is due, one thing after another; how each went.

    Nothing, and an empty list, where another process or machine is doing so at this moment. `enough` is asked in
    between whether to stop; what is left comes with the next run. What is done apart comes last, unless somebody
    else sees to it. Raises StoreUnavailable.
    """
    turn = JobRunContext(now, _clock_from(now), enough)
    runs: list[JobRun] = []
    with context.store.try_lock("jobs") as ours:
        if not ours:
            return []
        clock = look_at_clock(context.store, now)
        if not clock.well:
            runs.append(clock)
        for job in (each for each in JOBS if not each.apart):
            if enough():
                break
            if _is_due(job, read(context.store[JobRun], job.name), now) and (clock.well or not job.cannot_be_undone):
                runs.append(_run(context, job, turn))
    return runs + (run_apart(context, now, enough) if and_apart and not enough() else [])


def run_apart(context: JobContext, now: datetime, enough: Callable[[], bool] = lambda: False) -> list[JobRun]:
    """Do what may take minutes, unless another process or machine does it at this moment. Raises StoreUnavailable."""
    turn = JobRunContext(now, _clock_from(now), enough)
    with context.store.try_lock("jobs-apart") as ours:
        return [_run(context, job, turn) for job in JOBS if ours and job.apart]


def is_at_work(store: RecordStore, job: Job) -> bool:
    """Whether some process or machine is about this, or about what is done with it, at this moment."""
    with store.try_lock(job.lock) as ours:
        return not ours


@contextmanager
def at_rest(store: RecordStore) -> Iterator[None]:
    """Nothing but what is done apart happens by itself until the block ends; waits for a run that is under way.

    For what is kept in many commits that nobody should act on half made. Raises NotPossible where a run goes on for
    longer than a minute, and StoreUnavailable.
    """
    until = time.monotonic() + _LONGEST_WAIT
    while True:
        with store.try_lock("jobs") as ours:
            if ours:
                yield
                return
        if time.monotonic() > until:
            raise NotPossible("What happens by itself is at work and does not come to an end. Try again later.")
        time.sleep(_PAUSE)


def _is_due(job: Job, last: JobRun | None, now: datetime) -> bool:
    if not job.nightly:
        return True
    if now.astimezone(HOME_TIME).hour < NIGHT:
        return False
    if last is None or day_at(last.started_at) != day_at(now):
        return True
    went_well = last.ended_at is not None and last.well
    return not went_well and not timedelta(0) <= now - last.started_at < _AGAIN_AFTER


def _run(context: JobContext, job: Job, turn: JobRunContext) -> JobRun:
    """Do it, and keep how it went. A fault is this job's own; it is told by its kind and place, never its content."""
    before = read(context.store[JobRun], job.name)
    run = JobRun(job.name, turn.clock())
    # a run every ten seconds that does nothing is kept once a minute: /healthz looks two minutes back
    is_stale = before is None or before.ended_at is None or not timedelta(0) <= run.started_at - before.ended_at < _KEPT
    is_told = is_stale or job.waits(context.store)
    if is_told:
        _keep(context, run)
    try:
        run = replace(run, said=job.do(context, turn))
    except StoreUnavailable:
        raise
    except (NotAll, RecordsUnreadable) as fault:  # a sentence of ours
        run = replace(run, well=False, said=str(fault))
    except Exception as fault:
        run = replace(run, well=False, said=f"failed: {_place_of(fault)}")
    run = replace(run, ended_at=turn.clock())
    is_news = before is None or (before.well, before.said) != (run.well, run.said)
    if is_told or is_news:
        _keep(context, run)
    if not run.well and is_news:
        _log.error("The job %s did not go well: %s", job.name, run.said)
    return run


def _keep(context: JobContext, run: JobRun) -> None:
    with context.store.transaction() as tx:
        tx[JobRun].put(run)


def _place_of(fault: Exception) -> str:
    """What kind of fault it is and where in the code: what it says may hold somebody's words."""
    frames = traceback.extract_tb(fault.__traceback__)
    where = next((frame for frame in reversed(frames) if "/service/" in frame.filename), frames[-1])
    return f"{type(fault).__name__} at {where.filename.partition('/service/')[2]}:{where.lineno}"


def _clock_from(now: datetime) -> Callable[[], datetime]:
    """The time as it goes on from this moment, whatever is done meanwhile to the machine's clock."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)
