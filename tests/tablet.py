"""A home's tablet in a test: enrolled, unlocked for a round, in nobody's hands yet."""

from datetime import timedelta

from flask import Flask

from service import create_app
from service.accounts.account import hash_of, new_secret
from service.collection.models.tablet import Tablet
from service.collection.tablets.unlock import unlock
from service.config import config_from
from service.dates import now
from service.state import app_state
from service.web.http.tablet_cookie import _name, _serializer
from tests.live_server import Served
from tests.visitor import Visitor

JOURNEY = timedelta(minutes=10)  # midnight locks a tablet: one unlocked shortly before stays open until the next


def enrolled(app: Flask, home_id: str, name: str = "Tablet 1") -> Visitor:
    """A browser that is a locked tablet of this home."""
    visitor = Visitor(app)
    _, value = _tablet(app, home_id, name)
    visitor.client.set_cookie("sayso-tablet", value)
    return visitor


def unlocked(app: Flask, home_id: str, round_id: str) -> Visitor:
    """A browser that is a tablet of this home, unlocked for this round."""
    visitor = Visitor(app)
    unlock_here(app, visitor, home_id, round_id)
    return visitor


def unlock_here(app: Flask, visitor: Visitor, home_id: str, round_id: str) -> None:
    """Make this browser one."""
    tablet, value = _tablet(app, home_id, "Tablet 1")
    unlock(app_state(app).store, tablet, round_id, now())
    visitor.client.set_cookie("sayso-tablet", value)


def cookies_of(served: Served, home_id: str, round_id: str) -> dict[str, str]:
    """The same for a browser of a service that runs: the cookies that make it one."""
    app = create_app(config_from({name: value for name, value in served.environ.items() if name.startswith("SAYSO_")}))
    try:
        tablet, value = _tablet(app, home_id, "Tablet 1")
        unlock(app_state(app).store, tablet, round_id, now() + JOURNEY)
    finally:
        app_state(app).store.close()
    return {"sayso-tablet": value}


def _tablet(app: Flask, home_id: str, name: str) -> tuple[Tablet, str]:
    secret = new_secret()
    tablet = Tablet(hash_of(secret), home_id, name, now(), "")
    with app_state(app).store.transaction() as tx:
        tx[Tablet].put(tablet)
    with app.test_request_context():
        assert _name() == "sayso-tablet"
        return tablet, _serializer().dumps(secret)
