"""How gunicorn runs the service, jobs beside it, and what `make run` does before: `python -m service.server`."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from service.config import ROOT, config_from
from service.state import AppState, app_state
from service.storage import StoreUnavailable

# Two workers of four threads are the best that two cores give; more only adds waiting.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 30
# No access log: /i and /r must leave no trace of who answered when.
accesslog = None
errorlog = "-"
loglevel = "warning"
# gunicorn opens a control socket in the home folder unless told otherwise.
control_socket_disable = True

_FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


def address() -> str:
    """Where to listen: the base address itself on loopback; else gunicorn's usual port, behind a proxy."""
    config = config_from()
    return f"127.0.0.1:{urlsplit(config.base_url).port or 80}" if config.on_loopback else "127.0.0.1:8000"


bind = address()


def post_worker_init(worker: Any) -> None:
    """Open the store and read its forms before the first visitor comes, who would otherwise wait for it."""
    service = app_state(worker.app.callable)
    _ = service.library
    for line in not_offered(service.seeding.new):
        worker.log.warning(line)


def not_offered(faults: Mapping[str, Sequence[str]]) -> list[str]:
    """A line for each form that is not offered, with its faults."""
    return [f"The form {form_id} is not offered: {'; '.join(found)}" for form_id, found in faults.items()]


class JobsProcess:
    """`jobs run --forever` beside the server: begun and ended with it. Where the server dies it ends by itself."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Begin, or begin anew; one that is still at work finishes what it does, and the new one waits for it."""
        if self._process is not None:
            self._process.terminate()
        self._process = subprocess.Popen(  # noqa: S603
            [*_FLASK, "jobs", "run", "--forever", "--with-parent"], cwd=ROOT
        )

    def end(self) -> None:
        """Let it finish what it does, for as long as requests may take to finish."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(graceful_timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()


_beside = JobsProcess()


def when_ready(server: Any) -> None:
    """The server listens: begin what happens by itself."""
    _beside.begin()


def on_reload(server: Any) -> None:
    """New workers come, perhaps with new code."""
    _beside.begin()


def on_exit(server: Any) -> None:
    """The workers have gone."""
    _beside.end()


def main() -> None:
    """Make the demonstration where the store is empty, say the addresses and which forms are not offered, serve."""
    made = subprocess.run([*_FLASK, "demo", "--if-empty"], check=False, cwd=ROOT)  # noqa: S603
    if made.returncode:
        sys.exit(made.returncode)
    config = config_from()
    try:
        faults = AppState(config).seeding.faults
    except StoreUnavailable as fault:
        sys.exit(str(fault))
    for line in not_offered(faults):
        sys.stderr.write(f"{line}\n")
    sys.stdout.write(
        f"Sayso serves at {config.base_url}\n"
        f"  the tablet's start page (demonstration only): {config.base_url}/tablet\n"
        "Stop it with Ctrl-C.\n"
    )
    sys.stdout.flush()
    os.chdir(ROOT)
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:service.server", "wsgi:app"]
    os.execv(sys.executable, gunicorn)  # noqa: S606


if __name__ == "__main__":
    main()
