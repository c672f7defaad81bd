"""A service with a real mail server, whose jobs are run at any moment that a test likes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from flask import Flask

from service.collection.models.home import Home
from service.config import Config, config_from
from service.dates import HOME_TIME
from service.jobs.context import JobContext
from service.repository import Store
from service.state import app_state
from tests.mail.server import MailServer


def at(day: str, clock: str = "10:00") -> datetime:
    """A moment of a day as the home's clock shows it."""
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), HOME_TIME).astimezone(UTC)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def config(store_url: str, tmp_path: Path, mail: MailServer) -> Config:
    return config_from(
        {
            "SAYSO_STORE_URL": store_url,
            "SAYSO_INSTANCE_DIR": str(tmp_path / "instance"),
            "SAYSO_EXPORTS_DIR": str(tmp_path / "exports"),
            "SAYSO_HTMX_SOURCE": "local",
            "SAYSO_SMTP_URL": mail.url,
            "SAYSO_MAIL_FROM": "sayso@example.org",
        }
    )


@pytest.fixture
def context(app: Flask) -> JobContext:
    service = app_state(app)
    return JobContext(service.store, service.form, service.library, service.config, service.hasher)


@pytest.fixture
def home(store: Store) -> Home:
    """A home that is no demonstration, so that its letters leave."""
    found = Home("larch-house", "Larch House", "childrens_home", "Brightwater Care")
    with store.transaction() as tx:
        tx[Home].put(found)
    return found
