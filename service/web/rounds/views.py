"""A round's own pages: how far it has come, what may be done with it, and what it holds to take away."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.form import BaseForm

from service.accounts.roles import roles_at
from service.analysis.release_rules import protection
from service.collection.exports.requests import is_large
from service.collection.follow_up.progress import progress_of
from service.collection.invitations.delivery import sending_of
from service.collection.invitations.emails import writer
from service.collection.invitations.manual import leaves_on, remind_now, remindable
from service.collection.models.errors import NotPossible
from service.collection.models.export import Use, Wanted
from service.collection.models.published_form import FormRef
from service.collection.models.round import Round
from service.collection.models.round_template import template_of
from service.collection.models.tablet import ON_THE_TABLET
from service.collection.rounds import withdrawal
from service.collection.rounds.open_close import extend_round
from service.dates import day_at, in_words, now
from service.exporters.formats import CSV, EXCEL, ExportFormat
from service.operations.rounds import close_round
from service.reports.labels import AUDIENCES, ROLES, count_of, in_a_list, with_home
from service.state import app_state
from service.web.http.access import current, current_home, current_record, freshly_proved, is_demonstration, may
from service.web.results import exports
from service.web.rounds import invitations, planned_rounds, same_picture
from service.web.rounds.fields import day_field

bp = Blueprint("rounds", __name__)
bp.add_url_rule("/homes/<home_id>/rounds/new", "new", planned_rounds.new, methods=["GET", "POST"])
bp.add_url_rule("/planned/<planned_id>", "planned", planned_rounds.planned, methods=["GET", "POST"])
bp.add_url_rule("/planned/<planned_id>/let-go", "let_go", planned_rounds.let_go, methods=["POST"])
bp.add_url_rule("/rounds/<round_id>/letters", "letters", invitations.letters)
bp.add_url_rule("/rounds/<round_id>/invite", "invite", invitations.invite, methods=["GET", "POST"])
bp.add_url_rule("/invitations/<invitation_id>/again", "again", invitations.again, methods=["POST"])
bp.add_url_rule("/invitations/<invitation_id>/correct", "correct", invitations.correct, methods=["POST"])
bp.add_url_rule("/invitations/<invitation_id>/revoke", "revoke", invitations.revoke, methods=["POST"])
bp.add_url_rule("/rounds/<round_id>/same-picture", "same_picture", same_picture.decide, methods=["POST"])

WATCHED_FOR = timedelta(minutes=20)  # how long after letters were written their bar stands first


@bp.get("/rounds/<round_id>")
@may("follow_rounds")
def one(round_id: str) -> ResponseReturnValue:
    """How far a round has come, and what may be done with it."""
    return _page(current_record("round_id"))


@bp.get("/rounds/<round_id>/progress")
@may("follow_rounds")
def progress(round_id: str) -> ResponseReturnValue:
    """Who was asked, has opened and has answered: the part of the page that updates by itself."""
    round_ = current_record("round_id")
    return render_template("rounds/_progress.html", **_followed(round_))


@bp.get("/rounds/<round_id>/letters/sent")
@may("follow_rounds")
def sent(round_id: str) -> ResponseReturnValue:
    """How many of the letters have left: the bar that moves by itself."""
    round_ = current_record("round_id")
    return render_template("rounds/_sent.html", **_sent(round_))


@bp.post("/rounds/<round_id>/close")
@may("manage_rounds")
def close(round_id: str) -> ResponseReturnValue:
    """End the round for good."""
    close_round(app_state().store, round_id, app_state().form, now(), by=current().account.id)
    flash("The round is closed.", "")
    return redirect(url_for(".one", round_id=round_id), 303)


@bp.post("/rounds/<round_id>/extend")
@may("manage_rounds")
def extend(round_id: str) -> ResponseReturnValue:
    """Ask for longer."""
    form = _longer(posted=True)
    if form.validate():
        try:
            extended = extend_round(app_state().store, round_id, form["until"].data, now(), by=current().account.id)
        except NotPossible as refusal:
            form["until"].errors = (str(refusal),)
        else:
            flash(f"The last day is now {in_words(extended.closes_on)}. Every link works until then.", "")
            return redirect(url_for(".one", round_id=round_id), 303)
    return _page(current_record("round_id"), form), 422


@bp.post("/rounds/<round_id>/remind")
@may("manage_rounds")
def remind(round_id: str) -> ResponseReturnValue:
    """Send reminders on the next working day."""
    round_, home, moment = current_record("round_id"), current_home(), now()
    try:
        reminded = remind_now(
            app_state().store,
            round_,
            moment,
            lambda round_: writer("reminder", round_, home, app_state().form, app_state().config.base_url),
            app_state().config.extra_holidays,
            by=current().account.id,
        )
    except NotPossible as refusal:
        flash(str(refusal), "act")
    else:
        day = leaves_on(moment, app_state().config.extra_holidays)
        when = "now" if day == day_at(moment) else f"on {in_words(day)}, the next working day"
        letters = count_of(reminded, "reminder leaves", "reminders leave")
        flash(f"{letters} {when}." if reminded else "There is nobody to remind.", "")
    return redirect(url_for(".one", round_id=round_id), 303)


@bp.post("/rounds/<round_id>/take-back")
@may("manage_rounds")
def take_back(round_id: str) -> ResponseReturnValue:
    """Undo the opening, while nothing has left."""
    try:
        planned_round = withdrawal.take_back(app_state().store, round_id, now(), by=current().account.id)
    except NotPossible as refusal:
        flash(str(refusal), "act")
        return redirect(url_for(".one", round_id=round_id), 303)
    day = in_words(planned_round.opens_on)
    flash(f"Nothing has left. The round is planned for {day} instead: change it here, or let it go.", "")
    return redirect(url_for(".planned", planned_id=planned_round.id), 303)


@bp.get("/rounds/<round_id>/workbook.xlsx")
@may("take_workbooks")
@freshly_proved
def workbook(round_id: str) -> ResponseReturnValue:
    """The collated workbook, with single answers only of forms that name one of the account's roles as reader."""
    return _taken(current_record("round_id"), EXCEL)


@bp.get("/rounds/<round_id>/answers.zip")
@may("take_workbooks")
@freshly_proved
def answers(round_id: str) -> ResponseReturnValue:
    """The same as CSV files, for other programs."""
    return _taken(current_record("round_id"), CSV)


@bp.get("/rounds/<round_id>/to-hand-on.xlsx")
@may("take_workbooks")
def to_hand_on(round_id: str) -> ResponseReturnValue:
    """The other workbook, for an inspector or anybody else: no single answers, small numbers withheld."""
    return _taken(current_record("round_id"), EXCEL, "to_hand_on")


def _taken(round_: Round, form: ExportFormat, use: Use = "to_act_on") -> ResponseReturnValue:
    buttons = url_for(".one", round_id=round_.id, _anchor="workbook-title")
    return exports.taken(Wanted((round_.id,), use), form, roles_at(current().account, round_.home_id), buttons)


def _page(round_: Round, longer: BaseForm | None = None) -> str:
    store, moment = app_state().store, now()
    remind_on = leaves_on(moment, app_state().config.extra_holidays)
    followed = _followed(round_)
    titles: dict[str, str] = followed["titles"]
    return render_template(
        "rounds/one.html",
        **{**followed, **_sent(round_)},
        longer=longer or _longer(),
        remind_now=remind_on == day_at(moment),
        remind_on=remind_on,
        remindable=len(remindable(store, round_, remind_on)),
        to_everyone=in_a_list([f"“{titles[ref.form_id]}”" for ref in round_.forms if _goes_to_everyone(ref)]),
        may_remind=round_.is_open(remind_on),
        can_take_back=withdrawal.can_take_back(store, round_, moment),
        workbook=_workbook_holds(round_),
        **same_picture.pictures_on(round_),
    )


def _goes_to_everyone(ref: FormRef) -> bool:
    form = app_state().form(ref.fingerprint)
    return form.is_unnamed and form.audience not in ON_THE_TABLET


def _followed(round_: Round) -> dict[str, Any]:
    home = current_home()
    return {
        "round": round_,
        "home": home,
        "demonstration": home.demonstration,
        "progress": progress_of(app_state().store, round_, app_state().form),
        "titles": {ref.form_id: with_home(app_state().form(ref.fingerprint).title, [home]) for ref in round_.forms},
        "template": template_of(round_.template),
        "audiences": AUDIENCES,
        "is_new": day_at(round_.opened_at) == day_at(now()),
        "audiences_of": planned_rounds.named,
        "in_words": in_words,
        "day_at": day_at,
        "is_open": round_.is_open(day_at(now())),
        "released": round_.is_released(day_at(now())),
    }


def _sent(round_: Round) -> dict[str, Any]:
    sending = sending_of(app_state().store, round_)
    no_server, made_up = not app_state().config.smtp_url, is_demonstration()
    fresh = bool(sending.waiting and sending.newest and now() - sending.newest < WATCHED_FOR)
    return {
        "round": round_,
        "sending": sending,
        "fresh": fresh,
        "every": "2s" if fresh and not no_server and not made_up else "15s",  # where nothing leaves, nothing moves
        "no_server": no_server,
        "made_up": made_up,
    }


def _longer(*, posted: bool = False) -> BaseForm:
    fields: dict[str, Any] = {"until": day_field("New last day")}
    form = BaseForm(fields)
    form.process(request.form if posted else None)
    return form


def _workbook_holds(round_: Round) -> dict[str, Any]:
    """What the workbook holds for whoever looks: the forms with single answers, and why not of the others."""
    roles = roles_at(current().account, round_.home_id)
    forms = [app_state().form(ref.fingerprint) for ref in round_.forms]
    why_not = {form.id: protection([form], 0, still_open=False, roles=roles).no_rows for form in forms}
    return {
        "large": is_large(app_state().store, Wanted((round_.id,))),
        "role": in_a_list([ROLES[role] for role in ROLES if role in roles]),
        "single": [form for form in forms if why_not[form.id] is None],
        "figures": [form for form in forms if why_not[form.id] is not None],
    }
