"""Six digits by which another browser goes on: right once, for a quarter of an hour, and not by guessing."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from service.collection.invitations.emails import code_writer
from service.collection.invitations.invite import Addressee, invite, linked, revoke
from service.collection.invitations.passcodes import LASTS, MOST_A_DAY, MOST_TRIES, send_code, try_code
from service.collection.models.errors import NotPossible
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation, Passcode
from service.collection.models.round import Round
from service.dates import day_at, now
from service.definitions import Form
from service.mail.email import Email
from service.repository import Store

HASHER = Hasher([b"k" * 32])
NOON = now().replace(hour=12, minute=0)

Send = Callable[..., str]


@pytest.fixture
def people(store: Store, round_: Round) -> list[Invitation]:
    addressees = [Addressee("social-worker-views", name, f"{name}@example.org") for name in ("sam", "jo")]
    return [found for _, token in invite(store, round_, addressees, now()) if (found := linked(store, token))]


@pytest.fixture
def send(store: Store, round_: Round, home: Home, library: dict[str, Form]) -> Send:
    """Send somebody a code and read it in their letter."""

    def sent(person: Invitation, at=NOON) -> str:
        send_code(store, person.id, HASHER, at, code_writer(round_, home, lambda _: library["social-worker-views"]))
        return digits_in([letter.text for letter in store[Email].find("invitation_id", person.id)][-1])

    return sent


def digits_in(text: str) -> str:
    [digits] = re.findall(r"(?<!\d)\d{6}(?!\d)", text)
    return str(digits)


def wrong_for(digits: str) -> str:
    return f"{(int(digits) + 1) % 1_000_000:06}"


def attempt(store: Store, person: Invitation, typed: str, at=NOON, hasher: Hasher = HASHER) -> str:
    return try_code(store, person.id, typed, hasher, at)


@pytest.mark.parametrize(
    "typed", ["{}", " {} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}", "{0[0]}{0[1]}{0[2]}-{0[3]}{0[4]}{0[5]}"]
)
def test_the_right_digits_open_once(store: Store, people: list[Invitation], send: Send, typed: str) -> None:
    digits = send(people[0])
    assert attempt(store, people[0], typed.format(digits)) == "right"
    assert attempt(store, people[0], digits) == "ended"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "٠١٢٣٤٥", "0" * 10_000])
def test_what_is_no_code_is_wrong(store: Store, people: list[Invitation], send: Send, typed: str) -> None:
    send(people[0])
    assert attempt(store, people[0], typed) == "wrong"


def test_a_code_lasts_a_quarter_of_an_hour(store: Store, people: list[Invitation], send: Send) -> None:
    digits = send(people[0])
    assert attempt(store, people[0], wrong_for(digits), NOON + LASTS - timedelta(seconds=1)) == "wrong"
    assert attempt(store, people[0], digits, NOON + LASTS) == "ended"
    assert timedelta(minutes=15) == LASTS


def test_five_wrong_tries_end_a_code_and_nobody_elses(store: Store, people: list[Invitation], send: Send) -> None:
    sam, jo = people
    digits, theirs = send(sam), send(jo)
    tries = [attempt(store, sam, wrong_for(digits)) for _ in range(MOST_TRIES)]
    assert tries == ["wrong"] * (MOST_TRIES - 1) + ["ended"]
    assert attempt(store, sam, digits) == "ended"
    assert attempt(store, jo, theirs) == "right"


def test_a_new_code_ends_the_one_before_and_its_letter_does_not_leave(
    store: Store, people: list[Invitation], send: Send
) -> None:
    first, second = send(people[0]), send(people[0])
    if first != second:
        assert attempt(store, people[0], first) == "wrong"
    assert attempt(store, people[0], second) == "right"
    assert [letter.state for letter in store[Email].find("invitation_id", people[0].id)] == ["dropped", "waiting"]


def test_a_thousand_guesses_come_to_no_more_than_twenty_five_in_a_day(
    store: Store, people: list[Invitation], send: Send
) -> None:
    judged = 0
    for _ in range(MOST_A_DAY):
        digits = send(people[0])
        judged += [attempt(store, people[0], wrong_for(digits)) for _ in range(200)].count("wrong") + 1
    assert judged == MOST_A_DAY * MOST_TRIES == 25
    with pytest.raises(NotPossible, match="today"):
        send(people[0])
    tomorrow = NOON + timedelta(days=1)
    assert day_at(tomorrow) > day_at(NOON)
    assert attempt(store, people[0], send(people[0], tomorrow), tomorrow) == "right"
    assert attempt(store, people[1], send(people[1])) == "right", "somebody else is not held up by it"


def test_one_persons_digits_open_nothing_of_anothers(store: Store, people: list[Invitation], send: Send) -> None:
    sam, jo = people
    digits = send(sam)
    while send(jo, NOON) == digits:
        pass
    assert attempt(store, jo, digits) == "wrong"


def test_a_code_is_recognised_after_the_keys_were_rotated_and_not_without_them(
    store: Store, people: list[Invitation], send: Send
) -> None:
    digits = send(people[0])
    assert attempt(store, people[0], digits, hasher=Hasher([b"n" * 32])) == "wrong"
    assert attempt(store, people[0], digits, hasher=Hasher([b"n" * 32, b"k" * 32])) == "right"


def test_nothing_of_a_code_is_kept_in_the_clear_and_its_subject_does_not_show_it(
    store: Store, people: list[Invitation], send: Send
) -> None:
    digits = send(people[0])
    assert digits not in repr(store[Passcode].get(people[0].id))
    [letter] = store[Email].find("invitation_id", people[0].id)
    assert digits not in letter.subject
    assert letter.rather_twice
    assert letter.to == "sam@example.org"


def test_nobody_gets_a_code_who_has_no_address_has_answered_or_was_revoked(
    store: Store, round_: Round, people: list[Invitation], send: Send
) -> None:
    [(_, token)] = invite(store, round_, [Addressee("social-worker-views", "by hand")], now())
    by_hand = linked(store, token)
    revoke(store, people[0].id, now())
    for person in (by_hand, people[0]):
        with pytest.raises(NotPossible):
            send(person)
    assert list(store[Passcode].all()) == []
