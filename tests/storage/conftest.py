"""Stores on every engine, each in a place of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

from service.storage import open_store
from service.storage.store import RecordStore
from tests.postgres import Postgres


class Place(NamedTuple):
    """Where a store is, and what whoever takes the disk away would have of it."""

    url: str
    on_disk: Callable[[], bytes]


@pytest.fixture
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Place]:
    """A place for another empty store on this engine, with each call."""

    def tiny() -> Place:
        folder = tmp_path / uuid4().hex
        return Place(
            f"tinydb:{folder}",
            lambda: b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()),
        )

    def on_postgres() -> Place:
        postgres: Postgres = request.getfixturevalue("postgres")
        schema = postgres.new_schema()
        return Place(postgres.url(schema), lambda: postgres.dump(schema))

    return lambda engine: tiny() if engine == "tiny" else on_postgres()


@pytest.fixture
def tiny_place(new_place: Callable[[str], Place]) -> Place:
    return new_place("tiny")


@pytest.fixture
def postgres_place(new_place: Callable[[str], Place]) -> Place:
    return new_place("postgres")


@pytest.fixture(params=["tiny", "postgres"])
def place(request: pytest.FixtureRequest, new_place: Callable[[str], Place]) -> Place:
    """The place for a store on each engine."""
    return new_place(request.param)


@pytest.fixture
def url(place: Place) -> str:
    """The address of an empty store."""
    return place.url


@pytest.fixture
def on_disk(place: Place) -> Callable[[], bytes]:
    """Everything that whoever takes the disk away would have."""
    return place.on_disk


@pytest.fixture
def opened(url: str) -> Iterator[Callable[[], RecordStore]]:
    """The same store, opened once more with each call."""
    stores: list[RecordStore] = []

    def once_more() -> RecordStore:
        stores.append(open_store(url, lock_seconds=60))
        return stores[-1]

    yield once_more
    for store in stores:
        store.close()


@pytest.fixture
def open_with(url: str) -> Iterator[Callable[..., RecordStore]]:
    """The same store, opened with these keys."""
    stores: list[RecordStore] = []

    def with_keys(*keys: str) -> RecordStore:
        stores.append(open_store(url, seal_keys=keys))
        return stores[-1]

    yield with_keys
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], RecordStore]) -> RecordStore:
    return opened()
