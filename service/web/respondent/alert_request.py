"""What a post of answers asks for beside being kept: the rules it met, words that worry, somebody to talk to."""

from collections.abc import Mapping
from typing import Any, Literal

from flask import request

from service.answers.alert_rules import alerts_in
from service.answers.filled_form import PageForm
from service.answers.sanitise import clean
from service.answers.worry_words import worrying_in
from service.collection.alerts.raise_alerts import Raising
from service.collection.models.alert import AlertKind
from service.state import running
from service.web.respondent.document import Sheet

LONGEST = 200  # characters of who asks to talk: a name or a number


def raising_of(
    sheet: Sheet, page: PageForm, at: Literal["answer", "submit"], kept: Mapping[str, Any] | None = None
) -> Raising:
    """What these answers raise beside those `kept` before, and whether whoever sent them asked to talk to someone."""
    wish = asked_to_talk(sheet)
    rules, marked = alerts_in(sheet.original, page.visible, at), worrying_in(page.visible, sheet.language)
    return Raising(
        form=sheet.original,
        rules=rules,
        marked=marked,
        hasher=running().hasher,
        base_url=running().config.base_url,
        talk_to=wish,
        asker=_plain(request.form.get("talk-name", "")) if wish is not None else "",
        before=_said_before(sheet, page, kept) if kept and (rules or marked) else frozenset(),
    )


def _said_before(sheet: Sheet, page: PageForm, kept: Mapping[str, Any]) -> frozenset[tuple[AlertKind, str]]:
    """The rules that were met before these answers, and the questions to which the same words were given."""
    met: list[tuple[AlertKind, str]] = [
        ("answer", rule.id) for rule in alerts_in(sheet.original, sheet.opened(kept).visible)
    ]
    return frozenset(met + [("words", name) for name, said in kept.items() if page.answers.get(name) == said])


def asked_to_talk(sheet: Sheet) -> str | None:
    """With whom they asked to talk: one of the home's own people, empty for whoever can come; None for no such wish."""
    if "talk-now" not in request.form:
        return None
    chosen = request.form.get("talk-to", "")
    people = enumerate(sheet.home.contacts)
    return next((person.name for place, person in people if str(place) == chosen), "")


def _plain(text: str) -> str:
    return " ".join(str(clean(text)).split())[:LONGEST]
