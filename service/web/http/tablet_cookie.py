"""The cookie by which a device is a home's tablet: apart from the respondents' session, and it outlives every day."""

from flask import Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from service.collection.models.tablet import Tablet
from service.collection.tablets.enrolment import tablet_of
from service.state import app_state

LIVES = 400 * 24 * 60 * 60  # seconds, the longest that browsers keep one; set anew whenever the start page is fetched


def current_tablet() -> Tablet | None:
    """Which tablet this browser is; None for every other, and for one that was removed. Asked once for each request."""
    if "tablet" not in g:
        secret = _secret()
        g.tablet = tablet_of(app_state().store, secret) if secret else None
    found: Tablet | None = g.tablet
    return found


def is_tablet() -> bool:
    """Whether this browser has ever been made a tablet: no look at the store, so that a page of faults may ask."""
    return bool(_secret())


def keep_tablet(response: Response, secret: str = "") -> Response:
    """Give this browser the cookie of a tablet just enrolled, or the one that it has for as long again."""
    value = _serializer().dumps(secret or _secret())
    response.set_cookie(_name(), value, max_age=LIVES, path="/", secure=_secure(), httponly=True, samesite="Lax")
    return response


def forget_tablet(response: Response) -> Response:
    """Take it from this browser."""
    response.delete_cookie(_name(), path="/", secure=_secure(), httponly=True, samesite="Lax")
    return response


def _secret() -> str:
    signed = request.cookies.get(_name())
    try:
        secret = _serializer().loads(signed) if signed else ""
    except BadSignature:
        return ""
    return secret if isinstance(secret, str) else ""


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(app_state().signing_keys, salt="tablet")


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _name() -> str:
    return "__Host-sayso-tablet" if _secure() else "sayso-tablet"
