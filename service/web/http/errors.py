"""What went wrong, as a page that says what to do next; nothing of the inside is ever shown."""

import logging

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from service.collection.models.errors import NotPossible
from service.repository import RecordsUnreadable
from service.storage import StoreUnavailable

log = logging.getLogger("sayso")

# status: (title, sentence, what next)
SENTENCES = {
    400: (
        "That did not work",
        "The page sent something that we could not read.",
        "Go back, reload the page and try again.",
    ),
    403: ("Not for you", "This page is not open to you.", "If you think it should be, ask the manager of the home."),
    404: (
        "Nothing here",
        "There is no page at this address, or it is not open in this browser.",
        "If you followed a link in a letter, check that all of it was copied, or ask for a new one.",
    ),
    405: (
        "That did not work",
        "This address does not take what was sent.",
        "Go back and try again from the page itself.",
    ),
    413: (
        "That was too much",
        "What was sent is longer than we can take, so nothing was changed.",
        "Go back, make the longest answer shorter and send it again.",
    ),
    429: ("Please wait a little", "There were too many tries in a short time.", "Wait a minute and try again."),
    500: (
        "Something broke",
        "This is our fault, not yours.",
        "What was saved is safe. Go back and try again in a minute.",
    ),
    503: (
        "Please try again",
        "We cannot keep anything just now.",
        "What was saved before is safe. Wait a minute and try again.",
    ),
}


def error_page(status: int, title: str = "", sentence: str = "", what_next: str = "") -> tuple[str, int]:
    """The page for a status, in its own words or in those given."""
    usual = SENTENCES.get(status, SENTENCES[500 if status >= 500 else 400])
    return render_template(
        "http/error.html",
        title=title or usual[0],
        sentence=sentence or usual[1],
        what_next=what_next or usual[2],
        status=status,
    ), status


def answer_errors(app: Flask) -> None:
    """Turn every exception into its page."""

    @app.errorhandler(HTTPException)
    def refused(fault: HTTPException) -> ResponseReturnValue:
        if fault.code is not None and fault.code < 400:
            return fault.get_response()
        page, status = error_page(fault.code or 500)
        headers = [(name, value) for name, value in fault.get_headers() if name in ("Allow", "Retry-After")]
        return page, status, headers

    @app.errorhandler(StoreUnavailable)
    def not_kept(fault: StoreUnavailable) -> ResponseReturnValue:
        log.error("store unavailable at %s: %s", request.endpoint, fault)
        # what was answered is shown again so that none of it is lost; a password or PIN never is
        if request.method == "POST" and request.form and request.blueprint not in ("accounts", "tablet", "tablets"):
            posted = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf-token"]
            address = request.full_path.rstrip("?")
            return (
                render_template("respondent/csrf_expired.html", posted=posted, address=address),
                503,
                {"Retry-After": "60"},
            )
        return *error_page(503), {"Retry-After": "60"}

    @app.errorhandler(NotPossible)
    def too_late(fault: NotPossible) -> ResponseReturnValue:
        # what a view had looked at was closed, taken back or deleted by somebody else before it could be changed
        return error_page(409, sentence=str(fault))

    @app.errorhandler(RecordsUnreadable)
    def unreadable(fault: RecordsUnreadable) -> ResponseReturnValue:
        log.error("%s at %s", fault, request.endpoint)
        return error_page(
            503,
            sentence="Something that this page needs cannot be read.",
            what_next="The person who runs this service must give it the key that it is missing, or the later version.",
        )

    @app.errorhandler(Exception)
    def broken(fault: Exception) -> ResponseReturnValue:
        # the traceback says where; what was sent never enters a log
        log.exception("unexpected fault at %s", request.endpoint)
        return error_page(500)
