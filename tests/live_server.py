"""The service as it runs: gunicorn with its workers on a free port, a store of its own, commands beside it."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from service import create_app
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.config import config_from
from service.state import app_state
from service.storage.store import RecordStore
from tests.paths import ROOT
from tests.wait_until import soon

PYTHON = [sys.executable, "-m"]


@dataclass(frozen=True)
class Served:
    """A running service: where it answers, where it keeps things, and its commands."""

    address: str
    folder: Path
    environ: dict[str, str]
    process: "subprocess.Popen[bytes]"

    def flask(self, *words: str, exit_code: int = 0) -> str:
        """Run one of the service's commands beside it, and give what it printed.

        Here and not in a process of its own: starting one takes longer than all that most commands do.
        """
        app = create_app(config_from(self.environ))
        with app.app_context():
            done = app.test_cli_runner().invoke(args=words)
        if "opened_store" in app_state(app).__dict__:
            app_state(app).store.close()
        assert done.exit_code == exit_code, done.output + repr(done.exception)
        return done.stdout

    def add_home(self, name: str = "Larch House", *, kind: str = "childrens_home") -> str:
        """Make a home known; gives its id."""
        home_id = name.lower().replace(" ", "-")
        return self.flask("homes", "add", home_id, "--name", name, "--kind", kind).strip()

    def open_round(self, home_id: str, *form_ids: str) -> str:
        """Open a round; gives its id. One survey at a time may ask an unnamed form: those before it are closed."""
        for line in self.flask("rounds", "list").splitlines():
            round_id, home, state, *_ = line.split("\t")
            if home == home_id and state == "open" and self._asks(round_id, form_ids):
                self.flask("rounds", "close", round_id)
        forms = [word for form_id in form_ids for word in ("--form", form_id)]
        return self.flask("rounds", "open", "--home", home_id, *forms, "--until", "2099-12-31").strip()

    def submitted(self, round_id: str) -> int:
        """How many responses a round has; pages and commands say so in steps only."""
        with self._store() as store:
            return sum(one.submitted_at is not None for one in store[Response].find("round_id", round_id))

    def _asks(self, round_id: str, form_ids: tuple[str, ...]) -> bool:
        with self._store() as store:
            round_ = store[Round].get(round_id)
        return round_ is not None and any(round_.form_ref(form_id) for form_id in form_ids)

    @contextmanager
    def _store(self) -> Iterator[RecordStore]:
        store = app_state(create_app(config_from(self.environ))).store
        try:
            yield store
        finally:
            store.close()

    def link(self, round_id: str, form_id: str, name: str = "Sam Okafor") -> str:
        """Ask somebody; gives the link in their letter."""
        people = self.folder / "people.csv"
        email = f"{name.split()[0].lower()}@example.org"
        people.write_text(f"form,name,email,label\n{form_id},{name},{email},the review\n")
        return self.flask("invite", round_id, str(people)).strip().split("\t")[-1]


@contextmanager
def serving(folder: Path, *, app: str = "wsgi:app", ready: str = "/", **settings: str) -> Iterator[Served]:
    """Serve `app` from `folder` until the end of the block, with these settings beside the usual ones."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))  # handed on: a port that was only looked up may be somebody else's by then
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SAYSO_")} | {
        "SAYSO_BASE_URL": address,
        "SAYSO_STORE_URL": f"tinydb:{folder / 'store'}",
        "SAYSO_INSTANCE_DIR": str(folder / "instance"),
        "SAYSO_EXPORTS_DIR": str(folder / "exports"),
        "SAYSO_HTMX_SOURCE": "local",
        **settings,
    }
    log = (folder / "server.log").open("w")
    with listening:
        server = subprocess.Popen(
            [*PYTHON, "gunicorn", "--config", "python:service.server", "--bind", f"fd://{listening.fileno()}", app],
            cwd=ROOT,
            env=environ,
            pass_fds=[listening.fileno()],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(address + ready, server, folder / "server.log")
        yield Served(address, folder, environ, server)
    finally:
        server.terminate()
        server.wait(timeout=120)
        log.close()


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    def answers() -> bool:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=20):
                return True
        except OSError:
            return False

    soon(answers, "an answer of the service")
