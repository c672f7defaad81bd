"""The list of forms for the administrator: which are offered, and why one is not."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service.collection.forms.offer import form_states
from service.collection.models.published_form import FormState
from service.dates import day_at, in_words
from service.reports.labels import AUDIENCES, with_home
from service.state import app_state
from service.web.http.access import may

bp = Blueprint("forms", __name__)


@dataclass(frozen=True)
class Line:
    """One form as the page shows it; `state` and `word` are its tag. A form never published has no title."""

    form_id: str
    title: str
    audience: str
    version: int
    state: str
    word: str
    faults: tuple[str, ...] = ()


@bp.get("/forms")
@may("keep_forms", everywhere=True)
def library() -> ResponseReturnValue:
    """Every form with its newest version: offered, archived or faulty."""
    return render_template("admin/forms.html", lines=[_line(state) for state in form_states(app_state().store)])


def _line(state: FormState) -> Line:
    form = app_state().form(state.current) if state.current else None
    tag, word = "good", "Offered"
    if state.faults:
        tag, word = "act", "Not offered"
    elif state.archived_at is not None:
        tag, word = "", f"Archived on {in_words(day_at(state.archived_at))}"
    return Line(
        state.id,
        with_home(form.title, []) if form else "",
        AUDIENCES[form.audience] if form else "",
        state.version,
        tag,
        word,
        state.faults,
    )
