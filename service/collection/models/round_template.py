"""The kinds of rounds there are: what each is for, whom it asks, how long it runs, when people are reminded."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from service.collection.models.home import Home
from service.definitions import Audience, Form, Setting

# Where the Children's Homes (England) Regulations 2015 hold; a school or an agency has others.
CHILDRENS_HOMES: tuple[Setting, ...] = ("childrens_home", "secure_childrens_home", "short_breaks")


@dataclass(frozen=True)
class Template:
    """A kind of round. `title` is what those who are asked read, `reason` what the manager calls it.

    `audiences` are those it usually asks, `needs` those without whom it is incomplete however many answer. `days`
    counts the first day and the last. `remind_after` are the working days after which somebody who has not answered
    is reminded. `settings` are the kinds of homes it is for; `form_ids` the forms it asks, where an audience has
    several for different ends. Empty means: all.
    """

    id: str
    title: str
    reason: str
    about: str
    audiences: tuple[Audience, ...]
    needs: tuple[Audience, ...]
    days: int
    remind_after: tuple[int, ...]
    settings: tuple[Setting, ...] = ()
    form_ids: tuple[str, ...] = ()


TEMPLATES: tuple[Template, ...] = (
    Template(
        id="reg-45",
        title="Your views",
        reason="Reg 45 review",
        about=(
            "What children, parents, placing authorities and staff think, for the review of the quality of care that "
            "is due at least every six months (Children's Homes Regulations 2015, reg 45)."
        ),
        audiences=("child", "staff", "social_worker", "parent", "professional"),
        needs=("child", "staff", "social_worker", "parent"),
        days=28,
        remind_after=(5, 10),
        settings=CHILDRENS_HOMES,
    ),
    Template(
        id="reg-44",
        title="Your views this month",
        reason="Reg 44 month",
        about=(
            "What children, parents and staff say before the independent person's visit, which is due at least once a "
            "month (Children's Homes Regulations 2015, reg 44)."
        ),
        audiences=("child", "staff", "parent"),
        needs=(),
        days=14,
        remind_after=(3, 7),
        settings=CHILDRENS_HOMES,
    ),
    Template(
        id="inspection-today",
        title="Your views for the inspection",
        reason="Inspection today",
        about=(
            "Views of everybody while the inspector is here: two days, with the count as it grows (Social care common "
            "inspection framework: inspectors also weigh the views that a provider has gathered)."
        ),
        audiences=("child", "staff", "social_worker", "parent", "foster_carer", "professional"),
        needs=(),
        days=2,
        remind_after=(1,),
    ),
    Template(
        id="after-a-visit",
        title="How was the visit?",
        reason="After a visit",
        about=(
            "What those who were there made of an inspection or visit that has just ended, while it is fresh (Social "
            "care common inspection framework: the survey after a visit)."
        ),
        audiences=("manager",),
        needs=(),
        days=7,
        remind_after=(2,),
        form_ids=("visit-feedback",),
    ),
    Template(
        id="everyday",
        title="How are things?",
        reason="Everyday feedback",
        about=(
            "What children say about living here, asked regularly and not only before a review (Children's Homes "
            "Regulations 2015, reg 7)."
        ),
        audiences=("child",),
        needs=(),
        days=28,
        remind_after=(),
    ),
)
_BY_ID = {template.id: template for template in TEMPLATES}


def template_of(template_id: str) -> Template | None:
    """The template of this id; None for a round that was made from none."""
    return _BY_ID.get(template_id)


def templates_for(home: Home) -> list[Template]:
    """The kinds of rounds that a home of this kind has."""
    return [template for template in TEMPLATES if not template.settings or home.kind in template.settings]


def forms_for(template: Template, home: Home, library: Mapping[str, Form], built: Collection[str] = ()) -> list[Form]:
    """The forms of the library that such a round asks at this home, in the order of the template's audiences.

    Those that were `built` here are not among them: they are chosen by hand.
    """
    fitting = [
        form
        for form in library.values()
        if form.audience in template.audiences
        and form.id not in built
        and (form.settings is None or home.kind in form.settings)
        and (not template.form_ids or form.id in template.form_ids)
    ]
    return sorted(fitting, key=lambda form: template.audiences.index(form.audience))
