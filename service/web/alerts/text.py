"""How alerts are told on pages: what they are, how long they wait, by when somebody must act, what has happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from service.audit import JOBS
from service.collection.alerts.answers import form_of, is_to_be_read
from service.collection.alerts.workflow import Reason
from service.collection.models.alert import Alert, CloseReason, Step
from service.collection.models.home import Home
from service.dates import day_at, in_words, moment_in_words, time_in_words
from service.definitions import Audience, Form
from service.definitions.form import Severity
from service.reports.labels import ROLES, in_a_list, with_home
from service.state import app_state
from service.web.admin.audit_text import Names

# The look of its tag, which has an icon of its own, and its word.
SEVERITIES: dict[Severity, tuple[str, str]] = {
    "urgent": ("act", "Urgent"),
    "same_day": ("look", "Today"),
    "next_working_day": ("later", "Next working day"),
}
CLOSED_AS: dict[CloseReason, str] = {
    "acted": "Something was done about it",
    "already_known": "It was known before, and is being seen to",
    "mistake": "It was a mistake, and the person who answered says so",
    "duplicate": "Another alert is about the same",
}
REASONS: dict[Reason, str] = {
    "to_help": "To help them now",
    "to_check": "To check whether they are safe",
    "asked": "They asked for it",
    "duty": "The law asks for it",
}
_WHY: dict[str, str] = dict([*CLOSED_AS.items(), *REASONS.items()])
_SOMEBODY: dict[Audience, str] = {
    "child": "A child",
    "staff": "A member of staff",
    "social_worker": "A social worker",
    "parent": "A parent",
    "foster_carer": "A foster carer",
}


@dataclass(frozen=True)
class AlertText:
    """An alert as a page tells it. `exact` is false where nobody may be found by the time at which they answered."""

    alert: Alert
    home: Home
    form: Form | None
    title: str
    what: str
    sentence: str
    look: str
    severity: str
    waits: str
    due: str
    late: bool
    status: str
    exact: bool


def told(alert: Alert, names: Names, moment: datetime) -> AlertText | None:
    """The alert in words; None where its home is gone."""
    store = app_state().store
    home = store[Home].get(alert.home_id)
    if home is None:
        return None
    form = form_of(store, alert, app_state().form)
    exact = form is None or form.identity != "anonymous"
    what, does = {
        "answer": ("An answer", "gave an answer that a person must act on"),
        "talk": ("A wish to talk", "asked to talk to someone"),
        "words": ("A comment to read", "wrote something that a person should read today"),
    }[alert.kind]
    if alert.kind == "answer" and form is not None and is_to_be_read(form, alert):
        what, does = "A comment to read", "wrote something that a person should read"
    who = _SOMEBODY.get(form.audience, "Somebody") if form else "Somebody"
    look, severity = SEVERITIES[alert.severity]
    return AlertText(
        alert=alert,
        home=home,
        form=form,
        title=with_home(form.title, [home]) if form else alert.form_id,
        what=what,
        sentence=f"{who} {does}.",
        look=look,
        severity=severity,
        waits=since(alert.raised_at, moment) if exact else f"since {in_words(day_at(alert.raised_at))}",
        due=_due(alert, moment, exact=exact),
        late=alert.state == "new" and alert.due_at <= moment,
        status=_status(alert, names),
        exact=exact,
    )


def history(told: AlertText, names: Names) -> Iterator[tuple[str, str]]:
    """Every step with when it was; of an anonymous form's, what happened by itself has a day and no time."""
    for step in told.alert.steps:
        by_somebody = step.actor not in ("", JOBS)
        when = moment_in_words(step.at) if told.exact or by_somebody else in_words(day_at(step.at))
        yield when, _step(step, told, names)


def _step(step: Step, told: AlertText, names: Names) -> str:
    roles = in_a_list([ROLES[role] for role in step.roles])
    who = names.actor(step.actor)
    why = f": {_WHY[step.why].lower()}" if step.why in _WHY else ""
    return {
        "raised": told.sentence.rstrip("."),
        "told": f"A letter was written to whoever is {roles} here",
        "nobody_to_tell": f"Nobody is {roles} here, so nobody could be told",
        "accounts_unreadable": "Some accounts cannot be read, so their owners were not told. Tell them yourself",
        "said_again": "It was said again, so it is open once more",
        "escalated": f"Nobody had said that they are on it, so it went further: {roles}",
        "acknowledged": f"{who} is on it",
        "acted": f"{who} wrote down what was done",
        "recorded": f"{who} wrote down what was learned",
        "resolved": f"{who} looked up who it came from{why}",
        "closed": f"{who} closed it{why}",
        "reopened": f"{who} opened it again",
    }[step.kind]


def since(then: datetime, moment: datetime) -> str:
    """How long it has been, as people say it."""
    minutes = max(0, int((moment - then).total_seconds() // 60))
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def _due(alert: Alert, moment: datetime, *, exact: bool) -> str:
    day = day_at(alert.due_at)
    if not exact and alert.severity == "urgent":
        return "at once"
    if not exact:
        return f"by the end of {in_words(day)}"
    return f"by {time_in_words(alert.due_at)}{' today' if day == day_at(moment) else f' on {in_words(day)}'}"


def _status(alert: Alert, names: Names) -> str:
    if alert.state == "new":
        return "Nobody is on it yet"
    step = next((step for step in reversed(alert.steps) if step.kind in ("closed", "acknowledged")), None)
    if step is None:
        return "Somebody is on it"
    if alert.is_open:
        return f"{names.actor(step.actor)} is on it, since {moment_in_words(step.at)}"
    why = f". {CLOSED_AS[alert.closed_as]}" if alert.closed_as else ""
    return f"Closed by {names.actor(step.actor)} on {moment_in_words(step.at)}{why}"
