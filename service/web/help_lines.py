"""The national help lines as an administrator keeps them: changed, put in order, confirmed as checked."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, Field
from wtforms.validators import ValidationError

from service.audit import HelpLinesChanged, remember
from service.calendar import day_at, in_words, now
from service.collection.due import CONTACTS_EVERY, is_stale
from service.collection.help_lines import (
    LONGEST_ABOUT,
    LONGEST_NAME,
    LONGEST_NUMBER,
    MOST_LINES,
    HelpLine,
    HelpLines,
    ShownTo,
    faults_in,
    lines_kept,
)
from service.collection.person_words import tidied
from service.web.access import here, is_demonstration, may
from service.web.forms import TypedForm
from service.web.running import running

bp = Blueprint("help_lines", __name__)

_PARTS = ("name", "number", "about", "for")
_SHOWN_TO: dict[ShownTo, str] = {"children": "Children", "adults": "Adults", "everyone": "Children and adults"}
_LONGEST = max(LONGEST_NAME, LONGEST_NUMBER, LONGEST_ABOUT) + 1


class LineRows(Field):
    """Rows of lines; one that is empty is none. The parts of each come as `line-name`, … in the order of the rows."""

    data: list[HelpLine]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take the rows that were sent, or those that are kept."""
        self.process_errors: list[str] = []
        self.before = tuple(data or ())
        self.data = list(self.before)
        if formdata is not None and "line-name" in formdata:
            columns = [formdata.getlist(f"line-{part}") for part in _PARTS]
            rows = list(zip_longest(*columns, fillvalue=""))[: MOST_LINES + 1]
            self.data = [_line(*(tidied(text[:_LONGEST]) for text in row)) for row in rows]

    @property
    def filled(self) -> tuple[HelpLine, ...]:
        """The rows that say anything."""
        return tuple(row for row in self.data if row.name or row.number or row.about)

    @property
    def is_new(self) -> bool:
        """Whether a name or a number stands here that is not kept yet."""
        kept = {(line.name, line.number) for line in self.before}
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

    def kept(self, there: HelpLines, today: date) -> HelpLines:
        """The lines as the form says they are."""
        return HelpLines(self.lines.filled, today if self.checked.data else there.checked_on)


@bp.get("/help-lines")
@may("keep_help_lines", everywhere=True)
def edit() -> ResponseReturnValue:
    """The lines that every questionnaire shows."""
    return _page(LinesForm(obj=lines_kept(running().store)))


@bp.post("/help-lines")
@may("keep_help_lines", everywhere=True)
def save() -> ResponseReturnValue:
    """Change them, or say that they are as they should be."""
    form = LinesForm(obj=lines_kept(running().store))
    place = _moved(form.lines.data, request.form.get("do", ""))
    if place is not None:
        return _page(form, place)
    if not form.validate():
        return _page(form), 422
    moment = now()
    with running().store.transaction() as books:
        there = lines_kept(books)
        lines = form.kept(there, day_at(moment))
        edited, checked = lines.lines != there.lines, bool(form.checked.data)
        if edited or checked:
            books.help_lines.put(lines)
            remember(books, HelpLinesChanged(edited, checked), here().account.id, moment)
    flash("Saved.", "")
    return redirect(url_for(".edit"), 303)


def _line(name: str, number: str, about: str, shown_to: str) -> HelpLine:
    chosen = next((choice for choice in _SHOWN_TO if choice == shown_to), None)
    return HelpLine(name, number, about, chosen or "everyone")


def _moved(rows: list[HelpLine], wanted: str) -> int | None:
    """Add, take away or move up a row; where to go on writing. None where all is to be saved."""
    if wanted == "add":
        if len(rows) < MOST_LINES:
            rows.append(HelpLine("", ""))
        return len(rows) - 1
    asked = re.fullmatch(r"(remove|up)-([0-9]{1,2})", wanted)
    if asked is None:
        return None
    place = int(asked[2])
    if asked[1] == "remove":
        del rows[place : place + 1]
        return max(0, min(place, len(rows) - 1))
    if 0 < place < len(rows):
        rows.insert(place - 1, rows.pop(place))
    return max(0, place - 1)


def _page(form: LinesForm, place: int | None = None) -> str:
    checked_on = lines_kept(running().store).checked_on
    rows: Sequence[HelpLine] = form.lines.data or [HelpLine("", "")]
    return render_template(
        "help_lines/edit.html",
        form=form,
        rows=rows,
        place=place,
        shown_to=_SHOWN_TO,
        checked_on=in_words(checked_on) if checked_on else "",
        is_due=checked_on is None or is_stale(checked_on, day_at(now())),
        every=CONTACTS_EVERY,
        longest={"name": LONGEST_NAME, "number": LONGEST_NUMBER, "about": LONGEST_ABOUT},
        most=MOST_LINES,
        demonstration=is_demonstration(),
    )
