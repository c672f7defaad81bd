"""The pages of a home's children: a picture, a number and an age each. No page here shows a name."""

from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from service.collection.models.errors import NotPossible
from service.collection.models.home import Child
from service.collection.people.child_names import LONGEST_CHILD_NAME, named_children
from service.collection.people.contacts_and_children import (
    NumberTaken,
    PictureTaken,
    children_gone,
    children_of,
    new_id,
    next_number,
    pictures_free,
)
from service.dates import in_words, now
from service.definitions import Form
from service.definitions.form import EASY_READ
from service.operations.children import (
    add_child,
    change_child,
    delete_child_name,
    move_child_back,
    move_child_out,
    name_child,
)
from service.state import app_state
from service.web.http.access import current, current_home, current_record, may
from service.web.people.forms import AGE_WORDS, ChildForm, ChildNameForm, easy_read_of

MOST_GONE = 50  # of those who have left, on the page


@may("see_children")
def children(home_id: str) -> ResponseReturnValue:
    """Those who live there, and those who have left."""
    return _page(_form(None))


@may("manage_people")
def add(home_id: str) -> ResponseReturnValue:
    """Put a child on the list."""
    form = _form(None)
    if form.validate() and _kept(form, None):
        flash(f"Number {form.number.data}, the {form.text('picture')}, is added.", "")
        return _to_list()
    return _page(form), 422


@may("manage_people")
def one(child_id: str) -> ResponseReturnValue:
    """A child's picture, number and age, to change."""
    return _one(_form(current_record("child_id")))


@may("manage_people")
def change(child_id: str) -> ResponseReturnValue:
    """Change them."""
    form = _form(current_record("child_id"))
    if form.validate() and _kept(form, current_record("child_id")):
        flash("Saved.", "")
        return _to_list()
    return _one(form), 422


@may("manage_people")
def left(child_id: str) -> ResponseReturnValue:
    """A child has moved out, as of today."""
    gone = move_child_out(app_state().store, child_id, now(), by=current().account.id)
    flash(f"Number {gone.number}, the {gone.picture}, has moved out. You can undo this below.", "")
    return _to_list()


@may("manage_people")
def back(child_id: str) -> ResponseReturnValue:
    """They have not, or live there again."""
    try:
        again = move_child_back(app_state().store, child_id, now(), by=current().account.id)
    except NotPossible as refusal:
        flash(str(refusal), "act")
    else:
        flash(f"Number {again.number}, the {again.picture}, lives here.", "")
    return _to_list()


@may("name_children")
def name(child_id: str) -> ResponseReturnValue:
    """Keep the child's name, in place of the one before."""
    child, form = current_record("child_id"), ChildNameForm()
    if not form.validate():
        return _page(_form(None), naming=(child, str(form.name.errors[0]))), 422
    try:
        name_child(app_state().store, child, form.text("name"), now(), by=current().account.id)
    except NotPossible as refusal:
        flash(str(refusal), "act")
    else:
        flash(f"The name for number {child.number}, the {child.picture}, is saved.", "")
    return _to_list()


@may("name_children")
def delete_name(child_id: str) -> ResponseReturnValue:
    """Delete the child's name."""
    child = current_record("child_id")
    delete_child_name(app_state().store, child, now(), by=current().account.id)
    flash(f"The name for number {child.number}, the {child.picture}, is deleted.", "")
    return _to_list()


def _kept(form: ChildForm, there: Child | None) -> bool:
    """Whether the child could be kept as the form says; if not, the form says why."""
    try:
        if there is None:
            new = form.child(Child(new_id(), current_home().id, 0, "", "older"), _forms())
            add_child(app_state().store, new, now(), by=current().account.id)
        else:
            edit = partial(form.child, forms=_forms())
            change_child(app_state().store, there, edit, now(), by=current().account.id)
    except (NumberTaken, PictureTaken) as refusal:
        field = form.number if isinstance(refusal, NumberTaken) else form.picture
        field.errors = (str(refusal),)
        return False
    return True


def _form(there: Child | None) -> ChildForm:
    """The form, filled in with the child, or with a number and picture that are free."""
    store, home = app_state().store, current_home()
    free = pictures_free(store, home.id)
    if there is None:
        form = ChildForm(number=next_number(store, home.id))
    else:
        form = ChildForm(obj=there, easy_read=there.language.endswith(EASY_READ))
        free = [there.picture, *(picture for picture in free if picture != there.picture)]
    form.offer(free)
    return form


def _forms() -> list[Form]:
    """The questionnaires for children that suit the home."""
    home = current_home()
    return [
        form
        for form in app_state().library_at(home.id).values()
        if form.audience == "child" and (form.settings is None or home.kind in form.settings)
    ]


def _page(form: ChildForm, naming: tuple[Child, str] | None = None) -> str:
    """The list; `naming` is the child whose name could not be kept, and why."""
    store, home = app_state().store, current_home()
    return render_template(
        "people/children.html",
        home=home,
        form=form,
        children=children_of(store, home.id),
        gone=[(child, in_words(child.left_on)) for child in children_gone(store, home.id)[:MOST_GONE] if child.left_on],
        ages=AGE_WORDS,
        easy=any(easy_read_of(each) for each in _forms()),
        named=named_children(store, home.id),
        naming=naming,
        longest_name=LONGEST_CHILD_NAME,
        demonstration=home.demonstration,
    )


def _one(form: ChildForm) -> str:
    return render_template(
        "people/child.html",
        home=current_home(),
        form=form,
        child=current_record("child_id"),
        easy=any(easy_read_of(each) for each in _forms()),
        demonstration=current_home().demonstration,
    )


def _to_list() -> Response:
    return redirect(url_for("people.children", home_id=current_home().id), 303)
