"""The tablet's own pages: it is enrolled, unlocked and handed over; each child finds their picture and begins."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service.accounts import sign_in
from service.accounts.throttling import TooSoon
from service.answers.filled_form import opened
from service.collection.follow_up.progress import in_steps, progress_of
from service.collection.invitations.slips import slip_with
from service.collection.models.errors import NotPossible
from service.collection.models.form_meta import meta_of
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.collection.models.tablet import ON_THE_TABLET, Pin, Tablet
from service.collection.responses import submission
from service.collection.tablets.choices import TabletChoices, offered
from service.collection.tablets.enrolment import NOBODY, enrol, enrolment_of, make_code, remove, set_pin
from service.collection.tablets.unlock import WrongPin, check_pin, lock, round_on, unlock
from service.dates import day_at, in_words, now
from service.definitions import Form
from service.repository import readable
from service.state import app_state
from service.web.http.access import by_link, by_tablet, in_demonstration, is_local_demonstration, open_to_all
from service.web.http.account_cookie import current_account, end_session
from service.web.http.rate_limit import limited
from service.web.http.respondent_session import remember_response
from service.web.http.tablet_cookie import current_tablet, forget_tablet, is_tablet, keep_tablet
from service.web.respondent.document import sheet_for

bp = Blueprint("tablet", __name__)

# Everything in a demonstration is made up, so anybody may know with what its tablets are unlocked.
MADE_UP_PIN = "4826"
WRONG_CODE = "We do not know this code. Check the letters on your slip, or ask the manager for a new one."
WRONG_PIN = "That is not the PIN of this home. Try again."


# --- becoming a tablet ---


@bp.get("/tablet/enrol/<token>")
@by_link
def enrolling(token: str) -> ResponseReturnValue:
    """What the code is for. Looking changes nothing: whatever reads codes may open what it has read."""
    found = enrolment_of(app_state().store, token, now())
    if found is None:
        return _code_is_gone()
    home = app_state().store[Home].get(found.home_id)
    return render_template("tablet/enrol.html", home=home, name=found.name, token=token)


@bp.post("/tablet/enrol/<token>")
@by_link
@limited
def enrol_here(token: str) -> ResponseReturnValue:
    """Make this device a tablet. Whoever was signed in on it is signed out: it will be given to children."""
    try:
        _, secret = enrol(app_state().store, token, now(), before=current_tablet())
    except NotPossible:
        return _code_is_gone()
    _let_everybody_go()
    return keep_tablet(_to_start(), secret)


@bp.post("/tablet/demonstration")
@in_demonstration
def make_up() -> ResponseReturnValue:
    """Make this browser a tablet of a made-up home, unlocked: whoever tries this out has no second device at hand."""
    store, moment = app_state().store, now()
    home = store[Home].get(request.form.get("home", ""))
    if home is None or not home.demonstration:
        return _to_start()
    if store[Pin].get(home.id) is None:
        set_pin(store, app_state().passwords, home.id, MADE_UP_PIN, NOBODY, moment)
    code = make_code(store, home.id, "This browser", NOBODY, moment)
    tablet, secret = enrol(store, code, moment, before=current_tablet())
    if rounds := _open_rounds(tablet):
        unlock(store, tablet, rounds[0].id, moment)
    _let_everybody_go()
    return keep_tablet(_to_start(), secret)


@bp.post("/tablet/leave")
@in_demonstration
def leave() -> ResponseReturnValue:
    """Make a locked tablet of a demonstration a plain browser again."""
    tablet = current_tablet()
    if tablet is not None and round_on(app_state().store, tablet, now()) is None:
        remove(app_state().store, tablet.id, NOBODY, now())
        session.clear()
        return forget_tablet(make_response(redirect(url_for("pages.welcome"), 303)))
    return _to_start()


# --- the start page ---


@bp.get("/tablet")
@open_to_all
def choose() -> ResponseReturnValue:
    """Where everyone begins and everything returns to; on any other browser, how it becomes a tablet.

    It ends the respondents' session of this browser, so that whoever comes next finds nothing of the one before:
    one tablet is one child's at a time.
    """
    tablet = current_tablet()
    if tablet is None:
        made_up = [home for home in readable(app_state().store[Home].all()).records if home.demonstration]
        to_try = made_up if is_local_demonstration() else []
        page = render_template("tablet/not_enrolled.html", homes=to_try, demonstration=bool(made_up), pin=MADE_UP_PIN)
        return forget_tablet(make_response(page)) if is_tablet() else page
    if session.keys() & {"responses", "picture"}:
        session.clear()
    round_ = _unlocked(tablet)
    if round_ is None:
        return keep_tablet(make_response(_locked_page(tablet)))
    offer = _offer(round_)
    page = _page(tablet, "pictures", offer=offer, titles=_titles(tablet, round_, offer.by_title), round=round_)
    return keep_tablet(make_response(page))


@bp.get("/tablet/others")
@by_tablet
def others() -> ResponseReturnValue:
    """The forms of whoever has no picture here."""
    tablet = _here()
    round_ = _unlocked(tablet)
    if round_ is None:
        return _to_start()
    return _others(tablet, round_)


@bp.post("/tablet/code")
@by_tablet
@limited
def code() -> ResponseReturnValue:
    """Begin the form of the slip whose code was typed."""
    tablet, store = _here(), app_state().store
    round_ = _unlocked(tablet)
    if round_ is None:
        return _to_start()
    slip = slip_with(store, request.form.get("code", "")[:40], round_)
    ref = round_.form_ref(slip.form_id) if slip else None
    if slip is None or ref is None:
        return _others(tablet, round_, WRONG_CODE), 422
    view = sheet_for(round_.id, ref.form_id, None)
    try:
        response = submission.begin(store, round_, ref, "tablet", view.language, now(), slip.id, begun_as="code")
    except NotPossible:  # closed a moment ago
        return _to_start()
    session.clear()
    remember_response(response)
    return redirect(url_for("respond.form", response_id=response.id), 303)


@bp.post("/tablet/picture")
@by_tablet
def choose_picture() -> ResponseReturnValue:
    """Remember the picture just pressed until it is confirmed. Nothing begins yet."""
    round_ = _unlocked(_here())
    child = _offer(round_).child(request.form.get("child", "")) if round_ else None
    if child is None:
        return _to_start()
    session.clear()
    session["picture"] = child.id  # not in the address: Back would show the next child whose picture was pressed before
    return redirect(url_for(".picture"), 303)


@bp.get("/tablet/picture")
@by_tablet
def picture() -> ResponseReturnValue:
    """Ask whether the picture is the right one: Yes begins, No goes back to all pictures."""
    tablet = _here()
    round_ = _unlocked(tablet)
    child = _offer(round_).child(session.get("picture", "")) if round_ else None
    if round_ is None or child is None:
        return _to_start()
    first = _offer(round_).forms_for(child)[0]
    view = sheet_for(round_.id, first.id, child.language)
    return _page(tablet, "picture", child=child, form_id=first.id, phrase=view.say, language=view.language)


@bp.post("/tablet/start/<form_id>")
@by_tablet
def start(form_id: str) -> ResponseReturnValue:
    """Begin a response in a session of its own: nothing of whoever sat here before is in it.

    A child who was interrupted begins anew. What they had said stays a draft that is not shown here again: a picture
    is no lock, and whoever pressed it could read what that child had said.
    """
    tablet, store = _here(), app_state().store
    round_ = _unlocked(tablet)
    ref = round_.form_ref(form_id) if round_ else None
    if round_ is None or ref is None:
        return _to_start()
    offer = _offer(round_)
    pressed = request.form.get("child", "") if offer.asks_picture(form_id) else ""
    child = offer.child(pressed)
    if pressed and not (child and any(form.id == form_id for form in offer.forms_for(child))):
        return _to_start()  # they have left, or have another age band since the page was fetched
    if not pressed and not offer.offers(form_id):
        return _to_start()
    view = sheet_for(round_.id, form_id, child.language if child else None)
    chosen = child.id if child else ""
    try:
        response = submission.begin(
            store,
            round_,
            ref,
            "tablet",
            view.language,
            now(),
            child_id=chosen,
            begun_as="picture" if child else "title",
        )
    except NotPossible:  # closed a moment ago
        return _to_start()
    session.clear()
    remember_response(response)
    return redirect(url_for("respond.form", response_id=response.id), 303)


# --- what staff do with the PIN ---


@bp.post("/tablet/unlock")
@by_tablet
@limited
def unlock_here() -> ResponseReturnValue:
    """Open the tablet for one round until the end of the day."""
    tablet, store = _here(), app_state().store
    if refused := _pin_fault():
        return _locked_page(tablet, refused[0]), refused[1]
    try:
        unlock(store, tablet, request.form.get("round", ""), now())
    except NotPossible as fault:
        return _locked_page(tablet, str(fault)), 422
    _let_everybody_go()
    return _to_start()


@bp.get("/tablet/staff")
@by_tablet
def staff() -> ResponseReturnValue:
    """The way out of the mode, which takes the PIN."""
    tablet = _here()
    return _page(tablet, "staff", fault="") if _unlocked(tablet) else _to_start()


@bp.post("/tablet/lock")
@by_tablet
@limited
def lock_here() -> ResponseReturnValue:
    """Leave the mode."""
    tablet = _here()
    if refused := _pin_fault():
        return _page(tablet, "staff", fault=refused[0]), refused[1]
    lock(app_state().store, tablet, now())
    session.clear()
    return _to_start()


@bp.post("/tablet/uncover")
@by_tablet
@limited
def uncover() -> ResponseReturnValue:
    """Whether this is the PIN, for a page that is covered because it holds what is not sent yet."""
    refused = _pin_fault()
    return refused or ("", 204)


# --- what the views share ---


def _here() -> Tablet:
    """The tablet that this is; only in views for tablets."""
    found = current_tablet()
    if found is None:
        raise RuntimeError("a view that is not for tablets alone asked which one this is")
    return found


def _unlocked(tablet: Tablet) -> Round | None:
    """The round that it is unlocked for. While an account is signed in on it, it is not fit to be handed over."""
    return None if current_account() else round_on(app_state().store, tablet, now())


def _pin_fault() -> tuple[str, int] | None:
    """Why the PIN that was sent opens nothing, and the status that says so."""
    service = app_state()
    try:
        check_pin(service.store, service.passwords, service.hasher.new, _here(), request.form.get("pin", ""), now())
    except WrongPin:
        return WRONG_PIN, 422
    except TooSoon as fault:
        return str(fault), 429
    return None


def _let_everybody_go() -> None:
    """End what this browser holds: an account that is signed in, and every response."""
    if entered := current_account():
        sign_in.sign_out(app_state().store, entered[1], now())
        end_session()
    session.clear()


def _to_start() -> Response:
    return make_response(redirect(url_for(".choose"), 303))


def _open_rounds(tablet: Tablet) -> list[Round]:
    """The rounds of its home that ask somebody here today, the newest first."""
    found = [
        round_
        for round_ in readable(app_state().store[Round].find("home_id", tablet.home_id)).records
        if round_.is_open(day_at(now()))
        and any(app_state().form(ref.fingerprint).audience in ON_THE_TABLET for ref in round_.forms)
    ]
    return sorted(found, key=lambda round_: round_.opened_at, reverse=True)


def _offer(round_: Round) -> TabletChoices:
    return offered(app_state().store, round_, app_state().form)


def _others(tablet: Tablet, round_: Round, fault: str = "") -> str:
    forms = _offer(round_).others
    by_code = any(form.audience == "staff" for form in forms)
    titles = _titles(tablet, round_, forms)
    return _page(tablet, "others", titles=titles, round=round_, by_code=by_code, fault=fault)


def _home(tablet: Tablet) -> Home:
    home = app_state().store[Home].get(tablet.home_id)
    if home is None:
        raise RuntimeError("a tablet's home is gone")
    return home


def _titles(tablet: Tablet, round_: Round, forms: tuple[Form, ...]) -> list[tuple[str, str, str]]:
    """Id, title and whom it is for. A form that does not suit older children is for the youngest, with a grown-up."""
    meta = meta_of(round_, _home(tablet), None, now())
    return [
        (
            form.id,
            opened(form, {}, meta).text(form.title).striptags(),
            "youngest" if form.audience == "child" and not form.suits("older") else form.audience,
        )
        for form in forms
    ]


def _answered(round_: Round) -> str:
    """How many have answered, where that says of nobody whether they have; coarsely, for staff stand by."""
    forms = [
        form for form in progress_of(app_state().store, round_, app_state().form).by_form if form.channel == "tablet"
    ]
    answered = in_steps(sum(form.answered for form in forms))
    return f"at least {answered} answers so far" if answered and all(form.shown for form in forms) else ""


def _locked_page(tablet: Tablet, fault: str = "") -> str:
    pin = app_state().store[Pin].get(tablet.home_id)
    rounds = [(round_, in_words(round_.closes_on), _answered(round_)) for round_ in _open_rounds(tablet)]
    return _page(
        tablet, "locked", rounds=rounds, has_pin=pin is not None, fault=fault, chosen=request.form.get("round")
    )


def _page(tablet: Tablet, name: str, **values: object) -> str:
    home, pin = _home(tablet), app_state().store[Pin].get(tablet.home_id)
    return render_template(
        f"tablet/{name}.html",
        home=home,
        tablet=tablet,
        demonstration=home.demonstration,
        pin=MADE_UP_PIN if is_local_demonstration() and pin is not None and pin.set_by == NOBODY else "",
        **values,
    )


def _code_is_gone() -> ResponseReturnValue:
    return render_template("tablet/code_gone.html"), 410
