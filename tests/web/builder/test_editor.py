"""The editor's pages, through the front door."""

import hashlib
import re
from base64 import b64encode
from html import unescape
from urllib.parse import urlencode

import pytest
from flask import Flask

from service.collection.forms.drafts import begin_draft
from service.collection.models.form_draft import FormDraft
from service.collection.models.home import Home
from service.dates import now
from service.definitions import Form
from service.state import app_state
from service.web.builder.cards import PARTS
from service.web.builder.draft_page import SORTABLE_FILE, SORTABLE_INTEGRITY
from tests.accounts_factory import manager_of
from tests.paths import ROOT

FUN = "pages/days/questions/fun"


@pytest.fixture
def draft(app: Flask, home: Home, library: dict[str, Form]) -> FormDraft:
    document = library["child-views"].to_json()
    return begin_draft(app_state(app).store, "our-views", home.id, document, now(), by="someone")


def kept(app: Flask) -> FormDraft:
    draft = app_state(app).store[FormDraft].get("our-views")
    assert draft is not None
    return draft


def fields_of(page: str) -> dict[str, list[str]]:
    """What the open card's form would send."""
    form = page[page.index('id="open"') :].partition("</form>")[0]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, inner in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        found.setdefault(name, []).append(unescape(chosen[1]) if chosen else "")
    for name, inner in re.findall(r'<textarea name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found.setdefault(name, []).append(unescape(inner.removeprefix("\n")))
    return found


def edit_address(draft: FormDraft, part: str, at: str = "") -> str:
    return f"/forms/{draft.id}/edit?{urlencode({'part': part, 'at': at})}"


@pytest.mark.parametrize("form_id", ["child-views", "professional-views"])
def test_every_item_of_a_form_opens_and_is_saved_unchanged(
    app: Flask, home: Home, library: dict[str, Form], form_id: str
) -> None:
    store = app_state(app).store
    draft = begin_draft(store, "copy", home.id, library[form_id].to_json(), now(), by="someone")
    manager = manager_of(app, home.id)
    opened = 0
    for part in PARTS:
        page = manager.visit(edit_address(draft, part))
        for at in re.findall(r'data-at="([^"]*)"', page.html) if part != "form" else [""]:
            page = manager.visit(edit_address(draft, part, at))
            if 'name="fields"' in page.html:
                answer = manager.send("/forms/copy/edit", {**fields_of(page.html), "do": "save"})
                assert "Nothing was changed." in answer.text, at
                opened += 1
    assert opened > 25
    assert store[FormDraft].get("copy") == draft


def test_what_drags_cards_is_the_file_that_was_looked_at() -> None:
    digest = hashlib.sha384((ROOT / "static" / SORTABLE_FILE).read_bytes()).digest()
    assert f"sha384-{b64encode(digest).decode()}" == SORTABLE_INTEGRITY
