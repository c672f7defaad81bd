"""The tablet's start page: which home, which form. Open in the demonstration only, until tablets are enrolled."""

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service.calendar import day_at, now
from service.collection import responding
from service.collection.asking import newest_first
from service.web.access import in_demonstration
from service.web.documents import sheet_for
from service.web.running import running
from service.web.session import hold

bp = Blueprint("tablet", __name__)

# Who answers on the home's tablet, in the order of the page; everyone else is asked by link.
ON_THE_TABLET = ("child", "staff")


@bp.get("/tablet")
@in_demonstration
def choose() -> ResponseReturnValue:
    """The open rounds and what each asks here."""
    store = running().store
    today = day_at(now())
    choices = []
    for asked in newest_first(store):
        home = store.homes.get(asked.home_id)
        if home is None or not asked.is_open(today):
            continue
        forms = [running().form(ref.fingerprint) for ref in asked.forms]
        here = [(form.id, form.title, form.audience) for form in forms if form.audience in ON_THE_TABLET]
        here.sort(key=lambda choice: ON_THE_TABLET.index(choice[2]))
        if here:
            choices.append((home.name, asked.id, here))
    return render_template("tablet/start.html", choices=sorted(choices), demonstration=True)


@bp.post("/tablet/start/<form_id>")
@in_demonstration
def start(form_id: str) -> ResponseReturnValue:
    """Begin a response in a session of its own: nothing of whoever sat here before is in it."""
    sheet = sheet_for(request.form.get("round", ""), form_id, request.form.get("language"))
    if sheet.form.audience not in ON_THE_TABLET:
        abort(404)
    if not sheet.asked.is_open(day_at(now())):
        return redirect(url_for("tablet.choose"), 303)
    response = responding.begin(running().store, sheet.asked, sheet.ref, "tablet", sheet.language, now())
    session.clear()
    hold(response.id)
    return redirect(url_for("respond.form", response_id=response.id), 303)
