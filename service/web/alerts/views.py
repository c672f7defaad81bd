"""The pages of alerts: what waits, what is known of one, and what somebody does about it."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from service.accounts.account import Account
from service.accounts.roles import may as may_at
from service.accounts.roles import may_somewhere, roles_at
from service.collection.alerts import workflow
from service.collection.alerts.answers import look, may_read_whole
from service.collection.follow_up.alert_notices import not_reached
from service.collection.models.alert import Alert, Disclosure
from service.collection.models.errors import NotPossible
from service.collection.models.help_lines import lines_kept
from service.collection.models.home import Home
from service.collection.people.who_to_talk_to import contacts_for
from service.dates import moment_in_words, now
from service.definitions import Role
from service.reports.labels import ROLES, in_a_list
from service.repository import readable
from service.state import app_state
from service.web.admin.audit_text import Names
from service.web.alerts import banner
from service.web.alerts.forms import CloseForm, NoteForm, ReasonForm
from service.web.alerts.text import AlertText, history, told
from service.web.comments import views
from service.web.http.access import current, current_home, current_record, freshly_proved, is_demonstration, may

bp = Blueprint("alerts", __name__)
bp.add_url_rule("/alerts/banner", "banner", banner.changed)
bp.add_url_rule("/homes/<home_id>/comments", "comments", views.waiting)
bp.add_url_rule("/homes/<home_id>/comments", "have_read", views.have_read, methods=["POST"])
bp.add_url_rule("/homes/<home_id>/comments/themes", "themes", views.themes, methods=["POST"])

MOST_DONE = 50  # of those that are closed, on the page


@bp.app_context_processor
def for_every_page() -> dict[str, Any]:
    """What the frame of a page asks for when it is drawn for somebody who has signed in."""
    return {"alert_banner": banner.banner_here}


@bp.get("/alerts", endpoint="all")
@may("see_alerts")
def all_known() -> ResponseReturnValue:
    """The alerts that one may know of: those that wait first, those that are closed below."""
    store, account, moment = app_state().store, current().account, now()
    names = Names(store)
    found = workflow.alerts_for(store, account)
    lines = [line for alert in found.records if (line := told(alert, names, moment))]
    done = [line for line in lines if not line.alert.is_open]
    homes = [home for home in readable(store[Home].all()).records if may_at(account, "read_comments", home.id)]
    return render_template(
        "alerts/all.html",
        waiting=[line for line in lines if line.alert.is_open],
        done=done[:MOST_DONE],
        older=len(done) - MOST_DONE,
        unreadable=bool(found.unreadable) and may_somewhere(account, "resolve_child"),
        homes=sorted(homes, key=lambda home: home.name),
        demonstration=is_demonstration(),
    )


@bp.get("/alerts/<alert_id>")
@may("see_alerts")
def one(alert_id: str) -> ResponseReturnValue:
    """One alert: that and where, what has happened since, what to do. Never what was answered."""
    return _page(_told())


@bp.post("/alerts/<alert_id>/acknowledge")
@may("see_alerts")
def acknowledge(alert_id: str) -> ResponseReturnValue:
    """Say that one is on it."""
    me = current().account
    try:
        alert = workflow.acknowledge(app_state().store, alert_id, me.id, now())
    except NotPossible as refusal:
        return _back(str(refusal), "act")
    first = next((step.actor for step in reversed(alert.steps) if step.kind == "acknowledged"), me.id)
    if first != me.id:
        return _back(f"{Names(app_state().store).actor(first)} is on it already.", "look")
    return _back("You are on it. It goes no further by itself.")


@bp.post("/alerts/<alert_id>/answer")
@may("see_alerts")
@freshly_proved
def answer(alert_id: str) -> ResponseReturnValue:
    """The question and the answer behind it; all answers for those whom the form names as readers. Remembered."""
    line = _told()
    whole = "whole" in request.form
    if whole and (line.form is None or not may_read_whole(current().account, line.form, line.alert)):
        abort(403)
    seen = look(app_state().store, line.alert, app_state().form, current().account, now(), whole=whole)
    return _page(line, seen=seen, whole=whole)


@bp.post("/alerts/<alert_id>/child")
@may("resolve_child")
@freshly_proved
def child(alert_id: str) -> ResponseReturnValue:
    """Which child it was, for a reason; remembered, and in the alert's history."""
    line = _told()
    if not _can_be_resolved(line):
        abort(404)
    form = ReasonForm()
    if not form.validate():
        return _page(line, reason_form=form), 422
    whose = workflow.resolve(app_state().store, alert_id, form.why.data, current().account.id, now())
    return _page(_told(), whose=whose, ring=_who_keeps_the_list())


@bp.post("/alerts/<alert_id>/record")
@may("see_alerts")
def record(alert_id: str) -> ResponseReturnValue:
    """Write down what was learned and done. What was written before stays as it is."""
    form = NoteForm()
    if form.validate():
        me, moment = current().account.id, now()
        parts = (form.text("words"), form.text("present"), form.text("done"), form.text("told"))
        note = Disclosure("", alert_id, current_home().id, moment, me, *parts)
        try:
            workflow.record(app_state().store, alert_id, me, note, moment)
        except NotPossible as refusal:
            form.words.errors = (str(refusal),)
        else:
            return _back("Written down, with your name and the time.")
    return _page(_told(), note_form=form), 422


@bp.post("/alerts/<alert_id>/close")
@may("see_alerts")
def close(alert_id: str) -> ResponseReturnValue:
    """End it with a reason."""
    form = CloseForm()
    if form.validate():
        try:
            workflow.close(app_state().store, alert_id, form.reason.data, current().account.id, now())
        except NotPossible as refusal:
            form.reason.errors = (str(refusal),)
        else:
            return _back("Closed. Anybody who may see it can open it again.")
    return _page(_told(), close_form=form), 422


@bp.post("/alerts/<alert_id>/reopen")
@may("see_alerts")
def reopen(alert_id: str) -> ResponseReturnValue:
    """Take back a closing."""
    workflow.reopen(app_state().store, alert_id, current().account.id, now())
    return _back("It is open again.")


# --- what the views share ---


def _told() -> AlertText:
    """The alert of the address as it is now, in words."""
    alert: Alert | None = app_state().store[Alert].get(current_record("alert_id").id)
    return (told(alert, Names(app_state().store), now()) if alert else None) or abort(404)


def _back(words: str, kind: str = "") -> Response:
    flash(words, kind)
    return redirect(url_for("alerts.one", alert_id=current_record("alert_id").id), 303)


def _page(line: AlertText, **more: Any) -> str:
    store, account, home = app_state().store, current().account, current_home()
    names, alert = Names(store), line.alert
    forms = {"note_form": NoteForm(None), "close_form": CloseForm(None), "reason_form": ReasonForm(None)}
    return render_template(
        "alerts/one.html",
        **{"seen": None, "whole": False, "whose": None, **forms, **more},
        line=line,
        alert=alert,
        home=home,
        steps=list(history(line, names)),
        notes=[
            (note, names.account(note.by), moment_in_words(note.written_at))
            for note in readable(store[Disclosure].find("alert_id", alert.id)).records
        ],
        told_so_far=in_a_list([ROLES[role] for role in alert.roles]),
        late=in_a_list([one.name for one in not_reached(store, alert, now()) if one.id != account.id]),
        responsible=in_a_list([one.name for one in _holding("responsible_individual")]),
        can_resolve=current().may("resolve_child") and _can_be_resolved(line),
        reads_whole=line.form is not None and may_read_whole(account, line.form, alert),
        contacts=contacts_for(home, lines_kept(store), "child"),
        demonstration=home.demonstration,
    )


def _can_be_resolved(line: AlertText) -> bool:
    return line.form is not None and line.form.identity == "pseudonymous" and bool(line.alert.response_id)


def _who_keeps_the_list() -> list[str]:
    """Who can say whose picture it is, but for the reader: its manager and who answers for it, not the shift."""
    roles: tuple[Role, ...] = ("registered_manager", "responsible_individual")
    others = [(each, role) for role in roles for each in _holding(role) if each.id != current().account.id]
    return list(dict.fromkeys(f"{each.name}, {ROLES[role]}" for each, role in others))


def _holding(role: str) -> list[Account]:
    accounts = readable(app_state().store[Account].all()).records
    return [each for each in accounts if each.is_open and role in roles_at(each, current_home().id)]
