"""What somebody tells who is not the right person: why, and who is."""

from wtforms import Field, Form, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, ValidationError

from service.answers.messages import BASE, phrase
from service.collection.people.contact_fields import LONGEST, is_email

REASONS = ("somebody_else", "no_longer", "cannot_say", "rather_not")
LONGEST_WORDS = 1000
_TOO_LONG = "not_me.too_long"


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _an_address(form: Form, field: Field) -> None:
    if field.data and not is_email(field.data):
        raise ValidationError("fault.email")


class NotMe(Form):
    """Its faults are keys of phrases: the page says them in the respondent's language."""

    reasons = REASONS
    reason = StringField(validators=[InputRequired("not_me.choose"), AnyOf(REASONS, "not_me.choose")])
    name = StringField(filters=[_one_line], validators=[Length(max=LONGEST["name"], message=_TOO_LONG)])
    email = StringField(filters=[_one_line], validators=[_an_address])
    words = TextAreaField(filters=[_stripped], validators=[Length(max=LONGEST_WORDS, message=_TOO_LONG)])

    def in_words(self, home: str) -> str:
        """What the manager reads, each thing told on a line of its own."""
        who = ", ".join(filter(None, [self.name.data, self.email.data]))
        told = [phrase(BASE, f"not_me.{self.reason.data}", home=home)]
        if who:
            told.append(phrase(BASE, "not_me.told", who=who))
        return "\n".join([*told, *filter(None, [self.words.data])])
