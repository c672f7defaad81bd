"""The server with what happens by itself beside it: begun with it, ended with it, whatever way that ends."""

import json
import os
import signal
import time
import urllib.request
from pathlib import Path

from tests.jobs.test_commands import is_there
from tests.live_server import Served, serving
from tests.mail.server import MailServer
from tests.wait_until import soon

FORM = "social-worker-views"


def beside(served: Served) -> list[int]:
    """The processes that do what happens by itself."""
    found = [served.process.pid]
    for process in found:
        found += map(int, told_of(process, f"task/{process}/children").split())
    return [process for process in found if b"jobs" in told_of(process, "cmdline")]


def told_of(process: int, what: str) -> bytes:
    """What the system tells of a process, and nothing of one that has ended meanwhile."""
    try:
        return Path(f"/proc/{process}/{what}").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def runs(served: Served) -> list[str]:
    return [line for line in served.flask("jobs", "list").splitlines() if not line.endswith("\tnever")]


def test_letters_leave_from_a_server_that_was_just_started_and_all_ends_with_it(tmp_path: Path) -> None:
    with MailServer() as mail:
        settings = {"SAYSO_SMTP_URL": mail.url, "SAYSO_MAIL_FROM": "sayso@example.org"}
        with serving(tmp_path, **settings) as served:
            soon(lambda: runs(served))
            with urllib.request.urlopen(f"{served.address}/healthz") as answer:
                assert json.load(answer)["jobs"] == "ok"
            processes = beside(served)
            assert len(processes) == 2, "one that works, and one that begins it anew"
            os.kill(served.process.pid, signal.SIGHUP)
            soon(lambda: len(set(beside(served)) - set(processes)) == 2 and not any(map(is_there, processes)))
            processes = beside(served)
        assert served.process.returncode == 0
        soon(lambda: not any(map(is_there, processes)))
    assert "Traceback" not in (tmp_path / "server.log").read_text()


def test_where_the_server_is_killed_nothing_stays_behind(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        soon(lambda: len(beside(served)) == 2)
        processes = beside(served)
        os.kill(served.process.pid, signal.SIGKILL)
        served.process.wait()
        soon(lambda: not any(map(is_there, processes)))
        time.sleep(0.5)
    assert "Traceback" not in (tmp_path / "server.log").read_text()
