"""What its owner chooses for an account: the password, by link or knowing the old one, and the second factor."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.accounts import administration, emails, throttling
from service.accounts.account import Account, AccountLink, AccountSession, Attempts, NotAllowed, hash_of
from service.accounts.passwords import Passwords, fault_in
from service.accounts.sessions import end_sessions, renew_session
from service.accounts.sign_in import SignInContext, account_of
from service.accounts.throttling import Hash
from service.accounts.totp import step_of
from service.audit import AccountChanged, remember
from service.mail.email import Email, Words, new_email
from service.repository import Records, Store, Transaction, read

LINK_LIVES = timedelta(hours=1)
# Whoever asks again and again sends no flood of letters, and stops none: the last one is still good for long.
LETTER_EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class Opened:
    """A link that works, and whose it is."""

    link: AccountLink
    account: Account


def forgotten(store: Store, context: SignInContext, email: str, base_url: str) -> None:
    """Write a letter with a link, where there is an open account of this address; whoever asked learns nothing.

    Somebody who has not chosen their first password yet is written the same: it proves the same. An address that
    nobody has costs the same work. Raises TooSoon after too many.
    """
    with store.transaction() as tx:
        throttling.begin_try(tx, throttling.at_forgotten(context.place, context.digest), context.now)
    context.passwords.fits(
        "", email[: administration.LONGEST_EMAIL]
    )  # beside this, writing a letter takes no time at all
    with store.transaction() as tx:
        account = account_of(tx, email)
        if account is None or not account.is_open or _written_lately(tx, account, context.now):
            return
        address = administration.link(tx, account, "password", context.now, LINK_LIVES, base_url)
        told = emails.new_password(account, address)
        tx[Email].put(new_email("password", account.email, told, context.now, account_id=account.id))


def opened_by(records: Records, token: str, now: datetime) -> Opened | None:
    """What a link's token opens; None for one that is unknown, used, past its time or of a closed account."""
    link = records[AccountLink].get(hash_of(token))
    if link is None or now >= link.expires_at:
        return None
    account = read(records[Account], link.account_id)
    return Opened(link, account) if account is not None and account.is_open else None


def fault_in_new(account: Account, password: str) -> str:
    """What is wrong with a new password of this account, as a sentence; empty when nothing is."""
    return fault_in(password, (account.name, account.email))


def choose_password(
    store: Store, passwords: Passwords, token: str, password: str, now: datetime, digest: Hash
) -> Account:
    """Take a link's password as the account's. All its sessions and links end.

    The second factor stays: a link proves that one reads the letters, not that one has the phone. Raises NotAllowed
    for a password that is too weak and for a link that does not work, or no longer.
    """
    opened = opened_by(store, token, now)
    if opened is None:
        raise NotAllowed("This link does not work any more. Ask for a new one.")
    fault = fault_in_new(opened.account, password)
    if fault:
        raise NotAllowed(fault)
    kept = passwords.hash(password)  # slow, so before the commit, which is for one at a time
    with store.transaction() as tx:
        still = opened_by(tx, token, now)
        if still is None:
            raise NotAllowed("This link does not work any more. Ask for a new one.")
        account = replace(still.account, password=kept)
        tx[Account].put(account)
        administration.end_links(tx, account.id)
        end_sessions(tx, account.id)
        # whoever delayed the owner by wrong codes knew a password that is no longer any good
        tx[Attempts].remove(throttling.code_anywhere(account.id, digest).id)
        change = "password" if still.account.password else "set_up"
        _changed(tx, account, change, now)
        if change == "password":
            _tell(tx, emails.password_changed(account), account, now)
        return account


def change_password(
    store: Store,
    passwords: Passwords,
    session: AccountSession,
    account: Account,
    password: str,
    now: datetime,
) -> str | None:
    """Take a new password, after the old one was given; all other sessions and links end.

    Gives the session's new secret, or None where it was ended meanwhile. Raises NotAllowed for a weak password.
    """
    fault = fault_in_new(account, password)
    if fault:
        raise NotAllowed(fault)
    kept = passwords.hash(password)
    with store.transaction() as tx:
        secret = renew_session(tx, session, now, second_factor=session.second_factor)
        found = tx[Account].get(account.id)
        if secret is None or found is None:
            return None
        tx[Account].put(replace(found, password=kept))
        end_sessions(tx, account.id, but=hash_of(secret))
        administration.end_links(tx, account.id)
        _changed(tx, found, "password", now)
        _tell(tx, emails.password_changed(found), found, now)
        return secret


def set_second_factor(
    store: Store, session: AccountSession, account: Account, totp: str, code: str, now: datetime
) -> str | None:
    """Make a secret the account's, once a right code shows that the app has it; all other sessions end.

    Gives the session's new secret, or None where it was ended meanwhile. Raises NotAllowed for a wrong code.
    """
    step = step_of(totp, code, now, 0)
    if step is None:
        raise NotAllowed("That code is not right. Wait for the next one in the app, then type that.")
    with store.transaction() as tx:
        secret = renew_session(tx, session, now, second_factor=True)
        found = tx[Account].get(account.id)
        if secret is None or found is None:
            return None
        tx[Account].put(replace(found, totp=totp, totp_step=step))
        end_sessions(tx, account.id, but=hash_of(secret))
        _changed(tx, found, "second_factor", now)
        _tell(tx, emails.second_factor_changed(found, taken_away=False), found, now)
        return secret


def _changed(tx: Transaction, account: Account, change: str, now: datetime) -> None:
    remember(tx, AccountChanged(account.id, change), account.id, now)


def _tell(tx: Transaction, words: Words, account: Account, now: datetime) -> None:
    tx[Email].put(new_email("account", account.email, words, now, account_id=account.id))


def _written_lately(tx: Transaction, account: Account, now: datetime) -> bool:
    """Whether a link that still works was written only just now."""
    return any(
        link.purpose == "password" and now < link.expires_at - LINK_LIVES + LETTER_EVERY
        for link in tx[AccountLink].find("account_id", account.id)
    )
