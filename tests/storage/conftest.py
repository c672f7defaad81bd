"""Stores on every engine, each in a place of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.storage import open_store
from service.storage.store import KeptStore


@pytest.fixture(params=["tiny"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store."""
    return f"tinydb:{tmp_path / 'store'}"


@pytest.fixture
def opened(url: str) -> Iterator[Callable[[], KeptStore]]:
    """The same store, opened once more with each call."""
    stores: list[KeptStore] = []

    def once_more() -> KeptStore:
        stores.append(open_store(url, lock_seconds=0.3))
        return stores[-1]

    yield once_more
    for store in stores:
        store.close()


@pytest.fixture
def open_with(url: str) -> Iterator[Callable[..., KeptStore]]:
    """The same store, opened with these keys."""
    stores: list[KeptStore] = []

    def with_keys(*keys: str) -> KeptStore:
        stores.append(open_store(url, seal_keys=keys))
        return stores[-1]

    yield with_keys
    for store in stores:
        store.close()


@pytest.fixture
def on_disk(tmp_path: Path) -> Callable[[], bytes]:
    """Everything that whoever takes the disk away would have."""
    return lambda: b"".join(path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file())


@pytest.fixture
def store(opened: Callable[[], KeptStore]) -> KeptStore:
    return opened()
