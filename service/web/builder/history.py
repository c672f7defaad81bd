"""The history of a draft: who did what, and the form as it was at any point."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.collection.forms.drafts import document_after, history_of, restore_point
from service.collection.models.errors import NotPossible
from service.dates import moment_in_words, now
from service.definitions.differences import differences
from service.definitions.editing.logic import map_of
from service.state import app_state
from service.web.builder.draft_page import draft_now, draft_page, name_of
from service.web.http.access import current, may

bp = Blueprint("draft_history", __name__)

_SHOWN = 100  # of the newest; older ones by the link at the end


@bp.get("/forms/<draft_id>/history")
@may("build_forms")
def history(draft_id: str) -> ResponseReturnValue:
    """Every move that is kept, the newest first."""
    draft = draft_now()
    start = request.args.get("from", type=int) or 0
    moves = history_of(app_state().store, draft)
    return draft_page(
        "history",
        draft,
        lines=[
            (move.number, name_of(move.author), move.move["sentence"], moment_in_words(move.at))
            for move in moves[start : start + _SHOWN]
        ],
        more=start + _SHOWN if len(moves) > start + _SHOWN else None,
        begun=(name_of(draft.begun_by), moment_in_words(draft.begun_at)),
        is_folded=draft.oldest > 1,
    )


@bp.get("/forms/<draft_id>/history/<number>")
@may("build_forms")
def point(draft_id: str, number: str) -> ResponseReturnValue:
    """The form as it was after a move, and what has changed since."""
    draft = draft_now()
    try:
        document = document_after(app_state().store, draft, _number(number))
    except NotPossible:
        abort(404)
    return draft_page("point", draft, number=number, map=map_of(document), since=differences(document, draft.document))


@bp.post("/forms/<draft_id>/history/<number>")
@may("build_forms")
def restore(draft_id: str, number: str) -> ResponseReturnValue:
    """Make the draft as it was then, as a new move."""
    try:
        outcome = restore_point(app_state().store, draft_id, _number(number), now(), by=current().account.id)
    except NotPossible:
        abort(404)
    flash("Restored. Undo takes it back." if outcome.number else "It is as it was then already.", "")
    return redirect(url_for("builder.edit", draft_id=draft_id), 303)


def _number(text: str) -> int:
    """The number of a move in an address; 404 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else abort(404)
