"""Waits grow, apart for each place, and stop nobody for good."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from service.accounts import throttling
from service.accounts.account import Attempts
from service.accounts.throttling import AT_ACCOUNT, FROM_CLIENT, Counters, LoginSource, TooSoon, in_words
from service.repository import Store
from tests.accounts.sign_in_helpers import HASHER, NOON, somebody


def counters_of(client: str = "192.0.2.1", email: str = "ro@example.org") -> Counters:
    return throttling.at_password(LoginSource(client), email, None, HASHER.new)


def fail(store: Store, counters: Counters, now: datetime) -> bool:
    """Whether a try was let in, to fail."""
    try:
        with store.transaction() as tx:
            throttling.begin_try(tx, counters, now)
    except TooSoon:
        return False
    with store.transaction() as tx:
        throttling.count_failure(tx, counters, now)
    return True


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 5), (6, 10), (7, 20), (10, 160), (12, 640), (13, 900), (10_000, 900)]
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    assert AT_ACCOUNT.after(failures) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 second"),
        (1, "1 second"),
        (39.5, "40 seconds"),
        (90, "90 seconds"),
        (91, "2 minutes"),
        (900, "15 minutes"),
    ],
)
def test_a_wait_is_told_in_words_and_never_too_short(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


def test_the_sixth_try_waits_and_then_is_let_in(store: Store) -> None:
    assert [fail(store, counters_of(), NOON) for _ in range(7)] == [True] * 5 + [False] * 2
    assert not fail(store, counters_of(), NOON + timedelta(seconds=4))
    assert fail(store, counters_of(), NOON + timedelta(seconds=5))
    assert not fail(store, counters_of(), NOON + timedelta(seconds=14))
    assert fail(store, counters_of(), NOON + timedelta(seconds=15))


def test_who_is_told_to_wait_is_told_how_long(store: Store) -> None:
    while fail(store, counters_of(), NOON):
        pass
    with pytest.raises(TooSoon, match="Please wait 3 seconds and try again"), store.transaction() as tx:
        throttling.begin_try(tx, counters_of(), NOON + timedelta(seconds=2))


def test_asking_while_one_waits_makes_the_wait_no_longer(store: Store) -> None:
    while fail(store, counters_of(), NOON):
        pass
    for second in range(5):
        assert not fail(store, counters_of(), NOON + timedelta(seconds=second))
    assert fail(store, counters_of(), NOON + timedelta(seconds=5))


def test_another_place_and_another_account_do_not_wait(store: Store) -> None:
    while fail(store, counters_of(), NOON):
        pass
    assert fail(store, counters_of(client="192.0.2.2"), NOON)
    assert fail(store, counters_of(email="mo@example.org"), NOON)


def test_a_client_that_tries_account_after_account_waits_too_but_not_for_long(store: Store) -> None:
    let_in = [fail(store, counters_of(email=f"{number}@example.org"), NOON) for number in range(50)]
    assert let_in == [True] * FROM_CLIENT.free + [False] * 20
    later = NOON + FROM_CLIENT.longest
    assert fail(store, counters_of(email="somebody@example.org"), later)


def test_a_browser_that_knows_the_account_is_counted_by_itself(store: Store) -> None:
    account = somebody(store)
    for number in range(60):
        fail(store, counters_of(email=f"{number}@example.org"), NOON)
    while fail(store, counters_of(), NOON):
        pass
    place = LoginSource("192.0.2.1", "its-own", frozenset({account.id}))
    known = throttling.at_password(place, account.email, account, HASHER.new)
    assert [fail(store, known, NOON) for _ in range(6)] == [True] * 5 + [False]


def test_a_browser_that_knows_another_account_is_a_stranger_to_this_one(store: Store) -> None:
    account = somebody(store)
    place = LoginSource("192.0.2.1", "its-own", frozenset({"somebody-else"}))
    assert throttling.at_password(place, account.email, account, HASHER.new) == counters_of()


def test_many_tries_at_the_same_moment_are_no_way_around_the_wait(store: Store) -> None:
    with ThreadPoolExecutor(12) as threads:
        let_in = list(threads.map(lambda _: fail(store, counters_of(), NOON), range(24)))
    assert sum(let_in) == AT_ACCOUNT.free


def test_tries_that_come_in_another_order_than_they_began_are_all_counted(store: Store) -> None:
    moments = [NOON - timedelta(milliseconds=number) for number in range(8)]
    assert sum(fail(store, counters_of(), moment) for moment in moments) == AT_ACCOUNT.free


def test_after_a_day_without_failures_they_are_forgotten(store: Store) -> None:
    while fail(store, counters_of(), NOON):
        pass
    tomorrow = NOON + timedelta(hours=24)
    assert [fail(store, counters_of(), tomorrow) for _ in range(6)] == [True] * 5 + [False]


def test_a_clock_that_was_set_back_keeps_nobody_waiting_until_it_has_caught_up(store: Store) -> None:
    while fail(store, counters_of(), NOON):
        pass
    assert fail(store, counters_of(), NOON - timedelta(hours=2))


def test_tidying_lets_go_of_old_counts_and_of_no_others(store: Store) -> None:
    fail(store, counters_of(client="192.0.2.1"), NOON)
    fail(store, counters_of(client="192.0.2.2"), NOON + timedelta(hours=3))
    assert throttling.forget_attempts(store, NOON + timedelta(hours=25)) == 2
    assert len(list(store[Attempts].all())) == 2
    assert throttling.forget_attempts(store, NOON + timedelta(hours=25)) == 0
    assert throttling.forget_attempts(store, NOON + timedelta(hours=27)) == 2
    assert not list(store[Attempts].all())


def test_what_is_counted_says_neither_whose_account_it_was_nor_from_where(store: Store) -> None:
    fail(store, counters_of(), NOON)
    kept = " ".join(map(repr, store[Attempts].all()))
    assert "192.0.2.1" not in kept
    assert "example.org" not in kept
