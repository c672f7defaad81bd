"""Runs jobs when told, each time in a process of its own that may be killed: `python -m tests.jobs.runner`.

A line in is a moment; the line out is the process that is about to do them, and a second line how that ended.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from service import create_app
from service.definitions import examine_folder
from service.jobs.context import JobContext
from service.jobs.runner import JOBS, run_due
from service.state import AppState, app_state
from tests.live_server import PYTHON
from tests.paths import ROOT


class Runner:
    """The other end: the jobs of the service with these settings, run at the moments that a test likes."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("SAYSO_")} | settings
        self._process = subprocess.Popen(
            [*PYTHON, "tests.jobs.runner"], cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def begin(self, moment: datetime) -> int:
        """Begin a run at this moment; the process that does it."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{moment.isoformat()}\n".encode())
        self._process.stdin.flush()
        word, _, process = self._said().partition(" ")
        assert word == "begun", f"the run ended with {word} before it had begun"
        return int(process)

    def end(self) -> str:
        """Wait until the run has ended: `0` where it did everything well, or `killed`."""
        return self._said()

    def finish(self, moment: datetime) -> None:
        """Run until one run has done everything well: a server notices that somebody was killed only a moment later."""
        said = ""
        for n in range(150):
            self.begin(moment + timedelta(seconds=5 * n))
            said = self.end()
            if said == "0":
                return
            time.sleep(0.2)
        raise AssertionError(f"the last run ended with {said}")

    def close(self) -> None:
        """Begin no more runs."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(60)

    def _said(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode().strip()
        assert line, "the runner has died"
        return line


def _work(service: AppState, moment: datetime) -> int:
    context = JobContext(service.store, service.form, service.library, service.config, service.hasher)
    print("begun", os.getpid(), flush=True)
    runs = run_due(context, moment)
    if {run.id for run in runs} < {job.name for job in JOBS if not job.nightly}:
        return 97  # somebody else is at it
    return 0 if all(run.well for run in runs) else 99


def main() -> None:
    """Wait for moments."""
    service = app_state(create_app())
    examine_folder(service.config.forms_dir)  # read once; the store is each child's own
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            code = 98
            try:
                code = _work(service, datetime.fromisoformat(line.strip()))
            finally:
                os._exit(code)
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        print("killed" if status < 0 else status, flush=True)


if __name__ == "__main__":
    main()
