"""Backup while writing, restore, moving between engines: what comes out is what went in."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.response import Ledger, Response, Tombstone
from service.collection.models.round import Round
from service.storage import open_store
from service.storage.backup import BadBackup, NotEmpty, backup, copy, restore
from service.storage.check import check
from service.storage.record_types import RECORD_TYPES
from service.storage.store import RecordStore
from tests.storage.conftest import Place
from tests.storage.samples import EVERY_KIND, HOME, INVITATION, LEDGER, RESPONSE, ROUND, response

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = "a key that nobody guesses, of forty or so"
NewStore = Callable[[str], RecordStore]


@pytest.fixture
def new_store(new_place: Callable[[str], Place]) -> Any:
    stores: list[RecordStore] = []

    def another(engine: str) -> RecordStore:
        stores.append(open_store(new_place(engine).url, seal_keys=[KEY]))
        return stores[-1]

    yield another
    for store in stores:
        store.close()


def fill(store: RecordStore) -> None:
    with store.transaction() as tx:
        for record in EVERY_KIND.values():
            tx[type(record)].put(record)
    for n in range(30):
        with store.transaction() as tx:
            tx[Response].put(response(f"r{n % 25}", answers={"n": n}))
            if n % 10 == 0:
                tx[Response].remove(f"r{n - 5}")


def everything(store: RecordStore) -> dict[str, list[object]]:
    return {each.table: list(store[each.record].all()) for each in RECORD_TYPES}


def raw(store: RecordStore) -> dict[str, list[object]]:
    return {kind.table: list(store.engine.all(kind.table)) for kind in RECORD_TYPES}


@pytest.mark.parametrize("engine", ["tiny", "postgres"])
def test_what_was_backed_up_is_restored_the_same_and_in_the_same_order(
    new_store: NewStore, tmp_path: Path, engine: str
) -> None:
    store, other = new_store(engine), new_store(engine)
    fill(store)
    told: list[tuple[int, int]] = []
    counts = backup(store, tmp_path / "backup", NOW, lambda done, total: told.append((done, total)))
    assert counts["responses"] == len(list(store[Response].all()))
    assert told[-1] == (sum(counts.values()), sum(counts.values()))
    restored = restore(tmp_path / "backup", other)
    assert restored == (type(restored))(counts, 0)
    assert everything(other) == everything(store)
    assert raw(other) == raw(store)
    backup(other, tmp_path / "again", NOW)
    assert (tmp_path / "again").read_bytes() == (tmp_path / "backup").read_bytes()


def test_a_move_to_postgres_and_back_changes_not_one_byte(new_store: NewStore, tmp_path: Path) -> None:
    first, second, third = new_store("tiny"), new_store("postgres"), new_store("tiny")
    fill(first)
    counts = copy(first, second)
    assert copy(second, third) == counts == {kind.table: len(everything(first)[kind.table]) for kind in RECORD_TYPES}
    assert everything(second) == everything(third) == everything(first)
    for name, store in ("first", first), ("second", second), ("third", third):
        backup(store, tmp_path / name, NOW)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes() == (tmp_path / "third").read_bytes()


@pytest.mark.parametrize("engine", ["tiny", "postgres"])
def test_a_backup_taken_while_writing_is_of_one_moment(new_store: NewStore, tmp_path: Path, engine: str) -> None:
    store = new_store(engine)
    fill(store)
    stop = threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            with store.transaction() as tx:  # these three are true together or not at all
                tx[Home].put(replace(HOME, name=f"Number {n}"))
                tx[Ledger].put(replace(LEDGER, started=n))
                tx[Response].put(response(f"w{n}"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(8):
            backup(store, tmp_path / f"backup-{number}", NOW)
            if engine == "tiny" and number % 3 == 1:
                store.engine.compact()
    finally:
        stop.set()
        writer.join()
    last = 0
    for number in range(8):
        other = new_store("tiny")
        restore(tmp_path / f"backup-{number}", other)
        ledger, home = other[Ledger].get(LEDGER.id), other[Home].get(HOME.id)
        assert ledger is not None
        assert home is not None
        written = [kept.id for kept in other[Response].all() if kept.id.startswith("w")]
        if home.name.startswith("Number"):
            assert home.name == f"Number {ledger.started}"
            assert written == [f"w{n}" for n in range(1, ledger.started + 1)]
        assert ledger.started >= last
        last = ledger.started if written else 0
    assert last > 0


@pytest.mark.parametrize("engine", ["tiny", "postgres"])
def test_what_was_deleted_since_the_backup_stays_away_and_the_counts_still_agree(
    new_store: NewStore, tmp_path: Path, engine: str
) -> None:
    store = new_store(engine)
    with store.transaction() as tx:
        tx[Home].put(HOME)
        tx[Round].put(ROUND)
        tx[Ledger].put(replace(LEDGER, started=3))
        tx[Invitation].put(replace(INVITATION, id="erased"))
        tx[Invitation].put(replace(INVITATION, response_id="r1"))
        for n in range(3):
            tx[Response].put(response(f"r{n}"))
    backup(store, tmp_path / "backup", NOW)
    with store.transaction() as tx:
        tx[Response].remove("r1")
        tx[Invitation].remove("erased")
        tx[Tombstone].put(Tombstone("r1"))
        tx[Tombstone].put(Tombstone("erased"))
    with pytest.raises(NotEmpty):
        restore(tmp_path / "backup", store)
    restored = restore(tmp_path / "backup", store, in_place_of_what_is_there=True)
    assert restored.deleted_since == 2
    assert [kept.id for kept in store[Response].all()] == ["r0", "r2"]
    assert list(store[Invitation].all()) == [replace(INVITATION, response_id=None)]
    assert list(store[Ledger].all()) == [replace(LEDGER, started=3, deleted=1)]
    assert {kept.id for kept in store[Tombstone].all()} == {"r1", "erased"}


def test_a_store_that_holds_something_is_not_written_over_unasked(new_store: NewStore, tmp_path: Path) -> None:
    full, other = new_store("tiny"), new_store("postgres")
    fill(full)
    fill(other)
    backup(full, tmp_path / "backup", NOW)
    before = everything(other)
    with pytest.raises(NotEmpty):
        restore(tmp_path / "backup", other)
    with pytest.raises(NotEmpty):
        copy(full, other)
    assert everything(other) == before


def test_what_was_there_before_a_restore_in_its_place_is_gone(new_store: NewStore, tmp_path: Path) -> None:
    store = new_store("tiny")
    fill(store)
    backup(store, tmp_path / "backup", NOW)
    before = everything(store)
    with store.transaction() as tx:
        tx[Response].put(response("later"))
        tx[Home].put(replace(HOME, name="Another name"))
    restore(tmp_path / "backup", store, in_place_of_what_is_there=True)
    assert everything(store) == before


@pytest.mark.parametrize("harm", ["cut", "cut at a line", "flip", "another file", "empty", "a line missing"])
def test_a_backup_that_is_not_whole_changes_nothing(new_store: NewStore, tmp_path: Path, harm: str) -> None:
    store = new_store("tiny")
    fill(store)
    path = tmp_path / "backup"
    backup(store, path, NOW)
    content = path.read_bytes()
    lines = content.splitlines(keepends=True)
    path.write_bytes(
        {
            "cut": content[: len(content) // 2],
            "cut at a line": b"".join(lines[:-1]),
            "flip": content[:500] + bytes([content[500] ^ 1]) + content[501:],
            "another file": b"name,email\n",
            "empty": b"",
            "a line missing": b"".join([*lines[:5], *lines[6:]]),
        }[harm]
    )
    before = everything(store)
    with pytest.raises(BadBackup):
        restore(path, store, in_place_of_what_is_there=True)
    assert everything(store) == before


def test_a_backup_is_sealed_private_and_never_written_over(new_store: NewStore, tmp_path: Path) -> None:
    store = new_store("tiny")
    fill(store)
    path = tmp_path / "backup"
    backup(store, path, NOW)
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"zoe@example.org" not in path.read_bytes()
    assert b"Because" not in path.read_bytes()
    with pytest.raises(FileExistsError):
        backup(store, path, NOW)
    assert os.listdir(tmp_path).count("backup") == 1


@pytest.mark.parametrize("engine", ["tiny", "postgres"])
def test_a_sound_store_is_found_sound(new_store: NewStore, engine: str) -> None:
    store = new_store(engine)
    assert check(store).faults == []
    fill(store)
    told: list[tuple[int, int]] = []
    checked = check(store, lambda done, total: told.append((done, total)))
    assert checked.faults == []
    assert checked.notes == []
    assert checked.counts["responses"] == len(list(store[Response].all()))
    assert told[-1] == (sum(checked.counts.values()), sum(checked.counts.values()))


@pytest.mark.parametrize("engine", ["tiny", "postgres"])
def test_a_check_says_what_is_wrong_and_where(new_place: Callable[[str], Place], engine: str) -> None:
    place = new_place(engine)
    store = open_store(place.url, seal_keys=[KEY])
    fill(store)
    with store.transaction() as tx:
        tx[Response].put(replace(RESPONSE, id="stray", round_id="nowhere"))
        tx[Tombstone].put(Tombstone("r7"))
        tx[Home].remove(HOME.id)
    with store.engine.transaction() as raw_books:
        document = raw_books.get("responses", "r8")
        assert document is not None
        raw_books.put("responses", "r8", document | {"channel": "pigeon"})
    store.close()
    store = open_store(place.url, seal_keys=["another key, forty characters or so long"])
    faults = check(store).faults
    store.close()
    store = open_store(place.url, seal_keys=[KEY])
    homeless = [
        f"{table} {EVERY_KIND[table].id}: names homes oak-house, which is not there"
        for table in ("children", "people", "planned_rounds", "alerts", "tablets")
    ]
    assert check(store).faults == [
        "responses: Response r8: channel: Input should be 'link', 'tablet' or 'paper'",
        "rounds round-1: names homes oak-house, which is not there",
        "responses stray: names rounds nowhere, which is not there",
        *homeless,
        "responses r7: is there although it was deleted",
    ]
    store.close()
    assert {fault.partition(":")[0] for fault in faults if "was not given" in fault} == {
        kind.table for kind in RECORD_TYPES if kind.sealed and kind.record is not Home
    }


def test_a_check_names_what_of_the_journal_is_damaged_until_it_is_dealt_with(tiny_place: Place) -> None:
    store = open_store(tiny_place.url)
    fill(store)
    path = Path(tiny_place.url.removeprefix("tinydb:"))
    journal = path / "journal"
    raw_bytes = journal.read_bytes()
    place = raw_bytes.index(b"responses\tr12\t") + 20
    with journal.open("r+b") as file:
        file.seek(place)
        file.write(b"#")
    store = open_store(tiny_place.url)
    [fault] = check(store).faults
    assert "responses r12" in fault
    assert f"journal, byte {raw_bytes.rindex(chr(10).encode(), 0, place) + 1}: " in fault
    store.engine.compact()
    [fault] = check(store).faults
    assert fault.startswith("set-aside/damaged-")
    assert "responses r12" in fault
    for kept in (path / "set-aside").iterdir():
        kept.unlink()
    assert check(store).faults == []


def test_a_torn_end_is_worth_a_note_and_no_fault(tiny_place: Place) -> None:
    store = open_store(tiny_place.url)
    fill(store)
    with (Path(tiny_place.url.removeprefix("tinydb:")) / "journal").open("r+b") as file:
        file.seek(store.engine.journal.contents().end)  # type: ignore[attr-defined]
        file.write(b"1/1\tresponses\tr99\t{")
    with store.transaction() as tx:
        tx[Home].put(HOME)
    checked = check(store)
    assert checked.faults == []
    assert len(checked.notes) == 1
    assert "never" not in checked.notes[0]
    assert "torn-" in checked.notes[0]
