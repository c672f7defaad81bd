"""Who may enter: every view says so, and what says nothing is closed."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request

from service.web.running import running

View = TypeVar("View", bound=Callable[..., Any])


def open_to_all(view: View) -> View:
    """Anyone may look: the page says nothing about any home."""
    view.entry = "all"  # type: ignore[attr-defined]
    return view


def by_link(view: View) -> View:
    """Whoever holds the link's token; the view finds the invitation by it."""
    view.entry = "link"  # type: ignore[attr-defined]
    return view


def by_session(view: View) -> View:
    """Only the browser in which the response was begun; the view finds the response in its session."""
    view.entry = "session"  # type: ignore[attr-defined]
    return view


def in_demonstration(view: View) -> View:
    """Anyone, where the store holds a demonstration; for everyone else the page is not there."""
    view.entry = "demonstration"  # type: ignore[attr-defined]
    return view


def close_by_default(app: Flask) -> None:
    """Refuse every view that does not say who may enter it."""

    @app.before_request
    def check_entry() -> None:
        if request.endpoint is None or request.endpoint == "static":
            return
        entry = getattr(current_app.view_functions[request.endpoint], "entry", None)
        if entry is None:
            abort(403)
        if entry == "demonstration" and not is_demonstration():
            abort(404)


def is_demonstration() -> bool:
    """Whether the homes here are made up."""
    return any(home.demonstration for home in running().store.homes.all())
