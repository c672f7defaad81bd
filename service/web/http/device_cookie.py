"""A browser in which somebody has signed in before: it is counted by itself, so that nobody's tries delay them."""

import ipaddress
import secrets
from dataclasses import dataclass

from flask import Response, after_this_request, current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from service.accounts.throttling import LoginSource
from service.state import app_state

LIVES = 180 * 24 * 60 * 60  # seconds after the last time somebody signed in
_MOST = 10  # accounts of one browser: an office's computer has a few


@dataclass(frozen=True)
class KnownBrowser:
    """What a browser's cookie says; nothing for one where nobody has signed in yet."""

    id: str = ""
    accounts: tuple[str, ...] = ()


def known_browser() -> KnownBrowser:
    """The browser of this request. Asked once for each request."""
    if "known_browser" not in g:
        g.known_browser = _read()
    found: KnownBrowser = g.known_browser
    return found


def know_this_browser(account_id: str) -> None:
    """Let this browser be known as one in which this account has signed in."""
    before = known_browser()
    others = [other for other in before.accounts if other != account_id]
    g.known_browser = KnownBrowser(before.id or secrets.token_urlsafe(16), (account_id, *others)[:_MOST])
    value = _serializer().dumps([g.known_browser.id, *g.known_browser.accounts])

    @after_this_request
    def remember(response: Response) -> Response:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(_name(), value, max_age=LIVES, path="/", secure=secure, httponly=True, samesite="Lax")
        return response


def login_source() -> LoginSource:
    """Where this request's try comes from."""
    browser = known_browser()
    return LoginSource(client_of(request.remote_addr), browser.id, frozenset(browser.accounts))


def client_of(address: str | None) -> str:
    """The network address that tries are counted for: of the newer kind a home has 2^64, so their common part."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _read() -> KnownBrowser:
    try:
        found = _serializer().loads(request.cookies.get(_name(), ""), max_age=LIVES)
    except BadSignature:
        return KnownBrowser()
    return KnownBrowser(found[0], tuple(found[1:]))


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(app_state().signing_keys, salt="known browser")


def _name() -> str:
    return "__Host-sayso-known" if current_app.config["SESSION_COOKIE_SECURE"] else "sayso-known"
