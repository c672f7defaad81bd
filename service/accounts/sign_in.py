"""Signing in and out: the password, then the code, then a session; refused in the same words for everyone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from service.accounts import throttling
from service.accounts.account import Account, AccountSession, as_kept
from service.accounts.passwords import Passwords
from service.accounts.sessions import end_sessions, new_session, renew_session
from service.accounts.throttling import Counters, Hash, LoginSource
from service.accounts.totp import step_of
from service.audit import AccountChanged, Event, SignedIn, SignedOut, SignInRefused, remember
from service.repository import Records, Store, Transaction, readable

NOBODY = ""  # who fails to sign in need not be the one whose account it is


class Refused(Exception):
    """The password or the code is not right, or there is nothing to enter: nobody is told which."""


@dataclass(frozen=True)
class SignInContext:
    """Where and when somebody tries to enter, and how secrets are held against what is kept of them."""

    passwords: Passwords
    digest: Hash
    place: LoginSource
    now: datetime
    browser: str = ""  # as it calls itself, for the list of one's sessions


def check_password(store: Store, context: SignInContext, email: str, password: str) -> Account:
    """The account that address and password open. Raises Refused, or TooSoon after too many failures.

    An address that nobody has costs the same work as one that somebody has: two commits and one hash.
    """
    email = as_kept(email)
    account = account_of(store, email)
    counters = throttling.at_password(context.place, email, account, context.digest)
    with store.transaction() as tx:
        count = throttling.begin_try(tx, counters, context.now)
    right = context.passwords.fits(account.password if account else "", password)
    if not right or account is None or not account.is_open:
        with store.transaction() as tx:
            throttling.count_failure(tx, counters, context.now)
            if account is not None:
                reason = "password" if account.is_open else "closed"
                _remember_refusal(tx, account, reason, count, counters, context.now)
        raise Refused
    kept = context.passwords.hash(password) if context.passwords.is_outdated(account.password) else account.password
    with store.transaction() as tx:
        throttling.forgive(tx, counters)
        found = tx[Account].get(account.id)
        if found is not None and found.password == account.password != kept:
            account = replace(found, password=kept)
            tx[Account].put(account)
    return account


def enter(store: Store, context: SignInContext, account: Account) -> str:
    """Open a session after the password, where no code is asked for; gives its secret. Raises Refused."""
    with store.transaction() as tx:
        found = tx[Account].get(account.id)
        if found is None or not found.is_open or found.password != account.password or found.totp:
            raise Refused
        return _open(tx, context, found, second_factor=False)


def enter_with_code(store: Store, context: SignInContext, account: Account, code: str) -> str:
    """Open a session after the password with a code; gives its secret. Raises Refused, or TooSoon.

    The code's time step is kept in the same commit, so that no code opens two sessions.
    """
    return _with_code(store, context, account, code, lambda tx, found: _open(tx, context, found, second_factor=True))


def prove(
    store: Store,
    context: SignInContext,
    session: AccountSession,
    account: Account,
    password: str,
    code: str,
) -> str:
    """Give password, and the code if there is a second factor, once more; gives the session's new secret.

    Raises Refused, or TooSoon.
    """
    account = check_password(store, context, account.email, password)
    if not account.totp:
        with store.transaction() as tx:
            return _renewed(tx, session, context.now, second_factor=False)
    return _with_code(
        store, context, account, code, lambda tx, found: _renewed(tx, session, context.now, second_factor=True)
    )


def sign_out(store: Store, session: AccountSession, now: datetime, *, everywhere: bool = False) -> None:
    """End this session, or all of its account."""
    with store.transaction() as tx:
        if everywhere:
            end_sessions(tx, session.account_id)
        tx[AccountSession].remove(session.id)
        remember(tx, SignedOut(everywhere), session.account_id, now)


def end_session(store: Store, session_id: str, account_id: str, now: datetime) -> None:
    """End one session that an account has open in another browser; nothing where it is not this account's."""
    with store.transaction() as tx:
        session = tx[AccountSession].get(session_id)
        if session is not None and session.account_id == account_id:
            tx[AccountSession].remove(session_id)
            remember(tx, AccountChanged(account_id, "sessions"), account_id, now)


def account_of(records: Records, email: str) -> Account | None:
    """The account with this email address; one that cannot be read is as none."""
    return next(iter(readable(records[Account].find("email", as_kept(email))).records), None)


def _with_code(
    store: Store,
    context: SignInContext,
    account: Account,
    code: str,
    then: Callable[[Transaction, Account], str],
) -> str:
    counters = throttling.at_code(context.place, account, context.digest)
    with store.transaction() as tx:
        count = throttling.begin_try(tx, counters, context.now)
        found = tx[Account].get(account.id)
        is_same = found is not None and found.is_open and found.password == account.password
        step = step_of(found.totp, code, context.now, found.totp_step) if found is not None and is_same else None
        secret = None
        if found is not None and step is not None:
            used = replace(found, totp_step=step)
            tx[Account].put(used)
            throttling.forgive(tx, counters)
            secret = then(tx, used)
        elif found is not None:
            reason = "code" if found.is_open else "closed"
            _remember_refusal(tx, found, reason, count, counters, context.now)
    if secret is None:
        raise Refused
    return secret


def _open(tx: Transaction, context: SignInContext, account: Account, *, second_factor: bool) -> str:
    session, secret = new_session(account.id, context.now, second_factor=second_factor, browser=context.browser)
    tx[AccountSession].put(session)
    remember(tx, SignedIn(second_factor), account.id, context.now)
    return secret


def _renewed(tx: Transaction, session: AccountSession, now: datetime, *, second_factor: bool) -> str:
    secret = renew_session(tx, session, now, second_factor=second_factor)
    if secret is None:
        raise Refused
    return secret


def _remember_refusal(
    tx: Transaction, account: Account, reason: str, count: int, counters: Counters, now: datetime
) -> None:
    events: list[Event] = [SignInRefused(account.id, reason)]
    if count == counters.own.pace.free:  # told once, when waiting begins: a thousand tries are one line
        events.append(SignInRefused(account.id, "waiting"))
    for event in events:
        remember(tx, event, NOBODY, now)
