"""The fields of the page on which a round is made, with what is wrong when they are filled in wrongly."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, DateField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from service.collection.models.person import Person
from service.collection.people.contact_fields import LONGEST, tidied
from service.definitions import Form
from service.web.parts.forms import WholeNumber

LONGEST_TITLE, LONGEST_REASON = 120, 200
MOST_WORKING_DAYS = 200
MOST_ON_THE_TABLET = 1000
# The first is what a browser's calendar sends; the others are how people write where there is none.
DAYS_WRITTEN = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"]
_REMINDERS = ("First reminder", "Second reminder", "Third reminder")


def round_fields(
    forms: Sequence[Form], tablet: Sequence[Form], people: Sequence[Person], reminders: int
) -> dict[str, Any]:
    """Every field by its name, in the order of the page; those of a form, a person or a kind end in its id."""
    return {
        "title": line(
            "What the round is called",
            LONGEST_TITLE,
            DataRequired("Say what the round is called: those who are asked see it."),
        ),
        "reason": line("Why you are asking", LONGEST_REASON),
        "forms": SelectMultipleField(
            "What is asked",
            [InputRequired("Choose at least one form.")],
            choices=[SelectChoice(form.id, form.title) for form in forms],
            # the stubs know an older WTForms
            invalid_choice_message="One of these forms is not there any more. Choose again.",  # type: ignore[call-arg]
        ),
        **{f"expected-{form.id}": _count("How many are asked on the tablet", MOST_ON_THE_TABLET) for form in tablet},
        "people": SelectMultipleField("Who gets a letter", validate_choice=False),
        **{f"all-{kind}": BooleanField("All of them") for kind in dict.fromkeys(person.kind for person in people)},
        **{f"label-{person.id}": label_field(person.name) for person in people},
        "confirmed": confirmed_field(),
        "first_day": day_field("First day"),
        "last_day": day_field("Last day"),
        **{
            f"remind-{number}": _count(
                _REMINDERS[number - 1] if number <= len(_REMINDERS) else "Another reminder", MOST_WORKING_DAYS, least=1
            )
            for number in range(1, max(2, reminders) + 1)
        },
    }


def day_field(label: str) -> DateField:
    """A day that must be given."""
    return DateField(
        label,
        [InputRequired("Choose a day.")],
        format=DAYS_WRITTEN,
        invalid_value_message="Write the day as 31/12/2026.",  # type: ignore[call-arg]
    )


def confirmed_field() -> SelectMultipleField:
    """The labels that were confirmed not to be a child's name."""
    return SelectMultipleField("Not a child’s name", validate_choice=False)


def label_field(name: str) -> StringField:
    """What somebody's letter calls the child: the manager's words."""
    return line(f"What the letter to {name} calls it", LONGEST["label"])


def line(label: str, longest: int, *validators: Any) -> StringField:
    """Some words on one line, as a letter can hold them."""
    return StringField(
        label,
        [*validators, Length(max=longest, message=f"Make this shorter: {longest} letters at most.")],
        filters=[lambda text: tidied(text) if text else text],
    )


def _count(label: str, most: int, least: int = 0) -> WholeNumber:
    return WholeNumber(
        label,
        [Optional(), NumberRange(least, most, f"Write a number from {least} to {most}.")],
        asks="Write a number in figures, or leave this empty.",
    )
