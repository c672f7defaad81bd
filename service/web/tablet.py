"""The tablet's start page: which home, which form. Open in the demonstration only, until tablets are enrolled."""

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service.calendar import day_at, now
from service.collection import responding
from service.web.access import in_demonstration
from service.web.documents import sheet_for
from service.web.letters import ON_THE_TABLET, open_rounds, titles_of
from service.web.running import running
from service.web.session import hold

bp = Blueprint("tablet", __name__)


@bp.get("/tablet")
@in_demonstration
def choose() -> ResponseReturnValue:
    """The open rounds and what each asks here."""
    choices = [(home.name, asked.id, titles_of(home, asked, on_tablet=True)) for home, asked in open_rounds()]
    return render_template("tablet/start.html", choices=[choice for choice in choices if choice[2]], demonstration=True)


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
    hold(response)
    return redirect(url_for("respond.form", response_id=response.id), 303)
