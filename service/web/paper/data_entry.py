"""A paper copy typed in: the form as on the screen, judged by the same rules, then kept as it was given."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.answers.filled_form import PageForm, judged, without_row
from service.collection.models.errors import NotPossible
from service.collection.models.home import Child
from service.collection.models.invitation import Invitation
from service.collection.people.contacts_and_children import children_of
from service.collection.responses.paper_codes import paper_code
from service.collection.responses.paper_entry import (
    CLOSED,
    Copy,
    keyed_today,
    may_key_in,
    mine_since,
    new_copy_id,
)
from service.collection.responses.paper_entry import take_back as take_copy_back
from service.dates import HOME_TIME, day_at, now
from service.definitions import Form
from service.operations.responses import key_in
from service.reports.labels import ROLES, in_a_list
from service.repository import readable
from service.state import app_state
from service.web.http.access import current, current_home, current_record, may
from service.web.http.errors import error_page
from service.web.paper.print_layout import Printed
from service.web.respondent.document import FormView, language_name, sheet_for
from service.web.respondent.form import sent_here

COPY_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
NOTHING = "Nothing has been keyed in yet. An empty copy is not kept."

View = Callable[[FormView], ResponseReturnValue]


def _entered(view: View) -> Callable[[str, str], ResponseReturnValue]:
    """A view of a form that this account may key in; for every other one the page that says why not."""

    @wraps(view)
    def entering(round_id: str, form_id: str) -> ResponseReturnValue:
        wanted = request.form.get("form-language") or request.args.get("language")
        form_view = sheet_for(current_record("round_id").id, form_id, wanted)
        if not may_key_in(current().account, current_home().id, form_view.original):
            return _not_yours(form_view.original)
        if not form_view.round.is_open(day_at(now())):
            return error_page(410, "This round is over", CLOSED, "To ask again, open a new round.")
        return view(form_view)

    return entering


@may("key_in")
@_entered
def key(view: FormView) -> ResponseReturnValue:
    """The form to type a copy into; sent, it is judged and kept."""
    if request.method != "POST":  # to look at it, or at its head
        return _page(view, view.opened({}), new_copy_id())
    page = view.posted()
    copy_id = request.form.get("copy", "")
    if not COPY_ID.fullmatch(copy_id):
        copy_id = new_copy_id()
    if group_id := request.form.get("add-row") or request.form.get("remove-row", "").split(".")[0]:
        return _with_rows(view, page, copy_id, group_id)
    page = judged(view.form, page, view.meta, view.say)
    nothing = not _has_answers(page)
    doubtful = page.warnings_by_name and "warnings-seen" not in request.form
    if page.errors_by_name or doubtful or nothing:
        return _page(view, page, copy_id, NOTHING if nothing else ""), 422
    copy = Copy(
        id=copy_id,
        answers=page.answers,
        language=view.language,
        child_id=_one_of({child.id for child in _children(view)}, "child-of-home"),
        invitation_id=_one_of({each.id for each in _invited(view)}, "who-was-asked") or None,
    )
    try:
        key_in(
            app_state().store,
            copy,
            sent_here(view, page),
            current().account,
            app_state().hasher,
            app_state().config.base_url,
            now(),
        )
    except NotPossible as refusal:
        return error_page(410, "This round is over", str(refusal), "To ask again, open a new round.")
    return redirect(url_for("paper.kept", round_id=view.round.id, form_id=view.original.id), 303)


@may("key_in")
@_entered
def kept(view: FormView) -> ResponseReturnValue:
    """That it is kept, how many were, and a way to take back what was a mistake."""
    account, session = current().account, current().session
    mine = mine_since(app_state().store, view.round, view.original.id, account, session.began_at)
    return render_template(
        "paper/kept.html",
        round=view.round,
        home=view.home,
        form_id=view.original.id,
        title=view.words()["title"],
        anonymous=view.original.identity == "anonymous",
        copies=[(each.id, f"{each.saved_at.astimezone(HOME_TIME):%H:%M}") for each in mine],
        today=keyed_today(app_state().store, account, now()),
    )


@may("key_in")
@_entered
def take_back(view: FormView) -> ResponseReturnValue:
    """Delete a copy that this account has just keyed in by mistake."""
    account, session = current().account, current().session
    copy_id = request.form.get("copy", "")
    try:
        take_copy_back(app_state().store, view.round, copy_id, account, session.began_at, now())
    except NotPossible as refusal:
        flash(str(refusal), "look")
    else:
        flash("The copy is deleted. If it raised an alert, that stays: somebody was told of it.", "")
    return redirect(url_for("paper.kept", round_id=view.round.id, form_id=view.original.id), 303)


# --- what the views share ---


def _not_yours(form: Form) -> ResponseReturnValue:
    readers = [ROLES[role] for role in dict.fromkeys([*form.readers, "safeguarding_lead", "independent_person"])]
    return error_page(
        403,
        "This form is for others to key in",
        "Whoever keys in a paper copy reads it, and single answers to this form are not for your role to read.",
        f"Leave the envelopes closed and give them to: {in_a_list(readers)}.",
    )


def _page(view: FormView, page: PageForm, copy_id: str, fault: str = "") -> str:
    return render_template("paper/key.html", **_context(view, page, copy_id, fault))


def _with_rows(view: FormView, page: PageForm, copy_id: str, group_id: str) -> ResponseReturnValue:
    """One row more or fewer: the group alone where a script asks, else the whole page."""
    placed = view.form.questions.get(group_id) or abort(400)
    page = without_row(page, request.form.get("remove-row", ""), view.meta)
    if request.headers.get("HX-Request") == "true":
        context = _context(view, page, copy_id, "")
        return render_template("respondent/_question.html", question=placed.question, **context)
    return _page(view, page, copy_id)


def _context(view: FormView, page: PageForm, copy_id: str, fault: str) -> dict[str, Any]:
    address = url_for("paper.key", round_id=view.round.id, form_id=view.original.id)
    words = view.words()
    return {
        **words,
        "language": "en",  # of the page around the form
        "direction": "ltr",
        "look": "adult",
        "spoken": view.language,
        "spoken_direction": words["direction"],
        "easy": False,
        "entries": page,
        "text": page.text,
        "paper": Printed(view.form, view.language, home=view.home, round=view.round, ref=view.ref),
        "code": paper_code(view.round.id, view.ref),
        "round": view.round,
        "address": address,
        "draft_address": address,
        "copy_id": copy_id,
        "fault": fault,
        "notice": "",
        "children": _children(view),
        "invited": _invited(view),
        "chosen_child": request.form.get("child-of-home", ""),
        "chosen_invitation": request.form.get("who-was-asked", ""),
        "languages": [(code, language_name(view, code), code == view.language) for code in view.original.languages],
        "today": keyed_today(app_state().store, current().account, now()),
    }


def _children(view: FormView) -> list[Child]:
    """Whose copy it may be, as far as the form lets anybody say: by picture and number."""
    if view.original.audience != "child" or view.original.identity != "pseudonymous":
        return []
    return children_of(app_state().store, view.home.id)


def _invited(view: FormView) -> list[Invitation]:
    """Who was asked by link and has not answered, of a form whose readers see who said what."""
    if view.original.identity != "named":
        return []
    asked = readable(app_state().store[Invitation].find("round_id", view.round.id)).records
    return [
        each for each in asked if each.form_id == view.original.id and not each.answered and each.revoked_at is None
    ]


def _one_of(ids: set[str], field: str) -> str:
    chosen = request.form.get(field, "")
    return chosen if chosen in ids else ""


def _has_answers(page: PageForm) -> bool:
    """Whether anything was typed; what a form fills in by itself is no answer."""
    return any(_is_typed(name) for name in page.answers)


def _is_typed(name: str) -> bool:
    posted_names = [each for each in request.form if each == name or each.startswith(f"{name}.")]
    return any(value.strip() for each in posted_names for value in request.form.getlist(each))
