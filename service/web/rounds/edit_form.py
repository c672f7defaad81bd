"""The page on which a round is made or changed: its fields, filled in from a template or a plan, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import ValidationError as Fault

from service.collection.follow_up.progress import missing_of
from service.collection.forms.offer import built_forms
from service.collection.models.home import Child, Home
from service.collection.models.person import PERSON_KINDS, Person, PersonKind, audience_of
from service.collection.models.round import Expected, PlannedRound
from service.collection.models.round_template import Template, forms_for
from service.collection.models.tablet import ON_THE_TABLET
from service.collection.people.contact_fields import doubtful, unconfirmed
from service.collection.people.contacts_and_children import children_for, children_of, most_expected, people_of
from service.dates import working_days_after
from service.definitions import Audience, Form
from service.repository import Records
from service.web.rounds.fields import MOST_WORKING_DAYS, round_fields

FARTHEST = timedelta(days=2 * 366)


@dataclass(frozen=True)
class Choices:
    """What there is to choose from: a home's forms, its contact list, and how many children each form is for.

    `first` are the forms that the template asks by itself; others, and those made here, are ticked by hand.
    """

    home: Home
    template: Template
    forms: tuple[Form, ...]
    people: tuple[Person, ...]
    children: Mapping[str, int]
    today: date
    living: tuple[Child, ...] = ()
    first: tuple[Form, ...] = ()

    @property
    def tablet(self) -> tuple[Form, ...]:
        """The forms that are answered on the home's tablet."""
        return tuple(form for form in self.forms if form.audience in ON_THE_TABLET)

    @property
    def kinds(self) -> list[tuple[PersonKind, list[Person]]]:
        """The contact list by kind."""
        found = [(kind, [person for person in self.people if person.kind == kind]) for kind in PERSON_KINDS]
        return [(kind, people) for kind, people in found if people]


def choices_at(records: Records, home: Home, template: Template, library: Mapping[str, Form], today: date) -> Choices:
    """What a round of this kind may choose from at this home: every form that suits it, the template's first."""
    first = forms_for(template, home, library, built_forms(records))
    suiting = [form for form in library.values() if form.settings is None or home.kind in form.settings]
    living = children_of(records, home.id)
    return Choices(
        home,
        template,
        (*first, *(form for form in suiting if form not in first)),
        tuple(people_of(records, home.id)),
        {form.id: len(listed) for form in suiting if (listed := children_for(form, living))},
        today,
        tuple(living),
        tuple(first),
    )


class RoundPage:
    """The fields of one round, filled in and then posted to; what they come to stands beside them."""

    def __init__(self, choices: Choices, values: Mapping[str, Any], posted: MultiDict[str, str] | None = None) -> None:
        self.choices = choices
        self.fields = BaseForm(round_fields(choices.forms, choices.tablet, choices.people, len(values["remind"])))
        self.fields.process(posted, data=_spread(values))

    def validate(self) -> bool:
        """Whether all of it can be done; what is wrong stands at its field."""
        fields = self.fields
        fine = fields.validate(
            {
                "first_day": [self._check_day],
                "last_day": [self._check_day],
                "people": [self._check_people],
                "confirmed": [self._check_labels],
                **{f"expected-{form.id}": [self._check_expected] for form in self.choices.tablet},
                **{name: [self._check_reminder] for name in self.reminder_names[1:]},
            }
        )
        return bool(fine)

    @property
    def first_day(self) -> date | None:
        """The first day, where one was given."""
        day: date | None = self.fields["first_day"].data
        return day

    @property
    def last_day(self) -> date | None:
        """The last day, where one was given."""
        day: date | None = self.fields["last_day"].data
        return day

    @property
    def opens_today(self) -> bool:
        """Whether the round opens as soon as it is kept."""
        return self.first_day == self.choices.today

    @cached_property
    def forms(self) -> list[Form]:
        """The forms that are chosen."""
        return [form for form in self.choices.forms if form.id in (self.fields["forms"].data or ())]

    @cached_property
    def people(self) -> list[Person]:
        """Those who are chosen, one by one or with all of their kind, called in letters what the page calls them."""
        chosen = set(self.fields["people"].data or ())
        kinds = {kind for kind, _ in self.choices.kinds if self.fields[f"all-{kind}"].data}
        return [
            replace(person, label=self.fields[f"label-{person.id}"].data or "")
            for person in self.choices.people
            if person.id in chosen or person.kind in kinds
        ]

    @property
    def addressed(self) -> list[Person]:
        """Those of them whom one of the chosen forms is for."""
        return [person for person in self.people if self.form_for(person.kind) is not None]

    @property
    def doubtful(self) -> list[str]:
        """What their emails would say that looks like a name."""
        return doubtful(person.label for person in self.addressed)

    def form_for(self, kind: PersonKind) -> Form | None:
        """What this kind of person is asked, of the forms that are chosen."""
        return next((form for form in self.forms if form.audience == audience_of(kind)), None)

    @property
    def unasked(self) -> list[Form]:
        """Chosen forms that go by letter, and that nobody is chosen for."""
        addressed = {audience_of(person.kind) for person in self.people}
        return [form for form in self.forms if form.audience not in (*ON_THE_TABLET, *addressed)]

    @property
    def missing(self) -> tuple[Audience, ...]:
        """Whom a round of this kind needs, and nobody is asked of."""
        unasked = [form.id for form in self.unasked]
        return missing_of(self.choices.template.id, (form.audience for form in self.forms if form.id not in unasked))

    @property
    def reminder_names(self) -> list[str]:
        """The names of the fields that say when to remind."""
        return [field.name for field in self.fields if field.name.startswith("remind-")]

    @property
    def remind_after(self) -> tuple[int, ...]:
        """After how many working days people are reminded."""
        return tuple(days for name in self.reminder_names if (days := self.fields[name].data))

    def reminders(self, holidays: tuple[date, ...]) -> list[date]:
        """On which days that is, as far as they come before the round is over."""
        first, last = self.first_day, self.last_day
        if first is None or last is None or not self._is_near(first) or not self._is_near(last):
            return []
        days = [working_days_after(first, n, holidays) for n in self.remind_after if 0 < n <= MOST_WORKING_DAYS]
        return [day for day in sorted(set(days)) if day <= last]

    def plan(self, planned_id: str) -> PlannedRound:
        """The round as it is planned, once everything has been found right."""
        data = {field.name: field.data for field in self.fields}
        return PlannedRound(
            id=planned_id,
            home_id=self.choices.home.id,
            template=self.choices.template.id,
            title=data["title"],
            reason=data["reason"] or "",
            form_ids=tuple(form.id for form in self.forms),
            opens_on=data["first_day"],
            closes_on=data["last_day"],
            remind_after=self.remind_after,
            people=tuple(person.id for person in self.people),
            expected=tuple(
                Expected(form.id, people)
                for form in self.choices.tablet
                if form in self.forms and (people := data[f"expected-{form.id}"])
            ),
        )

    def _is_near(self, day: date) -> bool:
        return abs(day - self.choices.today) <= FARTHEST

    def _check_day(self, form: BaseForm, field: Field) -> None:
        if field.data is None:
            return
        if field.data < self.choices.today:
            raise Fault("This day has passed. Choose today or a later day.")
        if not self._is_near(field.data):
            raise Fault("This is more than two years away. Choose an earlier day.")
        if field.name == "last_day" and self.first_day is not None and field.data < self.first_day:
            raise Fault("The last day comes before the first. Choose a later one.")

    def _check_reminder(self, form: BaseForm, field: Field) -> None:
        earlier = [form[name].data for name in self.reminder_names[: self.reminder_names.index(field.name)]]
        if field.data is not None and not all(days and days < field.data for days in earlier):
            raise Fault("Each reminder comes after the one before. Write a larger number.")

    def _check_labels(self, form: BaseForm, field: Field) -> None:
        if fault := unconfirmed(self.doubtful, field.data or ()):
            raise Fault(fault)

    def _check_expected(self, form: BaseForm, field: Field) -> None:
        asked = next(each for each in self.choices.tablet if field.name == f"expected-{each.id}")
        emailed = [person.id for person in self.people]
        most = most_expected(asked, self.choices.living, self.choices.people, emailed)
        if asked in self.forms and (field.data or 0) > most:
            listed = "children of this age" if asked.audience == "child" else "staff who get no email"
            raise Fault(f"Enter {most} or fewer. The home’s list has {most or 'no'} {listed}.")

    def _check_people(self, form: BaseForm, field: Field) -> None:
        without = [person for person in self.people if self.form_for(person.kind) is None]
        if without:
            others = f" and {len(without) - 1} more" if len(without) > 1 else ""
            raise Fault(f"No form is chosen for {without[0].name}{others}. Choose a form for them, or leave them out.")


def from_template(choices: Choices) -> dict[str, Any]:
    """What the page is filled in with for a new round: everybody whom the template asks."""
    template = choices.template
    first = choices.first
    return {
        "title": template.title,
        "reason": template.reason,
        "forms": [form.id for form in first],
        "first_day": choices.today,
        "last_day": choices.today + timedelta(days=template.days - 1),
        "people": [
            person.id
            for person in choices.people
            if audience_of(person.kind) in template.audiences
            and any(form.audience == audience_of(person.kind) for form in first)
        ],
        "remind": template.remind_after,
        "labels": {person.id: person.label for person in choices.people},
        "expected": dict(choices.children),
    }


def from_plan(choices: Choices, planned: PlannedRound) -> dict[str, Any]:
    """What the page is filled in with for a round that is planned already."""
    return {
        "title": planned.title,
        "reason": planned.reason,
        "forms": list(planned.form_ids),
        "first_day": planned.opens_on,
        "last_day": planned.closes_on,
        "people": list(planned.people),
        "remind": planned.remind_after,
        "labels": {person.id: person.label for person in choices.people},
        "expected": {each.form_id: each.people for each in planned.expected},
    }


def _spread(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values by the names of their fields."""
    spread = {name: value for name, value in values.items() if name not in ("remind", "labels", "expected")}
    spread |= {f"remind-{number}": days for number, days in enumerate(values["remind"], 1)}
    spread |= {f"label-{person_id}": label for person_id, label in values["labels"].items()}
    return spread | {f"expected-{form_id}": people for form_id, people in values["expected"].items()}
