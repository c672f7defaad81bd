"""Opening, extending and closing rounds."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from service.audit import RoundChanged, remember
from service.collection.forms.publication import FormRefused, publish
from service.collection.models.errors import NotPossible
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.published_form import FormRef
from service.collection.models.response import Ledger, ledger_id
from service.collection.models.round import Expected, Round
from service.dates import day_at, in_words
from service.definitions import Form
from service.repository import Records, Store, Transaction, readable

_LONGEST_YEARS = 100


def open_round(
    store: Store,
    home: Home,
    forms: Sequence[Form],
    *,
    title: str,
    reason: str,
    closes_on: date,
    now: datetime,
    template: str = "",
    remind_after: Sequence[int] = (),
    expected: Sequence[Expected] = (),
    by: str = "",
) -> Round:
    """Begin to ask a home. The round keeps the forms as they are today; `by` is remembered as whose doing it was.

    Raises NotPossible for a date that has passed, no form, one form twice, a form that is not for such a home, or an
    unnamed form that another open round of the home asks.
    """
    opened = new_round(
        new_round_id(home, day_at(now)),
        home,
        forms,
        title=title,
        reason=reason,
        closes_on=closes_on,
        now=now,
        template=template,
        remind_after=remind_after,
        expected=expected,
    )
    make_known(store, forms)
    with store.transaction() as tx:
        check_none_open(tx, home, forms, now)
        keep_opened(tx, opened, now, by)
    return opened


def extend_round(store: Store, round_id: str, closes_on: date, now: datetime, *, by: str = "") -> Round:
    """Ask for longer: the links of everyone who was asked live as long as the round does.

    Raises NotPossible where there is no such round, where it has ended, or for a day that is no later.
    """
    with store.transaction() as tx:
        round_ = tx[Round].get(round_id)
        if round_ is None:
            raise NotPossible(f"No round is called {round_id}.")
        if not round_.is_open(day_at(now)):
            raise NotPossible("A round that has closed stays closed. Open a new one to ask again.")
        if closes_on == round_.closes_on:
            return round_
        if closes_on < round_.closes_on:
            raise NotPossible(
                f"The last day is {in_words(round_.closes_on)} already. To end it sooner, close the round."
            )
        _check_last_day(closes_on, now)
        longer = replace(round_, closes_on=closes_on, planned_until=max(closes_on, round_.embargoed_until))
        tx[Round].put(longer)
        for invitation in readable(tx[Invitation].find("round_id", round_id)).records:
            if invitation.revoked_at is None:
                tx[Invitation].put(replace(invitation, expires_on=closes_on))
        _remember(tx, longer, "extended", now, by)
        return longer


def keep_closed(tx: Transaction, round_id: str, now: datetime, by: str = "") -> Round:
    """End a round for good, as part of the transaction that keeps its figures; gives the closed round.

    Closing a closed round changes nothing. Raises NotPossible where there is no such round.
    """
    found = tx[Round].get(round_id)
    if found is None:
        raise NotPossible(f"No round is called {round_id}.")
    if found.closed_at is None:
        found = replace(found, closed_at=now)
        tx[Round].put(found)
        _remember(tx, found, "closed", now, by)
    return found


def open_still(tx: Transaction, round_id: str, now: datetime) -> Round:
    """The round as it is inside this transaction. Raises NotPossible where it has closed, or was taken back."""
    round_ = tx[Round].get(round_id)
    if round_ is None or not round_.is_open(day_at(now)):
        raise NotPossible("The round is closed.")
    return round_


def newest_first(records: Records) -> list[Round]:
    """All rounds, the newest first: whether anybody has answered does not move one."""
    return sorted(readable(records[Round].all()).records, key=lambda round_: round_.opened_at, reverse=True)


def new_round_id(home: Home, day: date) -> str:
    """An id that nobody else has, and from which one sees whom it asks and since when."""
    return f"{day:%Y%m%d}-{home.id[:20].strip('-')}-{secrets.token_hex(3)}"


def new_round(
    round_id: str,
    home: Home,
    forms: Sequence[Form],
    *,
    title: str,
    reason: str,
    closes_on: date,
    now: datetime,
    template: str = "",
    remind_after: Sequence[int] = (),
    expected: Sequence[Expected] = (),
) -> Round:
    """The round that opens at this moment, not kept yet. Raises NotPossible as `open_round` does."""
    _check_last_day(closes_on, now)
    check_forms(home, forms)
    return Round(
        id=round_id,
        home_id=home.id,
        title=title,
        reason=reason,
        forms=tuple(FormRef(form.id, form.version, form.fingerprint) for form in forms),
        opened_at=now,
        closes_on=closes_on,
        template=template,
        remind_after=tuple(sorted({days for days in remind_after if days > 0})),
        expected=tuple(some for some in expected if some.people > 0 and any(f.id == some.form_id for f in forms)),
    )


def check_forms(home: Home, forms: Sequence[Form]) -> None:
    """Raises NotPossible for no form, one form twice, or a form that is not for such a home."""
    if not forms:
        raise NotPossible("A round needs at least one form.")
    if len({form.id for form in forms}) < len(forms):
        raise NotPossible("A form is named twice.")
    for form in forms:
        if form.settings is not None and home.kind not in form.settings:
            raise NotPossible(f"{form.id} is not written for a home of the kind {home.kind}.")


def check_none_open(records: Records, home: Home, forms: Sequence[Form], now: datetime) -> None:
    """Raises NotPossible where an open round of the home asks one of these forms, and the form is unnamed.

    Of two rounds that are open together the figures of one child could be told apart from the others'.
    """
    unnamed = {form.id: form for form in forms if form.is_unnamed}
    if not unnamed:
        return  # nothing to look for: an old round that cannot be read hinders no named form
    for round_ in records[Round].find("home_id", home.id):
        if round_.is_open(day_at(now)):
            for form in (unnamed[ref.form_id] for ref in round_.forms if ref.form_id in unnamed):
                raise NotPossible(
                    f"“{round_.title}” is open at {home.name} and asks “{form.title}” until "
                    f"{in_words(round_.closes_on)}. To protect privacy, only one survey at a time may ask it."
                )


def make_known(store: Store, forms: Sequence[Form]) -> None:
    """Publish what of these forms has not been: a round points at published versions only.

    Raises NotPossible for a form that cannot be published as it is now.
    """
    try:
        publish(store, forms)
    except FormRefused as refusal:
        raise NotPossible(str(refusal)) from None


def keep_opened(tx: Transaction, opened: Round, now: datetime, by: str = "") -> None:
    """Keep a round that begins, with a ledger for each form, as part of a transaction that may hold more."""
    tx[Round].put(opened)
    for ref in opened.forms:
        tx[Ledger].put(Ledger(ledger_id(opened.id, ref.form_id), opened.id, ref.form_id))
    _remember(tx, opened, "opened", now, by)


def _check_last_day(closes_on: date, now: datetime) -> None:
    today = day_at(now)
    if closes_on < today:
        raise NotPossible(f"The last day, {in_words(closes_on)}, has already passed.")
    if closes_on.year - today.year > _LONGEST_YEARS:
        raise NotPossible(f"The last day, {in_words(closes_on)}, is too far away.")


def _remember(tx: Transaction, round_: Round, change: str, now: datetime, by: str) -> None:
    if by:
        remember(tx, RoundChanged(round_.id, change), by, now, round_.home_id)
