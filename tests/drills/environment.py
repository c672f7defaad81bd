"""Where a drill takes place: a service on an empty store, which can be killed, stopped and started again."""

import os
import signal
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import Result
from flask import Flask

from service import create_app
from service.collection.models.home import Home
from service.config import config_from
from service.state import app_state
from service.storage.store import RecordStore
from tests.live_server import Served, serving
from tests.postgres import Postgres


@dataclass
class DrillEnvironment:
    """A folder, an empty store on one engine, and the service on it, with its commands beside it in this process."""

    folder: Path
    postgres: Postgres | None = None
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.schema = self.postgres.new_schema() if self.postgres else ""
        self.url = self.postgres.url(self.schema) if self.postgres else f"tinydb:{self.folder / 'store'}"
        self.served: Served
        self._running = ExitStack()
        self._with: dict[str, str] | None = None
        self._app: Flask | None = None

    @property
    def engine(self) -> str:
        return "PostgreSQL" if self.postgres else "TinyDB"

    # --- the service ---

    def start(self, **settings: str) -> None:
        """Serve, with these settings from now on; a service that runs with them already goes on."""
        self.settings |= settings
        wanted = {"SAYSO_STORE_URL": self.url, **self.settings}
        if self._with == wanted:
            return
        self.stop()
        self._app = None
        self.served = self._running.enter_context(serving(self.folder, **wanted))
        self._with = wanted

    def stop(self) -> None:
        """End the service as its manager does, which lets it finish what it has begun."""
        self._with = None
        self._running.close()

    def workers(self) -> list[int]:
        """The processes that answer."""
        master = self.served.process.pid
        try:
            return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]
        except FileNotFoundError:
            return []

    def kill_all(self) -> None:
        """End the whole service as a power cut would, and start it again."""
        for pid in (self.served.process.pid, *self.workers()):
            with suppress(ProcessLookupError):  # one that was killed before may be gone for good by now
                os.kill(pid, signal.SIGKILL)
        self.served.process.wait()
        self.stop()
        self.start()

    # --- beside it ---

    def app(self, **settings: str) -> Flask:
        """The service's own code on the same store, with other settings where they are given."""
        if settings:
            return create_app(config_from(self._environ() | settings))
        if self._app is None:
            self._app = create_app(config_from(self._environ()))
        return self._app

    def command(self, *words: str, app: Flask | None = None) -> Result:
        """One of the service's commands."""
        app = app or self.app()
        with app.app_context():
            return app.test_cli_runner().invoke(args=list(words))

    def ask(self, *words: str) -> str:
        """What a command printed, which must end well."""
        done = self.command(*words)
        assert done.exit_code == 0, f"{words}: {done.output}"
        return done.stdout

    @property
    def store(self) -> RecordStore:
        return app_state(self.app()).store

    def open_round(self, *form_ids: str) -> str:
        """A home and a round of it; gives the round's id."""
        if self.store[Home].get("larch-house") is None:
            self.ask("homes", "add", "larch-house", "--name", "Larch House")
        forms = [word for form_id in form_ids for word in ("--form", form_id)]
        return self.ask("rounds", "open", "--home", "larch-house", *forms, "--until", "2099-12-31").split()[0]

    def on_disk(self) -> bytes:
        """What whoever takes the disk away would have: store, journal, logs, exports, a dump and the server's log."""
        files = [path for path in sorted(self.folder.rglob("*")) if path.is_file()]
        if self.postgres is None:
            return b"".join(path.read_bytes() for path in files)
        files.append(self.postgres.data.parent / "log")
        return b"".join(path.read_bytes() for path in files) + self.postgres.dump(self.schema)

    def _environ(self) -> dict[str, str]:
        return {name: value for name, value in self.served.environ.items() if name.startswith("SAYSO_")}
