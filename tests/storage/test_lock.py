"""What one process at a time may do, on any machine: nobody waits for it, and whoever dies lets go."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import contextmanager

import psycopg
import pytest

from service.collection.models.response import Response
from service.storage import StoreUnavailable, open_store
from service.storage.store import RecordStore
from tests.storage.conftest import Place
from tests.storage.samples import response
from tests.wait_until import soon


def test_the_second_is_told_at_once_and_has_its_turn_afterwards(
    store: RecordStore, opened: Callable[[], RecordStore]
) -> None:
    other = opened()
    with store.try_lock("jobs") as first:
        assert first
        for each in (other, store):
            with each.try_lock("jobs") as second:
                assert not second
    with other.try_lock("jobs") as later:
        assert later
        with store.try_lock("jobs") as again:
            assert not again, "one that was refused has let go of nothing that is another's"


def test_names_and_stores_are_apart(store: RecordStore, new_place: Callable[[str], Place], url: str) -> None:
    elsewhere = open_store(new_place("tiny" if url.startswith("tinydb") else "postgres").url)
    with store.try_lock("jobs") as jobs, store.try_lock("import") as importing, elsewhere.try_lock("jobs") as others:
        assert (jobs, importing, others) == (True, True, True)
    elsewhere.close()


def test_threads_of_one_process_are_told_apart(store: RecordStore) -> None:
    found: list[bool] = []

    def ask() -> None:
        with store.try_lock("jobs") as mine:
            found.append(mine)

    with store.try_lock("jobs"):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    ask()
    assert found == [False, True]


def test_the_store_is_read_and_written_as_ever_by_whoever_is_alone_and_by_others(
    store: RecordStore, opened: Callable[[], RecordStore]
) -> None:
    with store.try_lock("jobs"):
        for name, each in (("mine", store), ("theirs", opened())):
            with each.transaction() as tx:
                tx[Response].put(response(name))
        assert {kept.id for kept in store[Response].all()} == {"mine", "theirs"}


def test_whoever_comes_next_finds_it_free_at_once(store: RecordStore, opened: Callable[[], RecordStore]) -> None:
    other = opened()
    for _ in range(20):
        for each in (store, other):
            with each.try_lock("jobs") as mine:
                assert mine


def test_a_fault_lets_go(store: RecordStore, opened: Callable[[], RecordStore]) -> None:
    with pytest.raises(RuntimeError), store.try_lock("jobs"):
        raise RuntimeError
    with opened().try_lock("jobs") as free:
        assert free


def test_whoever_is_killed_lets_go(url: str, store: RecordStore) -> None:
    for _ in range(5):
        with _held_by_another_process(url) as process:
            with store.try_lock("jobs") as mine:
                assert not mine
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            assert _soon(store), "the killed one still has it"


def test_a_connection_that_is_cut_lets_go_and_is_no_fault_of_whoever_had_it(postgres_place: Place) -> None:
    store = open_store(postgres_place.url)
    with store.try_lock("jobs") as mine:
        assert mine
        with psycopg.connect(postgres_place.url) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()"
            )
        assert _soon(store)
    with store.transaction() as tx:
        tx[Response].put(response("afterwards"))
    store.close()


def test_a_folder_that_cannot_be_used_is_said_in_a_sentence(tiny_place: Place) -> None:
    store = open_store(tiny_place.url)
    folder = store.engine.journal.folder  # type: ignore[attr-defined]
    (folder / "jobs.lock").mkdir()
    with pytest.raises(StoreUnavailable, match="The store cannot be reached"), store.try_lock("jobs"):
        pass


@contextmanager
def _held_by_another_process(url: str):
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            with open_store(url).try_lock("jobs") as mine:
                os.write(writing, b"1" if mine else b"0")
                signal.pause()
        finally:
            os._exit(1)
    os.close(writing)
    assert os.read(reading, 1) == b"1"
    os.close(reading)
    yield process


def _soon(store: RecordStore) -> bool:
    """Whether it is free within a moment: a server takes one to notice that somebody has gone."""

    def is_free() -> bool:
        with store.try_lock("jobs") as free:
            return free

    return soon(is_free)
