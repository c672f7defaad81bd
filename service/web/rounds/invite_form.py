"""The page on which more people are asked: those on the contact list who were not, and one more by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, RadioField, SelectMultipleField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError as Fault

from service.collection.invitations.invite import Addressee
from service.collection.models.person import PERSON_KINDS, Person, PersonKind, audience_of
from service.collection.models.tablet import ON_THE_TABLET
from service.collection.people.contact_fields import LONGEST, doubtful, is_email, unconfirmed
from service.definitions import Form
from service.web.rounds.fields import confirmed_field, label_field, line


class InvitePage:
    """The fields, filled in from the contact list and then posted to."""

    def __init__(
        self, forms: Mapping[str, Form], people: Sequence[Person], posted: MultiDict[str, str] | None = None
    ) -> None:
        self.people = people
        # children answer at home, on the tablet: nobody sends them a letter
        by_letter = [form for form in forms.values() if form.audience != "child"]
        self.form_of = {form.audience: form for form in reversed([*forms.values()])}
        fields: dict[str, Any] = {
            # whoever was asked meanwhile is no longer a choice, which is no fault
            "people": SelectMultipleField("Who gets a letter", validate_choice=False),
            **{f"all-{kind}": BooleanField("All of them") for kind, _ in self.kinds},
            **{f"label-{person.id}": label_field(person.name) for person in people},
            "name": line("Name", LONGEST["name"]),
            "email": line("E-mail address", LONGEST["email"]),
            "label": line("What their letter calls it", LONGEST["label"]),
            "confirmed": confirmed_field(),
            "form": RadioField("What they are asked", validate_choice=False),
        }
        self.fields = BaseForm(fields)
        self.form_ids = [form.id for form in by_letter]
        first = next((form.id for form in by_letter if form.audience not in ON_THE_TABLET), "")
        labels = {f"label-{person.id}": person.label for person in people}
        self.fields.process(posted, data={"form": first, **labels})

    @property
    def kinds(self) -> list[tuple[PersonKind, list[Person]]]:
        """Those on the contact list by kind."""
        found = [(kind, [person for person in self.people if person.kind == kind]) for kind in PERSON_KINDS]
        return [(kind, people) for kind, people in found if people]

    @property
    def chosen(self) -> list[Person]:
        """Those who are chosen, one by one or with all of their kind, called in letters what the page calls them."""
        chosen = set(self.fields["people"].data or ())
        kinds = {kind for kind, _ in self.kinds if self.fields[f"all-{kind}"].data}
        return [
            replace(person, label=self.fields[f"label-{person.id}"].data or "")
            for person in self.people
            if person.id in chosen or person.kind in kinds
        ]

    @property
    def by_hand(self) -> bool:
        """Whether somebody is written in."""
        return any(self.fields[name].data for name in ("name", "email", "label"))

    def validate(self) -> bool:
        """Whether there is somebody to ask, and all that is said of them can be used."""
        return bool(
            self.fields.validate(
                {
                    "people": [self._check_anybody],
                    "email": [self._check_email],
                    "confirmed": [self._check_labels],
                    "form": [self._check_form],
                }
            )
        )

    def addressees(self) -> list[Addressee]:
        """Those to ask, once everything has been found right."""
        asked = [
            Addressee(self.form_of[audience_of(one.kind)].id, one.name, one.email, one.label, one.id)
            for one in self.chosen
        ]
        if self.by_hand:
            name, email, label, form = (self.fields[part].data or "" for part in ("name", "email", "label", "form"))
            asked.append(Addressee(form, name, email, label))
        return asked

    @property
    def doubtful(self) -> list[str]:
        """What their emails would say that looks like a name."""
        by_hand = [self.fields["label"].data or ""] if self.by_hand else []
        return doubtful([*(person.label for person in self.chosen), *by_hand])

    def _check_labels(self, fields: BaseForm, field: Field) -> None:
        if fault := unconfirmed(self.doubtful, field.data or ()):
            raise Fault(fault)

    def _check_anybody(self, fields: BaseForm, field: Field) -> None:
        if not self.chosen and not field.data and not self.by_hand:
            raise Fault("Choose somebody, or write in a name and an address.")

    def _check_email(self, fields: BaseForm, field: Field) -> None:
        if self.by_hand and not is_email(field.data or ""):
            raise Fault("Write their e-mail address as name@example.org.")

    def _check_form(self, fields: BaseForm, field: Field) -> None:
        if self.by_hand and field.data not in self.form_ids:
            raise Fault("Choose what they are asked.")
