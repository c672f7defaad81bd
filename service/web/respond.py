"""A respondent's way: the invitation's page, the form in one document, its drafts, its submission, the thank-you."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from service.answers.alerts_in import alerts_in
from service.answers.page_form import PageForm, judged, opened, posted
from service.calendar import day_at, now
from service.collection import responding
from service.collection.invitation import Invitation, hash_of
from service.collection.responding import NoSuchResponse
from service.collection.response import Response as Answered
from service.web.access import by_link, by_session
from service.web.documents import Sheet, document, fresh_document, group_fragment, sheet_for
from service.web.errors import error_page
from service.web.running import running
from service.web.session import finish, hold, holds, let_go, receipt_of

bp = Blueprint("respond", __name__)


# --- by link ---


@bp.get("/i/<token>")
@by_link
def invitation(token: str) -> ResponseReturnValue:
    """What it is, who asks, who reads. Looking changes nothing: mail scanners open links."""
    found, sheet = _invited(token)
    if found.answered:
        return render_template("respond/answered.html", **sheet.words())
    if not sheet.asked.is_open(day_at(now())):
        return _closed(sheet)
    return render_template(
        "respond/start.html",
        begin_address=url_for("respond.start", token=token),
        resuming=holds(found.response_id),
        **sheet.words(),
    )


@bp.post("/i/<token>")
@by_link
def start(token: str) -> ResponseReturnValue:
    """Begin, or go on with what this browser began; another browser begins anew and sees nothing of it."""
    found, sheet = _invited(token)
    if found.answered or not sheet.asked.is_open(day_at(now())):
        return redirect(url_for("respond.invitation", token=token), 303)
    if found.response_id and holds(found.response_id) and running().store.responses.get(found.response_id):
        return redirect(url_for("respond.form", response_id=found.response_id), 303)
    response = responding.begin(
        running().store, sheet.asked, sheet.ref, "link", sheet.form.base_language, now(), found.id
    )
    session.permanent = True
    hold(response.id)
    return redirect(url_for("respond.form", response_id=response.id), 303)


def _invited(token: str) -> tuple[Invitation, Sheet]:
    found = running().store.invitations.get(hash_of(token)) if len(token) <= 100 else None
    if found is None:
        abort(404)
    return found, sheet_for(found.round_id, found.form_id, request.args.get("language"), found)


# --- by session ---


@bp.get("/r/<response_id>")
@by_session
def form(response_id: str) -> ResponseReturnValue:
    """The whole form in one document, with the draft's answers in it."""
    if receipt_of(response_id):
        return redirect(url_for("respond.done", response_id=response_id), 303)
    draft, sheet = _held(response_id)
    if not sheet.asked.is_open(day_at(now())):
        return _closed(sheet)
    if draft.answers:
        return document(sheet, draft, opened(sheet.form, draft.answers, sheet.meta))
    return fresh_document(sheet, draft)


@bp.post("/r/<response_id>/draft")
@by_session
def draft(response_id: str) -> ResponseReturnValue:
    """Keep what was said so far; answer with nothing, or with what changed on the page because of it."""
    if receipt_of(response_id):
        return "", 204
    kept, sheet = _held(response_id, request.form.get("show-language"))
    page = _without_row(posted(sheet.form, request.form, sheet.meta), request.form.get("remove-row"), sheet)
    if responding.save_answers(running().store, kept.id, page.answers, sheet.language, now()) is None:
        return "", 204
    by_htmx = request.headers.get("HX-Request") == "true"
    if by_htmx and (changed := request.form.get("add-row") or request.form.get("remove-row", "").split(".")[0]):
        return group_fragment(sheet, kept, page, changed)
    if by_htmx:
        fired = [rule.show_respondent for rule in alerts_in(sheet.form, page.visible, "answer") if rule.show_respondent]
        return render_template("respond/_help.html", help_shown=fired, **sheet.words()) if fired else ("", 204)
    return document(sheet, kept, page)


@bp.post("/r/<response_id>")
@by_session
def submit(response_id: str) -> ResponseReturnValue:
    """Judge everything, keep it, and only then say thank you. Sent again, it is received again, not kept twice."""
    finished = receipt_of(response_id)
    if finished:
        draft, sheet = None, sheet_for(finished["round"], finished["form"], finished["language"])
    else:
        draft, sheet = _held(response_id, request.form.get("form-language"))
    page = judged(sheet.form, posted(sheet.form, request.form, sheet.meta), sheet.meta, sheet.say)
    if draft is not None and not sheet.asked.is_open(day_at(now())):
        responding.save_answers(running().store, response_id, page.answers, sheet.language, now())
        return _closed(sheet)
    if draft is not None and (page.errors_by_name or (page.warnings_by_name and "warnings-seen" not in request.form)):
        responding.save_answers(running().store, response_id, page.answers, sheet.language, now())
        return document(sheet, draft, page), 422
    responding.submit(running().store, response_id, sheet.original, page.answers, sheet.meta, running().hasher, now())
    if draft is not None:
        receipt = {"round": draft.round_id, "form": draft.form_id, "language": sheet.language, "channel": draft.channel}
        finish(draft.id, receipt, shared_tablet=draft.channel == "tablet")
    return redirect(url_for("respond.done", response_id=response_id), 303)


@bp.get("/r/<response_id>/done")
@by_session
def done(response_id: str) -> ResponseReturnValue:
    """Thank you, with none of the answers."""
    finished = receipt_of(response_id)
    if finished is None:
        abort(404)
    sheet = sheet_for(finished["round"], finished["form"], finished["language"])
    return _clear(render_template("respond/done.html", **_leaving(sheet, finished["channel"])))


@bp.post("/r/<response_id>/withdraw")
@by_session
def withdraw(response_id: str) -> ResponseReturnValue:
    """Delete the draft: the person changed their mind before sending it."""
    draft, sheet = _held(response_id)
    responding.withdraw(running().store, draft.id)
    let_go(draft.id, shared_tablet=draft.channel == "tablet")
    return _clear(render_template("respond/withdrawn.html", **_leaving(sheet, draft.channel)))


# --- what the views share ---


def _held(response_id: str, language: str | None = None) -> tuple[Answered, Sheet]:
    """A draft of this browser's and all that its page needs; 404 for everyone else's."""
    found = running().store.responses.get(response_id) if holds(response_id) else None
    if found is None or found.submitted_at is not None:
        abort(404)
    store = running().store
    asker = store.invitations.get(found.invitation_id) if found.invitation_id else None
    wanted = language or request.args.get("language") or found.language
    return found, sheet_for(found.round_id, found.form_id, wanted, asker)


def _without_row(page: PageForm, removed: str | None, sheet: Sheet) -> PageForm:
    """The form without the row that `remove-row` names (`group.2`)."""
    group, _, number = (removed or "").partition(".")
    rows = page.answers.get(group)
    if not isinstance(rows, list) or not number.isdigit() or int(number) >= len(rows):
        return page
    left = [row for index, row in enumerate(rows) if index != int(number)]
    return opened(sheet.form, {**page.answers, group: left}, sheet.meta)


def _leaving(sheet: Sheet, channel: str) -> dict[str, Any]:
    return {
        **sheet.words(),
        "channel": channel,
        "start_address": url_for("tablet.choose") if channel == "tablet" else "",
    }


def _closed(sheet: Sheet) -> ResponseReturnValue:
    return error_page(
        410,
        sheet.say("closed.title"),
        sheet.say("closed.sentence"),
        sheet.say("closed.next"),
    )


def _clear(page: str) -> Response:
    """A page after which Back shows nothing of the one before, in every browser family."""
    response = Response(page)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.app_errorhandler(NoSuchResponse)
def not_begun(fault: NoSuchResponse) -> ResponseReturnValue:
    return error_page(404)


@bp.app_errorhandler(CSRFError)
def stale_page(fault: CSRFError) -> ResponseReturnValue:
    """A page whose token no longer fits: show what was answered with a fresh one, and lose none of it."""
    response_id = (request.view_args or {}).get("response_id", "")
    if request.endpoint == "respond.submit" and holds(response_id):
        kept, sheet = _held(response_id, request.form.get("form-language"))
        return document(sheet, kept, posted(sheet.form, request.form, sheet.meta), notice="stale"), 400
    return error_page(400, "This page has been open too long", "We could not tell that this came from our own page.")
