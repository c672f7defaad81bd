"""Nobody reads answers, names and addresses on the disk; whoever has the keys does, and finds them."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.storage import KeyLost
from service.storage.codec import Unreadable
from service.storage.encryption import Seal
from service.storage.maintenance import rotate
from service.storage.store import RecordStore
from tests.storage.samples import HOME, INVITATION, RESPONSE, ROUND, response

OLD, NEW, OTHER = "old-" * 10, "new-" * 10, "other-" * 8
SECRETS = ("Because – ", "Zoë", "zoe@example.org", "12 Nov")
OpenWith = Callable[..., RecordStore]
OnDisk = Callable[[], bytes]


def keep(store: RecordStore, *record_ids: str) -> None:
    with store.transaction() as tx:
        tx[Round].put(ROUND)
        tx[Invitation].put(INVITATION)
        for record_id in record_ids:
            tx[Response].put(response(record_id))


def test_answers_names_and_addresses_are_nowhere_on_the_disk(open_with: OpenWith, on_disk: OnDisk) -> None:
    keep(open_with(), "r1")
    assert all(secret.encode() in on_disk() for secret in SECRETS), "without keys this test could not fail"
    store = open_with(OLD)
    keep(store, "r1")
    store.engine.compact()
    found = on_disk()
    assert b"round-1" in found
    for secret in SECRETS:
        assert secret.encode() not in found
    assert store[Response].get("r1") == response("r1")
    assert store[Invitation].get(INVITATION.id) == INVITATION


def test_who_was_asked_is_found_by_a_keyed_hash(open_with: OpenWith) -> None:
    store = open_with(OLD)
    with store.transaction() as tx:
        for n in range(4):
            tx[Invitation].put(replace(INVITATION, id=f"i{n}", email=f"{n % 2}@example.org"))
        assert [kept.id for kept in tx[Invitation].find("email", "1@example.org")] == ["i1", "i3"]
    assert [kept.id for kept in store[Invitation].find("email", "0@example.org")] == ["i0", "i2"]
    assert store[Invitation].count("email", "0@example.org") == 2
    assert store[Invitation].count("email", "nobody@example.org") == 0
    assert store[Invitation].count("round_id", "round-1") == 4


def test_who_was_asked_is_found_in_order_while_keys_change(open_with: OpenWith) -> None:
    emails = {"email": "a@example.org"}
    for n, keys in enumerate([(), (OLD,), (NEW, OLD), (OLD,), (NEW, OLD)]):
        store = open_with(*keys)
        with store.transaction() as tx:
            tx[Invitation].put(replace(INVITATION, id=f"i{n}", **emails))
    assert [kept.id for kept in store[Invitation].find("email", "a@example.org")] == ["i0", "i1", "i2", "i3", "i4"]
    assert rotate(store).resealed == 3
    store = open_with(NEW)
    assert [kept.id for kept in store[Invitation].find("email", "a@example.org")] == ["i0", "i1", "i2", "i3", "i4"]


def test_a_lost_key_is_named_and_the_rest_is_read(open_with: OpenWith) -> None:
    keep(open_with(OLD), "r1", "r3")
    store = open_with(NEW)
    with store.transaction() as tx:
        tx[Response].put(response("r2"))
    lost = Seal([OLD]).names[0]
    with pytest.raises(KeyLost, match=f"A record is sealed with a key that was not given: {lost}"):
        store[Response].get("r1")
    assert store[Response].get("r2") == response("r2")
    assert list(store[Round].all()) == [ROUND]
    for reading in store[Response].all(), store[Response].find("round_id", "round-1"):
        assert next(reading).id == "r2"
        with pytest.raises(KeyLost, match="2 records are sealed with a key that was not given"):
            next(reading)
    assert store[Response].count("round_id", "round-1") == 3
    assert open_with(NEW, OLD)[Response].get("r1") == response("r1")


def test_a_home_is_read_without_its_key_but_for_its_contacts_and_is_not_changed(open_with: OpenWith) -> None:
    with open_with(OLD).transaction() as tx:
        tx[Home].put(HOME)
    store = open_with(NEW)
    assert store[Home].get(HOME.id) == replace(HOME, contacts=())
    with pytest.raises(KeyLost), store.transaction() as tx:
        tx[Home].put(replace(HOME, name="Another name"))
    assert list(open_with(OLD)[Home].all()) == [HOME]


def test_after_rotation_the_old_key_is_not_needed_and_nothing_is_left_under_it(
    open_with: OpenWith, on_disk: OnDisk
) -> None:
    keep(open_with(OLD), *(f"r{n}" for n in range(250)))
    told: list[tuple[int, int]] = []
    rotated = rotate(open_with(NEW, OLD), lambda done, total: told.append((done, total)))
    assert rotated == (251, 0)
    assert told == [(100, 251), (200, 251), (251, 251)]
    assert Seal([OLD]).names[0].encode() not in on_disk()
    store = open_with(NEW)
    assert [kept.id for kept in store[Response].all()] == [f"r{n}" for n in range(250)]
    assert store[Invitation].get(INVITATION.id) == INVITATION
    assert rotate(store) == (0, 0)


def test_rotation_leaves_what_it_cannot_open_as_it_is(open_with: OpenWith) -> None:
    keep(open_with(OLD), "r1")
    keep(open_with(OTHER), "r2")
    assert rotate(open_with(NEW, OTHER)) == (2, 1)
    assert open_with(OLD)[Response].get("r1") == response("r1")
    assert open_with(NEW)[Response].get("r2") == response("r2")


def test_rotation_loses_nothing_that_is_written_meanwhile(open_with: OpenWith) -> None:
    keep(open_with(OLD), *(f"r{n}" for n in range(150)))
    store = open_with(NEW, OLD)
    stop = threading.Event()
    written: list[str] = []

    def write() -> None:
        busy = open_with(OLD)
        while not stop.is_set() and len(written) < 150:
            number = len(written)
            with busy.transaction() as tx:
                tx[Response].put(response(f"r{number}", answers={"changed": number}))
            written.append(f"r{number}")

    writer = threading.Thread(target=write)
    writer.start()
    rotate(store)
    stop.set()
    writer.join()
    rotate(store)
    after = {kept.id: kept.answers for kept in open_with(NEW)[Response].all()}
    assert len(after) == 150
    for n, name in enumerate(written):
        assert after[name] == {"changed": n}


def test_without_a_key_there_is_nothing_to_rotate_to(open_with: OpenWith) -> None:
    with pytest.raises(ValueError, match="no key"):
        rotate(open_with())


def test_a_seal_says_neither_when_it_was_made_nor_what_is_the_same() -> None:
    seal = Seal([OLD])
    document = {"answers": RESPONSE.answers, "round_id": "x"}
    first, second = (seal.close(document, ("answers",), ()) for _ in range(2))
    assert first != second
    assert first["sealed"].startswith(f"{seal.names[0]}:gAAAAAAAAAAA"), "eight zero bytes where the time would be"
    assert seal.open(first) == document


def test_a_broken_seal_is_refused() -> None:
    seal = Seal([OLD])
    closed = seal.close({"answers": {}}, ("answers",), ())
    token = closed["sealed"]
    broken = token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:]
    with pytest.raises(Unreadable, match="seal is broken"):
        seal.open({"sealed": broken})


def test_the_name_of_a_key_gives_nothing_of_it_away() -> None:
    [name] = Seal([OLD]).names
    assert name not in OLD
    assert len(name) == 8
    assert Seal([OLD, NEW]).names == (name, Seal([NEW]).names[0])
