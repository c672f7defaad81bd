"""Drafts of forms: begun, changed by moves, undone, redone and restored. Nothing locks, and nothing is overwritten."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service.collection.forms.stale_translations import noted
from service.collection.models.errors import NotPossible
from service.collection.models.form_draft import MOST_MOVES, DraftAuthor, DraftMove, FormDraft, move_id
from service.collection.models.home import Home
from service.collection.models.published_form import FormRef, FormState
from service.definitions.editing import (
    ABSENT,
    Address,
    Json,
    Move,
    Patch,
    PlaceChanged,
    apply,
    fitted,
    inverse,
    move_from_json,
    move_to_json,
    need_keepable,
    prepared,
    rebased,
)
from service.repository import Records, Store, Transaction, readable

_SENTENCES = 3  # that are said of one save

Build = Callable[[Json], Iterable[Move]]


@dataclass(frozen=True)
class Conflict:
    """A place that someone else has changed since the author saw it.

    `expected`, `found` and `wanted` are what stood there, what stands there now and what the author wanted; ABSENT for
    nothing. `changed_by` is the account that changed it last, "" where that is no longer known.
    """

    address: Address
    expected: Json
    found: Json
    wanted: Json
    changed_by: str
    sentence: str


@dataclass(frozen=True)
class DraftOutcome:
    """The draft after a change. `number` is the move that was made, 0 for none; `conflicts` were not made."""

    draft: FormDraft
    number: int = 0
    sentence: str = ""
    conflicts: tuple[Conflict, ...] = ()


def begin_draft(
    store: Store, draft_id: str, home_id: str, document: Json, now: datetime, *, by: str, source: FormRef | None = None
) -> FormDraft:
    """Begin a draft; an empty `home_id` is the whole provider.

    Raises NotPossible where there is no such home or the id is taken, and MoveRefused for a document that is no object.
    """
    document = {**prepared(document), "id": draft_id}
    need_keepable(document)
    with store.transaction() as tx:
        if home_id and tx[Home].get(home_id) is None:
            raise NotPossible(f"There is no home called {home_id}.")
        if tx[FormDraft].get(draft_id) is not None or tx[FormState].get(draft_id) is not None:
            raise NotPossible(f"There is a form called {draft_id} already.")
        draft = FormDraft(draft_id, home_id, document, by, now, source, contributors=(by,))
        tx[FormDraft].put(draft)
    return draft


def change_draft(store: Store, draft_id: str, seen: int, build: Build, now: datetime, *, by: str) -> DraftOutcome:
    """Make moves on a draft, all of them as one entry of its history.

    `build` makes them for the document as the author saw it, after move number `seen`. Each one is then made on the
    draft as it is now. What meets another's change is not made: it is in the outcome's conflicts, and the rest is kept.
    Raises NotPossible where there is no such draft or `seen` is no longer kept, and what `build` raises.
    """
    with store.transaction() as tx:
        draft = needed_draft(tx, draft_id)
        later = _moves_after(tx, draft, seen)
        moves = list(build(_rewound(draft.document, later)))
        return _make(tx, draft, moves, later, now, by)


def undo(store: Store, draft_id: str, now: datetime, *, by: str) -> DraftOutcome:
    """Take back the author's own last move. Where another has changed the place since, nothing is changed.

    Raises NotPossible where there is no such draft or nothing to undo.
    """
    return _turn_back(store, draft_id, now, by, is_redo=False)


def redo(store: Store, draft_id: str, now: datetime, *, by: str) -> DraftOutcome:
    """Make again the move that the author has undone last. Raises NotPossible as `undo` does."""
    return _turn_back(store, draft_id, now, by, is_redo=True)


def leave_as_is(store: Store, draft_id: str, *, by: str) -> FormDraft:
    """Keep what another has made of the place: the author's last move is no longer one to undo."""
    with store.transaction() as tx:
        draft = needed_draft(tx, draft_id)
        author = author_of(draft, by)
        draft = _with_author(draft, replace(author, undo=author.undo[:-1]))
        tx[FormDraft].put(draft)
        return draft


def restore_point(store: Store, draft_id: str, number: int, now: datetime, *, by: str) -> DraftOutcome:
    """Make the draft as it was after a move, as a new move. Raises NotPossible where it is no longer kept."""
    with store.transaction() as tx:
        draft = needed_draft(tx, draft_id)
        document = _rewound(draft.document, _moves_after(tx, draft, number))
        return _make(tx, draft, [replacement("restored an earlier state", draft.document, document)], [], now, by)


def replace_document(store: Store, draft_id: str, document: Json, now: datetime, *, by: str) -> DraftOutcome:
    """Make the draft what a file says, as one move. Raises MoveRefused for a document that is no object."""
    with store.transaction() as tx:
        draft = needed_draft(tx, draft_id)
        document = {**prepared(document), "id": draft.document.get("id"), "version": draft.document.get("version")}
        return _make(tx, draft, [replacement("replaced the form by a file", draft.document, document)], [], now, by)


def delete_draft(store: Store, draft_id: str) -> None:
    """Delete a draft with its moves; deleting what is not there is no fault. What was published stays."""
    with store.transaction() as tx:
        for move in list(tx[DraftMove].find("draft_id", draft_id)):
            tx[DraftMove].remove(move.id)
        tx[FormDraft].remove(draft_id)


def drafts_of(records: Records, home_ids: Iterable[str]) -> list[FormDraft]:
    """The drafts of these homes, by id; the empty id is the provider's."""
    found = [draft for home_id in home_ids for draft in readable(records[FormDraft].find("home_id", home_id)).records]
    return sorted(found, key=lambda draft: draft.id)


def history_of(records: Records, draft: FormDraft) -> list[DraftMove]:
    """The moves of a draft that are kept, the newest first."""
    return sorted(records[DraftMove].find("draft_id", draft.id), key=lambda move: -move.number)


def document_after(records: Records | Transaction, draft: FormDraft, number: int) -> Json:
    """The document as it was after a move. Raises NotPossible where that is no longer kept."""
    return _rewound(draft.document, _moves_after(records, draft, number))


def author_of(draft: FormDraft, account_id: str) -> DraftAuthor:
    """What this account can undo and redo."""
    return next((each for each in draft.authors if each.account_id == account_id), DraftAuthor(account_id))


def move_of(records: Records, draft: FormDraft, number: int) -> DraftMove | None:
    """A move that is kept."""
    return records[DraftMove].get(move_id(draft.id, number))


def needed_draft(records: Records | Transaction, draft_id: str) -> FormDraft:
    """The draft. Raises NotPossible where there is none."""
    draft = records[FormDraft].get(draft_id)
    if draft is None:
        raise NotPossible("This form is no longer being edited.")
    return draft


def replacement(sentence: str, before: Json, after: Json) -> Move:
    """The move that makes one document of another."""
    keys = [*before, *(key for key in after if key not in before)]
    changed = [key for key in keys if before.get(key, ABSENT) != after.get(key, ABSENT)]
    return Move(sentence, tuple(Patch((key,), before.get(key, ABSENT), after.get(key, ABSENT)) for key in changed))


def _make(
    tx: Transaction, draft: FormDraft, moves: Sequence[Move], later: Sequence[DraftMove], now: datetime, by: str
) -> DraftOutcome:
    document, made, conflicts = draft.document, list[Move](), list[Conflict]()
    others = [move_from_json(each.move) for each in later]
    for wanted in moves:
        move = rebased(wanted, others)
        try:
            move = fitted(document, move)
        except PlaceChanged as changed:
            conflicts.append(_conflict(changed, move, later))
            continue
        document = apply(document, move)
        if move.patches:
            made.append(move)
    need_keepable(document)
    if not made:
        return DraftOutcome(draft, conflicts=tuple(conflicts))
    whole = Move(_sentence(made), tuple(patch for move in made for patch in move.patches))
    author = author_of(draft, by)
    number = draft.newest + 1
    draft = _with_author(draft, DraftAuthor(by, (*author.undo, number)))
    draft = _kept(tx, draft, whole, document, now, by)
    return DraftOutcome(draft, number, whole.sentence, tuple(conflicts))


def _turn_back(store: Store, draft_id: str, now: datetime, by: str, *, is_redo: bool) -> DraftOutcome:
    with store.transaction() as tx:
        draft = needed_draft(tx, draft_id)
        author = author_of(draft, by)
        stack = author.redo if is_redo else author.undo
        made = tx[DraftMove].get(move_id(draft_id, stack[-1])) if stack else None
        if made is None:
            raise NotPossible(f"You have nothing to {'redo' if is_redo else 'undo'}.")
        later = _moves_after(tx, draft, made.number)
        move = rebased(inverse(move_from_json(made.move)), [move_from_json(each.move) for each in later])
        try:
            move = fitted(draft.document, move)
        except PlaceChanged as changed:
            return DraftOutcome(draft, conflicts=(_conflict(changed, move, later),))
        number = draft.newest + 1
        if is_redo:
            author = replace(author, undo=(*author.undo, number), redo=stack[:-1])
        else:
            author = replace(author, undo=stack[:-1], redo=(*author.redo, number))
        document = apply(draft.document, move)
        draft = _kept(tx, _with_author(draft, author), move, document, now, by, undoes=made.number)
        return DraftOutcome(draft, number, move.sentence)


def _kept(
    tx: Transaction, draft: FormDraft, move: Move, document: Json, now: datetime, by: str, undoes: int = 0
) -> FormDraft:
    """Keep the move and the draft after it, and drop the oldest move where there are too many."""
    number = draft.newest + 1
    kept = DraftMove(move_id(draft.id, number), draft.id, number, by, now, move_to_json(move), undoes)
    tx[DraftMove].put(kept)
    oldest = max(draft.oldest, number - MOST_MOVES + 1)
    for gone in range(draft.oldest, oldest):
        tx[DraftMove].remove(move_id(draft.id, gone))
    draft = replace(
        draft,
        translated_from=noted(draft.translated_from, draft.document, document),
        document=document,
        newest=number,
        oldest=oldest,
        authors=tuple(
            replace(
                each,
                undo=tuple(one for one in each.undo if one >= oldest),
                redo=tuple(one for one in each.redo if one >= oldest),
            )
            for each in draft.authors
        ),
        contributors=tuple(dict.fromkeys((*draft.contributors, by))),
        review=None,  # what somebody was asked to agree to is no longer what stands there
    )
    tx[FormDraft].put(draft)
    return draft


def _with_author(draft: FormDraft, author: DraftAuthor) -> FormDraft:
    others = tuple(each for each in draft.authors if each.account_id != author.account_id)
    return replace(draft, authors=(*others, author))


def _moves_after(records: Records | Transaction, draft: FormDraft, number: int) -> list[DraftMove]:
    if not draft.oldest - 1 <= number <= draft.newest:
        raise NotPossible("This page is too old. Open the form again.")
    found = (records[DraftMove].get(move_id(draft.id, each)) for each in range(number + 1, draft.newest + 1))
    return [move for move in found if move is not None]


def _rewound(document: Json, later: Sequence[DraftMove]) -> Json:
    for each in reversed(later):
        document = apply(document, inverse(move_from_json(each.move)))
    return document


def _conflict(changed: PlaceChanged, move: Move, later: Sequence[DraftMove]) -> Conflict:
    wanted = next((p.after for p in move.patches if isinstance(p, Patch) and p.address == changed.address), ABSENT)
    touching = (
        each.author
        for each in reversed(later)
        for patch in move_from_json(each.move).patches
        if patch.address[: len(changed.address)] == changed.address[: len(patch.address)]
    )
    return Conflict(changed.address, changed.expected, changed.found, wanted, next(touching, ""), move.sentence)


def _sentence(moves: Sequence[Move]) -> str:
    said = list(dict.fromkeys(move.sentence for move in moves))
    more = len(said) - _SENTENCES
    return "; ".join([*said[:_SENTENCES], *([f"{more} more"] if more > 0 else [])])
