"""What every page of a draft starts from: the draft as it is now, its home, and the row of its pages."""

from typing import Any

from flask import render_template

from service.accounts.account import Account
from service.collection.models.form_draft import FormDraft
from service.repository import read
from service.state import app_state
from service.web.builder.cards import PARTS
from service.web.http.access import current, current_record

# The pages beside the editor, each with its name in the row of parts.
OTHER_PAGES: tuple[tuple[str, str], ...] = (
    ("draft_bank.bank", "Question bank"),
    ("preview.frame", "Preview"),
    ("draft_languages.languages", "Languages"),
    ("draft_map.logic", "Map"),
    ("draft_history.history", "History"),
    ("draft_publication.publish", "Publish"),
)


def draft_now() -> FormDraft:
    """The draft as it is on disk now."""
    draft: FormDraft = app_state().store[FormDraft].get(current_record("draft_id").id) or current_record("draft_id")
    return draft


def draft_page(template: str, draft: FormDraft, **words: Any) -> str:
    """A page of a draft."""
    home = current().home
    return render_template(
        f"builder/{template}.html",
        draft=draft,
        home=home,
        title=draft.document.get("title") or "Without a title",
        parts=PARTS if current().may("build_forms") else {},
        others=[page for page in OTHER_PAGES if current().may("build_forms") or page[0] in _FOR_READERS],
        **words,
    )


def name_of(account_id: str) -> str:
    """Whose account it is."""
    account = read(app_state().store[Account], account_id)
    return account.name if account else "Someone whose account is gone"


# Moves cards by dragging, an extra beside the buttons: https://github.com/SortableJS/Sortable, MIT.
SORTABLE_FILE = "js/sortable-1.15.7.min.js"
SORTABLE_INTEGRITY = "sha384-DgmC6Xe2bSN2WjTDXzWYbUbxyhNP+NNkGDR/g78pCXV7E7rcVTGxVg0uIVCUUcBc"

_FOR_READERS = ("preview.frame", "draft_map.logic", "draft_publication.publish")
