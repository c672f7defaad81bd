"""Opening, extending and closing rounds."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from service.calendar import day_at
from service.collection.home import Home
from service.collection.published import FormRef
from service.collection.repository import Records, Store
from service.collection.response import Ledger, ledger_id
from service.collection.round import Round
from service.definitions import Form


class NotPossible(Exception):
    """What was asked for cannot be done; the message says why, to whoever asked."""


def open_round(
    store: Store,
    home: Home,
    forms: Sequence[Form],
    *,
    title: str,
    reason: str,
    closes_on: date,
    now: datetime,
) -> Round:
    """Begin to ask a home. The round keeps the forms as they are today.

    Raises NotPossible for a date that has passed, no form, one form twice, or a form that is not for such a home.
    """
    if closes_on < day_at(now):
        raise NotPossible(f"The last day, {closes_on}, has already passed.")
    if not forms:
        raise NotPossible("A round needs at least one form.")
    if len({form.id for form in forms}) < len(forms):
        raise NotPossible("A form is named twice.")
    for form in forms:
        if form.settings is not None and home.kind not in form.settings:
            raise NotPossible(f"{form.id} is not written for a home of the kind {home.kind}.")
    opened = Round(
        id=f"{day_at(now):%Y%m%d}-{home.id[:20].strip('-')}-{secrets.token_hex(3)}",
        home_id=home.id,
        title=title,
        reason=reason,
        forms=tuple(FormRef(form.id, form.version, form.fingerprint) for form in forms),
        opened_at=now,
        closes_on=closes_on,
    )
    with store.transaction() as books:
        books.rounds.put(opened)
        for form in forms:
            books.ledgers.put(Ledger(ledger_id(opened.id, form.id), opened.id, form.id))
    return opened


def close_round(store: Store, round_id: str, now: datetime) -> Round:
    """End a round for good; closing one that is closed changes nothing. Raises NotPossible where there is none."""
    with store.transaction() as books:
        found = books.rounds.get(round_id)
        if found is None:
            raise NotPossible(f"No round is called {round_id}.")
        if found.closed_at is None:
            found = replace(found, closed_at=now)
            books.rounds.put(found)
        return found


def newest_first(records: Records) -> list[Round]:
    """All rounds: those with responses before those without, each the newest first."""
    answered = {asked.id for asked in records.rounds.all() if records.responses.count("round_id", asked.id)}
    return sorted(records.rounds.all(), key=lambda asked: (asked.id in answered, asked.opened_at), reverse=True)
