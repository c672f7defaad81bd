"""A response from its first answer to its receipt: begun, saved, submitted once, or withdrawn."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from service.answers.visibility import asked_only
from service.collection.alerts.raise_alerts import AlertTriggers, raise_alerts, source_of
from service.collection.models.alert import Alert
from service.collection.models.errors import NotPossible
from service.collection.models.hashing import Hasher
from service.collection.models.home import Child
from service.collection.models.invitation import Invitation, Passcode
from service.collection.models.published_form import FormRef, PublishedForm
from service.collection.models.response import Beginning, Channel, Ledger, Receipt, Response, Tombstone, ledger_id
from service.collection.models.round import Round
from service.collection.responses.anonymise import keep_answered_alone
from service.collection.rounds.open_close import open_still
from service.dates import day_at, start_of, week_of
from service.definitions import Form
from service.repository import Store, Transaction, read, readable

Outcome = Literal["submitted", "already_submitted", "conflict_kept", "not_kept", "deleted", "closed"]
MOST_COPIES = 5  # kept beside a response, with other answers under its id
MOST_DRAFTS = 5  # that one link has waiting: those with answers, and those begun within the hour
MOST_BEGUN = 20  # drafts of one link, those without answers included
_JUST_BEGUN = timedelta(hours=1)


class NoSuchResponse(Exception):
    """Nothing was ever begun under this id, or nothing is left of it."""


class TooManyDrafts(NotPossible):
    """With one link too much has been begun that is still waiting."""


def begin(
    store: Store,
    round_: Round,
    ref: FormRef,
    channel: Channel,
    language: str,
    now: datetime,
    invitation_id: str | None = None,
    child_id: str = "",
    begun_as: Beginning = "",
) -> Response:
    """A new draft with an id of the server's making, so that sending it twice cannot make two of it.

    `begun_as` is how it began on a tablet. `child_id` is whose picture was chosen; for an anonymous form nobody is
    asked for one, and none may be given.

    Beginning a named form takes back that one is not the right person. An unnamed form keeps it: that it was taken back
    would tell the manager who has begun. Raises NotPossible for a round that has closed, or was taken back, since it
    was looked at, and TooManyDrafts.
    """
    response = Response(
        id=secrets.token_hex(16),
        round_id=round_.id,
        form_id=ref.form_id,
        form_version=ref.version,
        fingerprint=ref.fingerprint,
        language=language,
        channel=channel,
        started_at=now,
        saved_at=now,
        invitation_id=invitation_id,
        child_id=child_id,
        begun_as=begun_as,
    )
    with store.transaction() as tx:
        open_still(tx, round_.id, now)
        invitation = tx[Invitation].get(invitation_id) if invitation_id else None
        if invitation is not None:
            _check_drafts(tx, invitation, now)
        tx[Response].put(response)
        _count(tx, response, started=1)
        if invitation is not None:
            begun = replace(invitation, opened_at=invitation.opened_at or now)
            published = tx[PublishedForm].get(ref.fingerprint)
            if published is not None and not published.is_unnamed:
                begun = replace(begun, declined_at=None, declined="")
            tx[Invitation].put(begun.with_draft(response.id))
    return response


def _check_drafts(tx: Transaction, invitation: Invitation, now: datetime) -> None:
    begun = [each for each in (*invitation.aside, invitation.response_id) if each]
    drafts = [draft for each in begun if (draft := read(tx[Response], each)) and draft.submitted_at is None]
    waiting = [draft for draft in drafts if draft.answers or now - draft.started_at < _JUST_BEGUN]
    if len(begun) >= MOST_BEGUN or len(waiting) >= MOST_DRAFTS:
        raise TooManyDrafts("This link has been opened on too many devices.")


def save_answers(
    store: Store,
    response_id: str,
    answers: Mapping[str, Any],
    language: str,
    now: datetime,
    triggers: AlertTriggers | None = None,
) -> Response | None:
    """Keep a draft's answers, hidden ones too: a condition may bring them back. What they raise is in the same commit.

    A child who chose another way to read finds it chosen when they next begin: the home remembers it for that child.
    None, and nothing changed, where the response has been submitted or withdrawn: a late save has nothing to add.
    """
    with store.transaction() as tx:
        response = tx[Response].get(response_id)
        if response is None or response.submitted_at is not None:
            return None
        child = tx[Child].get(response.child_id) if language != response.language else None
        if child is not None:  # never for an anonymous form, whose response has no child
            tx[Child].put(replace(child, language=language))
        response = replace(response, answers=dict(answers), language=language, saved_at=now)
        if triggers is not None:
            response = triggers.into(tx, response, now)
        tx[Response].put(response)
        return response


def submit(
    store: Store,
    response_id: str,
    form: Form,
    answers: Mapping[str, Any],
    meta: Mapping[str, Any],
    hasher: Hasher,
    now: datetime,
    triggers: AlertTriggers | None = None,
) -> Outcome:
    """Close the response, dropping answers to questions that ended up hidden. What they raise is in the same commit.

    The same content again changes nothing; other content under an id already submitted is kept beside it as a
    conflict copy and flagged. After the fifth a further one is not kept, but raises what it asks for all the same.
    Once the round is closed or the invitation revoked a draft stays one: its figures may have been worked out already.
    Raises NoSuchResponse for an id that was never begun.
    """
    answers = asked_only(form, answers, meta)
    content = _canonical(answers)
    with store.transaction() as tx:
        response = tx[Response].get(response_id)
        if response is not None and response.submitted_at is None:
            if not _may_be_sent(tx, response, now):
                return "closed"
            if triggers is not None:
                response = triggers.into(tx, response, now)
            _close(tx, response, form, answers, hasher, now)
            return "submitted"
        if tx[Tombstone].get(response_id) is not None:
            return "deleted"
        kept: Response | Receipt
        if response is not None:
            same = _canonical(response.answers) == content
            kept, copy = response, response
        else:
            receipt = _receipt(tx, response_id, hasher)
            same = receipt.content in hasher.any("content", content)
            kept, copy = receipt, _as_kept(tx, receipt, form, now)
        if same:
            if triggers is not None:  # what was said is said already, but a wish to talk may have come with it
                raise_alerts(tx, replace(copy, id=response_id), replace(triggers, rules=(), marked=()), now)
            return "already_submitted"
        if {*kept.copies} & {*hasher.any("content", content)}:
            return "conflict_kept"
        copy = replace(copy, id=secrets.token_hex(16), answers=answers, conflict=True, copies=())
        if len(kept.copies) >= MOST_COPIES:
            if triggers is not None:
                raise_alerts(tx, replace(copy, id=response_id), triggers, now)
            return "not_kept"
        tx[type(kept)].put(replace(kept, copies=(*kept.copies, hasher.new("content", content))))
        tx[Response].put(triggers.into(tx, copy, now, response_id) if triggers is not None else copy)
        _count(tx, copy, started=1)
        return "conflict_kept"


def raise_late(store: Store, response_id: str, form: Form, triggers: AlertTriggers, now: datetime) -> None:
    """Raise what was said after the response was submitted, which stays as it is.

    Raises NoSuchResponse where nothing was ever submitted under this id.
    """
    with store.transaction() as tx:
        response = tx[Response].get(response_id)
        if response is None:
            response = replace(_as_kept(tx, _receipt(tx, response_id, triggers.hasher), form, now), id=response_id)
        raise_alerts(tx, response, triggers, now)


def keep_whole(
    tx: Transaction, response: Response, form: Form, answers: dict[str, Any], hasher: Hasher, now: datetime
) -> None:
    """Begin and close in one: a response that arrives whole, as a paper copy does when it is typed in."""
    _count(tx, response, started=1)
    _close(tx, response, form, answers, hasher, now)


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
    with store.transaction() as tx:
        response = tx[Response].get(response_id)
        if response is None or response.submitted_at is not None:
            if tx[Tombstone].get(response_id) is not None:
                return
            raise NoSuchResponse(response_id)
        withdraw_draft(tx, response)


def withdraw_draft(tx: Transaction, draft: Response) -> None:
    """Delete a draft as part of a transaction that may hold more."""
    tx[Response].remove(draft.id)
    tx[Tombstone].put(Tombstone(draft.id))
    _count(tx, draft, withdrawn=1)
    invitation = tx[Invitation].get(draft.invitation_id) if draft.invitation_id else None
    if invitation is not None:
        tx[Invitation].put(invitation.without_draft(draft.id))


def _close(
    tx: Transaction, response: Response, form: Form, answers: dict[str, Any], hasher: Hasher, now: datetime
) -> None:
    invitation = tx[Invitation].get(response.invitation_id) if response.invitation_id else None
    draft_id = response.id
    if form.identity == "anonymous":
        # From here nothing joins the answers to the draft, its session, or the person who was asked.
        tx[Response].remove(response.id)
        tx[Receipt].put(
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
    tx[Response].put(response)
    if invitation is not None:
        tx[Passcode].remove(invitation.id)
        if form.identity == "anonymous":
            keep_answered_alone(tx, invitation, draft_id)
            for alert in readable(tx[Alert].find("source", source_of(invitation.id, hasher))).records:
                tx[Alert].put(replace(alert, source=""))
        elif not invitation.answered:
            tx[Invitation].put(replace(invitation, answered=True, response_id=response.id))


def _may_be_sent(tx: Transaction, draft: Response, now: datetime) -> bool:
    round_ = tx[Round].get(draft.round_id)
    invitation = tx[Invitation].get(draft.invitation_id) if draft.invitation_id else None
    revoked = invitation is not None and invitation.revoked_at is not None
    return round_ is not None and round_.is_open(day_at(now)) and not revoked


def _receipt(tx: Transaction, response_id: str, hasher: Hasher) -> Receipt:
    for receipt_id in hasher.any("receipt", response_id):
        receipt = tx[Receipt].get(receipt_id)
        if receipt is not None:
            return receipt
    raise NoSuchResponse(response_id)


def _as_kept(tx: Transaction, receipt: Receipt, form: Form, now: datetime) -> Response:
    """What a conflict copy of an anonymous response starts from: its round and form, nothing of the draft."""
    round_ = tx[Round].get(receipt.round_id)
    ref = round_.form_ref(form.id) if round_ else None
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


def _count(tx: Transaction, response: Response, *, started: int = 0, withdrawn: int = 0) -> None:
    key = ledger_id(response.round_id, response.form_id)
    ledger = tx[Ledger].get(key) or Ledger(key, response.round_id, response.form_id)
    tx[Ledger].put(replace(ledger, started=ledger.started + started, withdrawn=ledger.withdrawn + withdrawn))


def _canonical(answers: Mapping[str, Any]) -> str:
    return json.dumps(answers, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
