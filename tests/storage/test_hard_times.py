"""A full disk, a folder that may not be written to, a writer that hangs: said clearly, over by itself, nothing lost."""

import contextlib
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.collection.models.response import Response
from service.storage import StoreUnavailable, open_store
from service.storage.store import RecordStore
from tests.storage.samples import response

TEXT = {"text": "x" * 3000}


def keep(store: RecordStore, record_id: str) -> None:
    with store.transaction() as tx:
        tx[Response].put(response(record_id, answers=TEXT))


def fill(store: RecordStore) -> list[str]:
    """Keep responses until the store says no."""
    kept: list[str] = []
    while len(kept) < 1000:
        try:
            keep(store, f"r{len(kept)}")
        except StoreUnavailable:
            return kept
        kept.append(f"r{len(kept)}")
    raise AssertionError("it never was full")


@contextlib.contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [30_000, 100_001, 262_144])
def test_a_journal_that_may_not_grow_keeps_all_it_acknowledged_and_goes_on_later(tmp_path: Path, size: int) -> None:
    url = f"tinydb:{tmp_path / 'store'}"
    store = open_store(url)
    with files_no_larger_than(size):
        kept = fill(store)
        assert len(kept) > 5
        with pytest.raises(StoreUnavailable, match="may not grow"):
            keep(store, "one more")
        for each in (store, open_store(url)):
            assert [record.id for record in each[Response].all()] == kept
    keep(store, "after")
    for each in (store, open_store(url)):
        assert [record.id for record in each[Response].all()] == [*kept, "after"]


@pytest.fixture
def small_disk() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    mounted = (
        os.geteuid() == 0
        and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
        == 0
    )
    if not mounted:
        folder.rmdir()
        pytest.skip("a small disk can only be made by who may mount one")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def test_a_full_disk_keeps_all_it_acknowledged_and_goes_on_when_there_is_room(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 60_000)
    url = f"tinydb:{small_disk / 'store'}"
    store = open_store(url)
    kept = fill(store)
    assert len(kept) > 20
    with pytest.raises(StoreUnavailable, match="full"):
        keep(store, "one more")
    for each in (store, open_store(url)):
        assert [record.id for record in each[Response].all()] == kept
    ballast.unlink()
    keep(store, "after")
    for each in (store, open_store(url)):
        assert [record.id for record in each[Response].all()] == [*kept, "after"]


def test_a_store_that_cannot_even_be_begun_says_so(small_disk: Path) -> None:
    ballast = os.open(small_disk / "ballast", os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while True:
            os.write(ballast, b"x" * 4096)
    os.close(ballast)
    with pytest.raises(StoreUnavailable, match="full"):
        open_store(f"tinydb:{small_disk / 'store'}")
    (small_disk / "ballast").unlink()
    keep(open_store(f"tinydb:{small_disk / 'store'}"), "after")


def test_a_folder_that_may_not_be_written_to_is_read_and_goes_on_when_it_may() -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        assert _as_nobody(lambda: _read_only(folder / "store"), folder) == 0
    finally:
        shutil.rmtree(folder)


def _read_only(folder: Path) -> None:
    store = open_store(f"tinydb:{folder}")
    keep(store, "before")
    for path, mode in (folder / "journal", 0o400), (folder / "lock", 0o400), (folder, 0o500):
        path.chmod(mode)
    for each in (store, open_store(f"tinydb:{folder}")):
        assert [record.id for record in each[Response].all()] == ["before"]
        with pytest.raises(StoreUnavailable, match="cannot be written"):
            keep(each, "meanwhile")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        open_store(f"tinydb:{folder / 'new'}")
    for path, mode in (folder, 0o700), (folder / "lock", 0o600), (folder / "journal", 0o600):
        path.chmod(mode)
    keep(store, "after")
    assert [record.id for record in store[Response].all()] == ["before", "after"]


def _as_nobody(work: Callable[[], None], folder: Path) -> int:
    """Root may write anywhere: do it as somebody who may not."""
    process = os.fork()
    if process == 0:
        code = 1
        try:
            if os.geteuid() == 0:
                os.chown(folder, 65534, 65534)
                os.setuid(65534)
            work()
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitpid(process, 0)[1]
