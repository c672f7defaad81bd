"""The menu of signed-in pages: one table, and what of it the signed-in account may open."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, request, url_for

from service.web.http.access import current, may_open


@dataclass(frozen=True)
class MenuEntry:
    """A page in the menu; who may see it is what its view says. `also` begins the addresses of pages below it."""

    label: str
    endpoint: str
    also: tuple[str, ...] = ()


MENU = (
    MenuEntry("Homes", "dashboard.homes", ("/rounds/", "/planned/", "/people/", "/children/")),
    MenuEntry("Alerts", "alerts.all"),
    MenuEntry("Paper", "paper.enter"),
    MenuEntry("Accounts", "accounts.everyone"),
    MenuEntry("Forms", "forms.library"),
    MenuEntry("Help lines", "help_lines.edit"),
    MenuEntry("Audit", "audit.entries"),
    MenuEntry("What runs by itself", "jobs.status"),
)


@dataclass(frozen=True)
class MenuLink:
    """An entry as a page shows it."""

    label: str
    address: str
    current: bool


def menu() -> Sequence[MenuLink]:
    """The entries that the signed-in account may open, wherever it is now."""
    shown = [(entry, url_for(entry.endpoint)) for entry in MENU if may_open(current().account, entry.endpoint)]
    return [MenuLink(entry.label, own, request.path.startswith((own, *entry.also))) for entry, own in shown]


def add_menu(app: Flask) -> None:
    """Let every template draw the menu."""
    app.jinja_env.globals["menu"] = menu
