"""The commands: `jobs run`, once and for ever, and `jobs list`."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import time_machine
from click.testing import Result
from flask import Flask

from service import create_app
from service.audit import JobRun
from service.config import Config, config_from
from service.dates import now
from service.jobs.context import JobContext
from service.jobs.runner import JOBS
from service.mail.email import Email, Words, new_email
from service.storage import open_store
from tests.jobs.conftest import at
from tests.live_server import PYTHON
from tests.mail.server import MailServer
from tests.paths import ROOT
from tests.wait_until import soon

NAMES = [job.name for job in JOBS]


@pytest.fixture
def run(app: Flask) -> Callable[..., Result]:
    def command(*words: str) -> Result:
        with app.app_context():
            return app.test_cli_runner().invoke(args=["jobs", *words])

    return command


def write(context: JobContext, to: str) -> None:
    with context.store.transaction() as tx:
        tx[Email].put(new_email("alert", to, Words("Look", "Please look.", ""), now()))


def test_a_run_says_what_it_did_and_the_list_when_it_was(
    run: Callable[..., Result], context: JobContext, mail: MailServer
) -> None:
    assert run("list").output == "".join(f"{name}\tnever\n" for name in NAMES)
    with time_machine.travel(at("2026-11-10"), tick=True):  # by day: before 2am nightly jobs do not run
        write(context, "sam@example.org")
        done = run("run")
    assert done.exit_code == 0, done.output
    lines = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert set(lines) <= set(NAMES)
    assert lines["letters"] == "1 sent"
    assert len(mail.to("sam@example.org")) == 1
    listed = [line.split("\t") for line in run("list").stdout.splitlines()]
    assert [name for name, *_ in listed] == NAMES
    assert {name: said for name, _, said in listed}["letters"] == "1 sent"


def test_a_run_beside_another_says_so_and_all_is_well(
    run: Callable[..., Result], config: Config, context: JobContext
) -> None:
    other = open_store(config.store_url)
    with other.try_lock("jobs"):
        done = run("run")
    assert (done.exit_code, done.stdout) == (0, "Another run is under way.\n")
    assert list(context.store[JobRun].all()) == []
    other.close()


def test_a_run_in_which_something_fails_ends_with_1(
    run: Callable[..., Result], context: JobContext, config: Config, mail: MailServer
) -> None:
    in_the_way = config.exports_dir / "old.xlsx"
    in_the_way.mkdir(parents=True)
    os.utime(in_the_way, (0, 0))
    with time_machine.travel(at("2026-11-10"), tick=True):
        write(context, "sam@example.org")
        done = run("run")
    assert done.exit_code == 1
    assert "Not everything went well." in done.stderr
    assert len(mail.to("sam@example.org")) == 1, "the others are done all the same"


def test_a_store_that_cannot_be_reached_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("no folder")
    app = create_app(
        config_from({"SAYSO_STORE_URL": f"tinydb:{tmp_path / 'store'}", "SAYSO_INSTANCE_DIR": str(tmp_path)})
    )
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["jobs", "run"])
    assert done.exit_code == 1
    assert done.stderr.startswith("The store")
    assert done.stderr.count("\n") == 1


# --- for ever ---


@contextmanager
def forever(config: Config, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`jobs run --forever` every second, on the store of the test."""
    seal, secret = ((config.instance_dir / name).read_text().strip() for name in ("seal_keys", "secret_keys"))
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SAYSO_")} | {
        "SAYSO_STORE_URL": config.store_url,
        "SAYSO_INSTANCE_DIR": str(config.instance_dir),
        "SAYSO_EXPORTS_DIR": str(config.exports_dir),
        "SAYSO_SMTP_URL": config.smtp_url,
        "SAYSO_MAIL_FROM": config.mail_from,
        "SAYSO_SEAL_KEYS": seal,
        "SAYSO_SECRET_KEYS": secret,
    }
    command = [*PYTHON, "flask", "--app", "wsgi", "jobs", "run", "--forever", "--every", "1"]
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=file, stderr=file)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def worker_of(process: "subprocess.Popen[bytes]") -> int:
    """The process that does the work."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return soon(lambda: int(children.read_text().split()[0]) if children.read_text().split() else 0)


def is_there(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_for_ever_it_runs_until_it_is_told_to_stop(
    context: JobContext, config: Config, mail: MailServer, tmp_path: Path
) -> None:
    with forever(config, tmp_path / "log") as process:
        for number, who in enumerate(("sam@example.org", "kim@example.org"), 1):
            write(context, who)
            mail.wait_for(who)
            assert len(mail.taken) == number
        worker = worker_of(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        soon(lambda: not is_there(worker))
    assert (tmp_path / "log").read_text() == ""


@pytest.mark.parametrize("store_url", ["tiny"], indirect=True)
def test_killed_it_begins_anew_and_without_whoever_began_it_it_ends(
    context: JobContext, config: Config, mail: MailServer, tmp_path: Path
) -> None:
    with forever(config, tmp_path / "log") as process:
        write(context, "sam@example.org")
        mail.wait_for("sam@example.org")
        first = worker_of(process)
        os.kill(first, signal.SIGKILL)
        write(context, "kim@example.org")
        mail.wait_for("kim@example.org")
        second = worker_of(process)
        assert second != first
        process.kill()
        process.wait()
        soon(lambda: not is_there(second))
    assert "has died" in (tmp_path / "log").read_text()


@pytest.mark.parametrize("store_url", ["tiny"], indirect=True)
def test_it_outlives_a_store_that_is_away_for_a_while(
    context: JobContext, config: Config, mail: MailServer, tmp_path: Path
) -> None:
    store, away, log = tmp_path / "store", tmp_path / "away", tmp_path / "log"
    with forever(config, log) as process:
        write(context, "sam@example.org")
        mail.wait_for("sam@example.org")
        worker = worker_of(process)
        store.rename(away)
        soon(lambda: log.stat().st_size)
        away.rename(store)
        write(context, "kim@example.org")
        mail.wait_for("kim@example.org")
        assert worker_of(process) == worker
    said = log.read_text().splitlines()
    assert set(said) == {"Nothing is done by itself just now: The store's folder or its journal is gone."}
    assert len(said) <= 2, "once, and once more by what is done apart"
