"""Forms on paper: printed from a page for A4, found again by their code, and keyed in with the same rules."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.accounts.roles import may as may_do
from service.answers.messages import BASE, keys, phrase
from service.collection.invitations.slips import print_slips
from service.collection.models.errors import NotPossible
from service.collection.models.help_lines import lines_kept
from service.collection.models.home import Home
from service.collection.models.published_form import FormRef, FormState
from service.collection.models.round import Round
from service.collection.responses.paper_codes import as_code, with_code
from service.collection.responses.paper_entry import CLOSED, keyed_today, may_key_in
from service.dates import day_at, in_words, now
from service.definitions import Form, language_for, localised
from service.reports.labels import with_home
from service.repository import readable
from service.state import app_state
from service.web.http.access import current, current_home, current_record, may
from service.web.http.errors import error_page
from service.web.paper import data_entry
from service.web.paper.print_layout import Printed
from service.web.parts.qr_code import picture_of

bp = Blueprint("paper", __name__)
bp.add_url_rule("/rounds/<round_id>/paper/<form_id>/key", "key", data_entry.key, methods=["GET", "POST"])
bp.add_url_rule("/rounds/<round_id>/paper/<form_id>/kept", "kept", data_entry.kept)
bp.add_url_rule("/rounds/<round_id>/paper/<form_id>/take-back", "take_back", data_entry.take_back, methods=["POST"])


@bp.get("/rounds/<round_id>/paper")
@may("see_home")
def forms(round_id: str) -> ResponseReturnValue:
    """The round's forms, each to print; an empty form says nothing of anybody, so staff may."""
    round_: Round = current_record("round_id")
    account, home = current().account, current_home()
    rows = []
    for ref in round_.forms:
        form = app_state().form(ref.fingerprint)
        printed = Printed(form, form.base_language, home=home, round=round_, ref=ref)
        rows.append((form, printed.text(form.title), printed.code, may_key_in(account, home.id, form), names_of(form)))
    return render_template(
        "paper/forms.html",
        round=round_,
        home=home,
        rows=rows,
        is_open=round_.is_open(day_at(now())),
        closed=CLOSED,
        by_code=[
            (form, title, round_.expected_people(form.id)) for form, title, *_ in rows if form.audience == "staff"
        ],
    )


@bp.get("/rounds/<round_id>/paper/<form_id>")
@may("see_home")
def sheet(round_id: str, form_id: str) -> ResponseReturnValue:
    """A form as this round asks it, for A4."""
    round_: Round = current_record("round_id")
    ref = round_.form_ref(form_id) or abort(404)
    if not round_.is_open(day_at(now())):
        return error_page(410, "This round is over", CLOSED, "To ask again, open a new round.")
    return _printed(app_state().form(ref.fingerprint), round_, ref)


@bp.post("/rounds/<round_id>/paper/<form_id>/slips")
@may("manage_rounds")
def slips(round_id: str, form_id: str) -> ResponseReturnValue:
    """A sheet of one-person codes, shown once; those printed before end."""
    round_: Round = current_record("round_id")
    ref = round_.form_ref(form_id) or abort(404)
    form = app_state().form(ref.fingerprint)
    if form.audience != "staff":
        abort(404)
    try:
        codes = print_slips(app_state().store, round_, form_id, now(), by=current().account.id)
    except NotPossible as refusal:
        return error_page(409, "No codes were printed", str(refusal), "You can give the number when you open a survey.")
    base = app_state().config.base_url.rstrip("/")
    return render_template(
        "paper/slips.html",
        round=round_,
        home=current_home(),
        title=with_home(form.title, [current_home()]),
        until=in_words(round_.closes_on),
        slips=[(each, f"{base}/i/{each}", picture_of(f"{base}/i/{each}")) for each in codes],
    )


@bp.get("/forms/<form_id>/paper")
@may("see_home")
def blank(form_id: str) -> ResponseReturnValue:
    """A form of the library, to look at or discuss: outside a round it has no code and cannot be keyed in."""
    state = app_state().store[FormState].get(form_id)
    if state is not None and state.home_id and not may_do(current().account, "see_home", state.home_id):
        abort(404)
    return _printed(app_state().library.get(form_id) or abort(404))


@bp.route("/paper", methods=["GET", "POST"])
@may("key_in")
def enter() -> ResponseReturnValue:
    """Where a code leads to the form it belongs to."""
    typed = (request.form if request.method == "POST" else request.args).get("code", "")[:40]
    if not typed and request.method != "POST":
        return _enter("", "")
    code = as_code(typed)
    if code is None:
        return _enter(typed, "That is not a code as we print them. Look at the top of the page once more."), 422
    mine = [
        round_
        for round_ in readable(app_state().store[Round].all()).records
        if may_do(current().account, "key_in", round_.home_id)
    ]
    found = with_code(code, mine)
    if not found:
        return _enter(typed, "No form of your homes has this code. It may be from another home's round."), 422
    if len(found) > 1:
        return _enter(typed, "", found)
    [(round_, ref)] = found
    return redirect(url_for(".key", round_id=round_.id, form_id=ref.form_id), 303)


def names_of(form: Form) -> list[tuple[str, str]]:
    """The languages in which a form can be printed, each in its own words."""
    return [
        (code, phrase(BASE, f"language.{code}") if f"language.{code}" in keys() else code) for code in form.languages
    ]


def _printed(form: Form, round_: Round | None = None, ref: FormRef | None = None) -> str:
    language = language_for(form, request.args.get("language"))
    printed = Printed(
        localised(form, language),
        language,
        request.args.get("size") == "large",
        current_home() if round_ else None,
        round_,
        ref,
    )
    base = app_state().config.base_url
    return render_template(
        "paper/sheet.html",
        languages=names_of(form),
        back=url_for(".forms", round_id=round_.id) if round_ else "",
        **printed.words(f"{base}{url_for('.enter', code=printed.code)}", lines_kept(app_state().store)),
    )


def _enter(typed: str, fault: str, found: list[tuple[Round, FormRef]] | None = None) -> str:
    store = app_state().store
    choices: list[dict[str, Any]] = []
    for round_, ref in found or []:
        home = store[Home].get(round_.home_id)
        title = app_state().form(ref.fingerprint).title
        choices.append({"round": round_, "form_id": ref.form_id, "title": title, "home": home.name if home else ""})
    today = keyed_today(store, current().account, now())
    return render_template("paper/enter.html", typed=typed, fault=fault, choices=choices, today=today)
