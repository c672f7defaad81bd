"""The blueprint that the pages of accounts belong to."""

from flask import Blueprint, g

from service.web.http.access import is_demonstration

bp = Blueprint("accounts", __name__)


@bp.before_request
def say_demonstration() -> None:
    """Tell every page of accounts whether it must say that nothing here is real, sign-in too."""
    g.demonstration = is_demonstration()
