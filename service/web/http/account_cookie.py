"""The cookie of a signed-in account: apart from the respondents' session, which is cleared at every hand-over."""

from flask import Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from service.accounts.account import Account, AccountSession
from service.accounts.sessions import IDLE, session_of
from service.dates import now
from service.state import app_state


def current_account() -> tuple[Account, AccountSession] | None:
    """Whose session this request's cookie opens. Asked once for each request."""
    if "entered" not in g:
        g.entered = _opened()
    entered: tuple[Account, AccountSession] | None = g.entered
    return entered


def start_session(secret: str) -> None:
    """Give this browser the cookie of a session just opened."""
    g.cookie = secret


def end_session() -> None:
    """Take the cookie from this browser."""
    g.cookie = ""
    g.entered = None


def renew(response: Response) -> Response:
    """Set, renew or take away the cookie. A page that only refreshes itself does not keep anybody signed in."""
    secret = g.get("cookie")
    if secret == "":
        response.delete_cookie(_name(), path="/", secure=_secure(), httponly=True, samesite="Lax")
        return response
    if secret is None and g.get("entered") and "HX-Request" not in request.headers:
        secret = g.get("secret")
    if secret:
        response.set_cookie(
            _name(), _serializer().dumps(secret), path="/", secure=_secure(), httponly=True, samesite="Lax"
        )
    return response


def _opened() -> tuple[Account, AccountSession] | None:
    signed = request.cookies.get(_name())
    if not signed:
        return None
    try:
        secret = _serializer().loads(signed, max_age=int(IDLE.total_seconds()))
    except BadSignature:
        return None
    if not isinstance(secret, str):
        return None
    g.secret = secret
    return session_of(app_state().store, secret, now())


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(app_state().signing_keys, salt="account")


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _name() -> str:
    return "__Host-sayso-account" if _secure() else "sayso-account"
