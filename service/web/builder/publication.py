"""Publishing a draft: what has changed, what a second person has to agree to, and whether they do."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.collection.models.errors import NotPossible
from service.dates import moment_in_words, now
from service.definitions.editing.words import called, item_of
from service.operations.form_publication import (
    agree,
    ask_agreement,
    news_of_source,
    publish_draft,
    readiness_of,
    send_back,
)
from service.state import app_state
from service.web.builder.draft_page import draft_now, draft_page, name_of
from service.web.builder.pointers import pointer_of
from service.web.http.access import current, may

bp = Blueprint("draft_publication", __name__)


@bp.get("/forms/<draft_id>/publish")
@may("see_drafts")
def publish(draft_id: str) -> ResponseReturnValue:
    """What publishing comes to."""
    return _page()


@bp.post("/forms/<draft_id>/publish")
@may("build_forms")
def publish_now(draft_id: str) -> ResponseReturnValue:
    """Publish it, or ask somebody else to agree."""
    store, me = app_state().store, current().account.id
    seen = request.form.get("seen", default=-1, type=int)
    try:
        if request.form.get("do") == "ask":
            ask_agreement(store, draft_id, seen, now(), by=me)
            flash("Asked. It is published when one of them agrees.", "")
        else:
            form = publish_draft(store, draft_id, seen, now(), by=me)
            flash(f"Version {form.version} is published. New surveys ask it from now on.", "")
    except NotPossible as refused:
        return _page(str(refused)), 409
    return redirect(url_for(".publish", draft_id=draft_id), 303)


@bp.post("/forms/<draft_id>/review")
@may("approve_forms")
def review(draft_id: str) -> ResponseReturnValue:
    """Agree, or send it back with a word."""
    store, me = app_state().store, current().account.id
    seen = request.form.get("seen", default=-1, type=int)
    try:
        if request.form.get("do") == "agree":
            form = agree(store, draft_id, seen, now(), by=me)
            flash(f"Version {form.version} is published. New surveys ask it from now on.", "")
        else:
            send_back(store, draft_id, seen, request.form.get("word", ""), now(), by=me)
            flash("Sent back with your word.", "")
    except NotPossible as refused:
        return _page(str(refused)), 409
    return redirect(url_for(".publish", draft_id=draft_id), 303)


def _page(refused: str = "") -> str:
    draft = draft_now()
    asked = draft.review
    author = asked.asked_by if asked and asked.is_waiting else current().account.id
    ready = readiness_of(app_state().store, draft, by=author)
    return draft_page(
        "publish",
        draft,
        ready=ready,
        refused=refused,
        news=news_of_source(app_state().store, draft),
        place_of=lambda fault: called(draft.document, item_of(draft.document, fault.address)),
        pointer_of=lambda fault: pointer_of(item_of(draft.document, fault.address)),
        may_build=current().may("build_forms"),
        may_agree=any(each.id == current().account.id for each in ready.approvers),
        asked=(name_of(asked.asked_by), moment_in_words(asked.asked_at)) if asked else None,
        sent_back=name_of(asked.sent_back_by) if asked and asked.sent_back_by else "",
    )
