"""What an unlocked tablet offers: each child their own form by their picture, everyone else one by its title."""

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
    and looks as before. `by_title` are children's forms for which there is no picture to choose. `others` are
    everybody else's, and those of children for one who is not on the home's list yet.
    """

    children: tuple[Child, ...]
    by_title: tuple[Form, ...]
    others: tuple[Form, ...]

    def child(self, child_id: str) -> Child | None:
        """The child of this id, where the tablet shows their picture."""
        return next((child for child in self.children if child.id == child_id), None)

    def offers(self, form_id: str) -> bool:
        """Whether this form can be begun without a picture."""
        return any(form.id == form_id for form in (*self.by_title, *self.others))


def offered(records: Records, round_: Round, forms: Callable[[str], Form]) -> TabletChoices:
    """What the tablet offers in this round. `forms` gives a published form by its fingerprint.

    For an anonymous form nobody chooses a picture: it would say who answers.
    """
    here = [form for ref in round_.forms if (form := forms(ref.fingerprint)).audience in ON_THE_TABLET]
    for_children = [form for form in here if form.audience == "child"]
    known = {form.id for form in for_children if form.identity != "anonymous"}
    children = tuple(child for child in children_of(records, round_.home_id) if child.form_id in known)
    # where the home lists children at all, a form that none of them has is not what most come for
    first = [form for form in for_children if form.id not in known or not children]
    rest = [form for form in here if form.audience != "child"] + [form for form in for_children if form not in first]
    return TabletChoices(children, tuple(first), tuple(rest))
