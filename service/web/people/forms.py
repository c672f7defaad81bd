"""The forms of the pages on which a home says whom it asks."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, cast

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from service.collection.models.home import Child
from service.collection.models.person import Person, PersonKind
from service.collection.people.child_names import LONGEST_CHILD_NAME
from service.collection.people.contact_fields import (
    KIND_WORDS,
    LONGEST,
    doubtful,
    email_in,
    is_email,
    phone_in,
    tidied,
    unconfirmed,
)
from service.definitions import AgeBand, Form
from service.definitions.form import EASY_READ
from service.web.parts.forms import TypedForm, WholeNumber

MOST_NUMBER = 999
AGE_WORDS: dict[AgeBand, str] = {"young": "4 to 7 years", "older": "8 to 17 years"}


def _line(label: str, field: str, *validators: Any, **kw: Any) -> StringField:
    longest = LONGEST[field]
    too_long = Length(max=longest, message=f"At most {longest} characters.")
    given = {"autocomplete": "off", "maxlength": longest, **kw}
    return StringField(label, [*validators, too_long], filters=[lambda text: tidied(text or "")], render_kw=given)


class PersonForm(TypedForm):
    """Somebody on the contact list."""

    kind = SelectField(
        "What they are",
        [InputRequired("Choose what they are.")],
        choices=[SelectChoice("", "Choose…"), *(SelectChoice(kind, one) for kind, (one, _) in KIND_WORDS.items())],
        # the stubs know an older WTForms
        invalid_choice_message="Choose one of the kinds.",  # type: ignore[call-arg]
    )
    name = _line("Name", "name", DataRequired("Say who this is, or which team."))
    email = _line(
        "E-mail address",
        "email",
        DataRequired("Give an e-mail address: it is where the letter goes."),
        type="email",
        spellcheck="false",
    )
    organisation = _line("Organisation", "organisation")
    phone = _line("Phone", "phone", type="tel")
    label = _line("Label for letters", "label")
    confirmed = SelectMultipleField("Not a child’s name", validate_choice=False)

    @property
    def doubtful(self) -> list[str]:
        """The label where it looks like a name."""
        return doubtful([self.text("label")])

    def validate_confirmed(self, field: Field) -> None:
        """A label that looks like a name was confirmed not to be a child's."""
        if fault := unconfirmed(self.doubtful, field.data or ()):
            raise ValidationError(fault)

    def validate_email(self, field: Field) -> None:
        """An address that a letter can be sent to."""
        if not is_email(email_in(field.data)):
            raise ValidationError("This is not an e-mail address. It should look like sam.lee@example.org.")

    def person(self, there: Person) -> Person:
        """Them as the form says they are."""
        return replace(
            there,
            kind=cast(PersonKind, self.kind.data),
            name=self.text("name"),
            email=email_in(self.text("email")),
            organisation=self.text("organisation"),
            phone=phone_in(self.text("phone")),
            label=self.text("label"),
        )


class ChildForm(TypedForm):
    """A child, as the tablet knows them. There is no field for a name."""

    picture = RadioField("Picture", validate_choice=False)
    number = WholeNumber(
        "Number",
        [InputRequired("Give a number."), NumberRange(1, MOST_NUMBER, f"A number from 1 to {MOST_NUMBER}.")],
        render_kw={"class": "short", "inputmode": "numeric", "autocomplete": "off"},
    )
    age_band = SelectField(
        "Age",
        [InputRequired("Select an age.")],
        choices=[SelectChoice("", "Choose…"), *(SelectChoice(band, words) for band, words in AGE_WORDS.items())],
        # the stubs know an older WTForms
        invalid_choice_message="Select one of the ages.",  # type: ignore[call-arg]
    )
    easy_read = BooleanField("Begin in easy read")

    def offer(self, pictures: Iterable[str]) -> None:
        """Say what there is to choose from."""
        self.picture.choices = [SelectChoice(picture, picture.capitalize()) for picture in pictures]

    def validate_picture(self, field: Field) -> None:
        """One of those shown; a picture that somebody else has is refused by whoever keeps it."""
        if not field.data:
            raise ValidationError("Choose a picture.")

    def child(self, there: Child, forms: Sequence[Form]) -> Child:
        """The child as the form says."""
        band = cast(AgeBand, self.age_band.data)
        # another language that the child chose on the tablet stays, unless it was easy read and is no longer wanted
        other = "" if there.language.endswith(EASY_READ) else there.language
        language = easy_read_for(band, forms) if self.easy_read.data else other
        return replace(
            there,
            picture=self.text("picture"),
            number=cast(int, self.number.data),
            age_band=band,
            language=language,
        )


def easy_read_for(band: AgeBand, forms: Iterable[Form]) -> str:
    """The easy read language of the first form for this age that has one beside its own; empty where none has."""
    return next((found for form in forms if form.suits(band) and (found := easy_read_of(form))), "")


def easy_read_of(form: Form) -> str:
    """The form's easy read language; empty where it has none beside its own."""
    found = (language for language in form.languages if language.endswith(EASY_READ) and language != form.base_language)
    return next(found, "")


class ChildNameForm(TypedForm):
    """A child's name, as the safeguarding lead types it."""

    name = StringField(
        "Name",
        [
            DataRequired("Enter the child’s name."),
            Length(max=LONGEST_CHILD_NAME, message=f"The name must be at most {LONGEST_CHILD_NAME} characters."),
        ],
        filters=[lambda text: tidied(text or "")],
    )


class FileForm(TypedForm):
    """A list to import."""

    class Meta(TypedForm.Meta):
        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """The file that was sent, where one was."""
            return request.files if super().wrap_formdata(form, formdata) is not None else None

    file = FileField("The list", [FileRequired("Choose a file.")], render_kw={"accept": ".xlsx,.csv,.txt"})
