"""Whom to talk to: the home's own people, and the lines that are there for every child in England."""

from service.collection.home import Contact, Home
from service.definitions import Audience

# Each number as the organisation itself publishes it; a manager checks them for the home's own page.
FOR_CHILDREN = (
    Contact("Childline", "0800 1111", "Free, at any time. They listen and do not tell you off."),
    Contact("Help at Hand", "0800 528 0731", "The Children's Commissioner's line for children in care. Free."),
    Contact("Ofsted", "0300 123 1231", "They check that children are looked after well."),
)
FOR_ADULTS = (
    Contact("Emergency services", "999", "If a child is in danger now."),
    Contact("Ofsted", "0300 123 1231", "For a worry about a children's home or fostering agency."),
)


def contacts_for(home: Home, audience: Audience) -> tuple[Contact, ...]:
    """Whom somebody of this audience can turn to, the home's own people first."""
    return (*home.contacts, *(FOR_CHILDREN if audience == "child" else FOR_ADULTS))
