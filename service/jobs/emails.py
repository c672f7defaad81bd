"""Letters leave the outbox, but for those that nobody wants any more."""

from collections.abc import Callable, Collection
from datetime import date, datetime
from functools import partial

from service.accounts.account import Account
from service.collection.invitations.manual import leaves_at
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation, Passcode
from service.collection.models.round import Round
from service.collection.rounds.queries import unnamed_forms
from service.dates import day_at
from service.jobs.context import UNREADABLE, JobContext, NotAll
from service.mail.email import Email
from service.mail.outbox import Clock, Delivered, deliver
from service.mail.smtp import sender_for
from service.repository import RecordsUnreadable, Transaction, readable


def send_letters(context: JobContext, clock: Clock, enough: Callable[[], bool]) -> str:
    """Hand over what waits, until there is nothing more or it is `enough`."""
    config = context.config
    if any(home.demonstration for home in readable(context.store[Home].all()).records):
        # somebody trying it may have typed an address that is somebody's
        return "a demonstration sends nothing"
    if not config.smtp_url:
        waiting = context.store[Email].count("state", "waiting")
        return f"no mail server is set: {waiting} waiting" if waiting else "none waiting"
    with sender_for(config.smtp_url, config.mail_from) as sender:
        later = partial(_later, config.extra_holidays)
        delivered = deliver(context.store, sender, clock, partial(is_wanted, clock), enough, later)
    if delivered.unreadable:
        raise NotAll(f"{_said(delivered)}; {UNREADABLE}")
    return _said(delivered)


def is_wanted(clock: Clock, tx: Transaction, letter: Email) -> bool:
    """Whether a letter still makes sense now that it could leave: a named form may have been answered meanwhile.

    Raises RecordsUnreadable where no one can say so; an alert leaves all the same.
    """
    if letter.account_id:
        try:
            account = tx[Account].get(letter.account_id)
        except RecordsUnreadable:
            if letter.kind == "alert":
                return True
            raise
        return account is not None and account.is_open
    if letter.invitation_id:
        return _is_awaited(clock, tx, letter)
    return True


def _is_awaited(clock: Clock, tx: Transaction, letter: Email) -> bool:
    invitation = tx[Invitation].get(letter.invitation_id)
    round_ = tx[Round].get(invitation.round_id) if invitation else None
    if invitation is None or round_ is None or not round_.is_open(day_at(clock())) or letter.to != invitation.email:
        return False
    if letter.kind == "code":
        code = tx[Passcode].get(invitation.id)
        return code is not None and bool(code.digits) and clock() < code.expires_at
    return invitation.gets_emails(unnamed=invitation.form_id in unnamed_forms(tx, round_))


def _later(holidays: Collection[date], letter: Email, now: datetime) -> datetime | None:
    """A reminder that the mail server did not take on its day still leaves on one on which people work."""
    return leaves_at(now, holidays) if letter.kind == "reminder" else None


def _said(delivered: Delivered) -> str:
    told = {
        "sent": delivered.sent,
        "bounced": delivered.bounced,
        "put off": delivered.put_off,
        "no longer wanted": delivered.dropped,
        "nobody knows whether sent": delivered.unsure,
    }
    return ", ".join(f"{number} {what}" for what, number in told.items() if number) or "none to send"
