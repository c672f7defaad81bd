"""A store of an older format is brought to today's when it is opened: all or nothing, and nothing stays behind."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from service.collection.models.home import Child
from service.storage import StoreUnavailable, WrongFormat, open_store
from service.storage.backup import BadBackup, restore
from service.storage.backup_file import write_backup
from service.storage.embedded.line_format import Operation
from service.storage.encryption import KeyLost
from service.storage.maintenance import forget_set_aside, rotate
from service.storage.migrations import FORMAT
from service.storage.serialise import pack
from service.storage.store import open_engine
from tests.storage import old_stores
from tests.storage.conftest import Place
from tests.storage.kills import Ground, cut_new_journal, kill_at_records
from tests.storage.old_stores import KEYS, WORD, in_clear, read, read_store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FEW = old_stores.few()
SMALL = [operation for operation in FEW if operation.table != "forms"]
REWRITTEN = [operation for operation in FEW if operation.table in ("alerts", "responses", "homes", "children")]


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


@pytest.fixture
def old(url: str) -> str:
    """The address of a store of format 1."""
    old_stores.write(url, FEW)
    return url


def opened(url: str, backups: Path, keys: list[str] = KEYS) -> Any:
    return closing(open_store(url, seal_keys=keys, backups=backups))


def format_of(url: str) -> int:
    with closing(open_engine(url)) as engine:
        return engine.format()


def test_an_old_store_is_migrated_when_it_is_opened(old: str, backups: Path) -> None:
    assert format_of(old) == 1
    for _ in range(2):
        with opened(old, backups) as store:
            assert store.engine.format() == FORMAT
            assert read_store(store) == read(FEW)
            assert list(in_clear(store)) == []
    assert len(list(backups.iterdir())) == 1, "the second opening finds nothing to do"


def test_a_child_of_an_old_store_has_the_age_band_of_their_form(url: str, backups: Path) -> None:
    forms = {"a": "child-views-first", "b": "child-views", "c": "a-form-of-our-own"}
    child = {"home_id": "oak-house", "number": 1, "picture": "kite", "language": "", "left_on": None}
    body = {name: pack({**child, "form_id": form_id}) for name, form_id in forms.items()}
    old_stores.write(url, [Operation("children", name, each) for name, each in body.items()])
    with opened(url, backups) as store:
        assert {each.id: each.age_band for each in store[Child].all()} == {"a": "young", "b": "older", "c": "older"}


def test_nothing_that_is_sealed_now_stays_in_the_clear(old: str, backups: Path, on_disk: Callable[[], bytes]) -> None:
    assert WORD.encode() in on_disk()
    with opened(old, backups) as store:
        assert store.engine.faults() == []
    assert WORD.encode() not in on_disk()
    [kept] = backups.iterdir()
    assert WORD.encode() not in kept.read_bytes()


def test_the_old_rows_leave_the_files_of_postgres(postgres_place: Place, postgres: Any, backups: Path) -> None:
    url = postgres_place.url
    old_stores.write(url, FEW)
    before = files_of(url, postgres.data)
    assert WORD.encode() in b"".join(path.read_bytes() for path in before)
    with opened(url, backups):
        pass
    after = files_of(url, postgres.data)
    assert not [path for path in {*before, *after} if path.exists() and WORD.encode() in path.read_bytes()]


def files_of(url: str, data: Path) -> set[Path]:
    """The files of every table and index of a store, all of it written out."""
    paths = b"select pg_relation_filepath(c.oid) from pg_class c where c.relnamespace = current_schema()::regnamespace"
    toasts = b" and c.relkind in ('r', 'i') union select pg_relation_filepath(c.reltoastrelid) from pg_class c"
    where = b" where c.relnamespace = current_schema()::regnamespace and c.reltoastrelid <> 0"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(b"checkpoint")
        return {data / path for (path,) in connection.execute(paths + toasts + where).fetchall() if path}


def test_the_backup_from_before_is_sealed_whole_and_comes_back(
    old: str, backups: Path, new_place: Callable[[str], Place]
) -> None:
    with opened(old, backups):
        pass
    [kept] = backups.iterdir()
    assert kept.name.endswith(f"-before-{FORMAT}.backup")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert b"home" not in kept.read_bytes()
    for engine in ("tiny", "postgres"):
        with opened(new_place(engine).url, backups) as store:
            restored = restore(kept, store)
            assert restored.counts == {table: len(records) for table, records in read(FEW).items()}
            assert read_store(store) == read(FEW)
            assert list(in_clear(store)) == []


def test_a_sealed_backup_needs_its_key_and_no_byte_of_it_may_change(old: str, backups: Path, tiny_place: Place) -> None:
    with opened(old, backups):
        pass
    [kept] = backups.iterdir()
    other = ["another key, of forty letters or so long"]
    with opened(tiny_place.url, backups, other) as store, pytest.raises(KeyLost):
        restore(kept, store)
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content)
    with opened(tiny_place.url, backups) as store, pytest.raises(BadBackup):
        restore(kept, store)


def test_a_backup_of_a_newer_format_is_refused_with_both_numbers(tiny_place: Place, tmp_path: Path) -> None:
    store = open_store(tiny_place.url)
    with store.engine.snapshot() as snapshot:
        write_backup(tmp_path / "newer", snapshot, ["homes"], FORMAT + 1, NOW)
    with pytest.raises(WrongFormat, match=f"The backup has format {FORMAT + 1}.* up to format {FORMAT}"):
        restore(tmp_path / "newer", store)


def test_a_migration_without_room_for_its_backup_changes_nothing(old: str, backups: Path) -> None:
    (backups / "a file").touch()
    with pytest.raises(StoreUnavailable, match="backup before the migration cannot be written"):
        open_store(old, seal_keys=KEYS, backups=backups / "a file")
    assert format_of(old) == 1
    with opened(old, backups) as store:
        assert read_store(store) == read(FEW)


def test_many_who_open_an_old_store_at_once_migrate_it_once(old: str, backups: Path) -> None:
    def look(_: int) -> dict[str, list[Any]]:
        with opened(old, backups) as store:
            return read_store(store)

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(look, range(4))) == [read(FEW)] * 4
    assert len(list(backups.iterdir())) == 1


def test_records_of_a_lost_key_stay_and_are_sealed_once_it_is_back(old: str, backups: Path) -> None:
    with opened(old, backups, KEYS[:1]) as store:
        assert [field for field in in_clear(store) if field.startswith("alerts")]
    with opened(old, backups) as store:
        assert read_store(store) == read(FEW)
        assert rotate(store).lost == 0
        assert list(in_clear(store)) == []
        assert read_store(store) == read(FEW)
    with opened(old, backups, KEYS[:1]) as store:
        assert read_store(store) == read(FEW)


def test_a_store_without_keys_is_migrated_and_stays_open(url: str, backups: Path) -> None:
    kept = [operation for operation in FEW if b'"sealed"' not in operation.body]
    old_stores.write(url, kept)
    with opened(url, backups, []) as store:
        assert read_store(store) == read(kept)
        assert store.engine.format() == FORMAT


def test_a_backup_from_before_a_migration_goes_when_evidence_goes(old: str, backups: Path) -> None:
    with opened(old, backups) as store:
        now = datetime.now(UTC)
        assert forget_set_aside(store, now - timedelta(days=1)) == 0
        assert forget_set_aside(store, now + timedelta(days=1)) == 1
    assert list(backups.iterdir()) == []


def test_a_kill_at_any_record_loses_nothing(old: str, backups: Path) -> None:
    ground = Ground(old, backups, read(FEW))
    assert list(kill_at_records(ground, range(1, len(REWRITTEN) + 1))) == []


@pytest.mark.long
def test_a_new_journal_that_is_cut_anywhere_loses_nothing(tmp_path: Path) -> None:
    assert list(cut_new_journal(tmp_path, SMALL, 500)) == []
