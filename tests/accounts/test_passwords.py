"""What a password must be like, and what is kept of it."""

import threading
import time

import pytest
from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY

from service.accounts import passwords
from service.accounts.passwords import Passwords, fault_in
from tests.accounts.sign_in_helpers import CHEAP

OWN = ("Mo Amari", "mo.amari@larchhouse.example.org")


@pytest.mark.parametrize(
    "good",
    [
        "blue teapot sings loudly",
        "correct horse battery staple",
        "моя бабушка любит чай",
        "(!#%/=?)+-_.,:;<>",
        "🐸🌧🎈🐘🚲🪁🥕🎺🧦🌋🪵🐙🛶🪴🧊",
        "tap tree  orbit   nine",
        "a wandering llama, said Mo, in the rain",
        "v" + "qzj wkx tpl mnd rgf " * 9,
    ],
)
def test_a_password_that_nobody_would_guess_is_taken_whatever_it_is_made_of(good: str) -> None:
    assert fault_in(good, OWN) == ""


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("", "at least 15"),
        ("teapot-llama-x", "at least 15"),
        ("e\u0301" * 10, "at least 15"),  # ten letters, however they are typed
        ("qzj wkx tpl mnd " * 20, "at most 200"),
        ("passwordpassword", "first things"),
        ("P@ssw0rdP@ssw0rd!", "first things"),
        ("Password1234567!", "first things"),
        ("qwertyuiopasdfgh", "first things"),
        ("iloveyouiloveyou", "first things"),
        ("Summer2026Summer2026", "first things"),
        ("123456789012345", "first things"),
        ("aaaaaaaaaaaaaaaa", "first things"),
        ("                ", "first things"),
        ("mo.amari@larchhouse.example.org", "your name"),
        ("Mo Amari Amari 2026 Sayso!", "your name"),
        ("M0-Am4ri-2026-S@yso", "your name"),
        ("Mo Amari, Larchhouse 1", "your name"),
        ("I am at $ay$o: Amari", "your name"),
    ],
)
def test_a_password_that_somebody_would_guess_is_refused_with_what_to_do(bad: str, words: str) -> None:
    assert words in fault_in(bad, OWN)


def test_somebody_elses_name_is_no_fault() -> None:
    assert fault_in("Mo Amari, Larchhouse 1", ("Ro Okafor", "ro@example.org")) == ""


def test_the_longest_password_is_judged_at_once() -> None:
    begun = time.thread_time()  # of this alone, whatever else the machine does
    for hard in ("0ai@|5$e4!", "a", "P@ssw0rd", "0123456789"):
        fault_in((hard * 200)[:200], OWN)
    assert time.thread_time() - begun < 4, "zxcvbn must not be given all of it"


def test_what_is_kept_is_argon2id_at_the_cost_its_authors_advise() -> None:
    kept = Passwords().hash("blue teapot sings loudly")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert Passwords().fits(kept, "blue teapot sings loudly")
    assert not Passwords().fits(kept, "blue teapot sings loudly ")
    assert not Passwords().is_outdated(kept)
    assert CHEAP.is_outdated(kept)


def test_the_hash_for_nobody_costs_as_much_as_one_of_somebody() -> None:
    assert PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY).check_needs_rehash(passwords._NOBODY) is False
    assert PasswordHasher().check_needs_rehash(passwords._NOBODY) is False


@pytest.mark.parametrize("kept", ["", "no hash", "$argon2id$v=19$m=65536,t=3,p=4$broken"])
def test_where_nothing_that_fits_is_kept_no_password_fits(kept: str) -> None:
    assert not CHEAP.fits(kept, "nobody")
    assert not CHEAP.fits(kept, "")


def test_the_same_letters_typed_on_a_phone_and_on_a_computer_are_one_password() -> None:
    assert CHEAP.fits(CHEAP.hash("caf\u00e9 caf\u00e9 caf\u00e9"), "cafe\u0301 cafe\u0301 cafe\u0301")


def test_a_long_password_fits_however_its_letters_are_typed() -> None:
    assert CHEAP.fits(CHEAP.hash("\u00e9x" * 100), "e\u0301x" * 100)
    assert not CHEAP.fits(CHEAP.hash("\u00e9x" * 100), "e\u0301x" * 100 + "x")


def test_half_a_character_is_a_wrong_password_and_no_fault_of_ours() -> None:
    assert not CHEAP.fits(CHEAP.hash("blue teapot sings loudly"), "\ud83d\x00")


def test_no_more_than_two_passwords_are_hashed_at_once() -> None:
    running, most = [0], [0]
    lock = threading.Lock()

    class Watching(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            time.sleep(0.02)
            with lock:
                running[0] -= 1
            return super().hash(password, salt=salt)

    watched = Passwords(Watching(time_cost=1, memory_cost=8, parallelism=1))
    threads = [threading.Thread(target=watched.hash, args=("blue teapot",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [2]
