"""What is let go with the answers, or because it has run out: who was asked, letters, links, sessions, old events."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from service.accounts.account import AccountLink, AccountSession
from service.accounts.throttling import forget_attempts
from service.audit import Entry
from service.collection.follow_up.due import ended_on
from service.collection.models.home import Child
from service.collection.models.invitation import Invitation, Link, Passcode
from service.collection.models.response import Receipt
from service.collection.models.round import Round
from service.collection.people.child_names import delete_name
from service.dates import day_at
from service.definitions import Form
from service.jobs.context import UnreadRecords
from service.mail.email import Email
from service.repository import Store, Transaction, read, readable

AUDIT_KEPT = timedelta(days=7 * 365 + 2)  # seven years: as long as somebody may ask who did what
LETTERS_KEPT = timedelta(days=30)  # after their round has ended; those of no round, after they have left

Forms = Callable[[str], Form]


def forget_invitations(store: Store, forms: Forms, now: datetime, lost: UnreadRecords) -> int:
    """Remove who was asked, with every link, code and letter, once nothing of theirs may be kept any longer."""
    over = [round_.id for round_ in lost.of(readable(store[Round].all())) if _is_forgotten(round_, forms, now)]
    found = [readable(store[Invitation].find("round_id", round_id)) for round_id in over]
    # who it was is not needed to delete them: the round says that their time is over
    old = [invitation_id for each in found for invitation_id in (*(one.id for one in each.records), *each.unreadable)]
    if old:
        with store.transaction() as tx:
            for invitation_id in old:
                tx[Invitation].remove(invitation_id)
                tx[Passcode].remove(invitation_id)
                letters = readable(tx[Email].find("invitation_id", invitation_id))
                for letter_id in (*(letter.id for letter in letters.records), *letters.unreadable):
                    tx[Email].remove(letter_id)
            for round_id in over:  # by round: a link of somebody who answered anonymously leads to no invitation
                for link in readable(tx[Link].find("round_id", round_id)).records:
                    tx[Link].remove(link.id)
    return len(old)


def forget_receipts(store: Store, now: datetime, lost: UnreadRecords) -> int:
    """Remove the receipts for whose draft nobody can ask any more."""
    return _forget(store, Receipt, lambda receipt: receipt.expires_on < day_at(now), lost)


def forget_letters(store: Store, now: datetime, lost: UnreadRecords) -> int:
    """While a round goes on its letters say whom they reached, and afterwards for a while where they did not."""
    rounds = readable(store[Round].all())
    ended = {round_.id: ended_on(round_) for round_ in lost.of(rounds)} | dict.fromkeys(rounds.unreadable, date.max)
    before = day_at(now - LETTERS_KEPT)
    return _forget(
        store, Email, lambda one: ended.get(one.round_id, day_at(one.left_at or one.created_at)) < before, lost
    )


def forget_children(store: Store, forms: Forms, now: datetime, lost: UnreadRecords) -> int:
    """Remove children who have left, with their names, once every round that could have asked them is forgotten."""
    rounds = readable(store[Round].all())
    if rounds.unreadable:
        lost.of(rounds)
        return 0
    kept = [round_ for round_ in rounds.records if not _is_forgotten(round_, forms, now)]
    since = {round_.home_id: day_at(round_.opened_at) for round_ in sorted(kept, key=lambda one: one.opened_at)[::-1]}

    def is_past(child: Child) -> bool:
        return child.left_on is not None and child.left_on < since.get(child.home_id, day_at(now))

    return _forget(store, Child, is_past, lost, delete_name)


def forget_entries(store: Store, now: datetime, lost: UnreadRecords) -> int:
    """Remove what was remembered of who did what, after seven years."""
    return _forget(store, Entry, lambda entry: entry.at < now - AUDIT_KEPT, lost)


def forget_ended(store: Store, now: datetime, lost: UnreadRecords) -> int:
    """Sessions, links and codes that open nothing any more, and failures that nobody waits for."""
    today = day_at(now)
    return (
        _forget(store, AccountSession, lambda session: session.ends_at <= now, lost)
        + _forget(store, AccountLink, lambda link: link.expires_at <= now, lost)
        # a code that has run out still counts for how many may be sent on its day
        + _forget(store, Passcode, lambda code: code.expires_at <= now and day_at(code.made_at) != today, lost)
        + forget_attempts(store, now)
    )


def _is_forgotten(round_: Round, forms: Forms, now: datetime) -> bool:
    return ended_on(round_) + timedelta(days=_longest(round_, forms)) < day_at(now)


def _longest(round_: Round, forms: Forms) -> int:
    return max(forms(ref.fingerprint).retention.responses_days for ref in round_.forms)


def _forget(
    store: Store,
    kind: type[Any],
    is_past: Callable[[Any], bool | None],
    lost: UnreadRecords,
    also: Callable[[Transaction, str], object] = lambda tx, record_id: None,
) -> int:
    """Remove the records of a class that are past their time, and still are when nobody can change them.

    `also` deletes in the same commit what goes with a record.
    """
    old = [record.id for record in lost.of(readable(store[kind].all())) if is_past(record)]
    if not old:
        return 0
    with store.transaction() as tx:
        kept = tx[kind]
        past = [record.id for record_id in old if (record := read(kept, record_id)) and is_past(record)]
        for record_id in past:
            kept.remove(record_id)
            also(tx, record_id)
    return len(past)
