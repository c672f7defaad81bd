"""What administrators do with accounts: invite, give and take roles, close, open again; always one who can is left."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from service.accounts import emails
from service.accounts.account import Account, AccountLink, Grant, NotAllowed, as_kept, hash_of, new_secret
from service.accounts.roles import ROLES, may_everywhere
from service.accounts.sessions import end_sessions
from service.audit import AccountChanged, RoleChanged, remember
from service.mail.email import Email, new_email
from service.repository import Store, Transaction, readable

SET_UP_DAYS = 7
LONGEST_NAME, LONGEST_EMAIL = 100, 254  # characters
_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\"\\]+@[^\s@,;:<>()\[\]\"\\]+\.[^\s@.,;:<>()\[\]\"\\]+")


def invite_account(
    store: Store, name: str, email: str, grants: Iterable[Grant], now: datetime, base_url: str, by: str
) -> Account:
    """Make an account, and write its owner a letter with a link to choose a password. `by` is who does it.

    Raises NotAllowed for a name or address that cannot be one, an address that has an account, or roles that do not
    go together.
    """
    name, email = _name(name), as_kept(email)
    fault = fault_in_email(email)
    if fault:
        raise NotAllowed(fault)
    account = Account(secrets.token_hex(8), name, email, now, _grants(grants))
    with store.transaction() as tx:
        if tx[Account].count("email", email):
            raise NotAllowed(f"There is an account with the address {email} already.")
        tx[Account].put(account)
        remember(tx, AccountChanged(account.id, "invited"), by, now)
        for grant in account.grants:
            remember(tx, RoleChanged(account.id, grant.role, True), by, now, grant.home_id)
        _write_set_up(tx, account, now, base_url)
    return account


def invite_again(store: Store, account_id: str, now: datetime, base_url: str, by: str) -> None:
    """Write the letter with the set-up link once more. Raises NotAllowed where a password was chosen already."""
    with store.transaction() as tx:
        account = _open_account(tx, account_id)
        if account.password:
            raise NotAllowed(f"{account.name} has chosen a password already.")
        remember(tx, AccountChanged(account.id, "invited"), by, now)
        _write_set_up(tx, account, now, base_url)


def set_up_link(store: Store, account_id: str, now: datetime, base_url: str) -> str:
    """A link to choose the first password, for somebody whom no letter can reach. Raises NotAllowed."""
    with store.transaction() as tx:
        account = _open_account(tx, account_id)
        return link(tx, account, "set_up", now, timedelta(days=SET_UP_DAYS), base_url)


def start_over(store: Store, account_id: str, now: datetime, base_url: str, by: str) -> str:
    """Take everything from an account that its owner has lost, or somebody else may have; gives a set-up link.

    Password, second factor, sessions and earlier links end. Raises NotAllowed for a closed account.
    """
    with store.transaction() as tx:
        account = replace(_open_account(tx, account_id), password="", totp="", totp_step=0)
        tx[Account].put(account)
        end_sessions(tx, account.id)
        end_links(tx, account.id)
        for change in ("password", "second_factor_reset"):
            remember(tx, AccountChanged(account.id, change), by, now)
        return link(tx, account, "set_up", now, timedelta(days=SET_UP_DAYS), base_url)


def give_role(store: Store, account_id: str, grant: Grant, now: datetime, by: str) -> Account:
    """Give a role beside those that the account has. Raises NotAllowed for what cannot be given."""
    with store.transaction() as tx:
        found = _account(tx, account_id)
        return _with_grants(tx, found, [*found.grants, grant], now, by)


def take_role(store: Store, account_id: str, grant: Grant, now: datetime, by: str) -> Account:
    """Take a role, and leave the others. Raises NotAllowed for the last administrator's."""
    with store.transaction() as tx:
        found = _account(tx, account_id)
        left = [kept for kept in found.grants if (kept.role, kept.home_id) != (grant.role, grant.home_id)]
        return _with_grants(tx, found, left, now, by)


def rename(store: Store, account_id: str, name: str, now: datetime, by: str) -> Account:
    """Change what its owner is called. Raises NotAllowed for what cannot be a name."""
    name = _name(name)
    with store.transaction() as tx:
        account = replace(_account(tx, account_id), name=name)
        tx[Account].put(account)
        remember(tx, AccountChanged(account_id, "renamed"), by, now)
        return account


def close_account(store: Store, account_id: str, now: datetime, by: str) -> Account:
    """Let its owner enter no more, from this moment on. Raises NotAllowed for the last administrator, or no account."""
    with store.transaction() as tx:
        account = _account(tx, account_id)
        if not account.is_open:
            return account
        if is_administrator(account):
            _leave_an_administrator(tx, account)
        closed = replace(account, closed_at=now)
        tx[Account].put(closed)
        end_sessions(tx, account_id)
        end_links(tx, account_id)
        remember(tx, AccountChanged(account_id, "closed"), by, now)
        return closed


def reopen_account(store: Store, account_id: str, now: datetime, by: str) -> Account:
    """Let its owner enter again, with the password and the roles that they had. Raises NotAllowed for no account."""
    with store.transaction() as tx:
        account = _account(tx, account_id)
        if account.is_open:
            return account
        opened = replace(account, closed_at=None)
        tx[Account].put(opened)
        remember(tx, AccountChanged(account_id, "reopened"), by, now)
        return opened


def reset_second_factor(store: Store, account_id: str, now: datetime, by: str) -> Account:
    """Take away the second factor of somebody who has lost theirs; they set up a new one when they next sign in.

    Raises NotAllowed where there is no such account.
    """
    with store.transaction() as tx:
        account = replace(_account(tx, account_id), totp="", totp_step=0)
        tx[Account].put(account)
        end_sessions(tx, account_id)
        remember(tx, AccountChanged(account_id, "second_factor_reset"), by, now)
        if account.is_open:
            told = emails.second_factor_changed(account, taken_away=True)
            tx[Email].put(new_email("account", account.email, told, now, account_id=account.id))
        return account


# --- what others who change accounts share ---


def link(
    tx: Transaction,
    account: Account,
    purpose: Literal["set_up", "password"],
    now: datetime,
    lives: timedelta,
    base_url: str,
) -> str:
    """The address of a new link to choose a password: 256 random bits, of which only the hash is kept."""
    token = new_secret()
    tx[AccountLink].put(AccountLink(hash_of(token), account.id, purpose, now + lives))
    return f"{base_url}/password/{token}"


def end_links(tx: Transaction, account_id: str) -> None:
    """Let no link of an account work any more."""
    for found in list(tx[AccountLink].find("account_id", account_id)):
        tx[AccountLink].remove(found.id)


def is_administrator(account: Account) -> bool:
    """Whether the account may change accounts."""
    return may_everywhere(account, "manage_accounts")


def fault_in_email(email: str) -> str:
    """What is wrong with an e-mail address, as a sentence; empty where a letter can be sent to it."""
    if len(email) > LONGEST_EMAIL or not email.isprintable() or not _EMAIL.fullmatch(email):
        return "Enter an e-mail address such as name@example.org."
    return ""


def fault_in_name(name: str) -> str:
    """What is wrong with the name of a person, as a sentence."""
    if not name.strip():
        return "Enter a name."
    if len(name.strip()) > LONGEST_NAME or not name.strip().isprintable():
        return f"Enter a name of at most {LONGEST_NAME} characters on one line."
    return ""


# --- helpers ---


def _write_set_up(tx: Transaction, account: Account, now: datetime, base_url: str) -> None:
    address = link(tx, account, "set_up", now, timedelta(days=SET_UP_DAYS), base_url)
    told = emails.set_up(account, address, SET_UP_DAYS)
    tx[Email].put(new_email("account", account.email, told, now, account_id=account.id))


def _account(tx: Transaction, account_id: str) -> Account:
    found = tx[Account].get(account_id)
    if found is None:
        raise NotAllowed("There is no such account.")
    return found


def _open_account(tx: Transaction, account_id: str) -> Account:
    found = _account(tx, account_id)
    if not found.is_open:
        raise NotAllowed(f"The account of {found.name} is closed. Open it again first.")
    return found


def _with_grants(tx: Transaction, before: Account, grants: Iterable[Grant], now: datetime, by: str) -> Account:
    after = replace(before, grants=_grants(grants))
    if is_administrator(before) and not is_administrator(after):
        _leave_an_administrator(tx, before)
    tx[Account].put(after)
    for given, here, there in ((False, before, after), (True, after, before)):
        for grant in here.grants:
            if grant not in there.grants:
                remember(tx, RoleChanged(before.id, grant.role, given), by, now, grant.home_id)
    return after


def _leave_an_administrator(tx: Transaction, leaving: Account) -> None:
    """Raise NotAllowed where nobody else could look after accounts: an invited one who has no password cannot yet."""
    others = (account for account in readable(tx[Account].all()).records if account.id != leaving.id)
    if leaving.is_open and not any(other.is_open and other.password and is_administrator(other) for other in others):
        raise NotAllowed(
            f"{leaving.name} is the only administrator who can sign in. Make somebody else an administrator first."
        )


def _name(name: str) -> str:
    fault = fault_in_name(name)
    if fault:
        raise NotAllowed(fault)
    return name.strip()


def _grants(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """The roles, each once at each home, in the order of the table of roles."""
    found = {(grant.role, grant.home_id): grant for grant in grants}
    for grant in found.values():
        if grant.role not in ROLES:
            raise NotAllowed("There is no such role.")
        if grant.role == "administrator" and grant.home_id:
            raise NotAllowed("An administrator looks after all homes. Give that role for all homes, or another one.")
    kept = (grant if grant.role == "safeguarding_lead" else replace(grant, deputy=False) for grant in found.values())
    return tuple(sorted(kept, key=lambda grant: (ROLES.index(grant.role), grant.home_id)))
