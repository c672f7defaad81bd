"""The pages of a home itself: adding one, and what is known of it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.accounts.account import Account
from service.accounts.roles import roles_at
from service.collection.models.home import Home
from service.collection.people.child_names import named_children
from service.collection.people.homes import MOST_CONTACTS, urn_doubt
from service.dates import day_at, in_words, now
from service.definitions import Role
from service.operations.homes import add_home, change_home
from service.repository import readable
from service.state import app_state
from service.web.homes.forms import HomeForm, form_of
from service.web.http.access import current, current_home, is_demonstration, may

bp = Blueprint("homes", __name__)

# Who answers for a home, in the order of the page. Their accounts' roles say so, and nothing else.
_IN_CHARGE: tuple[tuple[Role, str], ...] = (
    ("registered_manager", "Registered manager"),
    ("responsible_individual", "Responsible individual"),
    ("safeguarding_lead", "Safeguarding lead"),
)


@bp.get("/homes/add")
@may("manage_homes", everywhere=True)
def add() -> ResponseReturnValue:
    """An empty form."""
    return _page(HomeForm(), None)


@bp.post("/homes/add")
@may("manage_homes", everywhere=True)
def add_one() -> ResponseReturnValue:
    """Make a home known."""
    form = HomeForm()
    if form.contacts.moved(request.form.get("do", "")) is not None:
        return _page(form, None)
    if not form.validate():
        return _page(form, None), 422
    moment = now()
    home = form.home(Home("", "", "childrens_home"), day_at(moment))
    home = add_home(app_state().store, home, moment, by=current().account.id)
    _say_doubts(home)
    flash(f"{home.name} is added.", "")
    return redirect(url_for("dashboard.home", home_id=home.id), 303)


@bp.get("/homes/<home_id>/edit")
@may("manage_homes")
def edit(home_id: str) -> ResponseReturnValue:
    """What is known of the home."""
    return _page(_form(), current_home())


@bp.post("/homes/<home_id>/edit")
@may("manage_homes")
def save(home_id: str) -> ResponseReturnValue:
    """Change what is known of it."""
    form = _form()
    if form.contacts.moved(request.form.get("do", "")) is not None:
        return _page(form, current_home())
    if not form.validate():
        return _page(form, current_home()), 422
    moment = now()
    today = day_at(moment)
    home = change_home(
        app_state().store, current_home(), lambda there: form.home(there, today), moment, by=current().account.id
    )
    _say_doubts(home)
    flash("Saved.", "")
    return redirect(url_for(".edit", home_id=home_id), 303)


def _form() -> HomeForm:
    """The form of the home that the address names."""
    return form_of(current_home(), len(named_children(app_state().store, current_home().id)))


def _say_doubts(home: Home) -> None:
    doubt = urn_doubt(home.urn) if home.urn else ""
    if doubt:
        flash(f"{doubt} It is kept as you typed it.", "look")


def _page(form: HomeForm, home: Home | None) -> str:
    checked = home.contacts_checked_on if home else None
    return render_template(
        "homes/edit.html",
        form=form,
        home=home,
        in_charge=_in_charge(home) if home else (),
        checked_on=in_words(checked) if checked else "",
        adding=request.form.get("do") == "add",
        most_contacts=MOST_CONTACTS,
        demonstration=home.demonstration if home else is_demonstration(),
    )


def _in_charge(home: Home) -> list[tuple[str, list[str]]]:
    """Who answers for the home, as the roles of open accounts say it."""
    accounts = [account for account in readable(app_state().store[Account].all()).records if account.is_open]
    found: list[tuple[str, list[str]]] = []
    for role, words in _IN_CHARGE:
        holders = [account for account in accounts if role in roles_at(account, home.id)]
        if role == "safeguarding_lead":
            deputies = [account for account in holders if _is_deputy(account, home.id)]
            found.append((words, [account.name for account in holders if account not in deputies]))
            found.append(("Deputy safeguarding lead", [account.name for account in deputies]))
        else:
            found.append((words, [account.name for account in holders]))
    return found


def _is_deputy(account: Any, home_id: str) -> bool:
    grants = [grant for grant in account.grants if grant.role == "safeguarding_lead" and grant.home_id in ("", home_id)]
    return all(grant.deputy for grant in grants)
