"""Forms on paper: printed from a page for A4, found again by their code, and keyed in with the same rules."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.accounts.roles import may as may_do
from service.answers.messages import BASE, keys, phrase
from service.collection.models.help_lines import lines_kept
from service.collection.models.home import Home
from service.collection.models.published_form import FormRef
from service.collection.models.round import Round
from service.collection.responses.paper_codes import as_code, with_code
from service.collection.responses.paper_entry import CLOSED, keyed_today, may_key_in
from service.dates import day_at, now
from service.definitions import Form, language_for, localised
from service.state import running
from service.web.http.access import here, home_here, may, record_here
from service.web.http.errors import error_page
from service.web.paper import data_entry
from service.web.paper.print_layout import Printed

bp = Blueprint("paper", __name__)
bp.add_url_rule("/rounds/<round_id>/paper/<form_id>/key", "key", data_entry.key, methods=["GET", "POST"])
bp.add_url_rule("/rounds/<round_id>/paper/<form_id>/kept", "kept", data_entry.kept)
bp.add_url_rule("/rounds/<round_id>/paper/<form_id>/take-back", "take_back", data_entry.take_back, methods=["POST"])


@bp.get("/rounds/<round_id>/paper")
@may("see_home")
def forms(round_id: str) -> ResponseReturnValue:
    """The round's forms, each to print; an empty form says nothing of anybody, so staff may."""
    asked: Round = record_here("round_id")
    account, home = here().account, home_here()
    rows = []
    for ref in asked.forms:
        form = running().form(ref.fingerprint)
        printed = Printed(form, form.base_language, home=home, asked=asked, ref=ref)
        rows.append((form, printed.text(form.title), printed.code, may_key_in(account, home.id, form), names_of(form)))
    return render_template(
        "paper/forms.html", asked=asked, home=home, rows=rows, is_open=asked.is_open(day_at(now())), closed=CLOSED
    )


@bp.get("/rounds/<round_id>/paper/<form_id>")
@may("see_home")
def sheet(round_id: str, form_id: str) -> ResponseReturnValue:
    """A form as this round asks it, for A4."""
    asked: Round = record_here("round_id")
    ref = asked.form_ref(form_id) or abort(404)
    if not asked.is_open(day_at(now())):
        return error_page(410, "This round is over", CLOSED, "To ask again, open a new round.")
    return _printed(running().form(ref.fingerprint), asked, ref)


@bp.get("/forms/<form_id>/paper")
@may("see_home")
def blank(form_id: str) -> ResponseReturnValue:
    """A form of the library, to look at or discuss: outside a round it has no code and cannot be keyed in."""
    return _printed(running().library.get(form_id) or abort(404))


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
    mine = [asked for asked in running().store[Round].all() if may_do(here().account, "key_in", asked.home_id)]
    found = with_code(code, mine)
    if not found:
        return _enter(typed, "No form of your homes has this code. It may be from another home's round."), 422
    if len(found) > 1:
        return _enter(typed, "", found)
    [(asked, ref)] = found
    return redirect(url_for(".key", round_id=asked.id, form_id=ref.form_id), 303)


def names_of(form: Form) -> list[tuple[str, str]]:
    """The languages in which a form can be printed, each in its own words."""
    return [
        (code, phrase(BASE, f"language.{code}") if f"language.{code}" in keys() else code) for code in form.languages
    ]


def _printed(form: Form, asked: Round | None = None, ref: FormRef | None = None) -> str:
    language = language_for(form, request.args.get("language"))
    printed = Printed(
        localised(form, language),
        language,
        request.args.get("size") == "large",
        home_here() if asked else None,
        asked,
        ref,
    )
    base = running().config.base_url
    return render_template(
        "paper/sheet.html",
        languages=names_of(form),
        back=url_for(".forms", round_id=asked.id) if asked else "",
        **printed.words(f"{base}{url_for('.enter', code=printed.code)}", lines_kept(running().store)),
    )


def _enter(typed: str, fault: str, found: list[tuple[Round, FormRef]] | None = None) -> str:
    store = running().store
    choices: list[dict[str, Any]] = []
    for asked, ref in found or []:
        home = store[Home].get(asked.home_id)
        title = running().form(ref.fingerprint).title
        choices.append({"round": asked, "form_id": ref.form_id, "title": title, "home": home.name if home else ""})
    today = keyed_today(store, here().account, now())
    return render_template("paper/enter.html", typed=typed, fault=fault, choices=choices, today=today)
