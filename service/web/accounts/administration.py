"""Everybody's accounts, for administrators: who may do what at which home."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.accounts import administration
from service.accounts.account import Account, Grant, NotAllowed
from service.accounts.roles import needs_second_factor
from service.collection.models.home import Home
from service.dates import moment_in_words, now
from service.mail.email import Email
from service.repository import readable
from service.state import app_state
from service.web.accounts import forms, text
from service.web.accounts.blueprint import bp
from service.web.http.access import current, freshly_proved, may


@bp.get("/accounts")
@may("manage_accounts", everywhere=True)
def everyone() -> ResponseReturnValue:
    """All accounts with their roles, and how to invite somebody."""
    return _everyone_page(forms.Invite(_homes()))


@bp.post("/accounts")
@may("manage_accounts", everywhere=True)
@freshly_proved
def invite() -> ResponseReturnValue:
    """Make an account and write its owner a letter."""
    form = forms.Invite(_homes())
    if not form.validate():
        return _everyone_page(form), 422
    try:
        made = administration.invite_account(
            app_state().store,
            form.text("name"),
            form.text("email"),
            [_grant(form)],
            now(),
            app_state().config.base_url,
            current().account.id,
        )
    except NotAllowed as fault:
        (form.home if form.role.data == "administrator" and form.home.data else form.email).errors = [str(fault)]
        return _everyone_page(form), 422
    flash(
        f"A letter to {made.email} is on its way, with a link that works for {administration.SET_UP_DAYS} days.", "good"
    )
    return redirect(url_for(".one", account_id=made.id), 303)


@bp.get("/accounts/<account_id>")
@may("manage_accounts", everywhere=True)
def one(account_id: str) -> ResponseReturnValue:
    """One account: its roles, and what can be done about it."""
    return _one_page(_account(account_id), forms.Role(_homes()))


@bp.post("/accounts/<account_id>/roles")
@may("manage_accounts", everywhere=True)
@freshly_proved
def give_role(account_id: str) -> ResponseReturnValue:
    """Give a role at one home or at all."""
    found, form = _account(account_id), forms.Role(_homes())
    if not form.validate():
        return _one_page(found, form), 422
    try:
        administration.give_role(app_state().store, account_id, _grant(form), now(), current().account.id)
    except NotAllowed as fault:
        form.home.errors = [str(fault)]
        return _one_page(found, form), 422
    flash(f"{text.grant_in_words(_grant(form), _names())}: given to {found.name}.", "good")
    return redirect(url_for(".one", account_id=account_id), 303)


@bp.post("/accounts/<account_id>/roles/taken")
@may("manage_accounts", everywhere=True)
@freshly_proved
def take_role(account_id: str) -> ResponseReturnValue:
    """Take a role away."""
    wanted = (request.form.get("role", ""), request.form.get("home", ""))
    grant = next((grant for grant in _account(account_id).grants if (grant.role, grant.home_id) == wanted), None)
    if grant is None:
        return redirect(url_for(".one", account_id=account_id), 303)  # another tab was quicker
    return _done(
        account_id,
        lambda by: administration.take_role(app_state().store, account_id, grant, now(), by),
        f"Taken away: {text.grant_in_words(grant, _names())}.",
    )


@bp.post("/accounts/<account_id>/name")
@may("manage_accounts", everywhere=True)
@freshly_proved
def rename_one(account_id: str) -> ResponseReturnValue:
    """Change what somebody is called."""
    name = request.form.get("name", "")
    return _done(
        account_id,
        lambda by: administration.rename(app_state().store, account_id, name, now(), by),
        "The name is changed.",
    )


@bp.post("/accounts/<account_id>/letter")
@may("manage_accounts", everywhere=True)
@freshly_proved
def invite_again(account_id: str) -> ResponseReturnValue:
    """Send the letter with the set-up link again."""
    base_url = app_state().config.base_url
    return _done(
        account_id,
        lambda by: administration.invite_again(app_state().store, account_id, now(), base_url, by),
        "The letter is on its way again, with a new link.",
    )


@bp.post("/accounts/<account_id>/close")
@may("manage_accounts", everywhere=True)
@freshly_proved
def close(account_id: str) -> ResponseReturnValue:
    """Let somebody enter no more."""
    return _done(
        account_id,
        lambda by: administration.close_account(app_state().store, account_id, now(), by),
        "The account is closed, and signed out everywhere.",
    )


@bp.post("/accounts/<account_id>/reopen")
@may("manage_accounts", everywhere=True)
@freshly_proved
def reopen(account_id: str) -> ResponseReturnValue:
    """Let somebody enter again."""
    return _done(
        account_id,
        lambda by: administration.reopen_account(app_state().store, account_id, now(), by),
        "The account is open again, with the password and the roles that it had.",
    )


@bp.post("/accounts/<account_id>/second-factor")
@may("manage_accounts", everywhere=True)
@freshly_proved
def reset_second_factor(account_id: str) -> ResponseReturnValue:
    """Take away the authenticator app of somebody who has lost theirs."""
    return _done(
        account_id,
        lambda by: administration.reset_second_factor(app_state().store, account_id, now(), by),
        "The authenticator app is taken away. They set up a new one when they next sign in.",
    )


def _done(account_id: str, do: Callable[[str], object], said: str) -> ResponseReturnValue:
    """Do it, say so, and go back to the account; or say why not."""
    _account(account_id)
    try:
        do(current().account.id)
    except NotAllowed as fault:
        flash(str(fault), "act")
    else:
        flash(said, "good")
    return redirect(url_for(".one", account_id=account_id), 303)


def _account(account_id: str) -> Account:
    return app_state().store[Account].get(account_id) or abort(404)


def _homes() -> list[Any]:
    return list(readable(app_state().store[Home].all()).records)


def _names() -> dict[str, str]:
    return {home.id: home.name for home in _homes()}


def _grant(form: forms.Role) -> Grant:
    return Grant(form.role.data, form.home.data, form.deputy.data)


def _everyone_page(form: forms.Invite) -> str:
    names = _names()
    found = readable(app_state().store[Account].all())
    accounts = sorted(found.records, key=lambda account: (not account.is_open, account.name.casefold()))
    return render_template(
        "accounts/everyone.html",
        form=form,
        rows=[
            (account, [text.grant_in_words(grant, names) for grant in account.grants], needs_second_factor(account))
            for account in accounts
        ],
        roles=text.what_roles_may(),
        unreadable=len(found.unreadable),
    )


def _one_page(found: Account, form: forms.Role) -> str:
    names = _names()
    return render_template(
        "accounts/one.html",
        account=found,
        form=form,
        grants=[(grant, text.grant_in_words(grant, names)) for grant in found.grants],
        needed=needs_second_factor(found),
        letter=_last_letter(found),
        made_on=moment_in_words(found.created_at),
    )


def _last_letter(found: Account) -> Email | None:
    """The newest letter with a set-up link of somebody who has not used one yet: did it arrive?"""
    if found.password:
        return None
    written = readable(app_state().store[Email].find("account_id", found.id)).records
    letters = (letter for letter in written if letter.kind == "account")
    return max(letters, key=lambda letter: letter.created_at, default=None)
