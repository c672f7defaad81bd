"""Whom a round reminds today, on the working days that the round was opened with."""

from collections.abc import Collection
from datetime import date, timedelta

from service.collection.models.invitation import Invitation
from service.collection.models.round import Round
from service.collection.rounds.queries import unnamed_forms
from service.dates import day_at, is_working_day
from service.mail.email import Email
from service.repository import Readable, Records, readable


def due(records: Records, round_: Round, today: date, extra: Collection[date] = ()) -> Readable[Invitation]:
    """Those who are to be reminded on this day of the home's; nobody where it is no working day.

    Never somebody who has declined or was revoked, or has answered a named form, nor where no letter arrives or one is
    still on its way. Of an unnamed form all are reminded: who gets no reminder would tell who has answered.

    Days on which nothing ran are not made up for: of several that have passed, one reminder remains. Reminders
    sent by hand count, so that nobody ever gets more of them than the round was opened with.
    """
    if not round_.remind_after or not round_.is_open(today) or not is_working_day(today, extra):
        return Readable(())
    unnamed = unnamed_forms(records, round_)
    found = readable(records[Invitation].find("round_id", round_.id))
    due_now = (
        invitation
        for invitation in found.records
        if invitation.gets_emails(unnamed=invitation.form_id in unnamed)
        and invitation.email
        and _is_due(records, round_, invitation, today, extra)
    )
    return Readable(tuple(due_now), found.unreadable)


def _is_due(records: Records, round_: Round, invitation: Invitation, today: date, extra: Collection[date]) -> bool:
    given = invitation.reminded_on
    if len(_passed(round_, day_at(invitation.created_at), today, extra)) <= len(given):
        return False  # most are, and their letters need not be read
    letters = [
        letter
        for letter in readable(records[Email].find("invitation_id", invitation.id)).records
        if letter.to == invitation.email and letter.kind != "code"
    ]
    if letters and letters[-1].state in ("waiting", "leaving", "bounced"):
        return False
    # the last of them: at a corrected address it is as if nobody had been asked before
    asked_at = [letter.created_at for letter in letters if letter.kind == "invitation"] or [invitation.created_at]
    passed = _passed(round_, day_at(asked_at[-1]), today, extra)
    # days still to come are from a clock that was ahead; they count as reminders, but not as the last of them
    last = max((day for day in given if day <= today), default=date.min)
    return len(passed) > len(given) and max(passed) > last


def _passed(round_: Round, since: date, today: date, extra: Collection[date]) -> list[date]:
    """The days to remind that have come, counted from the day on which somebody was asked."""
    worked = [day for n in range((today - since).days) if is_working_day(day := since + timedelta(days=n + 1), extra)]
    return [worked[n - 1] for n in round_.remind_after if 0 < n <= len(worked)]
