"""What a post of answers asks for beside being kept: the rules it met, words that worry, somebody to talk to."""

from typing import Literal

from flask import request

from service.answers.alerts_in import alerts_in
from service.answers.cleaning import clean
from service.answers.page_form import PageForm
from service.answers.worrying import worrying_in
from service.collection.contacts import contacts_for
from service.collection.raising import Raising
from service.web.documents import Sheet
from service.web.running import running

LONGEST = 200  # characters of who asks to talk: a name or a number


def raising_of(sheet: Sheet, page: PageForm, at: Literal["answer", "submit"]) -> Raising:
    """What these answers raise, and whether whoever sent them asked to talk to someone."""
    wish = asked_to_talk(sheet)
    return Raising(
        form=sheet.original,
        rules=alerts_in(sheet.original, page.visible, at),
        marked=worrying_in(page.visible, sheet.language),
        hasher=running().hasher,
        base_url=running().config.base_url,
        talk_to=wish,
        asker=_plain(request.form.get("talk-name", "")) if wish is not None else "",
    )


def asked_to_talk(sheet: Sheet) -> str | None:
    """With whom they asked to talk: one of the contacts shown, or empty for whoever can come; None for no such wish."""
    if "talk-now" not in request.form:
        return None
    chosen = request.form.get("talk-to", "")
    people = enumerate(contacts_for(sheet.home, sheet.form.audience))
    return next((person.name for place, person in people if str(place) == chosen), "")


def _plain(text: str) -> str:
    return " ".join(str(clean(text)).split())[:LONGEST]
