"""The form of a home, and what it says as a Home."""

from dataclasses import replace
from datetime import date
from typing import Any

from wtforms import BooleanField, Field, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from service.collection.models.home import Contact, Home
from service.collection.people.contact_fields import like_a_phone, tidied
from service.collection.people.homes import LONGEST_CONTACT, LONGEST_NAME, MOST_CONTACTS, MOST_PLACES, is_time
from service.reports.labels import AUDIENCES, KINDS
from service.web.parts.forms import TypedForm, WholeNumber
from service.web.parts.row_fields import RowsField


def _line(label: str, longest: int, *validators: Any, **kw: Any) -> StringField:
    """One line of text, as it may stand in a letter."""
    too_long = Length(max=longest, message=f"At most {longest} characters.")
    given = {"autocomplete": "off", "maxlength": longest, **kw}
    return StringField(label, [*validators, too_long], filters=[lambda text: tidied(text or "")], render_kw=given)


def _a_time(form: Any, field: Field) -> None:
    if field.data and not is_time(field.data):
        raise ValidationError("Write the time as 07:30.")


class ContactRows(RowsField[Contact]):
    """Rows of people, with a name, a way to reach them and a line about them."""

    prefix = "contact"
    parts = texts = ("name", "how", "about")
    most, longest = MOST_CONTACTS, LONGEST_CONTACT
    audiences = AUDIENCES  # each row's ticks, sent as "<row>:<audience>"

    def made(self, *texts: str) -> Contact:
        """A person to turn to."""
        name, how, about = texts
        return Contact(name, how, about)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take the rows that were sent with their ticks, or those that are kept."""
        super().process(formdata, data, extra_filters)
        if formdata is not None and f"{self.prefix}-{self.parts[0]}" in formdata:
            ticked = set(formdata.getlist(f"{self.prefix}-audience"))
            self.data = [
                replace(row, audiences=tuple(one for one in AUDIENCES if f"{number}:{one}" in ticked))
                for number, row in enumerate(self.data)
            ]

    def pre_validate(self, form: Any) -> None:
        """Each row must say who it is, how to reach them and who is shown them."""
        if len(self.filled) > MOST_CONTACTS:
            raise ValidationError(f"At most {MOST_CONTACTS} people. A child looks for one, not for a directory.")
        for number, row in enumerate(self.data, 1):
            if not any((row.name, row.how, row.about)):
                continue
            if not (row.name and row.how):
                raise ValidationError(f"Person {number}: give a name, and how to reach them.")
            if not row.audiences:
                raise ValidationError(f"Person {number}: choose who is shown them.")
            if max(map(len, (row.name, row.how, row.about))) > LONGEST_CONTACT:
                raise ValidationError(f"Person {number}: at most {LONGEST_CONTACT} characters each.")


class HomeForm(TypedForm):
    """What is known of a home."""

    name = _line("Name", LONGEST_NAME, DataRequired("Give the home’s name."))
    kind = SelectField(
        "Kind",
        choices=[SelectChoice(kind, words) for kind, words in KINDS.items()],
        # the stubs know an older WTForms
        invalid_choice_message="Choose one of the kinds.",  # type: ignore[call-arg]
    )
    provider = _line("Provider", LONGEST_NAME)
    urn = _line("URN", 20, **{"class": "short"})
    places = WholeNumber(
        "Places",
        [Optional(), NumberRange(1, MOST_PLACES, f"A number from 1 to {MOST_PLACES}.")],
        render_kw={"class": "short", "inputmode": "numeric", "autocomplete": "off"},
    )
    shift_from = _line("Begins", 5, _a_time, type="time", **{"class": "short"})
    shift_until = _line("Ends", 5, _a_time, type="time", **{"class": "short"})
    telephone = _line("Telephone", 40, type="tel")
    officer_name = _line("Name or team", LONGEST_CONTACT)
    officer_how = _line("How to reach them", LONGEST_CONTACT)
    contacts = ContactRows("People to turn to")
    child_names = BooleanField("Let the safeguarding lead keep children’s names")
    delete_names = BooleanField("Delete the names that are kept")
    names_kept = 0  # how many there are, of which turning names off is the end
    checked = BooleanField("I have checked these today: the names and numbers are right")

    def validate_shift_until(self, field: Field) -> None:
        """A shift has two ends."""
        if bool(self.shift_from.data) != bool(field.data):
            raise ValidationError("Say both when the shift begins and when it ends, or neither.")

    def validate_telephone(self, field: Field) -> None:
        """What others are told to ring must be a number."""
        if field.data and not like_a_phone(field.data):
            raise ValidationError("Enter a telephone number, like 01632 960 001.")

    def validate_officer_how(self, field: Field) -> None:
        """A name without a number helps nobody in a hurry."""
        if bool(self.officer_name.data) != bool(field.data):
            raise ValidationError("Give both who it is and how to reach them, or neither.")

    def validate_child_names(self, field: Field) -> None:
        """Names are deleted only where the sender has confirmed it."""
        if self.names_kept and not field.data and not self.delete_names.data:
            kept = "1 name is kept" if self.names_kept == 1 else f"{self.names_kept} names are kept"
            raise ValidationError(f"{kept}. Turning this off deletes all names. Confirm below.")

    def home(self, there: Home, today: date) -> Home:
        """The home as the form says it is."""
        officer = Contact(self.text("officer_name"), self.text("officer_how"))
        return replace(
            there,
            name=self.text("name"),
            kind=self.kind.data,
            provider=self.text("provider"),
            urn=self.text("urn") or None,
            places=self.places.data,
            shift_from=self.text("shift_from"),
            shift_until=self.text("shift_until"),
            designated_officer=officer if officer.name else None,
            contacts=self.contacts.filled,
            telephone=self.text("telephone"),
            child_names=self.child_names.data,
            contacts_checked_on=today if self.checked.data else there.contacts_checked_on,
        )


def form_of(home: Home, names_kept: int) -> HomeForm:
    """The form, filled in with what is known; what was sent goes before it."""
    officer = home.designated_officer or Contact("", "")
    form = HomeForm(obj=home, officer_name=officer.name, officer_how=officer.how)
    form.names_kept = names_kept
    return form
