"""The national help lines as an administrator keeps them: changed, put in order, confirmed as checked."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, Field
from wtforms.validators import ValidationError

from service.collection.follow_up.due import CONTACTS_EVERY, is_stale
from service.collection.models.help_lines import (
    LONGEST_ABOUT,
    LONGEST_NAME,
    LONGEST_NUMBER,
    MOST_LINES,
    HelpLine,
    ShownTo,
    faults_in,
    lines_kept,
)
from service.dates import day_at, in_words, now
from service.operations.help_lines import save_help_lines
from service.state import app_state
from service.web.http.access import current, is_demonstration, may
from service.web.parts.forms import TypedForm
from service.web.parts.row_fields import RowsField

bp = Blueprint("help_lines", __name__)

_SHOWN_TO: dict[ShownTo, str] = {"children": "Children", "adults": "Adults", "everyone": "Children and adults"}


class LineRows(RowsField[HelpLine]):
    """Rows of lines, in the order in which they are shown."""

    prefix = "line"
    parts = ("name", "number", "about", "for")
    texts = ("name", "number", "about")
    most, longest = MOST_LINES, max(LONGEST_NAME, LONGEST_NUMBER, LONGEST_ABOUT)

    def made(self, *texts: str) -> HelpLine:
        """A line; shown to everyone where nothing else was chosen."""
        name, number, about, shown_to = texts
        chosen = next((choice for choice in _SHOWN_TO if choice == shown_to), None)
        return HelpLine(name, number, about, chosen or "everyone")

    @property
    def is_new(self) -> bool:
        """Whether a name or a number stands here that is not kept yet."""
        kept = {(line.name, line.number) for line in self.object_data}
        return any((line.name, line.number) not in kept for line in self.filled)

    def pre_validate(self, form: Any) -> None:
        """All that is wrong with them."""
        if faults := list(faults_in(self.filled)):
            self.errors = [*self.errors, *faults[:-1]]
            raise ValidationError(faults[-1])


class LinesForm(TypedForm):
    """The lines, and whether somebody has checked them."""

    lines = LineRows("Help lines")
    checked = BooleanField("I have checked these today: every name and number is right")

    def validate_checked(self, field: Field) -> None:
        """What is new here is shown with the day of the last check, so it must have been checked."""
        if self.lines.is_new and not field.data:
            raise ValidationError("A name or number is new here. Check them, and say that you have.")


@bp.get("/help-lines")
@may("keep_help_lines", everywhere=True)
def edit() -> ResponseReturnValue:
    """The lines that every questionnaire shows."""
    return _page(LinesForm(obj=lines_kept(app_state().store)))


@bp.post("/help-lines")
@may("keep_help_lines", everywhere=True)
def save() -> ResponseReturnValue:
    """Change them, or say that they are as they should be."""
    form = LinesForm(obj=lines_kept(app_state().store))
    place = form.lines.moved(request.form.get("do", ""))
    if place is not None:
        return _page(form, place)
    if not form.validate():
        return _page(form), 422
    checked = bool(form.checked.data)
    save_help_lines(app_state().store, form.lines.filled, now(), checked=checked, by=current().account.id)
    flash("Saved.", "")
    return redirect(url_for(".edit"), 303)


def _page(form: LinesForm, place: int | None = None) -> str:
    checked_on = lines_kept(app_state().store).checked_on
    return render_template(
        "admin/help_lines.html",
        form=form,
        place=place,
        shown_to=_SHOWN_TO,
        checked_on=in_words(checked_on) if checked_on else "",
        is_due=checked_on is None or is_stale(checked_on, day_at(now())),
        every=CONTACTS_EVERY,
        longest={"name": LONGEST_NAME, "number": LONGEST_NUMBER, "about": LONGEST_ABOUT},
        most=MOST_LINES,
        demonstration=is_demonstration(),
    )
