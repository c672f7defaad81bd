"""The page that says when what happens by itself last happened, and what waits."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service.audit import JobRun
from service.dates import moment_in_words, now
from service.jobs.clock_check import CLOCK, ran_lately
from service.jobs.health import LATE, RESTED
from service.jobs.runner import JOBS, Job, is_at_work
from service.mail.email import Email
from service.mail.outbox import waiting
from service.repository import readable
from service.state import app_state
from service.web.http.access import may

bp = Blueprint("jobs", __name__)


@dataclass(frozen=True)
class JobLine:
    """One job as the page shows it; `state` and `word` are its tag."""

    about: str
    began: str = ""
    state: str = ""
    word: str = ""
    said: str = ""


@bp.get("/jobs")
@may("see_jobs")
def status() -> ResponseReturnValue:
    """When each last ran and how it went; how many letters wait, and since when."""
    store, moment = app_state().store, now()
    runs = {run.id: run for run in readable(store[JobRun].all()).records}
    letters = waiting(store)
    clock = runs.get(CLOCK)
    return render_template(
        "admin/jobs.html",
        lines=[_line(job, runs.get(job.name)) for job in JOBS],
        ever=bool(runs),
        lately=ran_lately(store, moment, RESTED),
        doubt=moment_in_words(clock.started_at) if clock and not clock.well else "",
        letters=letters,
        since=moment_in_words(letters.since) if letters.since and letters.since <= moment else "",
        late=letters.since is not None and moment - letters.since > LATE,
        mail_server=bool(app_state().config.smtp_url),
        bounced=store[Email].count("state", "bounced"),
        unsure=store[Email].count("state", "unsure"),
    )


def _line(job: Job, run: JobRun | None) -> JobLine:
    if run is None:
        return JobLine(job.about)
    began = moment_in_words(run.started_at)
    if run.ended_at is None and is_at_work(app_state().store, job):
        return JobLine(job.about, began, "good", "Running", f"It has been running since {began}.")
    if run.ended_at is None:
        return JobLine(job.about, began, "look", "Not finished", "It began and has not ended.")
    state, word = ("good", "Well") if run.well else ("act", "Not well")
    return JobLine(job.about, began, state, word, f"{run.said[:1].upper()}{run.said[1:]}.")
