"""The question bank: what other forms ask, to be asked again in the same words, and what nobody is asked."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.collection.forms.drafts import change_draft
from service.collection.models.errors import NotPossible
from service.dates import now
from service.definitions import Form
from service.definitions.bank import BankQuestion, add_from_bank, bank_of, coverage_of, question_json, questions_for
from service.definitions.editing import Json, Move, MoveRefused
from service.definitions.editing.places import items
from service.definitions.question import Code
from service.frameworks import load_frameworks
from service.reports.labels import AUDIENCES, TYPES
from service.state import app_state
from service.web.builder.draft_page import draft_now, draft_page
from service.web.builder.pointers import address_of, pointer_of
from service.web.http.access import current, may

bp = Blueprint("draft_bank", __name__)

_MOST_SHOWN = 60


@bp.get("/forms/<draft_id>/bank")
@may("build_forms")
def bank(draft_id: str) -> ResponseReturnValue:
    """Questions by what they are about, whom they are asked of, and a word."""
    return _page()


@bp.post("/forms/<draft_id>/bank")
@may("build_forms")
def add(draft_id: str) -> ResponseReturnValue:
    """Ask one of these questions on a page of the draft."""
    draft, place = draft_now(), request.form.get("question", "")
    chosen = next((each for each in bank_of(_forms()) if _name(each) == place), None)
    if chosen is None:
        return _page("This question is no longer in the bank."), 409
    holder = address_of(request.form.get("page", ""))

    def build(document: Json) -> list[Move]:
        return [add_from_bank(document, holder, question_json(chosen), None, chosen.translations)]

    try:
        outcome = change_draft(app_state().store, draft.id, draft.newest, build, now(), by=current().account.id)
    except (MoveRefused, NotPossible) as refused:
        return _page(str(refused)), 409
    flash(f"{outcome.sentence[:1].upper()}{outcome.sentence[1:]}.", "")
    return redirect(request.full_path if request.query_string else url_for(".bank", draft_id=draft_id), 303)


def _page(refused: str = "") -> str:
    draft, forms = draft_now(), _forms()
    about = request.args.get("about", "")
    audience = request.args.get("audience", str(draft.document.get("audience") or ""))
    word = request.args.get("word", "").strip()
    system, _, code = about.partition(" ")
    known = load_frameworks().get(system)
    descriptor = known.descriptors.get(code) if known else None
    found = questions_for(
        bank_of(forms), descriptor=Code(system=system, code=code) if descriptor else None, audience=audience
    )
    fitting = [each for each in found if word.casefold() in each.label.casefold()]
    return draft_page(
        "bank",
        draft,
        refused=refused,
        about=about,
        audience=audience,
        word=word,
        audiences=AUDIENCES,
        types=TYPES,
        frameworks=load_frameworks().values(),
        questions=[(_name(each), each) for each in fitting[:_MOST_SHOWN]],
        more=max(0, len(fitting) - _MOST_SHOWN),
        pages=[(pointer_of(here), page.get("title") or here[-1]) for here, page in items(draft.document, ("pages",))],
        coverage=coverage_of(forms, known) if known and not descriptor else (),
        framework=known,
    )


def _forms() -> list[Form]:
    """The forms of which the account may see the questions."""
    home = current().home
    library = app_state().library_at(home.id) if home else app_state().library
    return list(library.values())


def _name(question: BankQuestion) -> str:
    """What a question of the bank goes by: the form and the id that it was first asked under."""
    return f"{question.uses[0].form_id} {question.uses[0].question_id}"
