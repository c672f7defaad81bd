"""Making a round: from a template, for today or for a later day; and what is planned, changed, opened or let go."""

import re
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.answers.duration import minutes_for
from service.collection.invitations import planned_rounds
from service.collection.invitations.emails import writer
from service.collection.models.errors import NotPossible
from service.collection.models.home import Home
from service.collection.models.round import PlannedRound, Round
from service.collection.models.round_template import Template, template_of, templates_for
from service.collection.people.contact_fields import KIND_WORDS, looks_like_a_name
from service.collection.rounds.open_close import new_round_id
from service.dates import day_at, in_words, now
from service.definitions import Audience
from service.mail.email import Email
from service.operations.rounds import open_round_now, schedule_round
from service.reports.labels import AUDIENCES, count_of, in_a_list, with_home
from service.state import app_state
from service.web.http.access import current, current_home, current_record, may
from service.web.rounds.edit_form import Choices, RoundPage, choices_at, from_plan, from_template

# What is planned by command may have been made from no template.
_PLAIN = Template("", "Your views", "", "", (), (), 28, ())


@may("manage_rounds")
def new(home_id: str) -> ResponseReturnValue:
    """Choose what kind of round, then make it: one that begins today opens at once, a later one is planned."""
    home = current_home()
    template = template_of(request.args.get("template", ""))
    if template is None or template not in templates_for(home):
        return render_template(
            "rounds/kinds.html", home=home, demonstration=home.demonstration, templates=templates_for(home)
        )
    choices = _choices(home, template)
    made_id = _id_of_page(home)
    # whoever sends the same page twice has made one round, and is led to it
    if request.method == "POST" and (made := app_state().store[Round].get(made_id)) is not None:
        return redirect(url_for("rounds.one", round_id=made.id), 303)
    page = RoundPage(choices, from_template(choices), request.form if request.method == "POST" else None)
    return _answer(page, made_id, None)


@may("manage_rounds")
def planned(planned_id: str) -> ResponseReturnValue:
    """See and change what is planned, or open it now."""
    plan: PlannedRound = current_record("planned_id")
    choices = _choices(current_home(), template_of(plan.template) or _PLAIN)
    posted = request.form.copy()
    if "open" in posted:
        posted["first_day"] = choices.today.isoformat()
    page = RoundPage(choices, from_plan(choices, plan), posted if request.method == "POST" else None)
    return _answer(page, plan.id, plan)


@may("manage_rounds")
def let_go(planned_id: str) -> ResponseReturnValue:
    """Drop what is planned."""
    plan: PlannedRound = current_record("planned_id")
    planned_rounds.let_go(app_state().store, planned_id, now(), by=current().account.id)
    flash(f"“{plan.title}” will not open. Nobody was asked.", "")
    return redirect(url_for("dashboard.home", home_id=plan.home_id), 303)


def _answer(page: RoundPage, planned_id: str, plan: PlannedRound | None) -> ResponseReturnValue:
    """The page as it is now, or where it leads once it was right."""
    if request.method != "POST" or "look" in request.form:
        return _shown(page, planned_id, plan)
    refused = ""
    if page.validate():
        try:
            return redirect(_kept(page, planned_id), 303)
        except NotPossible as refusal:
            refused = str(refusal)
    return _shown(page, planned_id, plan, refused), 422


def _kept(page: RoundPage, planned_id: str) -> str:
    """Plan the round, or open it where its day has come; gives the address to go on to."""
    store, home, me = app_state().store, page.choices.home, current().account.id
    plan = page.plan(planned_id)
    if not page.opens_today:
        schedule_round(store, plan, page.people, now(), by=me)
        flash(f"Planned. It opens by itself on {in_words(plan.opens_on)}.", "")
        return url_for("rounds.planned", planned_id=plan.id)
    opened = open_round_now(
        store,
        plan,
        page.people,
        app_state().library_at(home.id),
        lambda round_: writer("invitation", round_, home, app_state().form, app_state().config.base_url),
        now(),
        by=me,
    )
    letters = store[Email].count("round_id", opened.id)
    waiting = f" {count_of(letters, 'letter waits', 'letters wait')} to leave." if letters else ""
    flash(f"The round is open.{waiting}", "")
    return url_for("rounds.one", round_id=opened.id)


def _id_of_page(home: Home) -> str:
    """The id that this page's round will have, made when the page was first looked at."""
    given = request.form.get("round-id", "")
    mine = re.fullmatch(rf"\d{{8}}-{re.escape(home.id[:20].strip('-'))}-[0-9a-f]{{6}}", given)
    store = app_state().store
    known = (store[Round].get(given) or store[PlannedRound].get(given)) if mine else None
    return given if mine and (known is None or known.home_id == home.id) else new_round_id(home, day_at(now()))


def _choices(home: Home, template: Template) -> Choices:
    return choices_at(app_state().store, home, template, app_state().library_at(home.id), day_at(now()))


def _shown(page: RoundPage, planned_id: str, plan: PlannedRound | None, refused: str = "") -> str:
    choices = page.choices
    titles = {form.id: with_home(form.title, [choices.home]) for form in choices.forms}
    words: dict[str, Any] = {
        "page": page,
        "fields": page.fields,
        "choices": choices,
        "home": choices.home,
        "demonstration": choices.home.demonstration,
        "template": choices.template,
        "round_id": planned_id,
        "plan": plan,
        "refused": refused,
        "titles": titles,
        "address": request.full_path,
        "minutes": {form.id: minutes_for(form) for form in choices.forms},
        "reminders": page.reminders(app_state().config.extra_holidays),
        "audiences": AUDIENCES,
        "kind_words": KIND_WORDS,
        "asked_with": lambda kind: titles[form.id] if (form := page.form_for(kind)) else "",
        "looks_like_a_name": looks_like_a_name,
        "audiences_of": named,
        "in_words": in_words,
        "days_in_words": lambda days: in_a_list([in_words(day) for day in days]),
    }
    fragment = "look" in request.form and request.headers.get("HX-Request") == "true"
    return render_template("rounds/_look.html" if fragment else "rounds/edit.html", **words)


def named(audiences: Sequence[Audience]) -> str:
    """Audiences as a sentence lists them: children, parents and staff."""
    return in_a_list([AUDIENCES[each].lower() for each in audiences])
