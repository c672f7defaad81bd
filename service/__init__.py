"""Sayso: what children, staff and social workers say about a home, from the question to the workbook."""

from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from service.config import ROOT, Config, config_from

LARGEST_POST = 256 * 1024  # bytes: a form with every answer at its limit, several times over


def create_app(config: Config | None = None) -> Flask:
    """The service, reading as the list of what it is made of. Raises SettingError for a wrong setting."""
    from service.cli import register_commands
    from service.state import AppState
    from service.web import accounts
    from service.web.admin import audit, help_lines, jobs
    from service.web.alerts import views as alerts
    from service.web.builder import bank, editor, history, languages, library, logic_map, preview, publication
    from service.web.homes import dashboard, tablets
    from service.web.homes import edit as homes
    from service.web.http.access import close_by_default
    from service.web.http.compression import compress
    from service.web.http.errors import answer_errors
    from service.web.http.rate_limit import limit_tries
    from service.web.http.respondent_session import LateKeys
    from service.web.http.security_headers import secure
    from service.web.paper import views as paper
    from service.web.parts.menu import add_menu
    from service.web.parts.phone_numbers import linked
    from service.web.people import contacts as people
    from service.web.public import demo_emails as letters
    from service.web.public import views as pages
    from service.web.respondent import invitation as invited
    from service.web.respondent.csrf_expiry import answer_stale_pages
    from service.web.results import exports, workbooks
    from service.web.results import views as results
    from service.web.rounds import views as rounds
    from service.web.tablet import views as tablet

    config = config or config_from()
    app = Flask(__name__, static_folder=str(Path(ROOT) / "static"), instance_path=str(config.instance_dir))
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_POST,
        MAX_FORM_MEMORY_SIZE=LARGEST_POST,
        MAX_FORM_PARTS=5000,
        PERMANENT_SESSION_LIFETIME=timedelta(days=28),
        SESSION_COOKIE_NAME="__Host-sayso" if config.secure else "sayso",
        SESSION_COOKIE_SECURE=config.secure,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_FIELD_NAME="csrf-token",  # a hyphen, which no question's id can have
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a child who takes a break loses nothing
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True  # a page is fetched over a train's network
    app.jinja_env.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "ensure_ascii": False, "sort_keys": False}
    app.extensions["sayso"] = AppState(config)
    app.session_interface = LateKeys()
    if config.behind_proxies:
        hops = config.behind_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    CSRFProtect(app)
    close_by_default(app)
    secure(app, config)
    add_menu(app)
    compress(app)
    limit_tries(app, config)
    answer_errors(app)
    answer_stale_pages(app)
    app.jinja_env.filters["linked"] = linked
    app.register_blueprint(pages.bp)
    app.register_blueprint(invited.bp)
    app.register_blueprint(tablet.bp)
    app.register_blueprint(tablets.bp)
    app.register_blueprint(letters.bp)
    app.register_blueprint(accounts.bp)
    app.register_blueprint(alerts.bp)
    app.register_blueprint(audit.bp)
    app.register_blueprint(dashboard.bp)
    app.register_blueprint(homes.bp)
    app.register_blueprint(help_lines.bp)
    app.register_blueprint(people.bp)
    app.register_blueprint(rounds.bp)
    app.register_blueprint(results.bp)
    app.register_blueprint(workbooks.bp)
    app.register_blueprint(exports.bp)
    app.register_blueprint(paper.bp)
    app.register_blueprint(jobs.bp)
    for builder in (library, editor, bank, preview, languages, logic_map, history, publication):
        app.register_blueprint(builder.bp)
    register_commands(app)
    return app
