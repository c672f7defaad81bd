"""The pages that belong to nobody: what this is, and whether it is well."""

import time
from dataclasses import asdict
from datetime import timedelta

from flask import Blueprint, current_app, jsonify, render_template
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from service.dates import now
from service.jobs.health import look_over
from service.state import app_state
from service.storage import StoreUnavailable
from service.web.http.access import is_demonstration, is_local_demonstration, open_to_all
from service.web.public.demo_emails import open_rounds, titles_of

bp = Blueprint("pages", __name__)

STARTED = "sayso started"  # where the app keeps since when it runs


@bp.get("/")
@open_to_all
def welcome() -> ResponseReturnValue:
    """What this is; nothing about any home."""
    if not is_demonstration():
        return render_template("public/welcome.html", demonstration=False, to_try=False)
    if not is_local_demonstration():
        return render_template("public/welcome.html", demonstration=True, to_try=False)
    letters = [(home.name, round_.id, titles_of(home, round_)) for home, round_ in open_rounds()]
    return render_template("public/welcome.html", demonstration=True, to_try=True, letters=letters)


@bp.record
def _note_the_start(state: BlueprintSetupState) -> None:
    state.app.extensions[STARTED] = time.monotonic()


@bp.get("/healthz")
@open_to_all
def health() -> ResponseReturnValue:
    """Whether all is well, for whatever watches the service; says little. 503 for what somebody should see to."""
    service = app_state()
    running_for = timedelta(seconds=time.monotonic() - current_app.extensions[STARTED])
    try:
        found = look_over(service.store, service.config.store_url, now(), running_for)
    except StoreUnavailable:
        return jsonify(store="unavailable"), 503
    return jsonify(asdict(found)), 200 if found.well else 503
