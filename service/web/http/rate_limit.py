"""A coarse limit on how often one client may try something, before any work is done for it."""

from flask import Flask, request
from flask_limiter import Limiter
from limits.errors import ConfigurationError

from service.config import Config, SettingError
from service.web.http.device_cookie import client_of, known_browser

# A home shares one address, and so may an office: far more than people sign in, far less than programs try.
OFTEN = "60 per minute;600 per hour"


def _who() -> str:
    browser = known_browser().id
    return f"browser {browser}" if browser else f"client {client_of(request.remote_addr)}"


limiter = Limiter(_who, in_memory_fallback_enabled=True)
limited = limiter.limit(OFTEN, methods=["POST"])


def limit_tries(app: Flask, config: Config) -> None:
    """Count where the settings say. Raises SettingError where what that needs is not installed."""
    app.config.update(RATELIMIT_STORAGE_URI=config.limits_url, RATELIMIT_HEADERS_ENABLED=False)
    try:
        limiter.init_app(app)
    except ConfigurationError:
        raise SettingError("SAYSO_LIMITS_URL", "needs the package redis, which is not installed here") from None
    # a limited view counts by itself: looking for limits before every request costs a tenth of a form's page
    app.before_request_funcs[None].remove(limiter._check_request_limit)
