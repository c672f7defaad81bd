"""What happens to an alert once somebody knows: acknowledged, acted on, recorded, closed; or escalated by the clock."""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from service.accounts.account import Account
from service.accounts.roles import roles_at
from service.audit import JOBS, AlertMoved, ChildResolved, remember
from service.collection.alerts.answers import Whose, whose
from service.collection.alerts.raise_alerts import notify
from service.collection.models.alert import Alert, CloseReason, Disclosure, Escalating, State, Step, StepKind
from service.collection.models.errors import NotPossible
from service.collection.models.home import Home
from service.definitions import Role
from service.repository import Readable, Records, Store, Transaction, readable

Reason = Literal["to_help", "to_check", "asked", "duty"]  # why somebody looks up who it was
LONGEST_NOTE = 10_000  # characters
AGAIN_AFTER = {"urgent": timedelta(hours=1), "same_day": timedelta(hours=4), "next_working_day": timedelta(days=1)}


def may_see(account: Account, alert: Alert) -> bool:
    """Whether the alert has been told to one of the account's roles at its home; nobody else may know of it.

    Whoever is on the home's shift may not either, whatever else they are there, unless staff were told.
    """
    held = roles_at(account, alert.home_id)
    return bool(held & set(alert.roles)) and ("staff" not in held or "staff" in alert.roles)


def alerts_for(records: Records, account: Account) -> Readable[Alert]:
    """The alerts this account may see: open ones first, the most urgent and the oldest on top."""
    found = readable(records[Alert].all())
    seen = [alert for alert in found.records if may_see(account, alert)]
    waiting = [alert for alert in seen if alert.is_open]
    done = [alert for alert in seen if not alert.is_open]
    newest = sorted(done, key=lambda alert: alert.raised_at, reverse=True)
    return Readable((*most_pressing(waiting), *newest), found.unreadable)


def most_pressing(alerts: Iterable[Alert]) -> list[Alert]:
    """What nobody is on before the rest, the urgent before what can wait, the oldest first."""
    weight = {"urgent": 0, "same_day": 1, "next_working_day": 2}
    return sorted(
        alerts, key=lambda alert: (alert.acknowledged_at is not None, weight[alert.severity], alert.raised_at)
    )


def acknowledge(store: Store, alert_id: str, actor: str, now: datetime) -> Alert:
    """Say that one has taken it on: the clock of escalation stops. Doing so twice is no fault.

    Raises NotPossible for an alert that is closed, or that is not there.
    """
    with store.transaction() as tx:
        return taken_on(tx, _open(tx, alert_id), actor, now)


def taken_on(tx: Transaction, alert: Alert, actor: str, now: datetime) -> Alert:
    """The alert as acknowledged, as part of a transaction that may hold more."""
    if alert.acknowledged_at is not None:
        return alert
    return _put(tx, replace(alert, acknowledged_at=now), "acknowledged", actor, now)


def record(store: Store, alert_id: str, actor: str, note: Disclosure, now: datetime) -> Alert:
    """Keep what was learned and done, apart from the answers.

    Raises NotPossible for an empty or endless note, and for an alert that is closed or not there.
    """
    texts = (note.words, note.present, note.done, note.told)
    if not any(text.strip() for text in texts):
        raise NotPossible("Write down at least one thing: what was said, who was there, what was done or who was told.")
    if max(map(len, texts)) > LONGEST_NOTE:
        raise NotPossible(f"Each part may have at most {LONGEST_NOTE:,} characters.")
    with store.transaction() as tx:
        alert = _open(tx, alert_id)
        kept = replace(
            note, id=secrets.token_hex(16), alert_id=alert.id, home_id=alert.home_id, written_at=now, by=actor
        )
        tx[Disclosure].put(kept)
        return _put(tx, alert, "acted" if note.done.strip() else "recorded", actor, now)


def close(store: Store, alert_id: str, reason: CloseReason, actor: str, now: datetime) -> Alert:
    """End it with a reason.

    Raises NotPossible where it says that something was done and nothing was written down, and for an alert that is
    closed already or not there.
    """
    with store.transaction() as tx:
        alert = _open(tx, alert_id)
        if reason == "acted" and not tx[Disclosure].count("alert_id", alert.id):
            raise NotPossible("Write down what was done before you close it.")
        closed = replace(alert, acknowledged_at=alert.acknowledged_at or now, closed_at=now, closed_as=reason)
        return _put(tx, closed, "closed", actor, now, why=reason)


def reopen(store: Store, alert_id: str, actor: str, now: datetime) -> Alert:
    """Take back a closing. Raises NotPossible for an alert that is not there."""
    with store.transaction() as tx:
        alert = tx[Alert].get(alert_id)
        if alert is None:
            raise NotPossible("There is no such alert.")
        if alert.is_open:
            return alert
        return _put(tx, replace(alert, closed_at=None, closed_as=None), "reopened", actor, now)


def resolve(store: Store, alert_id: str, reason: Reason, actor: str, now: datetime) -> Whose:
    """Say who gave the answers, for this reason, and keep in the same commit that it was looked up.

    It is empty where nobody can be found: no picture was chosen, or the answers have been deleted. Raises NotPossible
    for an alert that is not there.
    """
    with store.transaction() as tx:
        alert = tx[Alert].get(alert_id)
        if alert is None:
            raise NotPossible("There is no such alert.")
        remember(tx, ChildResolved(alert.id, reason), actor, now, alert.home_id)
        return whose(tx, _put(tx, alert, "resolved", actor, now, why=reason))


def due_to_escalate(records: Records, now: datetime) -> Readable[Alert]:
    """The alerts that nobody has acknowledged in time."""
    found = readable(records[Alert].find("state", "new"))
    return Readable(tuple(alert for alert in found.records if _next(alert).at <= now), found.unreadable)


def escalate(store: Store, alert_id: str, base_url: str, now: datetime) -> Alert | None:
    """Tell whoever comes next; when all have been told, tell them all again. None where it is no longer due."""
    with store.transaction() as tx:
        alert = tx[Alert].get(alert_id)
        if alert is None or not alert.is_open or alert.acknowledged_at is not None or _next(alert).at > now:
            return None
        home = tx[Home].get(alert.home_id)
        if home is None:
            return None
        step = _next(alert)
        alert = replace(alert, escalations=alert.escalations[1:])
        alert = _put(tx, alert, "escalated", JOBS, now, step.roles)
        return notify(tx, alert, step.roles, home, base_url, now, again=True)


def _next(alert: Alert) -> Escalating:
    """Whom it goes to next and when; after the last, everyone who was told, again and again until somebody answers."""
    if alert.escalations:
        return alert.escalations[0]
    told = max(step.at for step in alert.steps if step.kind in ("raised", "told", "escalated", "nobody_to_tell"))
    return Escalating(told + AGAIN_AFTER[alert.severity], alert.roles)


def _open(tx: Transaction, alert_id: str) -> Alert:
    alert = tx[Alert].get(alert_id)
    if alert is None:
        raise NotPossible("There is no such alert.")
    if not alert.is_open:
        raise NotPossible("This has been closed. Open it again first.")
    return alert


def _put(
    tx: Transaction,
    alert: Alert,
    step: StepKind,
    actor: str,
    now: datetime,
    roles: tuple[Role, ...] = (),
    why: str = "",
) -> Alert:
    state: State = "closed" if not alert.is_open else "taken" if alert.acknowledged_at else "new"
    alert = replace(alert, steps=(*alert.steps, Step(now, step, actor, roles, why)), state=state)
    tx[Alert].put(alert)
    remember(tx, AlertMoved(alert.id, step), actor, now, alert.home_id)
    return alert
