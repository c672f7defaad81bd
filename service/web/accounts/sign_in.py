"""The way in: password, code, a new password by link; and the way out."""

import re
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service.accounts import credentials
from service.accounts import sign_in as signing_in
from service.accounts.account import Account, NotAllowed
from service.accounts.roles import may_somewhere
from service.accounts.sign_in import Refused, SignInContext
from service.accounts.throttling import TooSoon
from service.dates import now
from service.state import app_state
from service.web.accounts import forms
from service.web.accounts.blueprint import bp
from service.web.http.access import by_link, current, open_to_all, signed_in
from service.web.http.account_cookie import current_account, end_session, start_session
from service.web.http.device_cookie import know_this_browser, login_source
from service.web.http.rate_limit import limited
from service.web.parts.forms import TypedForm

ENTERING_SECONDS = 10 * 60  # between password and code
WRONG = "The e-mail address and the password do not belong together."
WRONG_CODE = "That code is not right, or it was used already. Wait for the next one in the app, then type that."
_ENTERING = "entering"
_LONGEST_ADDRESS = 500
_A_FILE = re.compile(r"/[^?]+\.(xlsx|zip|csv)(\?.*)?|/exports/[^/?]+/(file|to-hand-on)")


@bp.route("/sign-in", methods=["GET", "POST"])
@open_to_all
@limited
def sign_in() -> ResponseReturnValue:
    """Address and password on one page."""
    form = forms.SignIn()
    if request.method != "POST":
        entered = current_account()
        return redirect(where_to(entered[0]), 303) if entered else _page("sign_in", form)
    if not form.validate():
        return _page("sign_in", form), 422
    try:
        account = signing_in.check_password(app_state().store, door_here(), form.text("email"), form.text("password"))
        if account.totp:
            _go_on_with_code(account)
            return redirect(url_for(".code", next=own_address(request.args.get("next"))), 303)
        secret = signing_in.enter(app_state().store, door_here(), account)
    except Refused:
        form.password.errors = [WRONG]
        return _page("sign_in", form), 422
    except TooSoon as fault:
        return _too_soon("sign_in", form, "password", fault)
    return _entered(account, secret)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@open_to_all
@limited
def code() -> ResponseReturnValue:
    """The six digits, only just after the password."""
    form, account = forms.CodeForm(), _who_gave_the_password()
    if account is None:
        return redirect(url_for(".sign_in", next=own_address(request.args.get("next"))), 303)
    if request.method != "POST":
        return _page("code", form)
    if not form.validate():
        return _page("code", form), 422
    try:
        secret = signing_in.enter_with_code(app_state().store, door_here(), account, form.text("code"))
    except Refused:
        form.code.errors = [WRONG_CODE]
        return _page("code", form), 422
    except TooSoon as fault:
        return _too_soon("code", form, "code", fault)
    return _entered(account, secret)


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End this session; on a browser that others use nothing is left of it."""
    signing_in.sign_out(app_state().store, current().session, now())
    return leave("You are signed out.")


@bp.route("/forgotten", methods=["GET", "POST"])
@open_to_all
@limited
def forgotten() -> ResponseReturnValue:
    """Ask for a letter with a link. What comes back is the same for every address."""
    form = forms.Forgotten()
    if request.method != "POST":
        return _page("forgotten", form)
    if not form.validate():
        return _page("forgotten", form), 422
    try:
        credentials.forgotten(app_state().store, door_here(), form.text("email"), app_state().config.base_url)
    except TooSoon as fault:
        return _too_soon("forgotten", form, "email", fault)
    flash(
        f"If there is an account for {form.text('email')}, a letter with a link is on its way. "
        "The link works for one hour. Nothing came? Look among unwanted mail, or ask whoever looks after accounts.",
        "",
    )
    return redirect(url_for(".sign_in"), 303)


@bp.route("/password/<token>", methods=["GET", "POST"])
@by_link
@limited
def choose_password(token: str) -> ResponseReturnValue:
    """Choose a password by the link of a letter. Looking uses nothing up: mail scanners open links."""
    opened = credentials.opened_by(app_state().store, token, now())
    if opened is None:
        return render_template("accounts/link_gone.html"), 410
    form = forms.NewPassword(opened.account)
    told = {"account": opened.account, "first": opened.link.purpose == "set_up"}
    if request.method != "POST":
        return _page("choose_password", form, **told)
    if not form.validate():
        return _page("choose_password", form, **told), 422
    try:
        account = credentials.choose_password(
            app_state().store, app_state().passwords, token, form.text("password"), now(), app_state().hasher.new
        )
    except NotAllowed as fault:
        form.password.errors = [str(fault)]
        return _page("choose_password", form, **told), 422
    # whoever has read the letter is no stranger: nobody's wrong tries can keep them waiting
    know_this_browser(account.id)
    flash("Your password is kept. Sign in with it now.", "good")
    return redirect(url_for(".sign_in"), 303)


# --- what the pages of accounts share ---


def door_here() -> SignInContext:
    """Where and when this request tries to enter."""
    return SignInContext(
        app_state().passwords, app_state().hasher.new, login_source(), now(), request.user_agent.string.strip()
    )


def own_address(text: str | None) -> str | None:
    """An address of this service's own to go on to; None for everything else, so that no link leads astray."""
    if not text or len(text) > _LONGEST_ADDRESS or not re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc or "//" in parts.path else text


def where_to(account: Account) -> str:
    """Where somebody goes on who has just entered: where they wanted to, or where their work is."""
    wanted = own_address(request.args.get("next"))
    return on_to(wanted) if wanted else ("/homes" if may_somewhere(account, "see_home") else url_for(".account"))


def on_to(address: str) -> str:
    """The address itself, or the page from which its file begins: a browser that is given a file stays where it is."""
    return url_for(".file", next=address) if gives_a_file(address) else address


def gives_a_file(address: str) -> bool:
    """Whether a file comes from this address of ours, and not a page."""
    return _A_FILE.fullmatch(address) is not None


def leave(words: str) -> ResponseReturnValue:
    """Go to the sign-in page with an empty session."""
    end_session()
    session.clear()
    flash(words, "good")
    return redirect(url_for(".sign_in"), 303)


def too_soon(fault: TooSoon) -> tuple[int, dict[str, str]]:
    """The status and the head of a reply to somebody who must wait."""
    return 429, {"Retry-After": str(max(1, int(fault.wait.total_seconds())))}


def _page(name: str, form: TypedForm, **told: object) -> str:
    return render_template(f"accounts/{name}.html", form=form, next=own_address(request.args.get("next")), **told)


def _too_soon(name: str, form: TypedForm, field: str, fault: TooSoon) -> ResponseReturnValue:
    form[field].errors = [str(fault)]
    return _page(name, form), *too_soon(fault)


def _entered(account: Account, secret: str) -> ResponseReturnValue:
    """Go on as this account: nothing of whoever used this browser before is left in it."""
    before = current_account()
    if before:
        signing_in.sign_out(app_state().store, before[1], now())
    session.clear()
    start_session(secret)
    know_this_browser(account.id)
    return redirect(where_to(account), 303)


def _go_on_with_code(account: Account) -> None:
    session.clear()
    session[_ENTERING] = [account.id, _password_digest(account), int(now().timestamp())]


def _who_gave_the_password() -> Account | None:
    """Whoever gave the right password in this browser only just, and has not changed it since."""
    account_id, digest, at = session.get(_ENTERING, ("", "", 0))
    account = app_state().store[Account].get(account_id)
    if account is None or not 0 <= now().timestamp() - at < ENTERING_SECONDS or not account.totp:
        return None
    return account if digest in app_state().hasher.any("entering", account.id + account.password) else None


def _password_digest(account: Account) -> str:
    # not even the hash of a password travels in a cookie
    return app_state().hasher.new("entering", account.id + account.password)
