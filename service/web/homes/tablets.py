"""A home's tablets as its manager sees them: enrolled, renamed, removed; the PIN; and how to hand one over."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length, ValidationError

from service.accounts.account import Account
from service.collection.models.tablet import Pin
from service.collection.people.contact_fields import tidied
from service.collection.tablets import enrolment
from service.collection.tablets.enrolment import LONGEST_NAME, LONGEST_PIN, fault_in_pin
from service.dates import day_at, in_words, now
from service.repository import readable
from service.state import app_state
from service.web.http.access import current, current_home, current_record, may
from service.web.parts.forms import TypedForm
from service.web.parts.qr_code import picture_of

bp = Blueprint("tablets", __name__)


class NameForm(TypedForm):
    """What a tablet is called."""

    name = StringField(
        "What it is called",
        [DataRequired("Give it a name."), Length(max=LONGEST_NAME, message=f"At most {LONGEST_NAME} characters.")],
        filters=[lambda text: tidied(text or "")],
        render_kw={"autocomplete": "off", "maxlength": LONGEST_NAME},
    )


class PinForm(TypedForm):
    """The PIN with which staff unlock. It is seen while it is typed: whoever sets it tells it to others."""

    pin = StringField(
        "New PIN",
        filters=[lambda text: "".join((text or "").split())],
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": LONGEST_PIN + 4, "class": "short"},
    )

    def validate_pin(self, field: StringField) -> None:
        """Digits that are not the first to be tried."""
        if fault := fault_in_pin(field.data or ""):
            raise ValidationError(fault)


@bp.get("/homes/<home_id>/tablets")
@may("see_home")
def tablets(home_id: str) -> ResponseReturnValue:
    """How a tablet is unlocked; for managers, which there are."""
    return _page(_new_name(), PinForm(formdata=None))


@bp.post("/homes/<home_id>/tablets/enrol")
@may("manage_tablets")
def enrol(home_id: str) -> ResponseReturnValue:
    """A code for one more. It stands on this page and nowhere else."""
    form = NameForm()
    if not form.validate():
        return _page(form, PinForm(formdata=None)), 422
    code = enrolment.make_code(app_state().store, home_id, form.name.data or "", current().account.id, now())
    address = f"{app_state().config.base_url.rstrip('/')}{url_for('tablet.enrolling', token=enrolment.in_fours(code))}"
    return render_template(
        "homes/tablet_code.html",
        home=current_home(),
        name=form.name.data,
        address=address,
        picture=picture_of(address),
        demonstration=current_home().demonstration,
    )


@bp.post("/homes/<home_id>/tablets/pin")
@may("manage_tablets")
def set_pin(home_id: str) -> ResponseReturnValue:
    """Take a new PIN for the home's tablets."""
    form = PinForm()
    if not form.validate():
        return _page(_new_name(), form), 422
    service = app_state()
    enrolment.set_pin(service.store, service.passwords, home_id, form.pin.data or "", current().account.id, now())
    flash("The PIN is set, and every tablet of the home is locked. Tell it to the staff, and to nobody else.", "good")
    return _to_list()


@bp.post("/tablets/<tablet_id>/rename")
@may("manage_tablets")
def rename(tablet_id: str) -> ResponseReturnValue:
    """Call it something else."""
    form = NameForm()
    if form.validate():
        enrolment.rename(app_state().store, tablet_id, form.name.data or "")
        flash("Saved.", "")
    else:
        flash(form.name.errors[0], "act")
    return _to_list()


@bp.post("/tablets/<tablet_id>/remove")
@may("manage_tablets")
def remove(tablet_id: str) -> ResponseReturnValue:
    """Revoke it at once."""
    enrolment.remove(app_state().store, tablet_id, current().account.id, now())
    flash(f"{current_record('tablet_id').name} is no tablet of this home any more.", "")
    return _to_list()


@bp.get("/homes/<home_id>/tablets/device")
@may("see_home")
def device(home_id: str) -> ResponseReturnValue:
    """What only the device itself can do for whoever holds it."""
    return render_template("homes/tablet_device.html", home=current_home(), demonstration=current_home().demonstration)


def _page(names: NameForm, pins: PinForm) -> str:
    store, home = app_state().store, current_home()
    pin = store[Pin].get(home.id)
    named = {account.id: account.name for account in readable(store[Account].all()).records}
    return render_template(
        "homes/tablets.html",
        home=home,
        tablets=[
            (tablet, in_words(day_at(tablet.enrolled_at)), named.get(tablet.enrolled_by, "somebody trying this out"))
            for tablet in enrolment.tablets_of(store, home.id)
        ],
        names=names,
        pins=pins,
        pin_set=in_words(day_at(pin.set_at)) if pin else "",
        demonstration=home.demonstration,
    )


def _new_name() -> NameForm:
    return NameForm(formdata=None, name=enrolment.next_name(app_state().store, current_home().id))


def _to_list() -> Response:
    return redirect(url_for(".tablets", home_id=current_home().id), 303)
