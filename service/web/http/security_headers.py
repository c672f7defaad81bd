"""What every reply says to the browser, and where the scripts come from."""

from flask import Flask, Response, request

from service.config import Config
from service.web.http.static_files import serve_statics

HTMX_FILE = "js/htmx-2.0.11.min.js"
HTMX_CDN = "https://cdn.jsdelivr.net/npm/htmx.org@2.0.11/dist/"
HTMX_INTEGRITY = "sha384-2OatzQy1H+Zd/IIrjr1TcuDGqLXeHhbooAyJY1KdQMKnr4LZ22k31GBLdYKHmVjg"


# Pages of the form builder's preview: other pages of ours show them in a frame.
FRAMED = frozenset({"preview.own_page", "preview.own_submit", "preview.own_draft"})


def content_security_policy(config: Config) -> str:
    """Nothing but our own files, and htmx from its folder where the settings say so; no inline script or style."""
    scripts = f"'self' {HTMX_CDN}" if config.htmx_source == "cdn" else "'self'"
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-src 'self'; frame-ancestors 'none'; object-src 'none'"
    )


def secure(app: Flask, config: Config) -> None:
    """Put the security headers on every reply, and `static`, `htmx` and `demonstration` into every template."""
    headers = {
        "Content-Security-Policy": content_security_policy(config),
        "X-Content-Type-Options": "nosniff",
        # not no-referrer: Flask-WTF holds the referrer of each POST over HTTPS against the host
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Robots-Tag": "noindex",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), browsing-topics=()",
    }
    if config.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    framed = headers["Content-Security-Policy"].replace("frame-ancestors 'none'", "frame-ancestors 'self'")

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.extend(headers)
        if request.endpoint in FRAMED:
            response.headers["Content-Security-Policy"] = framed
        if request.endpoint == "static" and request.args.get("v") and response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["Cache-Control"] = "no-store"
            response.vary.add("Cookie")
        return response

    static = serve_statics(app).address

    def htmx() -> dict[str, str | None]:
        local = static(HTMX_FILE)
        if config.htmx_source == "local":
            return {"src": local, "integrity": None, "fallback": None}
        return {"src": HTMX_CDN + "htmx.min.js", "integrity": HTMX_INTEGRITY, "fallback": local}

    app.jinja_env.globals.update(static=static, htmx=htmx)
