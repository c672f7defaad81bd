"""A response from its first answer to its receipt: begun, saved, submitted once, or withdrawn."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from service.answers.visibility import asked_only
from service.collection.alerts.raise_alerts import Raising, raise_for
from service.collection.models.hashing import Hasher
from service.collection.models.home import Child
from service.collection.models.invitation import Invitation, Passcode
from service.collection.models.published_form import FormRef
from service.collection.models.response import Channel, Ledger, Receipt, Response, Tombstone, ledger_id
from service.collection.models.round import Round
from service.collection.responses.anonymise import keep_answered_alone
from service.collection.rounds.open_close import open_still
from service.dates import day_at, start_of, week_of
from service.definitions import Form
from service.repository import Store, Transaction

Outcome = Literal["submitted", "already_submitted", "conflict_kept", "deleted", "closed"]


class NoSuchResponse(Exception):
    """Nothing was ever begun under this id, or nothing is left of it."""


def begin(
    store: Store,
    asked: Round,
    ref: FormRef,
    channel: Channel,
    language: str,
    now: datetime,
    invitation_id: str | None = None,
    child_id: str = "",
) -> Response:
    """A new draft with an id of the server's making, so that sending it twice cannot make two of it.

    `child_id` is whose picture was chosen; for an anonymous form nobody is asked for one, and none may be given.

    Whoever begins after saying that they are not the right person takes that back. Raises NotPossible for a round
    that has closed, or was taken back, since it was looked at.
    """
    response = Response(
        id=secrets.token_hex(16),
        round_id=asked.id,
        form_id=ref.form_id,
        form_version=ref.version,
        fingerprint=ref.fingerprint,
        language=language,
        channel=channel,
        started_at=now,
        saved_at=now,
        invitation_id=invitation_id,
        child_id=child_id,
    )
    with store.transaction() as books:
        open_still(books, asked.id, now)
        books[Response].put(response)
        _count(books, response, started=1)
        invitation = books[Invitation].get(invitation_id) if invitation_id else None
        if invitation is not None:
            begun = replace(invitation, opened_at=invitation.opened_at or now, declined_at=None, declined="")
            books[Invitation].put(begun.with_draft(response.id))
    return response


def save_answers(
    store: Store,
    response_id: str,
    answers: Mapping[str, Any],
    language: str,
    now: datetime,
    raising: Raising | None = None,
) -> Response | None:
    """Keep a draft's answers, hidden ones too: a condition may bring them back. What they raise is in the same commit.

    A child who chose another way to read finds it chosen when they next begin: the home remembers it for that child.
    None, and nothing changed, where the response has been submitted or withdrawn: a late save has nothing to add.
    """
    with store.transaction() as books:
        response = books[Response].get(response_id)
        if response is None or response.submitted_at is not None:
            return None
        child = books[Child].get(response.child_id) if language != response.language else None
        if child is not None:  # never for an anonymous form, whose response has no child
            books[Child].put(replace(child, language=language))
        response = replace(response, answers=dict(answers), language=language, saved_at=now)
        if raising is not None:
            response = raising.into(books, response, now)
        books[Response].put(response)
        return response


def submit(
    store: Store,
    response_id: str,
    form: Form,
    answers: Mapping[str, Any],
    meta: Mapping[str, Any],
    hasher: Hasher,
    now: datetime,
    raising: Raising | None = None,
) -> Outcome:
    """Close the response, dropping answers to questions that ended up hidden. What they raise is in the same commit.

    The same content again changes nothing; other content under an id already submitted is kept beside it as a
    conflict copy and flagged. Once the round is closed or the invitation revoked a draft stays one: its figures may
    have been worked out already. Raises NoSuchResponse for an id that was never begun.
    """
    answers = asked_only(form, answers, meta)
    content = _canonical(answers)
    with store.transaction() as books:
        response = books[Response].get(response_id)
        if response is not None and response.submitted_at is None:
            if not _may_be_sent(books, response, now):
                return "closed"
            if raising is not None:
                response = raising.into(books, response, now)
            _close(books, response, form, answers, hasher, now)
            return "submitted"
        if books[Tombstone].get(response_id) is not None:
            return "deleted"
        if response is not None:
            same = _canonical(response.answers) == content
            copy = response
        else:
            receipt = _receipt(books, response_id, hasher)
            same = receipt.content in hasher.any("content", content)
            copy = _as_kept(books, receipt, form, now)
        if same:
            if raising is not None:  # what was said is said already, but a wish to talk may have come with it
                raise_for(books, replace(copy, id=response_id), replace(raising, rules=(), marked=()), now)
            return "already_submitted"
        copy = replace(copy, id=secrets.token_hex(16), answers=answers, conflict=True)
        if not any(
            kept.conflict and _canonical(kept.answers) == content
            for kept in books[Response].find("round_id", copy.round_id)
            if kept.form_id == copy.form_id
        ):
            books[Response].put(raising.into(books, copy, now) if raising is not None else copy)
            _count(books, copy, started=1)
        return "conflict_kept"


def raise_late(store: Store, response_id: str, form: Form, raising: Raising, now: datetime) -> None:
    """Raise what was said after the response was submitted, which stays as it is.

    Raises NoSuchResponse where nothing was ever submitted under this id.
    """
    with store.transaction() as books:
        response = books[Response].get(response_id)
        if response is None:
            response = replace(_as_kept(books, _receipt(books, response_id, raising.hasher), form, now), id=response_id)
        raise_for(books, response, raising, now)


def keep_whole(
    books: Transaction, response: Response, form: Form, answers: dict[str, Any], hasher: Hasher, now: datetime
) -> None:
    """Begin and close in one: a response that arrives whole, as a paper copy does when it is typed in."""
    _count(books, response, started=1)
    _close(books, response, form, answers, hasher, now)


def was_submitted(store: Store, response_id: str, hasher: Hasher) -> bool:
    """Whether a response begun under this id has been submitted, an anonymous one included."""
    response = store[Response].get(response_id)
    if response is not None:
        return response.submitted_at is not None
    return any(store[Receipt].get(receipt_id) for receipt_id in hasher.any("receipt", response_id))


def withdraw(store: Store, response_id: str) -> None:
    """Delete a draft at its owner's wish. Only the id remains, so that a late save cannot bring it back.

    Raises NoSuchResponse where there is no draft of this id: what was submitted is not withdrawn here.
    """
    with store.transaction() as books:
        response = books[Response].get(response_id)
        if response is None or response.submitted_at is not None:
            if books[Tombstone].get(response_id) is not None:
                return
            raise NoSuchResponse(response_id)
        withdraw_draft(books, response)


def withdraw_draft(books: Transaction, draft: Response) -> None:
    """Delete a draft as part of a transaction that may hold more."""
    books[Response].remove(draft.id)
    books[Tombstone].put(Tombstone(draft.id))
    _count(books, draft, withdrawn=1)
    invitation = books[Invitation].get(draft.invitation_id) if draft.invitation_id else None
    if invitation is not None:
        books[Invitation].put(invitation.without_draft(draft.id))


def _close(
    books: Transaction, response: Response, form: Form, answers: dict[str, Any], hasher: Hasher, now: datetime
) -> None:
    invitation = books[Invitation].get(response.invitation_id) if response.invitation_id else None
    draft_id = response.id
    if form.identity == "anonymous":
        # From here nothing joins the answers to the draft, its session, or the person who was asked.
        books[Response].remove(response.id)
        books[Receipt].put(
            Receipt(
                id=hasher.new("receipt", response.id),
                round_id=response.round_id,
                content=hasher.new("content", _canonical(answers)),
                expires_on=day_at(now) + timedelta(days=form.retention.drafts_days),
            )
        )
        week = start_of(week_of(now))
        response = replace(
            response,
            id=secrets.token_hex(16),
            language=form.base_language,
            started_at=week,
            saved_at=week,
            submitted_at=week,
            answers=answers,
            invitation_id=None,
            child_id="",
        )
    else:
        response = replace(response, answers=answers, saved_at=now, submitted_at=now)
    if invitation is not None and invitation.answered:  # sent from another browser before: kept beside it and flagged
        response = replace(response, conflict=True)
    books[Response].put(response)
    if invitation is not None:
        books[Passcode].remove(invitation.id)
        if form.identity == "anonymous":
            keep_answered_alone(books, invitation, draft_id)
        elif not invitation.answered:
            books[Invitation].put(replace(invitation, answered=True, response_id=response.id))


def _may_be_sent(books: Transaction, draft: Response, now: datetime) -> bool:
    asked = books[Round].get(draft.round_id)
    invitation = books[Invitation].get(draft.invitation_id) if draft.invitation_id else None
    revoked = invitation is not None and invitation.revoked_at is not None
    return asked is not None and asked.is_open(day_at(now)) and not revoked


def _receipt(books: Transaction, response_id: str, hasher: Hasher) -> Receipt:
    for receipt_id in hasher.any("receipt", response_id):
        receipt = books[Receipt].get(receipt_id)
        if receipt is not None:
            return receipt
    raise NoSuchResponse(response_id)


def _as_kept(books: Transaction, receipt: Receipt, form: Form, now: datetime) -> Response:
    """What a conflict copy of an anonymous response starts from: its round and form, nothing of the draft."""
    asked = books[Round].get(receipt.round_id)
    ref = asked.form_ref(form.id) if asked else None
    if ref is None:
        raise NoSuchResponse(receipt.id)
    week = start_of(week_of(now))
    return Response(
        id="",
        round_id=receipt.round_id,
        form_id=ref.form_id,
        form_version=ref.version,
        fingerprint=ref.fingerprint,
        language=form.base_language,
        channel="link",
        started_at=week,
        saved_at=week,
        submitted_at=week,
    )


def _count(books: Transaction, response: Response, *, started: int = 0, withdrawn: int = 0) -> None:
    key = ledger_id(response.round_id, response.form_id)
    ledger = books[Ledger].get(key) or Ledger(key, response.round_id, response.form_id)
    books[Ledger].put(replace(ledger, started=ledger.started + started, withdrawn=ledger.withdrawn + withdrawn))


def _canonical(answers: Mapping[str, Any]) -> str:
    return json.dumps(answers, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
