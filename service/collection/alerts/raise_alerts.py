"""Raising alerts in the commit of the answer that asks for them, and telling whoever must know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import count

from service.accounts.account import Account
from service.accounts.roles import roles_at
from service.audit import AlertMoved, remember
from service.collection.alerts.emails import alert_letter, more_alerts_letter
from service.collection.models.alert import Alert, AlertKind, Escalating, Step
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.dates import HOME_TIME, day_at, next_working_day
from service.definitions import AlertRule, Form, Role
from service.definitions.form import Severity
from service.mail.email import Email, new_email
from service.repository import Readable, RecordsUnreadable, Transaction, readable

# When nobody has acknowledged by then it goes to the responsible individual, where the form does not say otherwise.
USUAL_WAIT: dict[Severity, timedelta] = {
    "urgent": timedelta(hours=1),
    "same_day": timedelta(hours=4),
    "next_working_day": timedelta(hours=24),
}
END_OF_DAY, END_OF_OFFICE = time(21), time(17)
TOGETHER = timedelta(minutes=15)  # later alerts of one link share an email for so long


@dataclass(frozen=True)
class AlertTriggers:
    """What an answer asks for beside being kept: the rules it met, the questions whose words worry.

    `talk_to` is with whom the respondent asked to talk, None where they did not ask; `asker` who they said they are.
    `before` names what is said as it was before: the rules that were met, the questions with the same words.
    """

    form: Form
    rules: Sequence[AlertRule]
    marked: tuple[str, ...]
    hasher: Hasher
    base_url: str
    talk_to: str | None = None
    asker: str = ""
    before: frozenset[tuple[AlertKind, str]] = frozenset()

    def into(self, tx: Transaction, response: Response, now: datetime, under: str = "") -> Response:
        """Raise what was asked for in the commit that keeps the answer; gives the response, marked for reading."""
        raise_alerts(tx, response, self, now, under)
        return replace(response, marked=self.marked)


def raise_alerts(
    tx: Transaction, response: Response, triggers: AlertTriggers, now: datetime, under: str = ""
) -> list[Alert]:
    """Raise what this answer asks for, each once for a response however often it is saved; gives what is new.

    What was closed is raised anew where it is said anew: after a mistake was cleared up a child may be in danger, and
    whoever asks to talk a second time waits for somebody. What a person is on already is opened once more instead. A
    copy's alerts are raised `under` the id of the response that it was sent for, so that fifty copies raise one. An
    alert about an anonymous form does not say which response it was.
    """
    if not triggers.rules and not triggers.marked and triggers.talk_to is None:
        return []
    round_ = tx[Round].get(response.round_id)
    home = tx[Home].get(round_.home_id) if round_ else None
    if home is None:
        return []
    asked_for = _asked_for(response, triggers, home, now, under or response.id)
    wanted = [_anew(tx, alert, triggers, now) for alert in asked_for]
    return [notify(tx, alert, alert.roles, home, triggers.base_url, now) for alert in wanted if alert is not None]


def _anew(tx: Transaction, alert: Alert, triggers: AlertTriggers, now: datetime) -> Alert | None:
    """The alert to be raised or opened once more; None where it waits already, or nothing was said since."""
    first = alert.id
    for number in count(2):
        try:
            known = tx[Alert].get(alert.id)
        except RecordsUnreadable:  # no one here can open it, so that it is raised anew
            alert = replace(alert, id=triggers.hasher.new("alert", f"{first}\n{number}")[:32])
            continue
        if known is None:
            return alert
        if known.is_open:
            if alert.kind == "talk" and (alert.whom, alert.asker) != (known.whom, known.asker):
                known = replace(known, whom=alert.whom or known.whom, asker=alert.asker or known.asker)
                tx[Alert].put(known)
            if known.acknowledged_at is None or (alert.kind, alert.rule) in triggers.before:
                return None
            return _said_again(known, alert, now)
        if (alert.kind, alert.rule) in triggers.before:
            return None
        alert = replace(alert, id=triggers.hasher.new("alert", f"{first}\n{number}")[:32])
    return None


def _said_again(known: Alert, alert: Alert, now: datetime) -> Alert:
    """An alert that a person is on, as new once more: its clock runs from now, and it is about the newest answers."""
    return replace(
        known,
        acknowledged_at=None,
        state="new",
        due_at=alert.due_at,
        response_id=alert.response_id,
        steps=(*known.steps, Step(now, "said_again")),
        escalations=alert.escalations,
    )


def notify(
    tx: Transaction,
    alert: Alert,
    roles: Sequence[Role],
    home: Home,
    base_url: str,
    now: datetime,
    *,
    again: bool = False,
) -> Alert:
    """Write to everyone who has one of these roles at the home; where nobody has, to whoever comes next, at once.

    Whoever is on the home's shift (`staff`) is passed over unless the form names staff. Where there is nobody at all
    administrators are told: they can see that something waits, and give somebody the role. An account that cannot be
    read keeps no one else from being told; that there was one is a step of its own.
    """
    repeated = not again and alert.steps[-1].kind == "said_again"
    known = 0 if alert.steps[-1].kind == "raised" else len(alert.steps) - repeated
    accounts = readable(tx[Account].all())
    told = _holders(accounts, roles, home)
    at_once = list(alert.escalations)
    steps = [*alert.steps]
    reached = tuple(roles)
    while not told and at_once:
        steps.append(Step(now, "nobody_to_tell", "", reached))
        reached = at_once.pop(0).roles
        told = _holders(accounts, reached, home)
    if not told and "administrator" not in reached:
        steps.append(Step(now, "nobody_to_tell", "", reached))
        reached = ("administrator",)
        told = _holders(accounts, reached, home)
    written = _written_lately(tx, alert, now) if not again and not repeated else []
    for account in told:
        mine = [email for email in written if email.account_id == account.id]
        if any(email.state == "waiting" and email.next_try_at > now for email in mine):
            continue  # it says that there are more
        if mine:
            moment = min(email.created_at for email in mine) + TOGETHER
            letter = more_alerts_letter(home, account, f"{base_url}/alerts", urgent=alert.severity == "urgent")
        else:
            moment = None
            address = f"{base_url}/alerts/{alert.id}"
            letter = alert_letter(alert, home, account, address, again=again, repeated=repeated)
        tx[Email].put(
            new_email(
                "alert",
                account.email,
                letter,
                now,
                round_id=alert.round_id,
                account_id=account.id,
                alert_id=alert.id,
                not_before=moment,
                rather_twice=True,
            )
        )
    steps.append(Step(now, "told" if told else "nobody_to_tell", "", reached))
    if accounts.unreadable and not any(step.kind == "accounts_unreadable" for step in steps):
        steps.append(Step(now, "accounts_unreadable"))
    for step in steps[known:]:
        remember(tx, AlertMoved(alert.id, step.kind), step.actor, now, home.id)
    alert = replace(
        alert,
        steps=tuple(steps),
        escalations=tuple(at_once),
        roles=tuple(dict.fromkeys([*alert.roles, *reached])),
    )
    tx[Alert].put(alert)
    return alert


def _written_lately(tx: Transaction, alert: Alert, now: datetime) -> list[Email]:
    """The emails of the last 15 minutes about alerts of the same link; an urgent alert waits for urgent ones only."""
    if not alert.source:
        return []
    others = [
        other
        for other in readable(tx[Alert].find("source", alert.source)).records
        if other.id != alert.id and (other.severity == "urgent" or alert.severity != "urgent")
    ]
    emails = (email for other in others for email in readable(tx[Email].find("alert_id", other.id)).records)
    return [email for email in emails if now - TOGETHER < email.created_at]


def source_of(invitation_id: str, hasher: Hasher) -> str:
    """What the alerts of one link have in common."""
    return hasher.new("source", invitation_id)[:32]


def _asked_for(response: Response, triggers: AlertTriggers, home: Home, now: datetime, under: str) -> Iterable[Alert]:
    for rule in triggers.rules:
        waits = [Escalating(now + timedelta(minutes=step.after.minutes), step.to) for step in rule.escalate]
        message = rule.message if isinstance(rule.message, str) else str(rule.message)
        yield _alert(
            response, under, triggers, home, now, "answer", rule.id, rule.severity, rule.notify, waits, message
        )
    for name in triggers.marked:
        yield _alert(response, under, triggers, home, now, "words", name, "same_day", ("safeguarding_lead",), [], "")
    if triggers.talk_to is not None:
        alert = _alert(response, under, triggers, home, now, "talk", "talk", "same_day", ("safeguarding_lead",), [], "")
        yield replace(alert, whom=triggers.talk_to, asker=triggers.asker)


def _alert(
    response: Response,
    under: str,
    triggers: AlertTriggers,
    home: Home,
    now: datetime,
    kind: AlertKind,
    rule: str,
    severity: Severity,
    roles: tuple[Role, ...],
    waits: list[Escalating],
    message: str,
) -> Alert:
    usual = (
        []
        if "responsible_individual" in roles
        else [Escalating(now + USUAL_WAIT[severity], ("responsible_individual",))]
    )
    return Alert(
        # the same for the same response and rule, so that it is raised once; a keyed hash, which leads nowhere
        id=triggers.hasher.new("alert", f"{under}\n{kind}\n{rule}")[:32],
        home_id=home.id,
        round_id=response.round_id,
        form_id=response.form_id,
        kind=kind,
        severity=severity,
        raised_at=now,
        due_at=due_at(severity, now),
        roles=roles,
        rule=rule,
        message=message,
        response_id="" if triggers.form.identity == "anonymous" else response.id,
        source=source_of(response.invitation_id, triggers.hasher) if response.invitation_id else "",
        steps=(Step(now, "raised"),),
        escalations=tuple(waits or usual),
    )


def due_at(severity: Severity, raised_at: datetime) -> datetime:
    """By when somebody must have acted: within the hour, by nine in the evening, by five on the next working day."""
    if severity == "urgent":
        return raised_at + timedelta(hours=1)
    day = day_at(raised_at)
    if severity == "same_day":
        evening = datetime.combine(day, END_OF_DAY, HOME_TIME)
        return max(evening, raised_at + timedelta(hours=1)).astimezone(raised_at.tzinfo)
    office = datetime.combine(next_working_day(day + timedelta(days=1)), END_OF_OFFICE, HOME_TIME)
    return office.astimezone(raised_at.tzinfo)


def _holders(accounts: Readable[Account], roles: Sequence[Role], home: Home) -> list[Account]:
    found = []
    for account in accounts.records:
        held = roles_at(account, home.id)
        on_shift = "staff" in held and "staff" not in roles
        if account.is_open and held & set(roles) and not on_shift:
            found.append(account)
    return found
