"""What a letter about an alert says: that something needs its reader, where and since when, never what was said."""

from service.accounts.account import Account
from service.collection.models.alert import Alert
from service.collection.models.home import Home
from service.dates import HOME_TIME, in_words, time_in_words
from service.definitions.form import Severity
from service.mail.compose import words
from service.mail.email import Words

BY_WHEN: dict[Severity, str] = {
    "urgent": "It needs you now.",
    "same_day": "It needs you today.",
    "next_working_day": "It needs you by the end of the next working day.",
}


def alert_letter(
    alert: Alert, home: Home, account: Account, address: str, *, again: bool, repeated: bool = False
) -> Words:
    """A letter to one of those who must know; `again` for one that nobody has acknowledged so far.

    `repeated` is for what was said again after a person was on it.
    """
    raised = alert.raised_at.astimezone(HOME_TIME)
    # of an anonymous form no time finer than the day: who had the tablet then is easily known
    moment = f" at {time_in_words(raised)}" if alert.response_id else ""
    urgent = "Urgent: " if alert.severity == "urgent" else ""
    what = {
        "answer": f"Somebody answering at {home.name} gave an answer that a person must act on.",
        "talk": f"Somebody answering at {home.name} asked to talk to someone.",
        "words": f"Somebody answering at {home.name} wrote a comment that a person should read today.",
    }[alert.kind]
    unanswered = ["Nobody has acknowledged it so far."] if again else []
    unanswered += ["It was said again after a person was on it, so it is open once more."] if repeated else []
    return words(
        f"{urgent}{home.name} needs you" if not again else f"{urgent}{home.name} still needs you",
        f"Dear {account.name},",
        [what, BY_WHEN[alert.severity], *unanswered, f"It came on {in_words(raised.date())}{moment}."],
        ("Sign in and see it", address),
        [
            "This letter does not say what was answered, and please do not write it in a reply.",
            home.provider or home.name,
        ],
    )


def more_alerts_letter(home: Home, account: Account, address: str, *, urgent: bool) -> Words:
    """An email about all alerts of one link that came soon after the one before; it does not say that it is one."""
    return words(
        f"{'Urgent: ' if urgent else ''}{home.name} needs you: more alerts",
        f"Dear {account.name},",
        ["More alerts have come since our last email.", BY_WHEN["urgent" if urgent else "same_day"]],
        ("Sign in and see them", address),
        [
            "This letter does not say what was answered, and please do not write it in a reply.",
            home.provider or home.name,
        ],
    )
