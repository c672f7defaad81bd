"""In the demonstration only: a letter's link on a button, for whoever wants to answer as someone who got one."""

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.answers.filled_form import opened
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.errors import NotPossible
from service.collection.models.form_meta import meta_of
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.collection.models.tablet import ON_THE_TABLET
from service.dates import day_at, now
from service.state import app_state
from service.web.http.access import in_demonstration

bp = Blueprint("letters", __name__)


@bp.post("/letter/<form_id>")
@in_demonstration
def open_letter(form_id: str) -> ResponseReturnValue:
    """Ask somebody made up, and go where the link in their letter leads."""
    round_ = app_state().store[Round].get(request.form.get("round", ""))
    ref = round_.form_ref(form_id) if round_ else None
    if round_ is None or ref is None or app_state().form(ref.fingerprint).audience in ON_THE_TABLET:
        abort(404)
    person = Addressee(form_id, "Somebody made up", "somebody@example.org", "the review")
    try:
        [(_, token)] = invite(app_state().store, round_, [person], now())
    except NotPossible:
        abort(404)
    return redirect(url_for("respond.invitation", token=token), 303)


def open_rounds() -> list[tuple[Home, Round]]:
    """The rounds that may be answered today with their homes, by the home's name, the newest first."""
    store = app_state().store
    found = [
        (home, round_)
        for round_ in store[Round].all()
        if round_.is_open(day_at(now())) and (home := store[Home].get(round_.home_id)) is not None
    ]
    return sorted(found, key=lambda pair: (pair[0].name, -pair[1].opened_at.timestamp()))


def titles_of(home: Home, round_: Round) -> list[tuple[str, str, str]]:
    """Id, title and audience of a round's forms that are asked by letter."""
    meta = meta_of(round_, home, None, now())
    forms = [app_state().form(ref.fingerprint) for ref in round_.forms]
    return [
        (form.id, opened(form, {}, meta).text(form.title).striptags(), form.audience)
        for form in forms
        if form.audience not in ON_THE_TABLET
    ]
