"""A store without a service around it: accounts need no forms and no pages."""

from collections.abc import Iterator

import pytest

from service.storage import open_store
from service.storage.store import RecordStore


@pytest.fixture
def store(store_url: str) -> Iterator[RecordStore]:
    opened = open_store(store_url, seal_keys=["a key that only tests use, which is long enough"])
    yield opened
    opened.close()
