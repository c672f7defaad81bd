"""Several processes on one store: nothing lost, nothing doubled, whoever is killed."""

import os
import random
import threading
from collections.abc import Callable
from dataclasses import replace

from service.collection.models.response import Ledger, Response, Tombstone
from service.storage import open_store
from service.storage.store import RecordStore
from tests.storage.conftest import Place
from tests.storage.drills import four_at_once, kill_one_at_a_time, kill_one_of_four
from tests.storage.samples import response


def test_four_processes_save_a_thousand_drafts_and_submissions_each(tiny_place: Place) -> None:
    shown = four_at_once(tiny_place.url, 1000)
    assert shown.faults == []
    assert shown.acknowledged == 4 * (1000 + 1000 + 334)
    store = open_store(tiny_place.url)
    assert store[Response].count("round_id", "worker-0") == 666
    assert len(list(store[Response].all())) == 4 * 666
    assert len(list(store[Tombstone].all())) == 4 * 334


def test_four_processes_save_a_hundred_and_twenty_each_into_postgres(postgres_place: Place) -> None:
    shown = four_at_once(postgres_place.url, 120)
    assert shown.faults == []
    assert shown.acknowledged == 4 * (120 + 120 + 40)


def test_nothing_acknowledged_is_lost_to_a_killed_writer(url: str, store: RecordStore) -> None:
    shown = kill_one_at_a_time(url, 12, random.Random(1))
    assert shown.faults == []
    assert shown.acknowledged >= 8


def test_nothing_acknowledged_is_lost_while_others_write(url: str, store: RecordStore) -> None:
    shown = kill_one_of_four(url, 8, random.Random(2))
    assert shown.faults == []
    assert shown.acknowledged >= 8


def test_a_forked_worker_writes_on_with_the_store_it_inherited(
    store: RecordStore, opened: Callable[[], RecordStore]
) -> None:
    with store.transaction() as tx:
        tx[Response].put(response("parent"))
    workers = [_fork(lambda name=f"child-{n}": _keep(store, name)) for n in range(3)]
    _keep(store, "parent-meanwhile")
    assert [os.waitpid(worker, 0)[1] for worker in workers] == [0, 0, 0]
    expected = {"parent", "parent-meanwhile", "child-0", "child-1", "child-2"}
    for each in (store, opened()):
        assert {kept.id for kept in each[Response].all()} == expected


def _keep(store: RecordStore, name: str) -> None:
    assert store[Response].get("parent") is not None
    with store.transaction() as tx:
        tx[Response].put(response(name))


def _fork(work: Callable[[], None]) -> int:
    process = os.fork()
    if process == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return process


def test_records_rewritten_from_everywhere_never_go_back_while_the_journal_is_written_anew(tiny_place: Place) -> None:
    open_store(tiny_place.url).close()
    workers = [_fork(lambda name=f"p{n}": _rewrite_and_watch(tiny_place.url, name)) for n in range(3)]
    assert [os.waitpid(worker, 0)[1] for worker in workers] == [0, 0, 0]
    store = open_store(tiny_place.url)
    assert {kept.id: kept.started for kept in store[Ledger].all()} == {
        "shared": 3 * 2 * 300,
        **{f"p{n}-{m}": 300 for n in range(3) for m in range(2)},
    }
    assert store.engine.journal.contents().lines < 2000  # type: ignore[attr-defined]


def _rewrite_and_watch(url: str, name: str) -> None:
    store = open_store(url, lock_seconds=60)
    done = threading.Event()
    faults: list[str] = []

    def count(own: str) -> None:
        for _ in range(300):
            with store.transaction() as tx:
                for ledger_id in own, "shared":
                    ledger = tx[Ledger].get(ledger_id) or Ledger(ledger_id, "round-1", "form")
                    tx[Ledger].put(replace(ledger, started=ledger.started + 1))

    def watch() -> None:
        last = 0
        while not done.is_set():
            ledger = store[Ledger].get("shared")
            seen = ledger.started if ledger else 0
            if seen < last:
                faults.append(f"{seen} after {last}")
            last = seen

    watcher = threading.Thread(target=watch)
    writers = [threading.Thread(target=count, args=(f"{name}-{n}",)) for n in range(2)]
    for thread in (watcher, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    watcher.join()
    assert faults == []
