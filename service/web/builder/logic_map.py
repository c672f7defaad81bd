"""The map of a form's logic: pages and questions in order, what shows what, and how long it takes."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from service.definitions.editing.logic import map_of
from service.definitions.editing.words import called
from service.web.builder.draft_page import draft_now, draft_page
from service.web.builder.pointers import pointer_of
from service.web.http.access import may

bp = Blueprint("draft_map", __name__)


@bp.get("/forms/<draft_id>/map")
@may("see_drafts")
def logic(draft_id: str) -> ResponseReturnValue:
    """The whole form on one page."""
    draft = draft_now()
    return draft_page(
        "map",
        draft,
        map=map_of(draft.document),
        called=lambda address: called(draft.document, address),
        pointer_of=pointer_of,
    )
