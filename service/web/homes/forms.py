"""The form of a home, and what it says as a Home."""

from dataclasses import replace
from datetime import date
from typing import Any

from wtforms import BooleanField, Field, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from service.collection.models.home import Contact, Home
from service.collection.people.contact_parsing import tidied
from service.collection.people.homes import LONGEST_CONTACT, LONGEST_NAME, MOST_CONTACTS, MOST_PLACES, is_time
from service.reports.labels import KINDS
from service.web.parts.forms import TypedForm, WholeNumber
from service.web.parts.row_fields import Rows


def _line(label: str, longest: int, *validators: Any, **kw: Any) -> StringField:
    """One line of text, as it may stand in a letter."""
    too_long = Length(max=longest, message=f"At most {longest} characters.")
    given = {"autocomplete": "off", "maxlength": longest, **kw}
    return StringField(label, [*validators, too_long], filters=[lambda text: tidied(text or "")], render_kw=given)


def _a_time(form: Any, field: Field) -> None:
    if field.data and not is_time(field.data):
        raise ValidationError("Write the time as 07:30.")


class ContactRows(Rows[Contact]):
    """Rows of people, with a name, a way to reach them and a line about them."""

    prefix = "contact"
    parts = texts = ("name", "how", "about")
    most, longest = MOST_CONTACTS, LONGEST_CONTACT

    def made(self, *texts: str) -> Contact:
        """Somebody to turn to."""
        return Contact(*texts)

    def pre_validate(self, form: Any) -> None:
        """Each row must say who, and how a child reaches them."""
        if len(self.filled) > MOST_CONTACTS:
            raise ValidationError(f"At most {MOST_CONTACTS} people. A child looks for one, not for a directory.")
        for number, row in enumerate(self.data, 1):
            if row != Contact("", "") and not (row.name and row.how):
                raise ValidationError(f"Person {number}: give a name, and how a child can reach them.")
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
    officer_name = _line("Name or team", LONGEST_CONTACT)
    officer_how = _line("How to reach them", LONGEST_CONTACT)
    contacts = ContactRows("People children can turn to")
    checked = BooleanField("I have checked these today: the names and numbers are right")

    def validate_shift_until(self, field: Field) -> None:
        """A shift has two ends."""
        if bool(self.shift_from.data) != bool(field.data):
            raise ValidationError("Say both when the shift begins and when it ends, or neither.")

    def validate_officer_how(self, field: Field) -> None:
        """A name without a number helps nobody in a hurry."""
        if bool(self.officer_name.data) != bool(field.data):
            raise ValidationError("Give both who it is and how to reach them, or neither.")

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
            contacts_checked_on=today if self.checked.data else there.contacts_checked_on,
        )


def form_of(home: Home) -> HomeForm:
    """The form, filled in with what is known; what was sent goes before it."""
    officer = home.designated_officer or Contact("", "")
    return HomeForm(obj=home, officer_name=officer.name, officer_how=officer.how)
