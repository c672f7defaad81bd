"""Commands for what happens by itself: do all that is due, once or for ever, and say when it last was."""

import logging
import os
import threading
import time
from collections.abc import Callable
from functools import partial

import click

from service.audit import JobRun
from service.cli.output import fail, refusals_as_sentences
from service.cli.process import Stop, kept_alive, told_to_stop
from service.dates import HOME_TIME, now
from service.jobs.context import JobContext
from service.jobs.runner import JOBS, run_apart, run_due
from service.state import app_state
from service.storage import StoreUnavailable

_LONGEST_PAUSE = 60.0  # seconds, where the store cannot be reached
_LONGEST_RUN = 30.0  # then the other jobs have their turn before more letters leave

_log = logging.getLogger(__name__)


@click.group()
def jobs() -> None:
    """What happens by itself: rounds, reminders, letters, retention."""


@jobs.command()
@click.option("--forever", is_flag=True, help="again and again, until it is told to stop (SIGTERM)")
@click.option("--every", type=click.IntRange(1, 60), default=10, show_default=True, help="with --forever: seconds")
@click.option("--with-parent", is_flag=True, hidden=True, help="stop when the process that started this has ended")
def run(forever: bool, every: int, with_parent: bool) -> None:
    """Do everything that is due. Safe at any time, on any number of machines: one runs, the others say so."""
    with told_to_stop(os.getppid() if with_parent else None) as stop:
        if forever:
            kept_alive(stop, partial(_run_forever, every))
            return
        with refusals_as_sentences():
            runs = run_due(_ground(), now(), lambda: stop.told)
    if not runs:
        click.echo("Another run is under way.")
    for each in runs:
        click.echo(f"{each.id}: {each.said}")
    if not all(each.well for each in runs):
        fail("Not everything went well.")


@jobs.command("list")
def list_jobs() -> None:
    """One job a line: name, when it last began, how it went, with tabs between."""
    with refusals_as_sentences():
        runs = {found.id: found for found in app_state().store[JobRun].all()}
    for job in JOBS:
        found = runs.get(job.name)
        if found is None:
            click.echo(f"{job.name}\tnever")
            continue
        began = found.started_at.astimezone(HOME_TIME)
        said = found.said if found.ended_at else "began and has not ended"
        click.echo(f"{job.name}\t{began:%Y-%m-%d %H:%M}\t{said}")


def _run_forever(every: int, stop: Stop) -> None:
    """Run again and again, and beside it what may take minutes: letters go out while a large workbook is made."""
    apart: list[threading.Thread] = []

    def run() -> None:
        context = _ground()
        if not apart:
            beside = partial(_again_and_again, every, stop, lambda: run_apart(context, now(), lambda: stop.told))
            apart.append(threading.Thread(target=beside))
            apart[0].start()
        until = time.monotonic() + _LONGEST_RUN
        run_due(context, now(), lambda: stop.told or time.monotonic() > until, and_apart=False)

    _again_and_again(every, stop, run)
    for thread in apart:
        thread.join()


def _again_and_again(every: int, stop: Stop, do: Callable[[], object]) -> None:
    """Do it until told to stop; a store that cannot be reached is tried again after longer and longer pauses."""
    failures, said = 0, ""
    while not stop.told:
        try:
            do()
        except Exception as fault:
            failures += 1
            # what other faults say may hold somebody's words
            sentence = str(fault) if isinstance(fault, StoreUnavailable) else type(fault).__name__
            if sentence != said:
                _log.warning("Nothing is done by itself just now: %s", sentence)
            said = sentence
        else:
            failures, said = 0, ""
        stop.wait(min(2.0**failures, _LONGEST_PAUSE) if failures else every)


def _ground() -> JobContext:
    service = app_state()
    return JobContext(service.store, service.form, service.library, service.config, service.hasher)
