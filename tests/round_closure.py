"""Closing a round as pages, commands and jobs do, with forms from the store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

from service.collection.models.published_form import PublishedForm
from service.collection.models.round import Round
from service.dates import day_at
from service.definitions import Form
from service.operations import rounds
from service.repository import Store


def close_round(store: Store, round_id: str, at: datetime, *, by: str = "") -> Round:
    """End a round and keep the figures that may be shown."""

    def form(fingerprint: str) -> Form:
        published = store[PublishedForm].get(fingerprint)
        assert published is not None
        return Form.of(published.definition)

    return rounds.close_round(store, round_id, form, at, by=by)


def end_round(store: Store, round_id: str, at: datetime, *, by: str = "") -> Round:
    """End a round whose planned last day was the day before: all of its figures are kept."""
    _ends_on(store, round_id, day_at(at) - timedelta(days=1))
    return close_round(store, round_id, at, by=by)


@contextmanager
def asked_and_released(store: Store, round_id: str, at: datetime) -> Iterator[None]:
    """Ask in a round, and then have it as if its planned last day had been the day before: answers may be shown."""
    _ends_on(store, round_id, day_at(at))
    yield
    _ends_on(store, round_id, day_at(at) - timedelta(days=1))


@contextmanager
def released(store: Store, round_id: str, at: datetime) -> Iterator[None]:
    """Look at a round as if its planned last day had been the day before; afterwards it is as it was."""
    before = store[Round].get(round_id)
    assert before is not None
    _ends_on(store, round_id, day_at(at) - timedelta(days=1))
    yield
    _ends_on(store, round_id, before.closes_on)


def _ends_on(store: Store, round_id: str, day: date) -> None:
    with store.transaction() as tx:
        round_ = tx[Round].get(round_id)
        assert round_ is not None
        tx[Round].put(replace(round_, closes_on=day))
