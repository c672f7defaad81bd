"""A running service on a real store in a temporary folder, and a visitor who reads pages carefully."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings

from service import create_app
from service.collection.models.home import Contact, Home
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.config import Config, config_from
from service.dates import day_at, now
from service.definitions import Form, load_library
from service.repository import Store
from service.state import AppState, app_state
from service.web.http.rate_limit import limiter
from service.web.public.views import STARTED
from tests.paths import ROOT
from tests.postgres import Postgres, binaries
from tests.visitor import Visitor

# the same examples in every run, however long the machine takes for one
settings.register_profile("sayso", derandomize=True, database=None, deadline=None)
settings.load_profile("sayso")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no process is left with it when the others have nothing more to do.

    A file that says LONG_ON_POSTGRES is about pages, and takes minutes: make drills runs it on the second engine.
    """
    for item in items:
        said = getattr(getattr(item, "callspec", None), "params", {})
        if getattr(item.module, "LONG_ON_POSTGRES", False) and said.get("store_url") == "postgres":  # type: ignore[attr-defined]
            item.add_marker("long")
    long = (
        "browser",
        "test_hard_times.py",
        "test_alert_kills.py",
        "test_postgres.py",
        "test_bad_input.py",
        "test_who_has_answered.py",
        "test_how_to.py",
        "test_acting_attacker.py",
        "test_who_may.py",
        "test_scanners.py",
        "test_canary.py",
        "test_kills.py",
    )
    items.sort(key=lambda item: not any(part in item.path.parts for part in long))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line each what was skipped and why: a skipped test has shown nothing."""
    skipped = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", ())}
    for reason in sorted(skipped):
        terminalreporter.write_line(reason)


@pytest.fixture(scope="session", autouse=True)
def no_settings_from_outside() -> Iterator[None]:
    """The settings of whoever runs the tests have no say in them."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("SAYSO_")}
    yield
    os.environ.update(kept)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of our own."""
    programs = binaries()
    if programs is None:
        if os.environ.get("CI"):
            raise RuntimeError("PostgreSQL is not installed, and in CI nothing is skipped for want of it")
        pytest.skip("PostgreSQL is not installed: what it keeps was not tested")
    server = Postgres(programs)
    yield server
    server.remove()


@pytest.fixture(params=["tiny", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store on each engine: what holds on one holds on the other."""
    if request.param == "tiny":
        yield f"tinydb:{tmp_path / 'store'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.lent_schema() as schema:
            yield server.url(schema)


@pytest.fixture
def config(store_url: str, tmp_path: Path) -> Config:
    return config_from(
        {
            "SAYSO_STORE_URL": store_url,
            "SAYSO_INSTANCE_DIR": str(tmp_path / "instance"),
            "SAYSO_EXPORTS_DIR": str(tmp_path / "exports"),
            "SAYSO_HTMX_SOURCE": "local",
        }
    )


@pytest.fixture(scope="session")
def made_once() -> dict[object, tuple[Flask, dict[str, Any]]]:
    """The service as `create_app` made it for earlier tests, by the settings that it reads, with its first facts."""
    return {}


@pytest.fixture(scope="session")
def sown() -> dict[tuple[str, str], dict[str, Any]]:
    """The documents that seeding an empty store from the forms folder writes, by table and id."""
    return {}


def sow(state: AppState, sown: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Seed the store with what seeding has written into the first one: judging and writing forms takes a while."""
    if state.config.forms_dir != ROOT / "forms":
        return
    engine = state.opened_store.engine
    if not sown:
        assert state.store
        sown.update({(table, key): kept for table in ("forms", "form_states") for key, kept in engine.all(table)})
        return
    with engine.transaction() as tx:
        for (table, key), kept in sown.items():
            tx.put(table, key, kept)


@pytest.fixture
def app(config: Config, made_once: dict[object, tuple[Flask, dict[str, Any]]]) -> Iterator[Flask]:
    """The service on this store, as if it had just started.

    Its addresses and templates are the same for all, and making them takes longer than most tests: they are made once.
    """
    read = (config.secure, config.htmx_source, config.limits_url, config.behind_proxies)
    if read not in made_once:
        fresh = create_app(config)
        made_once[read] = fresh, dict(fresh.config)
    app, facts = made_once[read]
    app.config.clear()
    app.config.update(facts)
    app.extensions["sayso"] = AppState(config)
    app.extensions[STARTED] = time.monotonic()
    limiter.storage.timer.cancel()  # type: ignore[attr-defined]
    limiter.storage.timer.join()  # type: ignore[attr-defined]  # it fails in a dictionary that is emptied meanwhile
    limiter.reset()
    yield app
    if "opened_store" in app_state(app).__dict__:
        app_state(app).store.close()


@pytest.fixture
def store(app: Flask, sown: dict[tuple[str, str], dict[str, Any]]) -> Store:
    sow(app_state(app), sown)
    return app_state(app).store


@pytest.fixture(scope="session")
def library() -> dict[str, Form]:
    return dict(load_library(ROOT / "forms"))


@pytest.fixture
def home(store: Store) -> Home:
    found = Home(
        "larch-house",
        "Larch House",
        "childrens_home",
        "Brightwater Care",
        contacts=(Contact("Amina, your advocate", "0300 000 0001"),),
        demonstration=True,
    )
    with store.transaction() as tx:
        tx[Home].put(found)
    return found


@pytest.fixture
def round_(store: Store, home: Home, library: dict[str, Form]) -> Round:
    """An open round of the home, with the three main questionnaires and the rest that suit it."""
    forms = [library[name] for name in ("child-views", "child-views-first", "staff-views", "social-worker-views")]
    return open_round(
        store,
        home,
        forms,
        title="Your views, autumn",
        reason="Reg 45 review",
        closes_on=day_at(now()) + timedelta(days=14),
        now=now(),
    )


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)
