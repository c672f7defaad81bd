"""Who did what, newest first, for whoever answers for the provider: a page to look through and a file to keep."""

import csv
import heapq
import io
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Optional

from service.accounts.account import Account
from service.audit import COMMAND, JOBS, Entry
from service.collection.exports.requests import remember_taken
from service.collection.models.export import Wanted
from service.collection.models.home import Home
from service.dates import HOME_TIME, day_at, in_words, now, time_in_words
from service.exporters.csv_json import guarded
from service.repository import readable
from service.state import app_state
from service.web.admin.audit_text import KINDS, Names, sentence_of
from service.web.http.access import current, may

bp = Blueprint("audit", __name__)

AT_A_TIME = 50
FILE = "audit.csv"
COLUMNS = ("When", "Who", "Home", "Kind", "What", "Facts", "Entry")


class _Day(DateField):
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Enter a day such as 2026-11-22.") from None


class Looking(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Which entries are wanted; what is left open asks for all."""

    class Meta:
        csrf = False

    # what is no longer there finds nothing, which is no fault
    home = SelectField("Home", default="", validate_choice=False)
    person = SelectField("Who did it, or whose account it was", default="", validate_choice=False)
    kind = SelectField("What", default="", validate_choice=False)
    day = _Day("Day", validators=[Optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(request.args, **kwargs)
        store = app_state().store
        homes = sorted((home.name, home.id) for home in readable(store[Home].all()).records)
        people = sorted((account.name, account.id) for account in readable(store[Account].all()).records)
        self.home.choices = _choices("All homes", *homes)
        self.person.choices = _choices(
            "Everybody", *people, ("At the command line", COMMAND), ("The service itself", JOBS)
        )
        self.kind.choices = _choices("Everything", *((name, kind) for kind, name in KINDS.items()))

    def wants(self, entry: Entry) -> bool:
        """Whether this entry is among them. People are found in what they did and in what happened to their account."""
        return (
            self.home.data in ("", entry.home_id)
            and self.person.data in ("", entry.actor, entry.facts.get("account"))
            and self.kind.data in ("", entry.kind)
            and self.day.data in (None, day_at(entry.at))
        )

    def asked(self) -> dict[str, str]:
        """What is asked for, as an address carries it."""
        values = {"home": self.home.data, "person": self.person.data, "kind": self.kind.data, "day": self.day.data}
        return {name: str(value) for name, value in values.items() if value}


@bp.get("/audit")
@may("see_audit", everywhere=True)
def entries() -> ResponseReturnValue:
    """Entries in sentences, a page at a time; `before` is the last entry of the page before."""
    looking, before = Looking(), request.args.get("before", "")
    well = looking.validate()
    found = heapq.nlargest(AT_A_TIME + 1, _wanted(looking, before), key=_id) if well else []
    shown = found[:AT_A_TIME]
    page = render_template(
        "admin/audit.html",
        form=looking,
        days=[
            (in_words(day), [(time_in_words(entry.at), sentence_of(entry, names)) for entry in of_day])
            for names in [Names(app_state().store)]
            for day, of_day in groupby(shown, key=lambda entry: day_at(entry.at))
        ],
        asked=looking.asked(),
        before=before,
        older=shown[-1].id if len(found) > AT_A_TIME else "",
    )
    return page, 200 if well else 422


@bp.get("/audit.csv", endpoint="csv")
@may("see_audit", everywhere=True)
def file_of_entries() -> ResponseReturnValue:
    """The same entries, all of them, as a file that spreadsheets open. That it was taken away is its first entry."""
    looking = Looking()
    if not looking.validate():
        return redirect(url_for(".entries"), 303)
    remember_taken(app_state().store, Wanted(()), FILE, current().account.id, now(), names=False)
    return Response(
        _as_csv(sorted(_wanted(looking), key=_id, reverse=True)),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename={FILE}"},
    )


def _choices(all_of_them: str, *choices: tuple[str, str]) -> list[SelectChoice]:
    return [SelectChoice("", all_of_them), *(SelectChoice(value, name) for name, value in choices)]


def _wanted(looking: Looking, before: str = "") -> Iterator[Entry]:
    # ids sort by time, so a page begins where the last one ended whatever was remembered since
    return (
        entry
        for entry in readable(app_state().store[Entry].all()).records
        if (not before or entry.id < before) and looking.wants(entry)
    )


def _as_csv(found: Iterable[Entry]) -> bytes:
    names, lines = Names(app_state().store), io.StringIO()
    writer = csv.writer(lines, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for entry in found:
        row = (
            entry.at.astimezone(HOME_TIME).isoformat(" ", "seconds"),
            names.actor(entry.actor),
            names.home(entry.home_id),
            KINDS.get(entry.kind, entry.kind),
            sentence_of(entry, names),
            " ".join(f"{name}={value}" for name, value in entry.facts.items()),
            entry.id,
        )
        writer.writerow(map(guarded, row))
    return lines.getvalue().encode("utf-8-sig")  # by its first bytes Excel knows UTF-8


def _id(entry: Entry) -> str:
    return entry.id
