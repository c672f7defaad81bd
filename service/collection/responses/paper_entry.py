"""Answers that came on paper, typed in by an account: kept whole in one commit, taken back while it was a mistake."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service.accounts.account import Account
from service.accounts.roles import may, roles_at
from service.answers.visibility import asked_only
from service.audit import Entry, KeyedIn, remember
from service.collection.alerts.raise_alerts import AlertTriggers
from service.collection.models.errors import NotPossible
from service.collection.models.hashing import Hasher
from service.collection.models.invitation import Invitation
from service.collection.models.published_form import FormRef
from service.collection.models.response import Receipt, Response, Tombstone
from service.collection.models.round import Round
from service.collection.responses.submission import keep_whole, withdraw_draft
from service.dates import day_at
from service.definitions import Form, Role
from service.repository import Records, Store, readable

# Who may key in any form: neither is judged by what is said, and both are trusted with it anyway.
ANY_FORM: frozenset[Role] = frozenset({"safeguarding_lead", "independent_person"})
CLOSED = "The round is closed: its paper forms can be printed and keyed in no more."


@dataclass(frozen=True)
class Copy:
    """What was typed in from one paper form. `id` is of the page's making: sent twice, it is kept once.

    `invitation_id` is whose copy it is where the form is named, `child_id` whose it is where somebody chose to say.
    """

    id: str
    answers: Mapping[str, Any]
    language: str
    child_id: str = ""
    invitation_id: str | None = None


def new_copy_id() -> str:
    """An id for a copy that is about to be typed in."""
    return secrets.token_hex(16)


def may_key_in(account: Account, home_id: str, form: Form) -> bool:
    """Whether this account may read paper copies of the form, which keying them in means.

    Only one of the form's readers may, or who may key in any: on paper as on the screen nobody else reads single
    answers.
    """
    held = roles_at(account, home_id)
    return may(account, "key_in", home_id) and bool(held & (ANY_FORM | set(form.readers)))


def key_in(
    store: Store,
    round_: Round,
    ref: FormRef,
    form: Form,
    copy: Copy,
    meta: Mapping[str, Any],
    hasher: Hasher,
    triggers: AlertTriggers,
    by: Account,
    now: datetime,
) -> None:
    """Keep a copy as it was submitted, with what it raises and that it was keyed, in one commit.

    Of an anonymous form the response does not say by whom, nor finer than the week when: who keyed and at what time
    would join it to the pile that lay on that desk, and so to whoever handed one in. The audit says that this account
    keyed a copy of this form, and nothing of which. Raises NotPossible for a round that is closed.
    """
    answers = asked_only(form, copy.answers, meta)
    anonymous = form.identity == "anonymous"
    response = Response(
        id=copy.id,
        round_id=round_.id,
        form_id=ref.form_id,
        form_version=ref.version,
        fingerprint=ref.fingerprint,
        language=copy.language,
        channel="paper",
        started_at=now,
        saved_at=now,
        answers=answers,
        invitation_id=copy.invitation_id if form.identity == "named" else None,
        child_id=copy.child_id if form.identity == "pseudonymous" and form.audience == "child" else "",
        keyed_by="" if anonymous else by.id,
    )
    with store.transaction() as tx:
        kept = tx[Round].get(round_.id)
        if kept is None or not kept.is_open(day_at(now)):
            raise NotPossible(CLOSED)
        known = tx[Response].get(copy.id) or tx[Tombstone].get(copy.id)
        if known or any(tx[Receipt].get(receipt) for receipt in hasher.any("receipt", copy.id)):
            return
        keep_whole(tx, triggers.into(tx, response, now), form, answers, hasher, now)
        remember(tx, KeyedIn(round_.id, ref.form_id), by.id, now, round_.home_id)


def mine_since(records: Records, round_: Round, form_id: str, by: Account, since: datetime) -> list[Response]:
    """The copies of a form that this account has keyed in since then, the newest first; none of an anonymous form."""
    mine = [
        each
        for each in readable(records[Response].find("round_id", round_.id)).records
        if each.form_id == form_id
        and each.channel == "paper"
        and each.keyed_by == by.id
        and each.submitted_at is not None
        and each.submitted_at >= since
    ]
    return mine[::-1]


def keyed_today(records: Records, by: Account, now: datetime) -> int:
    """How many copies this account has keyed in today, without those it took back."""
    entries = [each for each in readable(records[Entry].find("actor", by.id)).records if each.kind == "keyed_in"]
    today = [each for each in entries if day_at(each.at) == day_at(now)]
    return sum(-1 if each.facts.get("taken_back") else 1 for each in today)


def take_back(store: Store, round_: Round, response_id: str, by: Account, since: datetime, now: datetime) -> None:
    """Delete a copy that was keyed by mistake; an alert that it raised stays, for somebody was told of it.

    Raises NotPossible for what this account has not keyed since then, and once the round is closed.
    """
    with store.transaction() as tx:
        kept = tx[Round].get(round_.id)
        if kept is None or not kept.is_open(day_at(now)):
            raise NotPossible(CLOSED)
        if tx[Tombstone].get(response_id) is not None:
            return
        response = tx[Response].get(response_id)
        if response is None or response not in mine_since(tx, round_, response.form_id, by, since):
            raise NotPossible("Only what you keyed in since you signed in can be taken back here.")
        withdraw_draft(tx, response)
        invitation = tx[Invitation].get(response.invitation_id) if response.invitation_id else None
        if invitation is not None and not response.conflict:  # else they had answered by link before
            tx[Invitation].put(replace(invitation, answered=False))
        remember(tx, KeyedIn(round_.id, response.form_id, taken_back=True), by.id, now, round_.home_id)
