"""Signing in: what is right enters, what is wrong waits, and nobody learns which addresses there are."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from argon2 import PasswordHasher

from service.accounts import credentials, sign_in
from service.accounts.account import Account, AccountSession
from service.accounts.passwords import Passwords
from service.accounts.sessions import session_of, sessions_of
from service.accounts.sign_in import Refused, check_password, enter, enter_with_code, prove
from service.accounts.throttling import TooSoon
from service.audit import Entry
from service.mail.email import Email
from service.repository import Store
from tests.accounts.sign_in_helpers import (
    KEPT,
    NOON,
    PASSWORD,
    TOTP,
    CountingHasher,
    code_at,
    door,
    somebody,
)

WRONG = "green kettle hums quietly"


def events(store: Store) -> list[tuple[str, dict[str, object]]]:
    return [(entry.kind, entry.facts) for entry in sorted(store[Entry].all(), key=lambda entry: entry.id)]


def opened_by(store: Store, secret: str, now: datetime) -> AccountSession:
    found = session_of(store, secret, now)
    assert found is not None
    return found[1]


def let_in(knock: Callable[[], object]) -> bool:
    """Whether a try was looked at, whatever came of it."""
    try:
        knock()
    except Refused:
        return True
    except TooSoon:
        return False
    return True


def test_address_and_password_open_a_session(store: Store) -> None:
    account = somebody(store)
    secret = enter(store, door(), check_password(store, door(), " Ro@Example.ORG ", PASSWORD))
    entered = session_of(store, secret, NOON)
    assert entered is not None
    assert entered[0] == account
    assert (entered[1].second_factor, entered[1].browser) == (False, "Firefox")
    assert events(store) == [("signed_in", {"second_factor": False})]


def test_what_is_kept_of_a_session_does_not_open_it(store: Store) -> None:
    somebody(store)
    secret = enter(store, door(), check_password(store, door(), "ro@example.org", PASSWORD))
    [kept] = store[AccountSession].all()
    assert secret not in repr(kept)
    assert session_of(store, kept.id, NOON) is None


@pytest.mark.parametrize(
    ("made", "typed"),
    [
        ({}, WRONG),
        ({}, ""),
        ({}, PASSWORD.upper()),
        ({}, PASSWORD + " " * 100_000),
        ({"password": ""}, PASSWORD),
        ({"password": ""}, ""),
        ({"password": ""}, "nobody"),
        ({"closed_at": NOON}, PASSWORD),
    ],
)
def test_everything_else_is_refused_in_the_same_way(store: Store, made: dict[str, object], typed: str) -> None:
    somebody(store, **made)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        check_password(store, door(), "ro@example.org", typed)
    assert not list(store[AccountSession].all())


@pytest.mark.parametrize("email", ["nobody@example.org", "", "no address", "ro@example.org\x00", "r" * 100_000])
def test_an_address_that_nobody_has_costs_the_same_work(store: Store, email: str) -> None:
    counting = CountingHasher()
    passwords = Passwords(counting)
    somebody(store, password=passwords.hash(PASSWORD))
    known = [
        let_in(lambda: check_password(store, door(passwords=passwords), "ro@example.org", WRONG)) for _ in range(8)
    ]
    of_known, counting.done = counting.done, []
    unknown = [let_in(lambda: check_password(store, door(passwords=passwords), email, WRONG)) for _ in range(8)]
    assert counting.done == of_known, "as many hashes at the same cost"
    assert len(of_known) == 5
    assert unknown == known, "and the same waits"


def test_a_closed_account_and_one_without_password_cost_the_same_work(store: Store) -> None:
    counting = CountingHasher()
    passwords = Passwords(counting)
    somebody(store, "closed@example.org", password=passwords.hash(PASSWORD), closed_at=NOON)
    somebody(store, "new@example.org", password="")
    for email in ("closed@example.org", "new@example.org", "nobody@example.org"):
        with pytest.raises(Refused):
            check_password(store, door(passwords=passwords), email, PASSWORD)
    assert len(counting.done) == 3
    assert len(set(map(repr, counting.done))) == 1


def test_who_has_forgotten_costs_the_same_work_whether_there_is_an_account_or_not(store: Store) -> None:
    counting = CountingHasher()
    passwords = Passwords(counting)
    somebody(store, password=passwords.hash(PASSWORD))
    credentials.forgotten(store, door(passwords=passwords), "ro@example.org", "https://sayso.example.org")
    of_known, counting.done = counting.done, []
    credentials.forgotten(store, door(passwords=passwords), "nobody@example.org", "https://sayso.example.org")
    assert counting.done == of_known
    assert len(of_known) == 1
    assert len(list(store[Email].all())) == 1


def test_a_password_hashed_at_another_cost_is_hashed_anew_when_it_is_given(store: Store) -> None:
    dearer = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    somebody(store)
    check_password(store, door(passwords=dearer), "ro@example.org", PASSWORD)
    [kept] = store[Account].all()
    assert kept.password.startswith("$argon2id$v=19$m=16,t=2,p=1$")
    assert check_password(store, door(passwords=dearer), "ro@example.org", PASSWORD) == kept


# --- brute force ---


def thousand(store: Store, try_at: Callable[[datetime], object]) -> int:
    """How many of a thousand tries, one a second, are looked at."""
    moments = (NOON + timedelta(seconds=second) for second in range(1000))
    return sum(let_in(partial(try_at, moment)) for moment in moments)


def test_of_a_thousand_wrong_passwords_few_are_looked_at_and_nobody_else_waits(store: Store) -> None:
    owner, other = somebody(store), somebody(store, "mo@example.org")
    counting = CountingHasher()
    passwords = Passwords(counting)

    def attack(now: datetime) -> None:
        check_password(store, door(now, passwords=passwords), "ro@example.org", WRONG)

    assert thousand(store, attack) == len(counting.done) <= 13
    end = NOON + timedelta(seconds=1000)
    with pytest.raises(TooSoon):
        check_password(store, door(end), "ro@example.org", PASSWORD)
    assert check_password(store, door(end), "mo@example.org", PASSWORD) == other
    assert check_password(store, door(end, browser="own", knows=[owner.id]), "ro@example.org", PASSWORD) == owner
    assert check_password(store, door(end, client="198.51.100.7"), "ro@example.org", PASSWORD) == owner


def test_of_a_thousand_wrong_codes_few_are_looked_at_wherever_they_come_from(store: Store) -> None:
    owner = somebody(store, totp=TOTP)

    def attack(now: datetime) -> None:
        client = f"198.51.100.{now.second}"
        enter_with_code(store, door(now, client=client), owner, "000000")

    assert thousand(store, attack) <= 13
    end = NOON + timedelta(seconds=1000)
    with pytest.raises(TooSoon):
        enter_with_code(store, door(end), owner, code_at(end))
    at_home = door(end, browser="own", knows=[owner.id])
    assert session_of(store, enter_with_code(store, at_home, owner, code_at(end)), end)


def test_who_chooses_a_new_password_by_letter_waits_for_nobodys_wrong_codes(store: Store) -> None:
    owner = somebody(store, totp=TOTP)
    for _ in range(8):
        let_in(lambda: enter_with_code(store, door(), owner, "000000"))
    credentials.forgotten(store, door(), owner.email, "https://sayso.example.org")
    [letter] = store[Email].all()
    token = letter.text.partition("/password/")[2].split()[0]
    credentials.choose_password(store, door().passwords, token, WRONG, NOON, door().digest)
    owner = check_password(store, door(), owner.email, WRONG)
    assert enter_with_code(store, door(), owner, code_at(NOON))


def test_a_thousand_tries_are_few_lines_of_the_audit(store: Store) -> None:
    somebody(store)
    thousand(store, lambda now: check_password(store, door(now), "ro@example.org", WRONG))
    reasons = [facts["reason"] for kind, facts in events(store) if kind == "sign_in_refused"]
    assert reasons.count("waiting") == 1
    assert len(reasons) <= 14
    assert all(entry.actor == "" for entry in store[Entry].all()), "who tried need not be whose account it is"


def test_success_forgets_the_failures(store: Store) -> None:
    somebody(store)
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(Refused):
                check_password(store, door(), "ro@example.org", WRONG)
        check_password(store, door(), "ro@example.org", PASSWORD)


# --- the second factor ---


def test_with_a_second_factor_the_password_alone_opens_nothing(store: Store) -> None:
    owner = somebody(store, totp=TOTP)
    account = check_password(store, door(), owner.email, PASSWORD)
    with pytest.raises(Refused):
        enter(store, door(), account)
    assert not list(store[AccountSession].all())


def test_a_code_enters_once(store: Store) -> None:
    owner = somebody(store, totp=TOTP)
    late, early = NOON + timedelta(seconds=30), NOON - timedelta(seconds=30)
    assert enter_with_code(store, door(), owner, code_at(NOON))
    for used_or_older in (code_at(NOON), code_at(early)):
        for moment in (NOON, late):
            with pytest.raises(Refused):
                enter_with_code(store, door(moment), owner, used_or_older)
    assert enter_with_code(store, door(late), owner, code_at(late))
    assert len(sessions_of(store, owner.id, NOON)) == 2
    assert [facts for kind, facts in events(store) if kind == "signed_in"] == [{"second_factor": True}] * 2


@pytest.mark.parametrize(("seconds", "enters"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phone_whose_clock_is_off_by_half_a_minute_still_enters(store: Store, seconds: int, enters: bool) -> None:
    owner = somebody(store, totp=TOTP)
    code = code_at(NOON + timedelta(seconds=seconds))
    with contextlib.suppress(Refused):
        enter_with_code(store, door(), owner, code)
    assert bool(sessions_of(store, owner.id, NOON)) is enters


def test_of_many_who_send_the_same_code_at_once_one_enters(store: Store) -> None:
    owner = somebody(store, totp=TOTP)

    def knock(number: int) -> bool:
        try:
            # from browsers that know the account, so that none of them waits
            at_home = door(browser=f"{number}", knows=[owner.id])
            return bool(enter_with_code(store, at_home, owner, code_at(NOON)))
        except Refused:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(knock, range(8))) == 1
    assert len(sessions_of(store, owner.id, NOON)) == 1


def test_between_password_and_code_the_account_may_be_closed_or_its_password_changed(store: Store) -> None:
    owner = somebody(store, totp=TOTP)
    for changed in (replace(owner, closed_at=NOON), replace(owner, password=KEPT + "x")):
        with store.transaction() as tx:
            tx[Account].put(changed)
        with pytest.raises(Refused):
            enter_with_code(store, door(), owner, code_at(NOON))
    assert not list(store[AccountSession].all())


# --- proving oneself again, and the way out ---


def entered(store: Store, account: Account, **told: object) -> str:
    at = door(**told)  # type: ignore[arg-type]
    return enter_with_code(store, at, account, code_at(at.now)) if account.totp else enter(store, at, account)


def test_proving_oneself_gives_the_session_a_new_secret_and_no_longer_life(store: Store) -> None:
    owner = somebody(store)
    secret = entered(store, owner)
    session = opened_by(store, secret, NOON)
    later = NOON + timedelta(hours=2)
    renewed = prove(store, door(later), session, owner, PASSWORD, "")
    assert session_of(store, secret, later) is None
    proved = opened_by(store, renewed, later)
    assert (proved.proved_at, proved.ends_at, proved.began_at) == (later, session.ends_at, NOON)


@pytest.mark.parametrize(("password", "code_age"), [(WRONG, 0), (PASSWORD, 60), (PASSWORD, -7200)])
def test_proving_oneself_asks_for_both(store: Store, password: str, code_age: int) -> None:
    owner = somebody(store, totp=TOTP)
    session = opened_by(store, entered(store, owner), NOON)
    later = NOON + timedelta(hours=2)
    with pytest.raises(Refused):
        prove(store, door(later), session, owner, password, code_at(later - timedelta(seconds=code_age)))
    assert list(store[AccountSession].all()) == [session]


def test_proving_oneself_does_not_bring_back_a_session_that_was_ended(store: Store) -> None:
    owner = somebody(store)
    session = opened_by(store, entered(store, owner), NOON)
    sign_in.sign_out(store, session, NOON, everywhere=True)
    with pytest.raises(Refused):
        prove(store, door(), session, owner, PASSWORD, "")
    assert not list(store[AccountSession].all())


def test_signing_out_ends_this_session_or_all_of_ones_own(store: Store) -> None:
    owner, other = somebody(store), somebody(store, "mo@example.org")
    secrets = [entered(store, owner), entered(store, owner), entered(store, owner)]
    others = entered(store, other)
    session = opened_by(store, secrets[0], NOON)
    sign_in.sign_out(store, session, NOON)
    assert [session_of(store, secret, NOON) is None for secret in secrets] == [True, False, False]
    session = opened_by(store, secrets[1], NOON)
    sign_in.sign_out(store, session, NOON + timedelta(seconds=1), everywhere=True)
    assert all(session_of(store, secret, NOON) is None for secret in secrets)
    assert session_of(store, others, NOON)
    assert [facts for kind, facts in events(store) if kind == "signed_out"] == [
        {"everywhere": False},
        {"everywhere": True},
    ]


def test_a_session_ends_after_twelve_hours_however_busy_it_is(store: Store) -> None:
    owner = somebody(store)
    secret = entered(store, owner)
    session = opened_by(store, secret, NOON + timedelta(hours=11))
    secret = prove(store, door(NOON + timedelta(hours=11)), session, owner, PASSWORD, "")
    assert session_of(store, secret, NOON + timedelta(hours=11, minutes=59))
    assert session_of(store, secret, NOON + timedelta(hours=12)) is None
    assert not sessions_of(store, owner.id, NOON + timedelta(hours=12))
