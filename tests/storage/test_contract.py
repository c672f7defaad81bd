"""What collection may rely on, whichever engine is underneath."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from service.collection.models.home import Home
from service.collection.models.response import Ledger, Response, Tombstone
from service.collection.models.round import Round
from service.repository import Store
from service.storage import StoreUnavailable, open_store
from service.storage.record_types import RECORD_TYPES
from service.storage.store import RecordStore
from service.text import LONGEST_TEXT, TooLarge
from tests.storage.samples import EVERY_KIND, HOME, LEDGER, MORNING, RESPONSE, ROUND, response

Opened = Callable[[], RecordStore]


def keep(store: Store, *responses: Response) -> None:
    with store.transaction() as tx:
        for each in responses:
            tx[Response].put(each)


def test_it_is_the_store_that_collection_asks_for(store: RecordStore) -> None:
    as_collection_sees_it: Store = store
    assert as_collection_sees_it[Home].get("nobody") is None


def test_every_table_has_its_sample() -> None:
    assert EVERY_KIND.keys() == {record_type.table for record_type in RECORD_TYPES}


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_of_record_is_read_back_as_it_was_put(store: RecordStore, opened: Opened, kind: str) -> None:
    record: Any = EVERY_KIND[kind]
    with store.transaction() as tx:
        tx[type(record)].put(record)
        assert tx[type(record)].get(record.id) == record
    assert store[type(record)].get(record.id) == record
    assert list(opened()[type(record)].all()) == [record]


def test_a_moment_is_the_same_moment_whatever_zone_it_was_said_in(store: RecordStore) -> None:
    summer = datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=1)))
    keep(store, response("r1", started_at=summer))
    kept = store[Response].get("r1")
    assert kept is not None
    assert kept.started_at == summer


def test_putting_again_replaces_the_whole_record(store: RecordStore) -> None:
    keep(store, response("r1", answers={"a": 1, "b": 2}))
    keep(store, response("r1", answers={"c": 3}, submitted_at=MORNING))
    assert list(store[Response].all()) == [response("r1", answers={"c": 3}, submitted_at=MORNING)]


def test_records_come_in_the_order_of_first_writing(store: RecordStore, opened: Opened) -> None:
    keep(store, response("z"))
    keep(store, response("a"), response("m", "round-2"))
    keep(store, response("z", conflict=True), response("b"))
    for each in (store, opened()):
        assert [kept.id for kept in each[Response].all()] == ["z", "a", "m", "b"]
        assert [kept.id for kept in each[Response].find("round_id", "round-1")] == ["z", "a", "b"]


def test_a_record_that_moves_is_found_where_it_is_now_and_keeps_its_place(store: RecordStore, opened: Opened) -> None:
    keep(store, response("a"), response("b", "round-2"), response("c"))
    with store.transaction() as tx:
        tx[Response].put(response("a", "round-2"))
        assert [kept.id for kept in tx[Response].find("round_id", "round-2")] == ["a", "b"]
        assert tx[Response].count("round_id", "round-1") == 1
    for each in (store, opened()):
        assert [kept.id for kept in each[Response].find("round_id", "round-2")] == ["a", "b"]
        assert each[Response].count("round_id", "round-2") == 2
        assert [kept.id for kept in each[Response].find("round_id", "round-1")] == ["c"]


def test_a_record_that_was_gone_comes_back_at_the_end(store: RecordStore, opened: Opened) -> None:
    keep(store, response("a"), response("b"))
    with store.transaction() as tx:
        tx[Response].remove("a")
        tx[Response].put(response("c"))
        tx[Response].put(response("a"))
        assert [kept.id for kept in tx[Response].all()] == ["b", "c", "a"]
        assert [kept.id for kept in tx[Response].find("round_id", "round-1")] == ["b", "c", "a"]
    for each in (store, opened()):
        assert [kept.id for kept in each[Response].find("round_id", "round-1")] == ["b", "c", "a"]


def test_find_and_count_agree_and_know_nothing_of_what_is_not_there(store: RecordStore) -> None:
    keep(store, *(response(f"r{n}", f"round-{n % 3}") for n in range(10)))
    for round_id, number in ("round-0", 4), ("round-1", 3), ("round-2", 3), ("round-3", 0), ("", 0):
        assert store[Response].count("round_id", round_id) == number
        assert len(list(store[Response].find("round_id", round_id))) == number


@pytest.mark.parametrize("field", ["id", "form_id", "answers", "nothing"])
def test_a_field_without_an_index_is_refused_and_never_scanned(store: RecordStore, field: str) -> None:
    with pytest.raises(KeyError):
        store[Response].find(field, "x")
    with pytest.raises(KeyError):
        store[Response].count(field, "x")
    with store.transaction() as tx, pytest.raises(KeyError):
        tx[Response].find(field, "x")


@pytest.mark.parametrize("record_id", ["", "a\nb", "a\tb", "nul\0", "\ud800", "x" * 201, "no-such-id"])
def test_an_id_that_cannot_be_is_simply_not_there(store: RecordStore, record_id: str) -> None:
    assert store[Response].get(record_id) is None
    with store.transaction() as tx:
        tx[Response].remove(record_id)


def test_a_record_with_an_impossible_id_is_refused(store: RecordStore) -> None:
    with pytest.raises(ValueError, match="cannot be the id"), store.transaction() as tx:
        tx[Response].put(response("first\nsecond"))
    assert list(store[Response].all()) == []


def test_an_exception_inside_a_transaction_keeps_nothing(store: RecordStore, opened: Opened) -> None:
    keep(store, response("a"))

    def fail() -> None:
        with store.transaction() as tx:
            tx[Home].put(HOME)
            tx[Response].put(response("b"))
            tx[Response].remove("a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    for each in (store, opened()):
        assert each[Home].get(HOME.id) is None
        assert [kept.id for kept in each[Response].all()] == ["a"]
    keep(store, response("c"))


def test_a_transaction_sees_what_it_has_done_so_far(store: RecordStore) -> None:
    keep(store, response("a"), response("b"))
    with store.transaction() as tx:
        tx[Response].put(response("c"))
        tx[Response].remove("a")
        tx[Response].put(response("b", conflict=True))
        assert [kept.id for kept in tx[Response].all()] == ["b", "c"]
        assert tx[Response].get("a") is None
        assert tx[Response].get("b") == response("b", conflict=True)
        assert tx[Response].count("round_id", "round-1") == 2
        tx[Response].remove("c")
        assert [kept.id for kept in tx[Response].find("round_id", "round-1")] == ["b"]


def test_others_see_a_transaction_only_when_it_is_over_and_do_not_wait_for_it(
    store: RecordStore, opened: Opened
) -> None:
    other = opened()
    keep(store, response("a"))
    with ThreadPoolExecutor(1) as elsewhere, store.transaction() as tx:
        tx[Response].put(response("b"))
        for each in (store, other):
            seen = elsewhere.submit(lambda each=each: [kept.id for kept in each[Response].all()])
            assert seen.result(timeout=60) == ["a"]
    assert [kept.id for kept in other[Response].all()] == ["a", "b"]


def test_records_can_be_changed_while_they_are_looked_through(store: RecordStore) -> None:
    keep(store, *(response(f"r{n}") for n in range(20)))
    with store.transaction() as tx:
        for kept in tx[Response].find("round_id", "round-1"):
            tx[Response].remove(kept.id)
            tx[Tombstone].put(Tombstone(kept.id))
    assert list(store[Response].all()) == []
    assert len(list(store[Tombstone].all())) == 20


def test_changes_from_many_threads_and_openings_are_never_lost(store: RecordStore, opened: Opened) -> None:
    with store.transaction() as tx:
        tx[Ledger].put(replace(LEDGER, started=0))

    def count_up(each: RecordStore) -> None:
        for _ in range(25):
            with each.transaction() as tx:
                ledger = tx[Ledger].get(LEDGER.id)
                assert ledger is not None
                tx[Ledger].put(replace(ledger, started=ledger.started + 1))

    openings = [store, opened()]
    threads = [threading.Thread(target=count_up, args=(openings[n % 2],)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger = opened()[Ledger].get(LEDGER.id)
    assert ledger is not None
    assert ledger.started == 150


def test_a_transaction_inside_another_is_refused_and_spoils_nothing(store: RecordStore) -> None:
    with store.transaction() as tx:
        tx[Response].put(response("a"))
        with pytest.raises(RuntimeError, match="open here already"), store.transaction():
            pass
    assert store[Response].get("a") is not None


def test_nothing_is_changed_outside_a_transaction(store: RecordStore) -> None:
    with store.transaction() as tx:
        tx[Response].put(response("a"))
    with pytest.raises(RuntimeError, match="outside a transaction"):
        tx[Response].put(response("b"))
    with pytest.raises(RuntimeError, match="outside a transaction"):
        tx[Response].remove("a")
    assert [kept.id for kept in store[Response].all()] == ["a"]


def test_whoever_cannot_have_the_lock_in_time_is_told_so_and_may_try_again(url: str) -> None:
    with (
        closing(open_store(url, lock_seconds=1)) as store,
        closing(open_store(url, lock_seconds=1)) as other,
        ThreadPoolExecutor(1) as elsewhere,
    ):
        with store.transaction() as tx:
            assert tx[Response].get("a") is None
            tx[Response].put(response("a"))
            with pytest.raises(StoreUnavailable, match="busy"):
                elsewhere.submit(keep, other, response("b")).result(timeout=60)
            with pytest.raises(StoreUnavailable, match="busy"):
                elsewhere.submit(keep, store, response("b")).result(timeout=60)
        elsewhere.submit(keep, other, response("b")).result(timeout=60)
        assert [kept.id for kept in store[Response].all()] == ["a", "b"]


def test_text_comes_back_clean_on_every_engine(store: RecordStore) -> None:
    keep(
        store,
        response(
            "r1",
            answers={
                "nul": "a\0b",
                "half": "x\ud800y",
                "pair": "\ud83d\ude00",
                "composed": "e\u0301",
                "nan": float("nan"),
                "huge": 10**400,
                "infinite": -float("inf"),
                "right to left": "\u202eabc",
                "big": 2**70,
                "small": 1e-300,
            },
        ),
    )
    kept = store[Response].get("r1")
    assert kept is not None
    assert kept.answers == {
        "nul": "ab",
        "half": "xy",
        "pair": "😀",
        "composed": "é",
        "nan": None,
        "huge": None,
        "infinite": None,
        "right to left": "\u202eabc",
        "big": 2**70,
        "small": 1e-300,
    }


def test_too_long_a_text_is_refused_whole(store: RecordStore) -> None:
    keep(store, response("r1", answers={"why": "x" * LONGEST_TEXT}))
    with pytest.raises(TooLarge, match=f"{LONGEST_TEXT + 1:,} characters"):
        keep(store, response("r2"), response("r3", answers={"why": "x" * (LONGEST_TEXT + 1)}))
    assert [kept.id for kept in store[Response].all()] == ["r1"]


def test_a_record_of_several_megabytes_is_refused_and_one_of_one_megabyte_is_kept(store: RecordStore) -> None:
    large = {f"q{n}": "ß" * 50_000 for n in range(10)}
    keep(store, response("r1", answers=large))
    assert store[Response].get("r1") == response("r1", answers=large)
    with pytest.raises(TooLarge):
        keep(store, response("r2", answers={f"q{n}": "ß" * 90_000 for n in range(30)}))


def test_a_moment_without_a_zone_is_refused(store: RecordStore) -> None:
    with pytest.raises(ValueError, match="time zone"):
        keep(store, response("r1", saved_at=MORNING.replace(tzinfo=None)))


def test_an_answer_that_is_no_json_is_refused(store: RecordStore) -> None:
    with pytest.raises(TypeError, match="set"):
        keep(store, response("r1", answers={"a": {1, 2}}))


def test_what_was_kept_before_the_store_was_opened_is_there(store: RecordStore, opened: Opened) -> None:
    with store.transaction() as tx:
        tx[Round].put(ROUND)
        tx[Response].put(RESPONSE)
    store.close()
    again = opened()
    assert again[Round].get(ROUND.id) == ROUND
    assert list(again[Round].find("home_id", "oak-house")) == [ROUND]
    assert again[Response].get(RESPONSE.id) == RESPONSE


def test_many_who_open_an_empty_store_at_once_make_it_once(url: str) -> None:
    faults: list[BaseException] = []

    def begin(name: str) -> None:
        try:
            store = open_store(url)
            keep(store, response(name))
            store.close()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=begin, args=(f"r{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    store = open_store(url)
    assert len(list(store[Response].all())) == 6
    store.close()


def test_an_address_that_names_no_engine_is_refused() -> None:

    for address in ("", "tinydb:", "sqlite:x", "instance/store"):
        with pytest.raises(ValueError, match="no address of a store"):
            open_store(address)
