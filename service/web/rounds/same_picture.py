"""The same picture again: the safeguarding lead sees it on the survey's page and says how many children it was."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from service.collection.alerts.workflow import LONGEST_NOTE
from service.collection.models.errors import NotPossible
from service.collection.models.round import Round
from service.dates import now
from service.operations.picture_decisions import decide_picture, repeated_pictures
from service.state import app_state
from service.text import clean_text
from service.web.http.access import current, current_record, may
from service.web.parts.forms import TypedForm, WholeNumber


class PictureForm(TypedForm):
    """How many children used one picture, and why the lead says so."""

    people = WholeNumber("How many children were these?", [InputRequired("Enter how many children these were.")])
    reason = TextAreaField(
        "Why do you say so?",
        [
            InputRequired("Enter a reason."),
            Length(max=LONGEST_NOTE, message=f"The reason must be {LONGEST_NOTE:,} characters or less."),
        ],
        filters=[lambda text: clean_text(text or "").strip()],
    )


@may("decide_pictures")
def decide(round_id: str) -> ResponseReturnValue:
    """Keep how many children one picture stood for. It shows no answer."""
    round_, form = current_record("round_id"), PictureForm()
    if form.validate():
        picture = request.form.get("form", ""), request.form.get("child", "")
        try:
            decide_picture(
                app_state().store,
                round_,
                *picture,
                form.people.data or 0,
                form.text("reason"),
                now(),
                by=current().account.id,
            )
        except NotPossible as refusal:
            flash(str(refusal), "act")
        else:
            flash("Saved. The numbers follow your decision.", "")
    else:
        flash(" ".join(fault for field in form for fault in field.errors), "act")
    return redirect(url_for("rounds.one", round_id=round_id, _anchor="same-picture"), 303)


def pictures_on(round_: Round) -> dict[str, Any]:
    """What the survey's page shows of it: nothing but to a safeguarding lead of the home."""
    return {"repeated": repeated_pictures(app_state().store, round_) if current().may("decide_pictures") else []}
