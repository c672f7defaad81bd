"""Base text and translation side by side, with what is missing and what has changed since."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.collection.forms.drafts import change_draft
from service.collection.models.errors import NotPossible
from service.collection.models.form_draft import FormDraft
from service.dates import now
from service.definitions.editing import Address, Json, Move, MoveRefused, apply
from service.definitions.editing.document import names_in
from service.definitions.editing.moves import change
from service.definitions.editing.places import ReadText, texts_of
from service.definitions.editing.words import called, item_of, language_name
from service.definitions.form import EASY_READ
from service.state import app_state
from service.web.builder.draft_page import draft_now, draft_page
from service.web.http.access import current, may

bp = Blueprint("draft_languages", __name__)


@dataclass(frozen=True)
class TextPair:
    """A text and its translation. `stale` is what the base text was when it was translated, "" where it is the same."""

    path: str
    place: str
    base: str
    translation: str
    stale: str


@bp.get("/forms/<draft_id>/languages")
@may("build_forms")
def languages(draft_id: str) -> ResponseReturnValue:
    """One language beside the base language; easy read comes first."""
    draft = draft_now()
    listed = _listed(draft.document)
    language = request.args.get("language", "") or (listed[0] if listed else "")
    if language and language not in listed:
        language = listed[0] if listed else ""
    return _page(draft, language)


@bp.post("/forms/<draft_id>/languages")
@may("build_forms")
def save(draft_id: str) -> ResponseReturnValue:
    """Save the translations that were typed."""
    draft, language = draft_now(), request.form.get("language", "")
    if language not in _listed(draft.document):
        return _page(draft, "", "Add the language to the form first."), 422

    def build(document: Json) -> Iterator[Move]:
        for text in texts_of(document):
            sent = request.form.get(f"text-{text.path}") if text.path else None
            here = ("translations", language, text.path)
            kept = _translation(document, language, text.path)
            if sent is None or (typed := sent.replace("\r\n", "\n").strip()) == kept:
                continue
            move = change(document, here, typed or None)
            document = apply(document, move)
            yield move

    seen = request.form.get("seen", type=int)
    try:
        outcome = change_draft(
            app_state().store, draft.id, draft.newest if seen is None else seen, build, now(), by=current().account.id
        )
    except (NotPossible, MoveRefused) as refused:
        return _page(draft_now(), language, str(refused)), 409
    if outcome.conflicts:
        places = ", ".join(f"“{conflict.address[-1]}”" for conflict in outcome.conflicts)
        said = f"Someone else has translated {places} meanwhile. Theirs stands; yours is below, to be put there again."
        return _page(outcome.draft, language, said, request.form), 409
    flash("Saved." if outcome.number else "Nothing was changed.", "")
    return redirect(url_for(".languages", draft_id=draft_id, language=language), 303)


def _page(draft: FormDraft, language: str, said: str = "", sent: object = None) -> str:
    pairs = list(_pairs(draft, language)) if language else []
    full = sum(bool(pair.translation) for pair in pairs)
    return draft_page(
        "languages",
        draft,
        language=language,
        language_name=language_name,
        listed=_listed(draft.document),
        pairs=pairs,
        full=full,
        stale=sum(bool(pair.stale) for pair in pairs),
        said=said,
        sent=sent,
    )


def _pairs(draft: FormDraft, language: str) -> Iterator[TextPair]:
    for text in texts_of(draft.document):
        if text.path:
            yield TextPair(
                text.path,
                _place(draft.document, text),
                text.text,
                _translation(draft.document, language, text.path),
                draft.translated_from.get(f"{language} {text.path}", ""),
            )


def _place(document: Json, text: ReadText) -> str:
    item: Address = item_of(document, text.address)
    return f"{text.address[-1].replace('_', ' ')} of {called(document, item)}"


def _translation(document: Json, language: str, path: str) -> str:
    texts = document.get("translations")
    found = texts.get(language) if isinstance(texts, dict) else None
    text = found.get(path) if isinstance(found, dict) else None
    return text if isinstance(text, str) else ""


def _listed(document: Json) -> list[str]:
    """The form's other languages, easy read first."""
    languages = document.get("languages")
    others = [each for each in languages[1:] if isinstance(each, str)] if isinstance(languages, list) else []
    translated = names_in(document.get("translations"), ("translations",))
    found = list(dict.fromkeys((*others, *translated)))
    return sorted(found, key=lambda each: not each.endswith(EASY_READ))
