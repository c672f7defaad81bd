"""What an unlocked tablet offers: each child the forms for their age by their picture, everyone else by title."""

from collections.abc import Callable
from dataclasses import dataclass

from service.collection.models.home import Child
from service.collection.models.round import Round
from service.collection.models.tablet import ON_THE_TABLET
from service.collection.people.contacts_and_children import children_of
from service.definitions import Form
from service.repository import Records


@dataclass(frozen=True)
class TabletChoices:
    """`children` find themselves by picture and number, in the order of their numbers: whoever has answered stands
    and looks as before. `by_picture` are the forms that a picture leads to, `by_title` children's forms for which
    there is no picture to choose. `others` are everybody else's, and those of children for one who is not on the
    home's list yet.
    """

    children: tuple[Child, ...]
    by_picture: tuple[Form, ...]
    by_title: tuple[Form, ...]
    others: tuple[Form, ...]

    def child(self, child_id: str) -> Child | None:
        """The child of this id, where the tablet shows their picture."""
        return next((child for child in self.children if child.id == child_id), None)

    def forms_for(self, child: Child) -> list[Form]:
        """The forms that this child's picture leads to, one after another."""
        return [form for form in self.by_picture if form.suits(child.age_band)]

    def form_after(self, child: Child, form_id: str) -> Form | None:
        """The form that comes after this one for the child; None after the last."""
        forms = self.forms_for(child)
        places = [place for place, form in enumerate(forms, 1) if form.id == form_id]
        return forms[places[0]] if places and places[0] < len(forms) else None

    def asks_picture(self, form_id: str) -> bool:
        """Whether a picture leads to this form."""
        return any(form.id == form_id for form in self.by_picture)

    def offers(self, form_id: str) -> bool:
        """Whether this form can be begun without a picture."""
        return any(form.id == form_id for form in (*self.by_title, *self.others))


def offered(records: Records, round_: Round, forms: Callable[[str], Form]) -> TabletChoices:
    """What the tablet offers in this round. `forms` gives a published form by its fingerprint.

    For an anonymous form nobody chooses a picture: it would say who answers.
    """
    here = [form for ref in round_.forms if (form := forms(ref.fingerprint)).audience in ON_THE_TABLET]
    for_children = [form for form in here if form.audience == "child"]
    by_picture = tuple(form for form in for_children if form.identity != "anonymous")
    children = tuple(
        child
        for child in children_of(records, round_.home_id)
        if any(form.suits(child.age_band) for form in by_picture)
    )
    # where the home lists children at all, a form that none of them has is not what most come for
    first = tuple(form for form in for_children if form not in by_picture or not children)
    rest = [form for form in here if form.audience != "child"] + [form for form in for_children if form not in first]
    return TabletChoices(children, by_picture, first, tuple(rest))
