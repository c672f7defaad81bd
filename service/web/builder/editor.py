"""The editor of a form: its parts as cards, each of which opens into its fields."""

import json
from collections.abc import Callable, Sequence

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.accounts.account import Account
from service.collection.forms.drafts import (
    Build,
    Conflict,
    DraftOutcome,
    author_of,
    change_draft,
    leave_as_is,
    move_of,
    redo,
    undo,
)
from service.collection.models.errors import NotPossible
from service.collection.models.form_draft import FormDraft
from service.dates import now
from service.definitions.advice import advice_on, mends_on
from service.definitions.editing import ABSENT, Address, Json, Move, MoveRefused, find, move_from_json
from service.definitions.editing.faults import faults_of
from service.definitions.editing.move import UNDID
from service.definitions.editing.references import references_to_item
from service.definitions.editing.words import called, field_called, item_of
from service.repository import read
from service.state import app_state
from service.web.builder.buttons import WantedMove, move_sent, place_after, targets_of, wanted
from service.web.builder.cards import PARTS, CardMaker, part_of
from service.web.builder.draft_page import SORTABLE_FILE, SORTABLE_INTEGRITY, draft_now, draft_page
from service.web.builder.panels.field_values import FieldFault
from service.web.builder.panels.fields import STAFF_ROLES, TYPE_NAMES
from service.web.builder.panels.panel import Panel, moves_of, panel_of
from service.web.builder.pointers import address_of, pointer_of
from service.web.http.access import current, may

bp = Blueprint("builder", __name__)


@bp.get("/forms/<draft_id>/edit")
@may("build_forms")
def edit(draft_id: str) -> ResponseReturnValue:
    """The form as cards; the one at `at` is open."""
    draft = draft_now()
    address = _here(draft.document, address_of(request.args.get("at", "")))
    return _page(draft, address, request.args.get("part", "") or part_of(address))


@bp.post("/forms/<draft_id>/edit")
@may("build_forms")
def save(draft_id: str) -> ResponseReturnValue:
    """Save the fields of one item, or only show the form again for what has been chosen in it."""
    draft = draft_now()
    address = address_of(request.form.get("at", ""))
    part = part_of(address) if address else "form"
    if address != _here(draft.document, address):
        said = "This is no longer in the form. Someone else may have deleted it."
        return _answer(_page(draft, (), part, said=said), 409)
    panel = panel_of(draft.document, address, request.form)
    if request.form.get("do") == "look":
        return _page(draft, address, part, panel=panel)
    if panel.has_faults:
        said = "Not saved yet: look at what is marked."
        return _answer(_page(draft, address, part, panel=panel, said=said), 422)
    return _changed(
        draft, address, part, lambda seen_document: moves_of(seen_document, address, request.form), saved="Saved."
    )


@bp.post("/forms/<draft_id>/moves")
@may("build_forms")
def move(draft_id: str) -> ResponseReturnValue:
    """Make the move that a button says: add, move, copy, delete, undo …"""
    draft = draft_now()
    button = request.form.get("do", "")
    if button in _TURNS:
        return _turned(draft, button)
    try:
        asked = wanted(button)
    except MoveRefused as refused:
        return _answer(_page(draft, (), "pages", said=str(refused)), 400)
    if asked.verb == "delete" and "sure" not in request.form:
        mentions = references_to_item(draft.document, asked.address)
        if mentions:
            return _page(draft, asked.address, part_of(asked.address), doomed=mentions)
    made: list[Move] = []

    def build(document: Json) -> Sequence[Move]:
        made[:] = [move_sent(document, asked, request.form)]
        return made

    return _changed(draft, asked.address, _part_of(asked), build, after=lambda: place_after(made[0], asked.address))


def _turned(draft: FormDraft, button: str) -> ResponseReturnValue:
    by, at = current().account.id, address_of(request.form.get("at", ""))
    try:
        if button == "leave":
            return _back(leave_as_is(app_state().store, draft.id, by=by), at, "Left as it is.")
        turn = undo if button == "undo" else redo
        outcome = turn(app_state().store, draft.id, now(), by=by)
    except NotPossible as refused:
        return _answer(_page(draft, at, part_of(at), said=str(refused)), 409)
    if outcome.conflicts:
        return _page(outcome.draft, at, part_of(at), conflicts=outcome.conflicts, turning=button)
    there = _touched(outcome)
    return _back(outcome.draft, there, _first_up(outcome.sentence) + ".", part=there[0] if there else "")


def _changed(
    draft: FormDraft,
    address: Address,
    part: str,
    build: Build,
    *,
    saved: str = "",
    after: Callable[[], Address] | None = None,
) -> ResponseReturnValue:
    store, by = app_state().store, current().account.id
    seen = request.form.get("seen", type=int)
    try:
        outcome = change_draft(store, draft.id, draft.newest if seen is None else seen, build, now(), by=by)
    except (MoveRefused, NotPossible, FieldFault) as refused:
        return _answer(_page(draft_now(), address, part, said=str(refused)), 409)
    if outcome.conflicts:
        return _page(outcome.draft, address, part, conflicts=outcome.conflicts)
    there = after() if after is not None else _followed(outcome, address)
    if outcome.number == 0:
        return _back(outcome.draft, there, "Nothing was changed.", part=part)
    return _back(outcome.draft, there, saved or _first_up(outcome.sentence) + ".", part=part)


def _back(draft: FormDraft, address: Address, said: str, part: str = "") -> ResponseReturnValue:
    """The page after a change: by htmx in the same answer, else by an address that can be loaded again."""
    address = _here(draft.document, address)
    part = part_of(address) if address else part
    where = url_for(".edit", draft_id=draft.id, at=pointer_of(address) or None, part=part)
    if request.headers.get("HX-Request") == "true":
        return _page(draft, address, part, said=said), {"HX-Push-Url": where}
    flash(said, "")
    return redirect(where, 303)


def _answer(page: str, status: int) -> ResponseReturnValue:
    """A page that refuses: htmx shows it in place only where the status says that all is well."""
    return (page, 200) if request.headers.get("HX-Request") == "true" else (page, status)


def _page(
    draft: FormDraft,
    address: Address,
    part: str,
    *,
    panel: Panel | None = None,
    said: str = "",
    conflicts: Sequence[Conflict] = (),
    turning: str = "",
    doomed: Sequence[object] = (),
) -> str:
    document = draft.document
    address = _here(document, address)
    part = part if part in PARTS else "pages"
    faults = faults_of(document)
    advice = (*advice_on(document), *mends_on(document))
    cards = CardMaker(document, faults, advice)
    is_open = bool(address) or part == "form"
    if panel is None and is_open:
        panel = panel_of(document, () if part == "form" else address)
    author = author_of(draft, current().account.id)
    return draft_page(
        "edit",
        draft,
        part=part,
        sortable=(SORTABLE_FILE, SORTABLE_INTEGRITY),
        cards=cards.of_part(part),
        own_faults=cards.faults_at(()),
        own_advice=cards.advice_at(()),
        number_of=advice.index,
        errors=[fault for fault in faults if fault.kind == "error"],
        place_of=lambda fault: called(document, item_of(document, fault.address)),
        address=address,
        at=pointer_of(address),
        pointer_of=pointer_of,
        panel=panel,
        item=find(document, address),
        children=_children(document, address),
        parents=_parents(document, address),
        targets=targets_of(document, address) if address and address[-2:-1] == ("questions",) else [],
        type_names=TYPE_NAMES,
        said=said,
        open_at=pointer_of(cards.present(address)) if address else "",
        pressed=request.form.get("do", "") if request.form.get("do", "")[:3] in ("up ", "dow") else "",
        conflicts=[_told(document, conflict) for conflict in conflicts],
        turning=turning,
        doomed=doomed,
        undoable=_sentence(draft, author.undo),
        redoable=_sentence(draft, author.redo),
        item_of=lambda fault: item_of(document, fault.address),
        shown_value=_shown_value,
        roles=STAFF_ROLES,
        called=lambda place: called(document, place),
    )


def _children(document: Json, address: Address) -> list[tuple[str, Address, list[tuple[Address, str]]]]:
    """The lists of answers and rows in an item: what each is called, where it is, and what is in it."""
    item = find(document, address)
    lists: list[tuple[str, Address]] = []
    if len(address) == 2 and address[0] == "choice_lists":
        lists = [("Answers", address)]
    elif isinstance(item, dict) and address[:1] == ("pages",):
        lists += [("Rows", (*address, "rows"))] if item.get("type") == "matrix" else []
        lists += [("Answers", (*address, "options"))] if isinstance(item.get("options"), list) else []
        lists += [("Answers beside the numbers", (*address, "others"))] if item.get("type") == "scale" else []
    found = []
    for name, here in lists:
        listed = find(document, here)
        inner = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        key = "id" if here[-1] == "rows" else "value"
        found.append((name, here, [((*here, str(each.get(key))), str(each.get("label") or "")) for each in inner]))
    return found


def _parents(document: Json, address: Address) -> list[tuple[Address, str]]:
    """The items that this one stands in, the outermost first."""
    above = [address[:end] for end in range(1, len(address)) if item_of(document, address[:end]) == address[:end]]
    return [(here, called(document, here)) for here in above if here]


def _told(document: Json, conflict: Conflict) -> dict[str, object]:
    """A conflict as its page says it."""
    account = read(app_state().store[Account], conflict.changed_by) if conflict.changed_by else None
    return {
        "place": field_called(document, conflict.address),
        "pointer": pointer_of(conflict.address),
        "who": account.name if account else "Someone else",
        "theirs": conflict.found,
        "mine": conflict.wanted,
        "can_put": conflict.wanted is not ABSENT and find(document, conflict.address[:-1]) is not ABSENT,
        "sentence": conflict.sentence,
    }


def _shown_value(value: Json) -> str:
    """What stands at a place, as a conflict shows it."""
    if value is ABSENT or value is None:
        return "Nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _sentence(draft: FormDraft, stack: Sequence[int]) -> str:
    move_kept = move_of(app_state().store, draft, stack[-1]) if stack else None
    return move_kept.move["sentence"].removeprefix(UNDID) if move_kept else ""


def _touched(outcome: DraftOutcome) -> Address:
    """The item that an undone or redone move is about."""
    made = move_of(app_state().store, outcome.draft, outcome.number)
    patches = move_from_json(made.move).patches if made else ()
    return item_of(outcome.draft.document, patches[0].address) if patches else ()


def _followed(outcome: DraftOutcome, address: Address) -> Address:
    """The item under the name that the save has given it."""
    made = move_of(app_state().store, outcome.draft, outcome.number) if outcome.number else None
    for patch in move_from_json(made.move).patches if made else ():
        if getattr(patch, "origin", None) == address:
            return patch.address
    return address


def _here(document: Json, address: Address) -> Address:
    """The item at the address, or the nearest above it that is still there."""
    while address and (find(document, address) is ABSENT or item_of(document, address) != address):
        address = address[:-1]
    return address


def _part_of(asked: WantedMove) -> str:
    part = {"add-alert": "alerts", "add-check": "checks", "add-value": "computed", "add-list": "choice_lists"}
    return part.get(asked.verb) or (part_of(asked.address) if asked.address else "pages")


def _first_up(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


_TURNS = ("undo", "redo", "leave")
