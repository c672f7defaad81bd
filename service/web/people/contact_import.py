"""Importing a contact list: a file is shown as what it would add and change, and only then taken."""

from contextlib import closing
from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from service.accounts.roles import may_somewhere
from service.collection.people.contact_fields import KIND_WORDS, doubtful, unconfirmed
from service.collection.people.contact_import import Import, Row, judge
from service.collection.people.contacts_and_children import people_of
from service.contact_files.reader import LARGEST_FILE, rows_of
from service.contact_files.safe_unzip import NotReadable
from service.contact_files.template import FILE_NAME, empty_sheet
from service.dates import now
from service.operations.people import import_people
from service.state import app_state
from service.web.http.access import current, current_home, may
from service.web.http.account_cookie import current_account
from service.web.http.errors import error_page
from service.web.people.forms import FileForm

LARGEST_POST = LARGEST_FILE + 250_000  # with what surrounds a file in a form
LARGEST_CARRIED = 2_000_000
CARRIED_FOR = 4 * 60 * 60  # seconds
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def allow_a_file(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """More than elsewhere may be sent to this one address, by those who may manage people; before anything is read."""
    if endpoint != "people.imported":
        return
    entered = current_account()
    if entered is not None and may_somewhere(entered[0], "manage_people"):
        request.max_content_length = LARGEST_POST
        request.max_form_memory_size = LARGEST_CARRIED


def too_large(fault: Exception) -> ResponseReturnValue:
    """More was sent than a list can need."""
    if request.endpoint != "people.imported":
        return error_page(413)
    return error_page(
        413,
        "This file is too large",
        "A list may have 5 MB, and no contact list is nearly as large. Nothing was changed.",
        "Save only the list itself, as an Excel workbook or as CSV, and choose that file.",
    )


@may("manage_people")
def choose(home_id: str) -> ResponseReturnValue:
    """Which file, and what it should hold."""
    return _page(FileForm())


@may("manage_people")
def take(home_id: str) -> ResponseReturnValue:
    """Show what a file comes to; once it was shown, take it."""
    if "rows" in request.form:
        return _take(home_id)
    form = FileForm()
    if not form.validate():
        return _page(form), 422
    try:
        with closing(form.file.data) as sent:
            rows = rows_of(sent.read(LARGEST_FILE + 1))
    except NotReadable as refusal:
        form.file.errors = (str(refusal),)
        return _page(form), 422
    found = judge(rows, home_id, people_of(app_state().store, home_id))
    carried = _carrier().dumps([home_id, current().account.id, found.rows]) if found.people else ""
    if len(carried) >= LARGEST_CARRIED:
        form.file.errors = ("There is more text in this list than can be taken at once. Make two files of it.",)
        return _page(form), 422
    return _page(form, found, carried)


@may("manage_people")
def sheet(home_id: str) -> ResponseReturnValue:
    """The empty list to fill in."""
    return send_file(BytesIO(empty_sheet()), EXCEL, as_attachment=True, download_name=FILE_NAME)


def _take(home_id: str) -> ResponseReturnValue:
    rows = _carried(home_id)
    if rows is None:
        form = FileForm(formdata=None)
        form.file.errors = ("Too much time has passed since this list was read. Choose the file again.",)
        return _page(form), 422
    with_changes = "change" in request.form
    shown = judge(rows, home_id, people_of(app_state().store, home_id))
    people = shown.people if with_changes else shown.new
    if fault := unconfirmed((person.label for person in people), request.form.getlist("confirmed")):
        return _page(FileForm(formdata=None), shown, request.form["rows"], fault), 422
    found = import_people(app_state().store, home_id, rows, now(), by=current().account.id, with_changes=with_changes)
    flash(said_of(found), "")
    return redirect(url_for("people.contacts", home_id=home_id), 303)


def said_of(kept: Import) -> str:
    """What an import has done, in a sentence."""
    added, changed = len(kept.new), len(kept.changed)
    parts = [f"{_people(added)} added"] if added else []
    parts += [f"{_people(changed)} changed"] if changed else []
    return f"{' and '.join(parts)}." if parts else "Everyone in this list is on the contact list already."


def _people(number: int) -> str:
    return f"{number:,} {'person was' if number == 1 else 'people were'}"


def _page(form: FileForm, found: Import | None = None, carried: str = "", fault: str = "") -> str:
    return render_template(
        "people/import.html",
        home=current_home(),
        form=form,
        found=found,
        carried=carried,
        labels=doubtful(person.label for person in found.people) if found else [],
        confirmed=request.form.getlist("confirmed"),
        fault=fault,
        kinds=KIND_WORDS,
        demonstration=current_home().demonstration,
    )


def _carrier() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(app_state().signing_keys, salt="people-import")


def _carried(home_id: str) -> list[Row] | None:
    """The rows of a page that was shown to this account for this home; None for any other."""
    try:
        home, account, rows = _carrier().loads(request.form["rows"], max_age=CARRIED_FOR)
    except (BadSignature, ValueError):
        return None
    return rows if (home, account) == (home_id, current().account.id) else None
