"""A form that is being made, as whoever answers it will meet it: the same pages by the same code, and nothing kept."""

from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer

from service.analysis.merged_form import join
from service.answers.alert_rules import alerts_in
from service.answers.filled_form import judged, without_row
from service.collection.models.form_draft import FormDraft
from service.collection.models.form_meta import meta_of
from service.collection.models.help_lines import lines_kept
from service.collection.models.home import Home
from service.collection.models.published_form import FormRef
from service.collection.models.response import Channel, Response
from service.collection.models.round import Round
from service.dates import day_at, in_words, now
from service.definitions import AlertRule, Form, language_for, localised
from service.definitions.editing import finished
from service.definitions.editing.faults import faults_of
from service.definitions.editing.words import called, item_of, language_name
from service.reports.labels import ROLES
from service.reports.sheets.columns import columns_of
from service.state import app_state
from service.web.builder.draft_page import draft_now, draft_page
from service.web.builder.panels.fields import SEVERITIES
from service.web.http.access import by_link, current, may
from service.web.http.errors import error_page
from service.web.paper.print_layout import Printed
from service.web.paper.views import names_of
from service.web.respondent.document import (
    FormView,
    PageAddresses,
    document,
    fresh_document,
    group_fragment,
    help_of,
)
from service.web.respondent.form import sent_here

bp = Blueprint("preview", __name__)

LINK_DAYS = 14
FRAMES = {"tablet": "Tablet", "phone": "Phone", "desktop": "Desktop"}
_INSIDE = frozenset({"preview.own_page", "preview.own_submit", "preview.own_draft"})
_DAYS_OPEN = 14  # of the survey that a preview makes up


@dataclass(frozen=True)
class ToldAlert:
    """An alert as somebody who tries the form is told of it."""

    message: str
    soon: str
    told: str
    then: tuple[str, ...]


@bp.get("/forms/<draft_id>/preview")
@may("see_drafts")
def frame(draft_id: str) -> ResponseReturnValue:
    """The form in a frame of a chosen size and language."""
    draft = draft_now()
    form = form_of(draft)
    faults = [fault for fault in faults_of(draft.document) if fault.kind == "error"]
    size = request.args.get("size", "")
    return draft_page(
        "preview",
        draft,
        form=form,
        faults=[(called(draft.document, item_of(draft.document, fault.address)), fault.sentence) for fault in faults],
        size=size if size in FRAMES else "tablet",
        sizes=FRAMES,
        language=_language(form) if form else "",
        language_name=language_name,
        days=LINK_DAYS,
        link="",
    )


@bp.post("/forms/<draft_id>/preview-link")
@may("build_forms")
def make_link(draft_id: str) -> ResponseReturnValue:
    """A link by which people without an account can try the form for some days."""
    draft = draft_now()
    token = _links().dumps(draft.id)
    address = f"{app_state().config.base_url}{url_for('.page', token=token)}"
    until = in_words(day_at(now()) + timedelta(days=LINK_DAYS))
    return draft_page("preview_link", draft, link=address, until=until)


@bp.get("/forms/<draft_id>/preview/page")
@may("see_drafts")
def own_page(draft_id: str) -> ResponseReturnValue:
    """The form's page, for the frame."""
    return _page(draft_now(), _own_addresses(draft_id))


@bp.post("/forms/<draft_id>/preview/page")
@may("see_drafts")
def own_submit(draft_id: str) -> ResponseReturnValue:
    """What would have happened with these answers."""
    return _submitted(draft_now(), _own_addresses(draft_id))


@bp.post("/forms/<draft_id>/preview/draft")
@may("see_drafts")
def own_draft(draft_id: str) -> ResponseReturnValue:
    """What a save would have answered."""
    return _saved(draft_now(), _own_addresses(draft_id))


@bp.get("/forms/<draft_id>/preview/paper")
@may("see_drafts")
def paper(draft_id: str) -> ResponseReturnValue:
    """The form on paper; it has no code and cannot be typed in."""
    form = form_of(draft_now())
    if form is None:
        return redirect(url_for(".frame", draft_id=draft_id), 303)
    language = _language(form)
    printed = Printed(localised(form, language), language, request.args.get("size") == "large", current().home)
    words = printed.words("", lines_kept(app_state().store))
    return render_template("paper/sheet.html", languages=names_of(form), back="", **words)


@bp.get("/preview/<token>")
@by_link
def page(token: str) -> ResponseReturnValue:
    """The form's page for whoever has the link."""
    draft = _draft_of(token)
    return _page(draft, _link_addresses(token)) if draft else _link_ended()


@bp.post("/preview/<token>")
@by_link
def submit(token: str) -> ResponseReturnValue:
    """What would have happened with these answers."""
    draft = _draft_of(token)
    return _submitted(draft, _link_addresses(token)) if draft else _link_ended()


@bp.post("/preview/<token>/draft")
@by_link
def draft(token: str) -> ResponseReturnValue:
    """What a save would have answered."""
    found = _draft_of(token)
    return _saved(found, _link_addresses(token)) if found else _link_ended()


def form_of(draft: FormDraft) -> Form | None:
    """The draft as a form; None while it has faults."""
    if any(fault.kind == "error" for fault in faults_of(draft.document)):
        return None
    return Form.of(finished(draft.document))


def _page(draft: FormDraft, addresses: PageAddresses) -> ResponseReturnValue:
    form = form_of(draft)
    if form is None:
        return error_page(409, "Not yet", "This form has faults. It can be shown when they are mended.", "")
    view, response = _view(draft, form, addresses, request.args.get("language"))
    return fresh_document(view, response)


def _saved(draft: FormDraft, addresses: PageAddresses) -> ResponseReturnValue:
    form = form_of(draft) or abort(409)
    view, response = _view(
        draft, form, addresses, request.form.get("show-language") or request.form.get("form-language")
    )
    given = without_row(view.posted(), request.form.get("remove-row", ""), view.meta)
    sent = sent_here(view, given)
    if request.headers.get("HX-Request") != "true":
        return document(view, response, given, notice="talk" if sent.talk else "")
    if changed := request.form.get("add-row") or request.form.get("remove-row", "").split(".")[0]:
        return group_fragment(view, response, given, changed)
    help_shown = help_of(view, alerts_in(view.original, given.visible, "answer"))
    if not help_shown and not sent.talk:
        return "", 204
    return render_template(
        "respondent/_help.html", help_shown=help_shown, talk_asked=sent.talk is not None, **view.words()
    )


def _submitted(draft: FormDraft, addresses: PageAddresses) -> ResponseReturnValue:
    if "withdraw" in request.form:
        return redirect(addresses.submit, 303)
    form = form_of(draft) or abort(409)
    view, response = _view(draft, form, addresses, request.form.get("form-language"))
    given = judged(view.form, view.posted(), view.meta, view.say)
    if given.errors_by_name or (given.warnings_by_name and "warnings-seen" not in request.form):
        return document(view, response, given), 422
    rules = [*alerts_in(view.original, given.visible, "answer"), *alerts_in(view.original, given.visible, "submit")]
    columns = [
        column.column.header
        for joined in join([view.original]).questions
        if joined.question.type != "group"
        for column in columns_of(joined, [view.home])
    ]
    return render_template(
        "builder/tried.html",
        alerts=[_told(rule) for rule in {rule.id: rule for rule in rules}.values()],
        columns=columns,
        again=addresses.submit,
        **view.words(),
    )


def _told(rule: AlertRule) -> ToldAlert:
    return ToldAlert(
        rule.message,
        dict(SEVERITIES)[rule.severity],
        ", ".join(ROLES[role] for role in rule.notify),
        tuple(
            f"After {step.after.minutes} minutes without an answer: {', '.join(ROLES[role] for role in step.to)}"
            for step in rule.escalate
        ),
    )


def _view(draft: FormDraft, form: Form, addresses: PageAddresses, language: str | None) -> tuple[FormView, Response]:
    """The form in a survey that is made up and kept nowhere."""
    moment = now()
    # whoever has a link is told nothing of the home: neither its name nor whom its people turn to
    home = app_state().store[Home].get(draft.home_id) if draft.home_id and request.endpoint in _INSIDE else None
    home = home or Home("preview", "Example House", form.settings[0] if form.settings else "childrens_home")
    ref = FormRef(form.id, form.version, form.fingerprint)
    closes_on = day_at(moment) + timedelta(days=_DAYS_OPEN)
    round_ = Round("preview", home.id, form.title, "", (ref,), moment, closes_on)
    chosen = language_for(form, language)
    channel: Channel = "tablet" if form.audience == "child" else "link"
    view = FormView(
        form=localised(form, chosen),
        original=form,
        language=chosen,
        round=round_,
        ref=ref,
        home=home,
        meta=meta_of(round_, home, None, moment),
        addresses=addresses if channel == "tablet" else replace(addresses, start=""),
    )
    response = Response("preview", round_.id, form.id, form.version, form.fingerprint, chosen, channel, moment, moment)
    return view, response


def _language(form: Form) -> str:
    return language_for(form, request.args.get("language"))


def _own_addresses(draft_id: str) -> PageAddresses:
    here = url_for(".own_page", draft_id=draft_id)
    return PageAddresses(here, url_for(".own_draft", draft_id=draft_id), here, here)


def _link_addresses(token: str) -> PageAddresses:
    here = url_for(".page", token=token)
    return PageAddresses(here, url_for(".draft", token=token), here, here)


def _draft_of(token: str) -> FormDraft | None:
    """The draft that a link is for; None where it has ended."""
    try:
        draft_id = _links().loads(token, max_age=LINK_DAYS * 24 * 60 * 60)
    except BadData:
        return None
    return app_state().store[FormDraft].get(draft_id) if isinstance(draft_id, str) else None


def _link_ended() -> ResponseReturnValue:
    return error_page(
        410, "This link has ended", "A link to try a form works for two weeks.", "Ask whoever sent it for a new one."
    )


def _links() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(app_state().signing_keys, salt="form preview")
