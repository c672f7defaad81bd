"""Files that leave at once; and those too large to wait for: asked for, watched while they are made, fetched."""

from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import cast

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from service.collection.exports.requests import (
    LARGE,
    ask_again,
    ask_for,
    asked_by,
    homes_of,
    is_large,
    remember_taken,
    roles_for,
    waiting_before,
    why_not,
)
from service.collection.models.export import Export, Fault, FileForm, Use, Wanted
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.dates import day_at, in_words, moment_in_words, now
from service.definitions import Role
from service.exporters.formats import FORMATS, ExportFormat
from service.jobs.clock_check import ran_lately
from service.jobs.exports import file_of
from service.jobs.health import RESTED
from service.operations.exports import take_file
from service.reports.labels import in_a_list
from service.state import app_state
from service.web.http.access import current, current_record, freshly_proved, may

bp = Blueprint("exports", __name__)

OFFERED: dict[tuple[str, str], str] = {
    ("to_act_on", "xlsx"): "The workbook",
    ("to_act_on", "csv"): "The answers as CSV files",
    ("to_hand_on", "xlsx"): "The workbook to hand on",
}
FAULTS: dict[Fault, str] = {
    "role": "Your role at the home has changed since, so this file is not given out any more. Ask again for one that "
    "fits what you may see now.",
    "rounds": "What it was asked of is not kept any more.",
    "erased": "Answers that it would hold have been deleted since, so this file is not given out any more. Ask again "
    "for one without them.",
    "stopped": "It was begun several times and the service stopped each time before it was done. Whoever looks after "
    "the server can say why.",
    "room": "There is no room left on the server’s disk. Whoever looks after the server can make some.",
    "unwritten": "The file could not be written on the server. Whoever looks after the server can say why.",
    "broken": "Something broke while it was made. This is our fault, not yours.",
}
GONE = "The file is not there any more. Files are kept for a while and then deleted; ask again for a new one."


@dataclass(frozen=True)
class Shown:
    """A file as its page and the list show it. `state` is `gone` where it was ready and cannot be had any more."""

    export: Export
    what: str
    of: str
    state: str
    fault: str = ""
    size: str = ""
    until: str = ""
    before: int = 0
    round_id: str = ""

    @property
    def is_pending(self) -> bool:
        """Whether there is something to wait for."""
        return self.state in ("waiting", "being_made")

    @property
    def address(self) -> str:
        """Where it is fetched: what holds single answers asks for the password."""
        act = self.export.wanted.use == "to_act_on"
        return url_for("exports.file" if act else "exports.to_hand_on", export_id=self.export.id)


@bp.post("/rounds/<round_id>/exports")
@may("take_workbooks")
def ask(round_id: str) -> ResponseReturnValue:
    """Have a file of a large round made."""
    use, form = request.form.get("use", ""), request.form.get("form", "")
    if (use, form) not in OFFERED:
        abort(400)
    wanted = Wanted((current_record("round_id").id,), cast(Use, use))
    return asked_for(wanted, cast(FileForm, form))


def asked_for(wanted: Wanted, form: FileForm) -> Response:
    """Have this made for whoever is signed in, and lead to the page that says how far it is."""
    export = ask_for(app_state().store, current().account, wanted, form, now())
    return redirect(url_for("exports.one", export_id=export.id), 303)


def taken(wanted: Wanted, form: ExportFormat, roles: Collection[Role], buttons: str) -> ResponseReturnValue:
    """The file at once, for somebody with these roles; where it is large the way back to `buttons` that ask for it."""
    service, content = app_state(), BytesIO()
    if is_large(service.store, wanted):
        flash("So many have answered that this file takes a while. Press its button here, and it is made for you.", "")
        return redirect(buttons, 303)
    collation = take_file(
        service.store,
        wanted,
        form,
        lambda _, fill: fill(content),
        service.form,
        service.hasher.row_order,
        now(),
        by=current().account.id,
        roles=roles,
    )
    content.seek(0)
    return send_file(content, form.mime_type, as_attachment=True, download_name=form.name(collation))


@bp.get("/exports")
@may("take_workbooks")
def own() -> ResponseReturnValue:
    """What one has asked for, the newest first."""
    found = [each for each in asked_by(app_state().store, current().account.id) if _may_see(each)]
    return render_template(
        "results/exports.html", files=[_shown(each) for each in found], moment_in_words=moment_in_words, large=LARGE
    )


@bp.get("/exports/<export_id>")
@may("take_workbooks")
def one(export_id: str) -> ResponseReturnValue:
    """How far one of them has come, and where it is fetched."""
    return render_template("results/export.html", **_page(_own(export_id)))


@bp.get("/exports/<export_id>/now", endpoint="now")
@may("take_workbooks")
def changed(export_id: str) -> ResponseReturnValue:
    """The part of the page that moves by itself."""
    export = _own(export_id)
    if request.headers.get("HX-Request") != "true":  # opened by itself, as after signing in again
        return redirect(url_for(".one", export_id=export.id))
    return render_template("results/_export_state.html", news=request.args.get("state"), **_page(export))


@bp.post("/exports/<export_id>/again")
@may("take_workbooks")
def again(export_id: str) -> ResponseReturnValue:
    """Have made once more what could not be made, or is gone."""
    export = _own(export_id)
    if _shown(export).state == "gone":
        return asked_for(export.wanted, export.form)
    ask_again(app_state().store, export.id, now())
    return redirect(url_for(".one", export_id=export.id), 303)


@bp.get("/exports/<export_id>/file")
@may("take_workbooks")
@freshly_proved
def file(export_id: str) -> ResponseReturnValue:
    """What was made to act on: it may hold single answers."""
    return _handed_over(_own(export_id), "to_act_on")


@bp.get("/exports/<export_id>/to-hand-on")
@may("take_workbooks")
def to_hand_on(export_id: str) -> ResponseReturnValue:
    """What was made to hand on."""
    return _handed_over(_own(export_id), "to_hand_on")


def _handed_over(export: Export, use: Use) -> ResponseReturnValue:
    if export.wanted.use != use:
        abort(404)
    if _shown(export).state != "ready":
        return redirect(url_for(".one", export_id=export.id), 303)  # which says why
    path, kind = file_of(app_state().config.exports_dir, export), FORMATS[export.form].mime_type
    try:
        handed = send_file(path, kind, as_attachment=True, download_name=export.file, conditional=False)
    except FileNotFoundError:  # deleted a moment ago
        return redirect(url_for(".one", export_id=export.id), 303)
    remember_taken(app_state().store, export.wanted, export.file, current().account.id, now(), names=export.names)
    return handed


def _own(export_id: str) -> Export:
    """What one has asked for oneself, while one may still take workbooks there; nobody else's can even be seen."""
    export = app_state().store[Export].get(export_id)
    if export is None or export.account_id != current().account.id:
        abort(404)
    if not _may_see(export):
        abort(403)
    return export


def _may_see(export: Export) -> bool:
    homes = homes_of(app_state().store, export.wanted)
    return homes is None or roles_for(current().account, homes) is not None


def _page(export: Export) -> dict[str, object]:
    store, moment = app_state().store, now()
    moves = export.state == "being_made" and moment - export.moved_at < RESTED
    return {
        "shown": _shown(export),
        "lately": moves or ran_lately(store, moment, RESTED),
        "asked_at": moment_in_words(export.asked_at),
    }


def _shown(export: Export) -> Shown:
    store, days = app_state().store, app_state().config.exports_keep_days
    rounds = [round_ for round_id in export.wanted.round_ids if (round_ := store[Round].get(round_id)) is not None]
    homes = [home.name for home_id in homes_of(store, export.wanted) or () if (home := store[Home].get(home_id))]
    titles = [f"“{round_.title}”" for round_ in rounds]
    of = in_a_list(titles) if len(titles) <= 3 else f"{len(titles)} rounds"
    where = in_a_list(homes) if len(homes) <= 3 else f"{len(homes)} homes"
    state: str = export.state
    fault, size = FAULTS.get(export.fault, ""), ""
    if export.state == "ready":
        path = file_of(app_state().config.exports_dir, export)
        why = why_not(store, export, current().account)
        size = "" if why or export.kept_until(days) < day_at(now()) else _size_of(path)
        if not size:
            state, fault = "gone", FAULTS.get(why, GONE)
    return Shown(
        export,
        OFFERED.get((export.wanted.use, export.form), "The file"),
        f"{of or 'a round that is gone'}, {where}" if where else of or "a round that is gone",
        state,
        fault,
        size,
        in_words(export.kept_until(days)),
        waiting_before(store, export) if export.state == "waiting" else 0,
        rounds[0].id if len(export.wanted.round_ids) == 1 and rounds else "",
    )


def _size_of(path: Path) -> str:
    """How large a file is, as browsers say it; empty where there is none, or no more."""
    try:
        number = path.stat().st_size
    except OSError:
        return ""
    return f"{number / 1e6:.1f} MB" if number >= 1e6 else f"{max(number // 1000, 1)} kB"
