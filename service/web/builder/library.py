"""The list of forms: those that are offered and those that are being made; new ones begin here."""

import json
from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import Length

from service.accounts.roles import may as may_do
from service.accounts.roles import may_everywhere
from service.collection.forms.drafts import begin_draft, delete_draft, drafts_of, replace_document
from service.collection.forms.offer import archive, form_states, restore
from service.collection.forms.starting_points import (
    StartingPoint,
    copy_document,
    empty_document,
    new_form_id,
    starting_points,
)
from service.collection.models.errors import NotPossible
from service.collection.models.form_draft import FormDraft
from service.collection.models.home import Home
from service.collection.models.published_form import FormRef, FormState
from service.dates import day_at, in_words, now
from service.definitions.canonical import canonical_text
from service.definitions.editing import Json, MoveRefused, finished
from service.operations.form_publication import edit_published
from service.reports.labels import AUDIENCES, with_home
from service.repository import readable
from service.state import app_state
from service.web.builder.draft_page import draft_now
from service.web.http.access import current, may
from service.web.parts.forms import TypedForm

bp = Blueprint("forms", __name__)

LARGEST_FILE = 200_000  # bytes


@dataclass(frozen=True)
class FormLine:
    """One form as the page shows it; `state` and `word` are its tag. A form never published has no title.

    `archive_at` is where the account takes it off the offer and puts it back; empty where it may not.
    `can_edit_again` is a form made here that has no draft any more.
    """

    form_id: str
    title: str
    audience: str
    version: int
    state: str
    word: str
    where: str
    archive_at: str
    is_archived: bool
    can_edit_again: bool
    faults: tuple[str, ...] = ()


class NewForm(TypedForm):
    """What a new form begins with."""

    title = StringField("Title", [Length(max=200)])
    home = SelectField("Where it is asked")
    source = RadioField("Begin with")


@bp.get("/forms")
@may("see_drafts")
def library() -> ResponseReturnValue:
    """Every form that the account can use, with its newest version, and every form that is being made."""
    store = app_state().store
    homes = _homes()
    states = _states(homes)
    drafts = drafts_of(store, homes)
    return render_template(
        "builder/library.html",
        lines=[_line(state, homes, drafts) for state in states],
        drafts=[(draft, draft.document.get("title") or "Without a title", homes[draft.home_id]) for draft in drafts],
        may_build=bool(_homes_to_build()),
        may_edit=lambda draft: draft.home_id in _homes_to_build(),
    )


@bp.route("/forms/new", methods=["GET", "POST"])
@may("build_forms")
def new() -> ResponseReturnValue:
    """Begin a form."""
    form = NewForm()
    homes = _homes_to_build()
    points = starting_points(_states(homes), app_state().library)
    form.home.choices = list(homes.items())
    form.source.choices = [_choice(point) for point in points]
    if request.method != "POST":
        wanted = f"copy-{request.args.get('copy', '')}"
        form.source.data = wanted if any(wanted == value for value, *_ in form.source.choices) else "empty-child"
    elif form.validate():
        draft = _begun(form)
        return redirect(url_for("builder.edit", draft_id=draft.id), 303)
    return render_template("builder/new.html", form=form), 422 if form.errors else 200


@bp.post("/forms/<form_id>/offer")
@may("keep_forms", everywhere=True)
def change_offer(form_id: str) -> ResponseReturnValue:
    """Take any form off the offer, or put it back."""
    return _offer_changed(form_id)


@bp.post("/forms/<draft_id>/archive")
@may("build_forms")
def change_own_offer(draft_id: str) -> ResponseReturnValue:
    """Take a form that was made here off the offer, or put it back."""
    return _offer_changed(draft_id)


@bp.post("/forms/<form_id>/draft")
@may("build_forms")
def edit_again(form_id: str) -> ResponseReturnValue:
    """Edit a form that was made here and whose draft was deleted."""
    try:
        draft = edit_published(app_state().store, form_id, now(), by=current().account.id)
    except NotPossible:
        abort(404)
    return redirect(url_for("builder.edit", draft_id=draft.id), 303)


@bp.get("/forms/<draft_id>/edit.json")
@may("build_forms")
def download(draft_id: str) -> ResponseReturnValue:
    """The draft as a file in the format."""
    draft = draft_now()
    name = f"{draft.id}.json"
    return Response(
        canonical_text(finished(draft.document)),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.post("/forms/<draft_id>/file")
@may("build_forms")
def upload(draft_id: str) -> ResponseReturnValue:
    """Make the draft what a file says; undo takes it back."""
    try:
        document = _uploaded()
        replace_document(app_state().store, draft_id, document, now(), by=current().account.id)
        flash("The form is now as in the file. Undo takes it back.", "")
    except (ValueError, MoveRefused) as refused:
        flash(str(refused), "act")
    return redirect(url_for("builder.edit", draft_id=draft_id, part="form"), 303)


@bp.post("/forms/<draft_id>/delete")
@may("build_forms")
def delete(draft_id: str) -> ResponseReturnValue:
    """Delete a draft; what was published of it stays."""
    delete_draft(app_state().store, draft_id)
    flash("The draft is deleted. What was published stays.", "")
    return redirect(url_for(".library"), 303)


def _offer_changed(form_id: str) -> ResponseReturnValue:
    change = archive if request.form.get("do") == "archive" else restore
    try:
        change(app_state().store, form_id, now(), by=current().account.id)
    except NotPossible:
        abort(404)
    flash("Archived. Surveys that ask it go on." if change is archive else "Offered again.", "")
    return redirect(url_for(".library"), 303)


def _choice(point: StartingPoint) -> tuple[str, str]:
    whom = AUDIENCES[point.audience].lower()
    if point.is_empty:
        return f"empty-{point.audience}", f"An empty form for {whom}"
    return f"copy-{point.form_id}", f"A copy of “{with_home(point.title, [])}”, for {whom}"


def _states(homes: dict[str, str]) -> list[FormState]:
    """The forms that come with the service, and those made at these homes or for all."""
    return [state for state in form_states(app_state().store) if not state.home_id or state.home_id in homes]


def _begun(form: NewForm) -> FormDraft:
    store, title = app_state().store, form.text("title").strip()
    kind, _, name = form.source.data.partition("-")
    home = store[Home].get(form.home.data) if form.home.data else None
    source = None
    if kind == "copy":
        original = app_state().library[name]
        document = copy_document(original, title)
        source = FormRef(original.id, original.version, original.fingerprint)
    else:
        audience = next(each for each in AUDIENCES if each == name)
        document = empty_document(audience, title or "New form", home.kind if home else None)
    draft_id = new_form_id(store, title or str(document["title"]))
    return begin_draft(store, draft_id, form.home.data, document, now(), by=current().account.id, source=source)


def _uploaded() -> Json:
    sent = request.files.get("file")
    data = sent.read(LARGEST_FILE + 1) if sent else b""
    if not data:
        raise ValueError("Choose a file first.")
    if len(data) > LARGEST_FILE:
        raise ValueError("This file is too large for a form.")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("This file is not JSON.") from None


def _homes() -> dict[str, str]:
    """The homes whose forms the account may see, by id; "" is all homes."""
    return _homes_where("see_drafts")


def _homes_to_build() -> dict[str, str]:
    return _homes_where("build_forms")


def _homes_where(action: str) -> dict[str, str]:
    account = current().account
    found = {home.id: home.name for home in readable(app_state().store[Home].all()).records}
    homes = {home_id: name for home_id, name in found.items() if may_do(account, action, home_id)}  # type: ignore[arg-type]
    return {**homes, **({"": "All homes"} if may_everywhere(account, action) else {})}  # type: ignore[arg-type]


def _archive_at(state: FormState, drafts: list[FormDraft]) -> str:
    """Where this account takes the form off the offer; empty where it may not."""
    if not state.current:
        return ""
    if current().may_everywhere("keep_forms"):
        return url_for(".change_offer", form_id=state.id)
    mine = any(draft.id == state.id and draft.home_id in _homes_to_build() for draft in drafts)
    return url_for(".change_own_offer", draft_id=state.id) if mine else ""


def _line(state: FormState, homes: dict[str, str], drafts: list[FormDraft]) -> FormLine:
    form = app_state().form(state.current) if state.current else None
    tag, word = "good", "Offered"
    if state.faults:
        tag, word = "act", "Not offered"
    elif state.archived_at is not None:
        tag, word = "", f"Archived on {in_words(day_at(state.archived_at))}"
    return FormLine(
        state.id,
        with_home(form.title, []) if form else "",
        AUDIENCES[form.audience] if form else "",
        state.version,
        tag,
        word,
        homes[state.home_id] if state.built else "Comes with Sayso",
        _archive_at(state, drafts),
        state.archived_at is not None,
        state.built and state.home_id in _homes_to_build() and not any(draft.id == state.id for draft in drafts),
        state.faults,
    )
