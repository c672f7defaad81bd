"""What jobs stand on: the store, the forms, the settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.collection.invitations.emails import Kind, writer
from service.collection.invitations.invite import Writing
from service.collection.models.errors import NotPossible
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.config import Config
from service.definitions import Form
from service.storage.store import RecordStore


@dataclass(frozen=True)
class JobContext:
    """`forms` gives the published form of a fingerprint, `library` the forms that a new round may ask, by id."""

    store: RecordStore
    forms: Callable[[str], Form]
    library: Mapping[str, Form]
    config: Config
    hasher: Hasher


class NotAll(Exception):
    """A job did what it could, and something is left that somebody should look at; the message is its line."""


def writing_for(context: JobContext, kind: Kind, round_: Round) -> Writing:
    """How letters of a kind are written to those whom a round asks. Raises NotPossible for a home that is gone."""
    home = context.store[Home].get(round_.home_id)
    if home is None:
        raise NotPossible(f"There is no home called {round_.home_id}.")
    return writer(kind, round_, home, context.forms, context.config.base_url)
