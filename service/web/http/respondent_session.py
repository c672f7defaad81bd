"""The browser's session: a signed cookie that says which responses are its own, and nothing of what they say."""

from dataclasses import astuple, dataclass, replace

from flask import Flask, Request, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from service.collection.models.response import Channel, Response
from service.state import app_state

MOST_RESPONSES = 20  # that one browser holds at a time: a cookie has little room


class LateKeys(SecureCookieSessionInterface):
    """Signs with the service's keys, which are read or made when the first request comes and not before."""

    _serializer: URLSafeTimedSerializer | None = None

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if not app.secret_key:
            newest, *older = app_state(app).secret_keys
            app.config["SECRET_KEY_FALLBACKS"] = older
            app.secret_key = newest
        return super().open_session(app, request)

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        # what anybody on the way may keep and give to others must not bring them somebody's session
        return request.endpoint != "static" and super().should_set_cookie(app, session)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer


@dataclass(frozen=True)
class SessionResponse:
    """A response of this browser's: enough to say thank you for it when nothing else leads to it any more.

    `child_id` is whose picture was pressed: the next form for their age is offered to them.
    """

    round_id: str
    form_id: str
    language: str
    channel: Channel
    finished: bool = False
    child_id: str = ""


def remember_response(response: Response) -> None:
    """Make a draft this browser's."""
    known = SessionResponse(response.round_id, response.form_id, response.language, response.channel)
    _keep(response.id, replace(known, child_id=response.child_id))


def session_response(response_id: str | None) -> SessionResponse | None:
    """What is known of a response of this browser's; None for everyone else's."""
    found = session.get("responses", {}).get(response_id)
    return SessionResponse(*found) if found else None


def forget_response(response_id: str) -> None:
    """Forget a draft. On a shared tablet the whole session goes with it, so that the next person starts with none."""
    known = session_response(response_id)
    if known and known.channel == "tablet":
        session.clear()
    session["responses"] = {other: kept for other, kept in session.get("responses", {}).items() if other != response_id}


def mark_submitted(response_id: str, language: str) -> None:
    """Forget a draft that was submitted, but for what its thank-you page and a late retry need."""
    known = session_response(response_id)
    if known:
        forget_response(response_id)
        _keep(response_id, replace(known, language=language, finished=True))


def _keep(response_id: str, known: SessionResponse) -> None:
    session["responses"] = dict(
        [*session.get("responses", {}).items(), (response_id, astuple(known))][-MOST_RESPONSES:]
    )
