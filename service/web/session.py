"""The browser's session: a signed cookie that says which responses are its own, and nothing of what they say."""

from typing import Any

from flask import Flask, Request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from service.web.running import running

MOST_RESPONSES = 20  # that one browser holds at a time: a cookie has little room


class LateKeys(SecureCookieSessionInterface):
    """Signs with the service's keys, which are read or made when the first request comes and not before."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if not app.secret_key:
            newest, *older = running(app).secret_keys
            app.config["SECRET_KEY_FALLBACKS"] = older
            app.secret_key = newest
        return super().open_session(app, request)


def hold(response_id: str) -> None:
    """Make a draft this browser's."""
    session["responses"] = [*session.get("responses", []), response_id][-MOST_RESPONSES:]


def holds(response_id: str | None) -> bool:
    """Whether the draft is this browser's."""
    return response_id in session.get("responses", [])


def let_go(response_id: str, *, shared_tablet: bool) -> None:
    """Forget a draft. On a shared tablet the whole session goes with it, so that the next person starts with none."""
    if shared_tablet:
        session.clear()
    session["responses"] = [other for other in session.get("responses", []) if other != response_id]


def finish(response_id: str, receipt: dict[str, str], *, shared_tablet: bool) -> None:
    """Forget a draft that was submitted, but for what its thank-you page and a late retry need."""
    let_go(response_id, shared_tablet=shared_tablet)
    session["finished"] = dict([*_finished().items(), (response_id, receipt)][-MOST_RESPONSES:])


def receipt_of(response_id: str) -> dict[str, str] | None:
    """What `finish` was given for this response, if it was finished in this browser."""
    return _finished().get(response_id)


def _finished() -> dict[str, Any]:
    found: dict[str, Any] = session.get("finished", {})
    return found
