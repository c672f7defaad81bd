"""The pages of those whom a home asks: its contact list, and where its children and imports are found."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from service.collection.models.errors import NotPossible
from service.collection.models.person import Person, PersonKind
from service.collection.people.contact_fields import KIND_WORDS
from service.collection.people.contacts_and_children import new_id, people_of
from service.dates import now
from service.operations.people import add_person, change_person, remove_person, restore_person
from service.state import app_state
from service.storage.codec import Unreadable
from service.storage.encryption import SEALED, KeyLost
from service.web.http.access import current, current_home, current_record, may
from service.web.people import children, contact_import
from service.web.people.forms import PersonForm

bp = Blueprint("people", __name__)
bp.add_url_rule("/homes/<home_id>/children", "children", children.children)
bp.add_url_rule("/homes/<home_id>/children", "add_child", children.add, methods=["POST"])
bp.add_url_rule("/children/<child_id>", "child", children.one)
bp.add_url_rule("/children/<child_id>", "change_child", children.change, methods=["POST"])
bp.add_url_rule("/children/<child_id>/left", "child_left", children.left, methods=["POST"])
bp.add_url_rule("/children/<child_id>/back", "child_back", children.back, methods=["POST"])
bp.add_url_rule("/children/<child_id>/name", "name_child", children.name, methods=["POST"])
bp.add_url_rule("/children/<child_id>/name/remove", "delete_name", children.delete_name, methods=["POST"])
bp.add_url_rule("/homes/<home_id>/people/import", "import_", contact_import.choose)
bp.add_url_rule("/homes/<home_id>/people/import", "imported", contact_import.take, methods=["POST"])
bp.add_url_rule("/homes/<home_id>/people/people-to-ask.xlsx", "sheet", contact_import.sheet)
bp.url_value_preprocessor(contact_import.allow_a_file)
bp.register_error_handler(413, contact_import.too_large)

ON_A_PAGE = 200
UNDO_WITHIN = timedelta(hours=1)


@bp.get("/homes/<home_id>/people")
@may("manage_people")
def contacts(home_id: str) -> ResponseReturnValue:
    """The contact list by kind, or who of it is searched for."""
    return _list()


@bp.get("/homes/<home_id>/people/add")
@may("manage_people")
def add(home_id: str) -> ResponseReturnValue:
    """An empty form."""
    return _page(PersonForm(), None)


@bp.post("/homes/<home_id>/people/add")
@may("manage_people")
def add_one(home_id: str) -> ResponseReturnValue:
    """Put somebody on the list."""
    form = PersonForm()
    new = Person(new_id(), home_id, "professional", "", "")
    if form.validate() and _kept(form, new, add_person):
        flash(f"{form.text('name')} is on the list.", "")
        return _to_list()
    return _page(form, None), 422


@bp.get("/people/<person_id>")
@may("manage_people")
def one(person_id: str) -> ResponseReturnValue:
    """Somebody on the list, to change."""
    there: Person = current_record("person_id")
    return _page(PersonForm(obj=there), there)


@bp.post("/people/<person_id>")
@may("manage_people")
def change(person_id: str) -> ResponseReturnValue:
    """Change what is known of somebody."""
    there: Person = current_record("person_id")
    form = PersonForm(obj=there)
    if form.validate() and _kept(form, there, change_person):
        flash("Saved.", "")
        return _to_list()
    return _page(form, there), 422


@bp.post("/people/<person_id>/remove")
@may("manage_people")
def remove(person_id: str) -> ResponseReturnValue:
    """Let somebody go from the list; the page that says so can undo it."""
    there: Person = current_record("person_id")
    remove_person(app_state().store, there, now(), by=current().account.id)
    # not sent on to another page: who was removed is nowhere but on this one
    return _list(removed=there)


@bp.post("/homes/<home_id>/people/undo")
@may("manage_people")
def undo(home_id: str) -> ResponseReturnValue:
    """Bring back who was just removed."""
    person = _opened(request.form.get("person", ""), home_id)
    if person is None:
        flash("This can no longer be undone. Add them again instead.", "act")
        return _to_list()
    try:
        restore_person(app_state().store, person, now(), by=current().account.id)
    except NotPossible as refusal:
        flash(str(refusal), "act")
    else:
        flash(f"{person.name} is on the list again.", "")
    return _to_list()


def _kept(form: PersonForm, there: Person, keep: Callable[..., None]) -> bool:
    """Whether they could be kept as the form says; if not, the form says why."""
    person = form.person(there)
    try:
        keep(app_state().store, person, now(), by=current().account.id)
    except NotPossible as refusal:
        form.email.errors = (str(refusal),)
        return False
    return True


def _list(removed: Person | None = None) -> str:
    """The list, or the part of it that is asked for."""
    everyone = people_of(app_state().store, current_home().id)
    wanted = request.args.get("q", "").strip()[:100]
    found = [person for person in everyone if _fits(person, wanted)]
    start = request.args.get("from", 0, int)
    start = start if 0 < start < len(found) else 0
    shown = found[start : start + ON_A_PAGE]
    kinds = list(dict.fromkeys(person.kind for person in shown))
    return render_template(
        "people/contacts.html",
        home=current_home(),
        wanted=wanted,
        everyone=len(everyone),
        found=len(found),
        start=start,
        shown=len(shown),
        page=ON_A_PAGE,
        groups=[(KIND_WORDS[kind][1], _of(shown, kind), len(_of(found, kind))) for kind in kinds],
        removed=removed,
        undo=_sealed(removed) if removed else "",
        demonstration=current_home().demonstration,
    )


def _of(people: list[Person], kind: PersonKind) -> list[Person]:
    return [person for person in people if person.kind == kind]


def _fits(person: Person, wanted: str) -> bool:
    """Whether every word that is searched for stands somewhere in what is known of them."""
    parts = (KIND_WORDS[person.kind][0], person.name, person.email, person.organisation, person.phone, person.label)
    text = " ".join(parts).casefold()
    return all(word in text for word in wanted.casefold().split())


def _page(form: PersonForm, person: Person | None) -> str:
    return render_template(
        "people/person.html",
        home=current_home(),
        form=form,
        person=person,
        demonstration=current_home().demonstration,
    )


def _to_list() -> Response:
    return redirect(url_for("people.contacts", home_id=current_home().id), 303)


# --- undoing a removal: whoever was removed is kept nowhere but, sealed, on the page that says so ---


def _sealed(person: Person) -> str:
    until = now() + UNDO_WITHIN
    document = {"person": json.dumps(asdict(person)), "until": until.isoformat(), "by": current().account.id}
    return str(app_state().store.seal.close(document, tuple(document), ())[SEALED])


def _opened(sealed: str, home_id: str) -> Person | None:
    try:
        document: dict[str, Any] = app_state().store.seal.open({SEALED: sealed})
    except (KeyLost, Unreadable):
        return None
    if document.get("by") != current().account.id or datetime.fromisoformat(document["until"]) < now():
        return None
    person = Person(**json.loads(document["person"]))
    return person if person.home_id == home_id else None
