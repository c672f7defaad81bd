"""A page whose token no longer fits: shown again with a fresh one, with all that was written on it."""

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from service.web.http.errors import error_page
from service.web.respondent.form import document_again
from service.web.respondent.invitation import page_again


def answer_stale_pages(app: Flask) -> None:
    """Refuse what does not come from our own page, and lose nothing of what does."""

    @app.errorhandler(CSRFError)
    def stale(fault: CSRFError) -> ResponseReturnValue:
        named = request.view_args or {}
        if request.endpoint == "respond.submit" and (page := document_again(named["response_id"])):
            return page, 400
        if request.blueprint == "respond" and "token" in named:
            return page_again(named["token"])
        return error_page(
            400, "This page has been open too long", "We could not tell that this came from our own page."
        )
