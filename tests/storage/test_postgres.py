"""PostgreSQL stopped, started, cut off in the middle: "try again", then on again without a restart."""

import threading
from collections.abc import Iterator

import psycopg
import pytest

from service.collection.models.response import Response
from service.storage import StoreUnavailable, WrongFormat, open_store
from service.storage.migrations import FORMAT
from service.storage.postgres.engine import Statement
from service.storage.store import RecordStore
from tests.postgres import Postgres
from tests.storage.conftest import Place
from tests.storage.samples import response
from tests.wait_until import soon


@pytest.fixture
def store(postgres_place: Place) -> Iterator[RecordStore]:
    store = open_store(postgres_place.url, lock_seconds=5)
    yield store
    store.close()


def keep(store: RecordStore, record_id: str) -> None:
    with store.transaction() as tx:
        assert tx[Response].get(record_id) is None
        tx[Response].put(response(record_id))


def ids(store: RecordStore) -> list[str]:
    return [kept.id for kept in store[Response].all()]


def hang_up(place: Place) -> None:
    """End every other connection of the server, as an administrator or a failing network would."""
    with psycopg.connect(place.url) as connection:
        connection.execute(
            b"select pg_terminate_backend(pid, 60000) from pg_stat_activity"
            b" where pid <> pg_backend_pid() and backend_type = 'client backend'"
        )


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_server_that_was_away_is_used_again_when_it_is_back(store: RecordStore, postgres: Postgres, how: str) -> None:
    keep(store, "before")
    postgres.stop(how)
    try:
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="cannot be reached"):
                store[Response].get("before")
            with pytest.raises(StoreUnavailable, match="cannot be reached"):
                keep(store, "meanwhile")
    finally:
        postgres.start()
    keep(store, "after")
    assert ids(store) == ["before", "after"]


def test_a_store_cannot_be_opened_while_the_server_is_away(postgres_place: Place, postgres: Postgres) -> None:
    postgres.stop()
    try:
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            open_store(postgres_place.url, lock_seconds=0.5)
    finally:
        postgres.start()
    open_store(postgres_place.url).close()


def test_whoever_opens_a_store_is_told_why_it_cannot_be_reached(postgres_place: Place) -> None:
    with pytest.raises(StoreUnavailable, match=r'cannot be reached.*database "nowhere" does not exist'):
        open_store(postgres_place.url.replace("///postgres?", "///nowhere?"))


def test_a_connection_lost_in_a_transaction_keeps_nothing_and_the_next_goes_through(
    store: RecordStore, postgres_place: Place
) -> None:
    def cut_off() -> None:
        with store.transaction() as tx:
            tx[Response].put(response("lost"))
            assert tx[Response].get("lost") is not None
            hang_up(postgres_place)

    for _ in range(3):
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            cut_off()
    keep(store, "kept")
    assert ids(store) == ["kept"]


def test_connections_that_died_in_their_sleep_are_not_noticed_by_anybody(
    store: RecordStore, postgres_place: Place
) -> None:
    together = threading.Barrier(4)

    def look() -> None:
        together.wait()
        with store.transaction() as tx:
            tx[Response].get("nobody")

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hang_up(postgres_place)
    for n in range(6):
        keep(store, f"r{n}")
    assert len(ids(store)) == 6


def test_nothing_acknowledged_is_lost_while_the_server_is_restarted_under_load(
    store: RecordStore, postgres: Postgres
) -> None:
    stop = threading.Event()
    acknowledged: list[str] = []
    refused: list[str] = []

    def write(name: str) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            try:
                keep(store, f"{name}-{number}")
            except StoreUnavailable:
                refused.append(f"{name}-{number}")
            else:
                acknowledged.append(f"{name}-{number}")

    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for how in "immediate", "fast":
        soon(lambda: len(acknowledged) > 20)
        postgres.stop(how)
        postgres.start()
        before = len(acknowledged)
        soon(lambda before=before: len(acknowledged) > before + 20)
    stop.set()
    for thread in threads:
        thread.join()
    kept = ids(store)
    assert len(kept) == len(set(kept))
    assert set(acknowledged) <= set(kept) <= set(acknowledged) | set(refused)
    assert refused


def test_what_is_acknowledged_is_on_disk_even_where_the_server_would_not_wait_for_it(
    store: RecordStore, postgres_place: Place
) -> None:
    with psycopg.connect(postgres_place.url, autocommit=True) as connection:
        connection.execute(b"alter system set synchronous_commit = off")
        connection.execute(b"select pg_reload_conf()")
        try:
            again = open_store(postgres_place.url)
            with again.engine.snapshot() as frozen:
                assert frozen._open().send(Statement(b"show synchronous_commit")) == [("on",)]  # type: ignore[attr-defined]
            again.close()
        finally:
            connection.execute(b"alter system reset synchronous_commit")
            connection.execute(b"select pg_reload_conf()")


@pytest.mark.parametrize("looking", [True, False])
@pytest.mark.parametrize("number", [2, 30, 1200])
def test_a_transaction_that_fails_at_its_last_statement_keeps_nothing(
    store: RecordStore, looking: bool, number: int
) -> None:
    def fail() -> None:
        with store.transaction() as tx:
            if looking:
                assert tx[Response].get("r0") is None
            for n in range(number):
                tx[Response].put(response(f"r{n}"))
            refused = Statement(b"insert into sayso_responses (id, document) values ('x', 'no json')")
            store.engine._change(refused)  # type: ignore[attr-defined]

    with pytest.raises(psycopg.DataError):
        fail()
    assert ids(store) == []
    keep(store, "after")


def test_a_database_of_a_newer_format_is_refused_with_both_numbers(store: RecordStore, postgres_place: Place) -> None:
    with psycopg.connect(postgres_place.url) as connection:
        connection.execute(b"update sayso_store set format = %s", (FORMAT + 1,))
    with pytest.raises(WrongFormat, match=f"The store has format {FORMAT + 1}.* up to format {FORMAT}"):
        open_store(postgres_place.url)


def test_a_field_that_is_found_by_from_now_on_finds_what_was_kept_before(
    store: RecordStore, postgres_place: Place
) -> None:
    indexes = b"select count(*) from pg_indexes where schemaname = current_schema() and indexname ~ 'round_id'"
    with store.transaction() as tx:
        tx[Response].put(response("r1"))
    with psycopg.connect(postgres_place.url, autocommit=True) as connection:
        before = connection.execute(indexes).fetchone()
        connection.execute(b"drop index sayso_responses_round_id")
        connection.execute(b"""update sayso_store set tables = '{"sayso_responses": []}'""")
        again = open_store(postgres_place.url)
        assert [kept.id for kept in again[Response].find("round_id", "round-1")] == ["r1"]
        again.close()
        assert connection.execute(indexes).fetchone() == before
