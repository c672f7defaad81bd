"""A respondent's way once begun: the form in one document, its drafts, its submission, the thank-you."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.answers.filled_form import PageForm, without_row
from service.collection.models.home import Child
from service.collection.models.invitation import Invitation
from service.collection.models.response import Response as Answered
from service.collection.people.who_to_talk_to import own_contacts
from service.collection.responses import submission
from service.collection.responses.submission import NoSuchResponse
from service.collection.tablets.choices import offered
from service.dates import day_at, now
from service.definitions import AlertRule
from service.operations import responses
from service.operations.responses import SentAnswers, TalkRequest, why_shut
from service.state import app_state
from service.web.http.access import by_session
from service.web.http.errors import error_page
from service.web.http.respondent_session import SessionResponse, forget_response, mark_submitted, session_response
from service.web.respondent.document import FormView, document, fresh_document, group_fragment, help_of, sheet_for

bp = Blueprint("respond", __name__)

CLOSED = ("closed.title", "closed.sentence", "closed.next")
NOT_KEPT = ("not_kept.title", "not_kept.sentence", "not_kept.next")
GONE = ("gone.title", "gone.sentence", "gone.next")
TAKEN_BACK = ("taken_back.title", "taken_back.sentence", "taken_back.next")
SHUT = {"closed": CLOSED, "revoked": TAKEN_BACK}


@bp.get("/r/<response_id>")
@by_session
def form(response_id: str) -> ResponseReturnValue:
    """The whole form in one document, with the draft's answers in it."""
    known = _mine(response_id)
    found = _draft(response_id)
    if found is None:
        _finished(response_id, known)
        return redirect(url_for("respond.done", response_id=response_id), 303)
    asker = _asker(found)
    view = _sheet(found, asker, request.args.get("language"))
    by_code = found.begun_as == "code" or (asker is not None and asker.slip)  # a used code looks like any other
    if not by_code and (found.conflict or (asker is not None and asker.answered)):
        return _answered_elsewhere(view, found)
    if shut := _shut(view, asker):
        return shut
    if found.answers:
        return document(view, found, view.opened(found.answers))
    return fresh_document(view, found)


@bp.post("/r/<response_id>/draft")
@by_session
def draft(response_id: str) -> ResponseReturnValue:
    """Keep what was said so far; answer with nothing, or with what changed on the page because of it."""
    known = _mine(response_id)
    found = _draft(response_id)
    if found is None:
        return _late(response_id, known)
    view = _sheet(found, _asker(found), request.form.get("show-language") or request.form.get("form-language"))
    page = view.posted()
    page = without_row(page, request.form.get("remove-row", ""), view.meta)
    sent = sent_here(view, page)
    met = responses.save_draft(
        app_state().store, found.id, sent, app_state().hasher, app_state().config.base_url, now()
    )
    if request.headers.get("HX-Request") != "true":
        return document(view, found, page, notice=_notice(sent))
    if changed := request.form.get("add-row") or request.form.get("remove-row", "").split(".")[0]:
        return group_fragment(view, found, page, changed)
    return _help(view, met, sent)


@bp.post("/r/<response_id>")
@by_session
def submit(response_id: str) -> ResponseReturnValue:
    """Judge everything, keep it, and only then say thank you. Sent again, it is received again, not kept twice."""
    known = _mine(response_id)
    found = _draft(response_id)
    language = request.form.get("form-language")
    asker = _asker(found) if found else None
    view = (
        _sheet(found, asker, language)
        if found
        else sheet_for(known.round_id, known.form_id, language or known.language)
    )
    sent = sent_here(view, view.posted())
    result = responses.submit(
        app_state().store,
        response_id,
        sent,
        app_state().hasher,
        app_state().config.base_url,
        now(),
        warnings_seen="warnings-seen" in request.form,
    )
    if result.outcome == "invalid" and found is not None:
        return document(view, found, result.page, notice=_notice(sent)), 422
    if result.outcome == "closed" or result.outcome == "revoked":
        return said(410, view, SHUT[result.outcome])
    if result.outcome == "deleted":
        forget_response(response_id)
        return said(410, view, GONE)
    if result.outcome == "not_kept":
        return said(409, view, NOT_KEPT)
    mark_submitted(response_id, view.language)
    return redirect(url_for("respond.done", response_id=response_id, talk="yes" if sent.talk else None), 303)


@bp.get("/r/<response_id>/done")
@by_session
def done(response_id: str) -> ResponseReturnValue:
    """Thank you, with none of the answers."""
    known = _mine(response_id)
    _finished(response_id, known)
    view = sheet_for(known.round_id, known.form_id, known.language)
    page = render_template(
        "respondent/done.html",
        talk_asked="talk" in request.args,
        draft_address=url_for("respond.draft", response_id=response_id),
        **_leaving(view, known),
    )
    return _clear(page)


@bp.post("/r/<response_id>/withdraw")
@by_session
def withdraw(response_id: str) -> ResponseReturnValue:
    """Delete the draft: the person changed their mind before sending it."""
    known = _mine(response_id)
    submission.withdraw(app_state().store, response_id)
    forget_response(response_id)
    view = sheet_for(known.round_id, known.form_id, known.language)
    return _clear(render_template("respondent/withdrawn.html", **_leaving(view, known)))


# --- what the views share ---


def _mine(response_id: str) -> SessionResponse:
    """What this browser knows of its response; 404 for everyone else's."""
    return session_response(response_id) or abort(404)


def _late(response_id: str, known: SessionResponse) -> ResponseReturnValue:
    """What came after everything was sent changes no answer; but to say that one needs help it is never too late.

    So it is with a page that is still open beside the one that was sent, and with a wish to talk on the thank-you page.
    """
    if not submission.was_submitted(app_state().store, response_id, app_state().hasher):
        return "", 204
    view = sheet_for(known.round_id, known.form_id, request.form.get("form-language") or known.language)
    sent = sent_here(view, view.posted())
    met = responses.raise_late(
        app_state().store, response_id, sent, app_state().hasher, app_state().config.base_url, now()
    )
    if request.headers.get("HX-Request") != "true":
        return redirect(url_for("respond.done", response_id=response_id, talk="yes" if sent.talk else None), 303)
    return _help(view, met, sent)


def sent_here(view: FormView, page: PageForm) -> SentAnswers:
    """These answers, with the wish to talk to someone where this request carries one."""
    if "talk-now" not in request.form:
        return SentAnswers(view, page)
    chosen = request.form.get("talk-to", "")
    people = enumerate(own_contacts(view.home, view.form.audience))
    whom = next((person.name for place, person in people if str(place) == chosen), "")
    return SentAnswers(view, page, TalkRequest(whom, request.form.get("talk-name", "")))


def _notice(sent: SentAnswers) -> str:
    return "talk" if sent.talk else ""


def _help(view: FormView, met: Iterable[AlertRule], sent: SentAnswers) -> ResponseReturnValue:
    """What is said at once because of these answers; nothing where there is nothing to say."""
    help_shown, asked = help_of(view, met), sent.talk is not None
    if not help_shown and not asked:
        return "", 204
    return render_template("respondent/_help.html", help_shown=help_shown, talk_asked=asked, **view.words())


def _finished(response_id: str, known: SessionResponse) -> None:
    """Have the session know that this was submitted; 404 where it was not.

    It may not know it yet: a reply is lost, or one to an earlier draft comes late and puts the older cookie back.
    """
    if not known.finished:
        if not submission.was_submitted(app_state().store, response_id, app_state().hasher):
            abort(404)
        mark_submitted(response_id, known.language)


def _draft(response_id: str) -> Answered | None:
    """The response while it is a draft."""
    found = app_state().store[Answered].get(response_id)
    return found if found is not None and found.submitted_at is None else None


def _asker(found: Answered) -> Invitation | None:
    return app_state().store[Invitation].get(found.invitation_id) if found.invitation_id else None


def _sheet(found: Answered, asker: Invitation | None, language: str | None) -> FormView:
    child = app_state().store[Child].get(found.child_id) if found.child_id else None
    return sheet_for(found.round_id, found.form_id, language or found.language, asker, child)


def _shut(view: FormView, asker: Invitation | None) -> ResponseReturnValue | None:
    """The page that says why what was begun cannot be sent, where it cannot."""
    shut = why_shut(view.round, asker, now())
    return said(410, view, SHUT[shut]) if shut else None


def _answered_elsewhere(view: FormView, found: Answered) -> str:
    return render_template(
        "respondent/answered.html",
        withdraw_address=url_for("respond.withdraw", response_id=found.id),
        days=view.form.retention.drafts_days,
        **view.words(),
    )


def _leaving(view: FormView, known: SessionResponse) -> dict[str, Any]:
    return {
        **view.words(),
        "channel": known.channel,
        "start_address": url_for("tablet.choose") if known.channel == "tablet" else "",
        "child_id": known.child_id,
        "next_form": _next_form(view, known),
    }


def _next_form(view: FormView, known: SessionResponse) -> str:
    """The id of the next form for a child's age, to be begun anew by that child; empty where there is none."""
    if not known.child_id or not view.round.is_open(day_at(now())):
        return ""
    offer = offered(app_state().store, view.round, app_state().form)
    child = offer.child(known.child_id)
    following = offer.form_after(child, known.form_id) if child else None
    return following.id if following else ""


def said(status: int, view: FormView, sentences: tuple[str, str, str]) -> ResponseReturnValue:
    """A page of a few sentences in the respondent's language: why nothing can be done here, and what can."""
    title, sentence, then = map(view.say, sentences)
    return error_page(status, title, sentence, f"{then} {view.home_number}".strip())


def _clear(page: str) -> Response:
    """A page after which Back shows nothing of the one before, in every browser family."""
    response = Response(page)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.app_errorhandler(NoSuchResponse)
def not_begun(fault: NoSuchResponse) -> ResponseReturnValue:
    return error_page(404)


def document_again(response_id: str) -> str | None:
    """The form as it was posted with a fresh token, for a page whose own no longer fits; None where there is none."""
    found = _draft(response_id) if session_response(response_id) else None
    if found is None:
        return None
    view = _sheet(found, _asker(found), request.form.get("form-language"))
    return document(view, found, view.posted(), notice="stale")
