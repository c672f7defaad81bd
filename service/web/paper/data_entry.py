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
from service.state import running
from service.web.http.access import here, home_here, may, record_here
from service.web.http.errors import error_page
from service.web.paper.print_layout import Printed
from service.web.respondent.document import Sheet, language_name, sheet_for
from service.web.respondent.form import sent_here

COPY_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
NOTHING = "Nothing has been keyed in yet. An empty copy is not kept."

View = Callable[[Sheet], ResponseReturnValue]


def _entered(view: View) -> Callable[[str, str], ResponseReturnValue]:
    """A view of a form that this account may key in; for every other one the page that says why not."""

    @wraps(view)
    def entering(round_id: str, form_id: str) -> ResponseReturnValue:
        wanted = request.form.get("form-language") or request.args.get("language")
        sheet = sheet_for(record_here("round_id").id, form_id, wanted)
        if not may_key_in(here().account, home_here().id, sheet.original):
            return _not_yours(sheet.original)
        if not sheet.asked.is_open(day_at(now())):
            return error_page(410, "This round is over", CLOSED, "To ask again, open a new round.")
        return view(sheet)

    return entering


@may("key_in")
@_entered
def key(sheet: Sheet) -> ResponseReturnValue:
    """The form to type a copy into; sent, it is judged and kept."""
    if request.method != "POST":  # to look at it, or at its head
        return _page(sheet, sheet.opened({}), new_copy_id())
    page = sheet.posted()
    copy_id = request.form.get("copy", "")
    if not COPY_ID.fullmatch(copy_id):
        copy_id = new_copy_id()
    if group_id := request.form.get("add-row") or request.form.get("remove-row", "").split(".")[0]:
        return _with_rows(sheet, page, copy_id, group_id)
    page = judged(sheet.form, page, sheet.meta, sheet.say)
    nothing = not _has_answers(page)
    doubtful = page.warnings_by_name and "warnings-seen" not in request.form
    if page.errors_by_name or doubtful or nothing:
        return _page(sheet, page, copy_id, NOTHING if nothing else ""), 422
    copy = Copy(
        id=copy_id,
        answers=page.answers,
        language=sheet.language,
        child_id=_one_of({child.id for child in _children(sheet)}, "child-of-home"),
        invitation_id=_one_of({each.id for each in _invited(sheet)}, "who-was-asked") or None,
    )
    try:
        key_in(
            running().store,
            copy,
            sent_here(sheet, page),
            here().account,
            running().hasher,
            running().config.base_url,
            now(),
        )
    except NotPossible as refusal:
        return error_page(410, "This round is over", str(refusal), "To ask again, open a new round.")
    return redirect(url_for("paper.kept", round_id=sheet.asked.id, form_id=sheet.original.id), 303)


@may("key_in")
@_entered
def kept(sheet: Sheet) -> ResponseReturnValue:
    """That it is kept, how many were, and a way to take back what was a mistake."""
    account, session = here().account, here().session
    mine = mine_since(running().store, sheet.asked, sheet.original.id, account, session.began_at)
    return render_template(
        "paper/kept.html",
        asked=sheet.asked,
        home=sheet.home,
        form_id=sheet.original.id,
        title=sheet.words()["title"],
        anonymous=sheet.original.identity == "anonymous",
        copies=[(each.id, f"{each.saved_at.astimezone(HOME_TIME):%H:%M}") for each in mine],
        today=keyed_today(running().store, account, now()),
    )


@may("key_in")
@_entered
def take_back(sheet: Sheet) -> ResponseReturnValue:
    """Delete a copy that this account has just keyed in by mistake."""
    account, session = here().account, here().session
    copy_id = request.form.get("copy", "")
    try:
        take_copy_back(running().store, sheet.asked, copy_id, account, session.began_at, now())
    except NotPossible as refusal:
        flash(str(refusal), "look")
    else:
        flash("The copy is deleted. If it raised an alert, that stays: somebody was told of it.", "")
    return redirect(url_for("paper.kept", round_id=sheet.asked.id, form_id=sheet.original.id), 303)


# --- what the views share ---


def _not_yours(form: Form) -> ResponseReturnValue:
    readers = [ROLES[role] for role in dict.fromkeys([*form.readers, "safeguarding_lead", "independent_person"])]
    return error_page(
        403,
        "This form is for others to key in",
        "Whoever keys in a paper copy reads it, and single answers to this form are not for your role to read.",
        f"Leave the envelopes closed and give them to: {in_a_list(readers)}.",
    )


def _page(sheet: Sheet, page: PageForm, copy_id: str, fault: str = "") -> str:
    return render_template("paper/key.html", **_context(sheet, page, copy_id, fault))


def _with_rows(sheet: Sheet, page: PageForm, copy_id: str, group_id: str) -> ResponseReturnValue:
    """One row more or fewer: the group alone where a script asks, else the whole page."""
    placed = sheet.form.questions.get(group_id) or abort(400)
    page = without_row(page, request.form.get("remove-row", ""), sheet.meta)
    if request.headers.get("HX-Request") == "true":
        context = _context(sheet, page, copy_id, "")
        return render_template("respond/_question.html", question=placed.question, **context)
    return _page(sheet, page, copy_id)


def _context(sheet: Sheet, page: PageForm, copy_id: str, fault: str) -> dict[str, Any]:
    address = url_for("paper.key", round_id=sheet.asked.id, form_id=sheet.original.id)
    words = sheet.words()
    return {
        **words,
        "language": "en",  # of the page around the form
        "direction": "ltr",
        "look": "adult",
        "spoken": sheet.language,
        "spoken_direction": words["direction"],
        "easy": False,
        "entries": page,
        "text": page.text,
        "paper": Printed(sheet.form, sheet.language, home=sheet.home, asked=sheet.asked, ref=sheet.ref),
        "code": paper_code(sheet.asked.id, sheet.ref),
        "asked": sheet.asked,
        "address": address,
        "draft_address": address,
        "copy_id": copy_id,
        "fault": fault,
        "notice": "",
        "children": _children(sheet),
        "invited": _invited(sheet),
        "chosen_child": request.form.get("child-of-home", ""),
        "chosen_invitation": request.form.get("who-was-asked", ""),
        "languages": [(code, language_name(sheet, code), code == sheet.language) for code in sheet.original.languages],
        "today": keyed_today(running().store, here().account, now()),
    }


def _children(sheet: Sheet) -> list[Child]:
    """Whose copy it may be, as far as the form lets anybody say: by picture and number."""
    if sheet.original.audience != "child" or sheet.original.identity != "pseudonymous":
        return []
    return children_of(running().store, sheet.home.id)


def _invited(sheet: Sheet) -> list[Invitation]:
    """Who was asked by link and has not answered, of a form whose readers see who said what."""
    if sheet.original.identity != "named":
        return []
    asked = running().store[Invitation].find("round_id", sheet.asked.id)
    return [
        each for each in asked if each.form_id == sheet.original.id and not each.answered and each.revoked_at is None
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
