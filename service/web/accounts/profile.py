"""One's own account: name, password, second factor, where one is signed in; and proving oneself once more."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from service.accounts import administration, credentials, sign_in
from service.accounts.account import NotAllowed
from service.accounts.roles import needs_second_factor
from service.accounts.sessions import sessions_of
from service.accounts.sign_in import Refused
from service.accounts.throttling import TooSoon
from service.accounts.totp import in_fours, new_totp_secret, set_up_address
from service.collection.models.home import Home
from service.dates import moment_in_words, now
from service.repository import readable
from service.state import app_state
from service.web.accounts import forms, text
from service.web.accounts.blueprint import bp
from service.web.accounts.sign_in import door_here, gives_a_file, leave, on_to, own_address, too_soon, where_to
from service.web.http.access import current, freshly_proved, lacks_second_factor, signed_in
from service.web.http.account_cookie import start_session
from service.web.http.rate_limit import limited
from service.web.parts.qr_code import picture_of

WRONG_PROOF = "The password or the code is not right, or the code was used already. Wait for the next code."
OFFER_SECONDS = 60 * 60  # how long the page that sets up a second factor may stay open


@bp.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """What one is called, what one may do, how and where one is signed in."""
    return _account_page(forms.Name(name=current().account.name), forms.ChangePassword(current().account))


@bp.post("/account/name")
@signed_in
def rename() -> ResponseReturnValue:
    """Change what one is called."""
    form = forms.Name()
    if not form.validate():
        return _account_page(form, forms.ChangePassword(current().account, formdata=None)), 422
    administration.rename(app_state().store, current().account.id, form.text("name"), now(), current().account.id)
    flash("Your name is changed.", "good")
    return redirect(url_for(".account"), 303)


@bp.post("/account/password")
@signed_in
@limited
def change_password() -> ResponseReturnValue:
    """Take a new password from whoever knows the old one; everywhere else one is signed out."""
    found = current()
    form = forms.ChangePassword(found.account)
    names = forms.Name(formdata=None, name=found.account.name)
    if not form.validate():
        return _account_page(names, form), 422
    try:
        known = sign_in.check_password(app_state().store, door_here(), found.account.email, form.text("current"))
        secret = credentials.change_password(
            app_state().store, app_state().passwords, found.session, known, form.text("password"), now()
        )
    except Refused:
        form.current.errors = ["That is not your password."]
        return _account_page(names, form), 422
    except TooSoon as fault:
        form.current.errors = [str(fault)]
        return _account_page(names, form), *too_soon(fault)
    except NotAllowed as fault:
        form.password.errors = [str(fault)]
        return _account_page(names, form), 422
    return _go_on(secret, "Your password is changed. Everywhere else you are signed out.", url_for(".account"))


@bp.post("/account/sessions")
@signed_in
def end_session() -> ResponseReturnValue:
    """Sign out of one other browser, or, where none is named, of all and this one."""
    found, named = current(), request.form.get("session", "")
    if not named or named == found.session.id:
        sign_in.sign_out(app_state().store, found.session, now(), everywhere=not named)
        return leave("You are signed out." if named else "You are signed out everywhere.")
    sign_in.end_session(app_state().store, named, found.account.id, now())
    flash("That browser is signed out.", "good")
    return redirect(url_for(".account"), 303)


@bp.route("/account/second-factor", methods=["GET", "POST"])
@signed_in
@freshly_proved
def second_factor() -> ResponseReturnValue:
    """Set up an authenticator app, or a new one. The secret is the account's only after a right code."""
    form, found = forms.SetUp(), current()
    offered = _read_offer(form.offer.data or "") or new_totp_secret()
    form.offer.data = _offers().dumps([found.session.id, offered])
    if request.method != "POST":
        return _second_factor_page(form, offered)
    if not form.validate():
        return _second_factor_page(form, offered), 422
    try:
        secret = credentials.set_second_factor(
            app_state().store, found.session, found.account, offered, form.text("code"), now()
        )
    except NotAllowed as fault:
        form.code.errors = [str(fault)]
        return _second_factor_page(form, offered), 422
    wanted = own_address(request.args.get("next"))
    words_then = "Your authenticator app is set up. From now on you are asked for a code when you sign in."
    return _go_on(secret, words_then, on_to(wanted) if wanted else url_for(".account"))


@bp.route("/account/prove", methods=["GET", "POST"])
@signed_in
@limited
def prove() -> ResponseReturnValue:
    """Give the password again, before what holds names or changes what others may do."""
    form, found = forms.Prove(), current()
    if request.method != "POST":
        return _prove_page(form)
    if found.account.totp and not form.text("code"):
        form.code.errors = ["Enter the six digits."]
        return _prove_page(form), 422
    if not form.validate():
        return _prove_page(form), 422
    try:
        secret = sign_in.prove(
            app_state().store, door_here(), found.session, found.account, form.text("password"), form.text("code")
        )
    except Refused:
        form.password.errors = [WRONG_PROOF if found.account.totp else "That is not your password."]
        return _prove_page(form), 422
    except TooSoon as fault:
        form.password.errors = [str(fault)]
        return _prove_page(form), *too_soon(fault)
    return _go_on(secret, "", where_to(found.account))


@bp.get("/account/file")
@signed_in
def file() -> ResponseReturnValue:
    """The file that somebody wanted who had to sign in or give the password first begins by itself."""
    wanted = own_address(request.args.get("next"))
    if wanted is None or not gives_a_file(wanted):
        return redirect(where_to(current().account), 303)
    return render_template("accounts/file.html", next=wanted, before=wanted.partition("?")[0].rpartition("/")[0] or "/")


def _go_on(secret: str | None, said: str, address: str) -> ResponseReturnValue:
    """Go on in the session that has taken this one's place; where it was ended meanwhile, at the way in."""
    if secret is None:
        return leave("You were signed out meanwhile. Sign in again.")
    start_session(secret)
    if said:
        flash(said, "good")
    return redirect(address, 303)


def _account_page(name: forms.Name, password: forms.ChangePassword) -> str:
    found, store = current(), app_state().store
    homes = {home.id: home.name for home in readable(store[Home].all()).records}
    return render_template(
        "accounts/account.html",
        name_form=name,
        password_form=password,
        roles=[text.grant_in_words(grant, homes) for grant in found.account.grants],
        sessions=[
            (session, text.browser_in_words(session.browser), moment_in_words(session.began_at))
            for session in sessions_of(store, found.account.id, now())
        ],
        needed=needs_second_factor(found.account),
    )


def _prove_page(form: forms.Prove) -> str:
    return render_template("accounts/prove.html", form=form, next=own_address(request.args.get("next")))


def _second_factor_page(form: forms.SetUp, offered: str) -> str:
    found = current()
    return render_template(
        "accounts/second_factor.html",
        form=form,
        picture=picture_of(set_up_address(offered, found.account.email)),
        secret=in_fours(offered),
        must=lacks_second_factor(found.account, found.session),
        next=own_address(request.args.get("next")),
    )


def _read_offer(offer: str) -> str:
    """The secret that this session's page offered; empty for one of another's or too long ago."""
    try:
        session_id, secret = _offers().loads(offer, max_age=OFFER_SECONDS)
    except BadSignature:
        return ""
    return str(secret) if session_id == current().session.id else ""


def _offers() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(app_state().signing_keys, salt="second factor")
