"""What the service is measured beside: a page that says hello, and the service with a store that keeps nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from flask import Flask

from service import create_app
from service.state import app_state
from service.storage.store import RecordStore


def hello() -> Flask:
    """The least that Flask can do, under the same server."""
    app = Flask(__name__)
    app.extensions["sayso"] = SimpleNamespace(store=None)  # the server opens it at its start
    app.add_url_rule("/", view_func=lambda: "Hello, world!")
    return app


class Forgetful:
    """The real store, whose transactions end without a commit."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def __getitem__(self, record: type) -> Any:
        return self._store[record]

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        try:
            with self._store.transaction() as tx:
                yield tx
                raise _NothingKept
        except _NothingKept:
            pass


class _NothingKept(Exception):
    """Ends a transaction that is to leave nothing behind."""


def forgetful() -> Flask:
    """The service, keeping nothing."""
    app = create_app()
    service = app_state(app)
    service.__dict__["opened_store"] = Forgetful(service.store)
    return app
