"""What alerts ask of one account: what nobody is on yet, and whom the letters about it have not reached."""

from datetime import datetime, timedelta

from service.accounts.account import Account
from service.collection.alerts.workflow import may_see, most_pressing
from service.collection.follow_up.attention import Attention, Kind
from service.collection.models.alert import Alert, State
from service.collection.models.home import Home
from service.mail.email import Email
from service.repository import Records, read, readable

_KINDS: tuple[tuple[Kind, State, str, str], ...] = (
    (
        "alerts_new",
        "new",
        "1 alert waits, and nobody is on it yet.",
        "{} alerts wait, and nobody is on them yet.",
    ),
    ("alerts_taken", "taken", "1 alert is being seen to.", "{} alerts are being seen to."),
)
SOON = timedelta(minutes=10)  # a letter that waits longer than this does not leave by itself


def calls(records: Records, account: Account) -> list[Alert]:
    """The alerts that this account may know of and that nobody has acknowledged, the most pressing first."""
    waiting = readable(records[Alert].find("state", "new")).records
    return most_pressing(alert for alert in waiting if may_see(account, alert))


def not_reached(records: Records, alert: Alert, now: datetime) -> list[Account]:
    """Those to whom no letter about the alert has left: refused, unsure, or waiting for too long.

    In a demonstration no letter ever leaves, so nothing is said of it.
    """
    home = records[Home].get(alert.home_id)
    if home is None or home.demonstration:
        return []
    letters: dict[str, list[Email]] = {}
    for letter in readable(records[Email].find("alert_id", alert.id)).records:
        letters.setdefault(letter.account_id, []).append(letter)
    late = [
        read(records[Account], account_id)
        for account_id, written in letters.items()
        if not any(letter.state == "sent" for letter in written) and any(_is_late(letter, now) for letter in written)
    ]
    return [account for account in late if account is not None and account.is_open]


def alerts_at(records: Records, home: Home, account: Account, now: datetime) -> list[Attention]:
    """What needs somebody at a home because of its alerts; nothing for whoever was not told of any."""
    found = []
    for kind, state, one, more in _KINDS:
        here = [alert for alert in readable(records[Alert].find("state", state)).records if alert.home_id == home.id]
        known = [alert for alert in here if may_see(account, alert)]
        if known:
            act = state == "new" and any(alert.severity == "urgent" or alert.due_at <= now for alert in known)
            only = known[0].id if len(known) == 1 else ""
            words = one if only else more.format(len(known))
            found.append(Attention(kind, words, ("see_alerts",), act=act, alert_id=only))
    return found


def _is_late(letter: Email, now: datetime) -> bool:
    if letter.state in ("bounced", "unsure"):
        return True
    since = letter.created_at if letter.tries else letter.next_try_at  # one for several alerts leaves a little later
    return letter.state in ("waiting", "leaving") and now - since > SOON
