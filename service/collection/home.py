"""The provider and its homes: any setting of its that Ofsted inspects."""

from dataclasses import dataclass

from service.definitions import Setting


@dataclass(frozen=True)
class Contact:
    """Somebody a child can talk to, as the first page and the help panel show it."""

    name: str
    how: str
    about: str = ""


@dataclass(frozen=True)
class Home:
    """A setting that Ofsted inspects; `id` is the slug that commands and addresses use.

    `demonstration` homes say so on every page and in every workbook.
    """

    id: str
    name: str
    kind: Setting
    provider: str = ""
    urn: str | None = None
    contacts: tuple[Contact, ...] = ()
    demonstration: bool = False
