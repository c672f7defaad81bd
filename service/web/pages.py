"""The pages that belong to nobody: what this is, and whether it is well."""

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from service.storage import StoreUnavailable
from service.web.access import is_demonstration, open_to_all
from service.web.letters import open_rounds, titles_of
from service.web.running import running

bp = Blueprint("pages", __name__)


@bp.get("/")
@open_to_all
def welcome() -> ResponseReturnValue:
    """What this is; nothing about any home."""
    if not is_demonstration():
        return render_template("home.html", demonstration=False)
    letters = [(home.name, asked.id, titles_of(home, asked, on_tablet=False)) for home, asked in open_rounds()]
    return render_template("home.html", demonstration=True, letters=letters)


@bp.get("/healthz")
@open_to_all
def health() -> ResponseReturnValue:
    """Whether the store answers, for whatever watches the service; says little."""
    try:
        running().store.homes.get("")
    except StoreUnavailable:
        return jsonify(store="unavailable"), 503
    return jsonify(store="ok")
