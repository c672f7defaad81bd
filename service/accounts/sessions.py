"""The sessions that accounts have open: kept here, so that each can be ended from anywhere."""

from dataclasses import replace
from datetime import datetime, timedelta

from service.accounts.account import Account, AccountSession, hash_of, new_secret
from service.repository import Records, Store, Transaction, read

LONGEST = timedelta(hours=12)  # ASVS 5.0, 7.3.2: however busy it is
IDLE = timedelta(hours=1)  # ASVS 7.3.1; the cookie carries when it was last used, so that looking writes nothing
FRESH = timedelta(minutes=15)  # how long a proof counts for what needs one
_LONGEST_BROWSER = 200


def new_session(
    account_id: str, now: datetime, *, second_factor: bool, browser: str = ""
) -> tuple[AccountSession, str]:
    """A session to be kept, and the secret that its cookie holds, which is given here and never again."""
    secret = new_secret()
    session = AccountSession(
        id=hash_of(secret),
        account_id=account_id,
        began_at=now,
        seen_at=now,
        proved_at=now,
        ends_at=now + LONGEST,
        second_factor=second_factor,
        browser=browser[:_LONGEST_BROWSER],
    )
    return session, secret


def open_session(
    store: Store, account: Account, now: datetime, *, second_factor: bool, browser: str = ""
) -> tuple[AccountSession, str]:
    """A new session, kept."""
    session, secret = new_session(account.id, now, second_factor=second_factor, browser=browser)
    with store.transaction() as tx:
        tx[AccountSession].put(session)
    return session, secret


def session_of(records: Records, secret: str, now: datetime) -> tuple[Account, AccountSession] | None:
    """Whose session a cookie's secret opens; None where it was ended, has run out, or its account is closed."""
    session = records[AccountSession].get(hash_of(secret))
    if session is None or now >= session.ends_at:
        return None
    account = read(records[Account], session.account_id)
    return (account, session) if account is not None and account.is_open else None


def end_sessions(tx: Transaction, account_id: str, but: str = "") -> int:
    """Sign an account out everywhere, or everywhere `but` in one session; says how many were ended."""
    ended = [session.id for session in tx[AccountSession].find("account_id", account_id) if session.id != but]
    for session_id in ended:
        tx[AccountSession].remove(session_id)
    return len(ended)


def renew_session(tx: Transaction, session: AccountSession, now: datetime, *, second_factor: bool) -> str | None:
    """Go on in place of a session with a new secret (ASVS 7.2.4): password or code were given again just now.

    None where the session was ended meanwhile: proving oneself does not bring it back.
    """
    if tx[AccountSession].get(session.id) is None:
        return None
    secret = new_secret()
    tx[AccountSession].remove(session.id)
    tx[AccountSession].put(
        replace(session, id=hash_of(secret), seen_at=now, proved_at=now, second_factor=second_factor)
    )
    return secret


def sessions_of(records: Records, account_id: str, now: datetime) -> list[AccountSession]:
    """The sessions that an account has open, the newest first."""
    found = [session for session in records[AccountSession].find("account_id", account_id) if now < session.ends_at]
    return sorted(found, key=lambda session: session.began_at, reverse=True)
