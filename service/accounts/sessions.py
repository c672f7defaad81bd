"""The sessions that accounts have open: kept here, so that each can be ended from anywhere."""

from dataclasses import replace
from datetime import datetime, timedelta

from service.accounts.account import Account, AccountSession, hash_of, new_secret
from service.accounts.repository import Records, Store, Transaction

LONGEST = timedelta(hours=12)  # ASVS 5.0, 7.3.2: however busy it is
IDLE = timedelta(hours=1)  # ASVS 7.3.1; the cookie carries when it was last used, so that looking writes nothing
FRESH = timedelta(minutes=15)  # how long a proof counts for what needs one
_LONGEST_BROWSER = 200


def open_session(
    store: Store, account: Account, now: datetime, *, second_factor: bool, browser: str = ""
) -> tuple[AccountSession, str]:
    """A new session and the secret that its cookie holds, which is given here and never again."""
    secret = new_secret()
    session = AccountSession(
        id=hash_of(secret),
        account_id=account.id,
        began_at=now,
        seen_at=now,
        proved_at=now,
        ends_at=now + LONGEST,
        second_factor=second_factor,
        browser=browser[:_LONGEST_BROWSER],
    )
    with store.transaction() as books:
        books.account_sessions.put(session)
    return session, secret


def session_of(records: Records, secret: str, now: datetime) -> tuple[Account, AccountSession] | None:
    """Whose session a cookie's secret opens; None where it was ended, has run out, or its account is closed."""
    session = records.account_sessions.get(hash_of(secret))
    if session is None or now >= session.ends_at:
        return None
    account = records.accounts.get(session.account_id)
    return (account, session) if account is not None and account.is_open else None


def end_session(store: Store, session_id: str) -> None:
    """Sign out of one browser; ending what has ended is no fault."""
    with store.transaction() as books:
        books.account_sessions.remove(session_id)


def end_sessions(books: Transaction, account_id: str, but: str = "") -> int:
    """Sign an account out everywhere, or everywhere `but` in one session; says how many were ended."""
    ended = [session.id for session in books.account_sessions.find("account_id", account_id) if session.id != but]
    for session_id in ended:
        books.account_sessions.remove(session_id)
    return len(ended)


def prove(store: Store, session: AccountSession, now: datetime) -> AccountSession:
    """Note that password or code were given again just now."""
    proved = replace(session, proved_at=now, seen_at=now)
    with store.transaction() as books:
        books.account_sessions.put(proved)
    return proved
