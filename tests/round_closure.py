"""Closing a round as pages, commands and jobs do, with forms from the store."""

from datetime import datetime

from service.collection.models.published_form import PublishedForm
from service.collection.models.round import Round
from service.definitions import Form
from service.operations import rounds
from service.repository import Store


def close_round(store: Store, round_id: str, at: datetime, *, by: str = "") -> Round:
    """End a round and keep its figures."""

    def form(fingerprint: str) -> Form:
        published = store[PublishedForm].get(fingerprint)
        assert published is not None
        return Form.of(published.definition)

    return rounds.close_round(store, round_id, form, at, by=by)
