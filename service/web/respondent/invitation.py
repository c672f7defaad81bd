"""What somebody with a link meets: who asks, beginning, going on elsewhere with a code, a new link, not being meant."""

from collections.abc import Callable
from functools import wraps

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service.answers.messages import BASE, phrase
from service.collection.invitations.emails import code_writer, writer
from service.collection.invitations.invite import ask_for_another, decline, followed, is_spent
from service.collection.invitations.passcodes import LASTS, send_code, try_code
from service.collection.models.errors import NotPossible
from service.collection.models.invitation import Invitation, Passcode
from service.collection.models.response import Response
from service.collection.responses import submission
from service.dates import day_at, now
from service.state import app_state
from service.web.http.access import by_link
from service.web.http.errors import error_page
from service.web.http.rate_limit import limited
from service.web.http.respondent_session import remember_response, session_response
from service.web.respondent import form
from service.web.respondent.decline_form import NotMe
from service.web.respondent.document import FormView, language_name, sheet_for

bp = form.bp  # the addresses of links and those of sessions are one way, under one name

View = Callable[[str, Invitation, FormView], ResponseReturnValue]


def _entered(view: View) -> Callable[[str], ResponseReturnValue]:
    """A view of a link that may be used; every other link gets the page that says why not."""

    @wraps(view)
    def entering(token: str) -> ResponseReturnValue:
        found = followed(app_state().store, token)
        if found is None:
            return _nobodys(token)
        invitation = found.invitation
        form_view = sheet_for(invitation.round_id, invitation.form_id, request.args.get("language"), invitation)
        today = day_at(now())
        if found.alive and invitation.answered and not invitation.slip:  # who holds a slip learns nothing of its use
            return render_template("respondent/answered.html", **form_view.words())
        if not form_view.round.is_open(today):
            return form.said(410, form_view, form.CLOSED)
        if not found.alive or today > invitation.expires_on:
            return render_template("respondent/ended.html", token=token, **form_view.words()), 410
        return view(token, invitation, form_view)

    return entering


@bp.get("/i/<token>")
@by_link
@_entered
def invitation(token: str, found: Invitation, view: FormView) -> ResponseReturnValue:
    """What it is, who asks, who reads. Looking changes nothing: mail scanners open links."""
    return _first_page(token, found, view)


@bp.post("/i/<token>")
@by_link
@_entered
def start(token: str, found: Invitation, view: FormView) -> ResponseReturnValue:
    """Begin, or go on with what this browser began; what another has begun is left there and not shown."""
    own = _own_draft(found)
    if own is not None:
        return _to_form(own)
    if _elsewhere(found) and found.email and "anew" not in request.form:
        return redirect(url_for("respond.invitation", token=token), 303)
    try:
        begun = submission.begin(
            app_state().store,
            view.round,
            view.ref,
            "link",
            view.language,
            now(),
            found.id,
            begun_as="code" if found.slip else "",
        )
    except submission.TooManyDrafts:
        return _first_page(token, found, view, fault="too_many_drafts"), 429
    except NotPossible:  # closed since this page was opened, which it says when it is opened again
        return redirect(url_for("respond.invitation", token=token), 303)
    return _go_on(begun)


@bp.get("/i/<token>/code")
@by_link
def no_code(token: str) -> ResponseReturnValue:
    """The address of a code that was refused, opened once more: its page is that of the link."""
    return redirect(url_for("respond.invitation", token=token))


@bp.post("/i/<token>/code")
@by_link
@limited
@_entered
def code(token: str, found: Invitation, view: FormView) -> ResponseReturnValue:
    """Send a code to the invited address, or with it let this browser go on with what another began."""
    store, hasher = app_state().store, app_state().hasher
    draft = _elsewhere(found)
    if draft is None or _own_draft(found) is not None:
        return redirect(url_for("respond.invitation", token=token), 303)
    if "digits" not in request.form:
        try:
            send_code(store, found.id, hasher, now(), code_writer(view.round, view.home, app_state().form))
        except NotPossible:
            return _first_page(token, found, view, fault="no_more"), 429
        return redirect(url_for("respond.invitation", token=token), 303)
    outcome = try_code(store, found.id, request.form["digits"], hasher, now())
    if outcome == "right":
        return _go_on(draft)
    return _first_page(token, found, view, fault=outcome), 422


@bp.post("/i/<token>/again")
@by_link
@limited
def again(token: str) -> ResponseReturnValue:
    """A new link for the invited address. The page says the same whether or not one was sent."""
    found = followed(app_state().store, token)
    if found is None:
        return _nobodys(token)
    asked = found.invitation
    view = sheet_for(asked.round_id, asked.form_id, request.args.get("language"))
    write = writer("new_link", view.round, view.home, app_state().form, app_state().config.base_url)
    ask_for_another(app_state().store, asked.id, now(), write)
    return render_template("respondent/asked_again.html", **view.words())


@bp.get("/i/<token>/not-me")
@by_link
@_entered
def not_me(token: str, found: Invitation, view: FormView) -> ResponseReturnValue:
    """Ask who the right person is, or why not."""
    return render_template("respondent/not_me.html", token=token, told=NotMe(), **view.words())


@bp.post("/i/<token>/not-me")
@by_link
@limited
@_entered
def say_not_me(token: str, found: Invitation, view: FormView) -> ResponseReturnValue:
    """Keep what the manager will read; beginning after all takes it back."""
    told = NotMe(request.form)
    if not told.validate():
        return render_template("respondent/not_me.html", token=token, told=told, **view.words()), 422
    try:
        decline(app_state().store, found.id, told.in_words(view.home.name), now())
    except NotPossible:  # answered, revoked or closed since this page was opened
        return redirect(url_for("respond.invitation", token=token), 303)
    return render_template("respondent/not_me_done.html", **view.words())


def page_again(token: str) -> ResponseReturnValue:
    """The page of a link once more with a fresh token, for a press whose own no longer fitted."""
    return _entered(_not_me_again if request.endpoint == "respond.say_not_me" else _first_page_again)(token)


# --- what the views share ---


def _first_page(token: str, found: Invitation, view: FormView, fault: str = "") -> str:
    own = _own_draft(found)
    if own is None and _elsewhere(found):
        waiting = app_state().store[Passcode].get(found.id)
        return render_template(
            "respondent/elsewhere.html",
            token=token,
            address=masked(found.email) if found.email else "",
            code_waits=waiting is not None and waiting.digits and now() < waiting.expires_at,
            code_minutes=int(LASTS.total_seconds() // 60),
            days=view.form.retention.drafts_days,
            fault=fault,
            **view.words(),
        )
    return render_template(
        "respondent/start.html",
        token=token,
        label=found.label,
        declined=found.declined_at is not None,
        resuming=own is not None,
        languages=[] if own else [(each, language_name(view, each)) for each in view.original.languages],
        fault=fault,
        **view.words(),
    )


def _first_page_again(token: str, found: Invitation, view: FormView) -> ResponseReturnValue:
    return _first_page(token, found, view, fault="once_more"), 400


def _not_me_again(token: str, found: Invitation, view: FormView) -> ResponseReturnValue:
    return render_template(
        "respondent/not_me.html", token=token, told=NotMe(request.form), stale=True, **view.words()
    ), 400


def _own_draft(found: Invitation) -> Response | None:
    """What this browser has begun with the invitation, the newest first."""
    for response_id in (found.response_id, *reversed(found.aside)):
        draft = app_state().store[Response].get(response_id) if response_id and session_response(response_id) else None
        if draft is not None and draft.submitted_at is None:
            return draft
    return None


def _elsewhere(found: Invitation) -> Response | None:
    """What another browser has begun. A press on Start without an answer is nothing to go on with."""
    draft = app_state().store[Response].get(found.response_id) if found.response_id and not found.slip else None
    return draft if draft is not None and draft.submitted_at is None and draft.answers else None


def _go_on(draft: Response) -> ResponseReturnValue:
    session.permanent = True
    remember_response(draft)
    return _to_form(draft)


def _to_form(draft: Response) -> ResponseReturnValue:
    return redirect(url_for("respond.form", response_id=draft.id), 303)


def _nobodys(token: str) -> ResponseReturnValue:
    if is_spent(app_state().store, token):
        return error_page(200, *(phrase(BASE, key) for key in ("answered.title", "answered.text", "done.close")))
    return error_page(404, *(phrase(BASE, f"unknown.{part}") for part in ("title", "text", "next")))


def masked(address: str) -> str:
    """An e-mail address by which its owner knows it and nobody else does: s•••@e•••.org."""
    name, _, place = address.partition("@")
    site, _, ending = place.rpartition(".")
    return f"{name[:1]}•••@{site[:1]}•••.{ending}" if site else f"{name[:1]}•••@{place[:1]}•••"
