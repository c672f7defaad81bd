"""What the running service holds: its settings, its store and its forms, each made when first needed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import cast

from flask import Flask, current_app

from service.accounts.passwords import Passwords
from service.collection.forms.offer import offered
from service.collection.forms.seed import Seeding, seed
from service.collection.models.hashing import Hasher
from service.collection.models.published_form import PublishedForm
from service.config import Config, keys_made_here
from service.definitions import Form, examine_folder, localised
from service.demonstration.provider import PASSWORD
from service.storage import open_store
from service.storage.store import RecordStore


@dataclass(eq=False)
class AppState:
    """One service on one store. `forms …` commands need neither store nor keys, so neither is made before its use."""

    config: Config

    @cached_property
    def passwords(self) -> Passwords:
        """Makes and checks passwords; the demonstration's known one opens nothing that others can reach."""
        return Passwords(refused=() if self.config.on_loopback else (PASSWORD,))

    @cached_property
    def secret_keys(self) -> tuple[str, ...]:
        """The keys that sign cookies and receipts, the newest first."""
        return keys_made_here(self.config, "secret_keys")

    @property
    def signing_keys(self) -> list[str]:
        """The same, the oldest first, as itsdangerous wants them: it signs with the last."""
        return list(reversed(self.secret_keys))

    @cached_property
    def seal_keys(self) -> tuple[str, ...]:
        """The keys that seal answers at rest, the newest first."""
        return keys_made_here(self.config, "seal_keys")

    @cached_property
    def hasher(self) -> Hasher:
        """Hashes that only this service can make."""
        return Hasher([key.encode() for key in self.secret_keys])

    @cached_property
    def opened_store(self) -> RecordStore:
        """The store as it is, before the forms folder seeds it."""
        return open_store(self.config.store_url, seal_keys=self.seal_keys, backups=self.config.instance_dir)

    @cached_property
    def seeding(self) -> Seeding:
        """What seeding the store from the forms folder found; once in each process."""
        return self.seed()

    def seed(self) -> Seeding:
        """Read the forms folder into the store: publish what is new, note what is faulty."""
        return seed(self.opened_store, examine_folder(self.config.forms_dir))

    @property
    def store(self) -> RecordStore:
        """The store, seeded with the forms of the forms folder."""
        _ = self.seeding
        return self.opened_store

    @property
    def library(self) -> Mapping[str, Form]:
        """The forms that a new round may ask, by id, as the store has them now."""
        return offered(self.store, self.form)

    def library_at(self, home_id: str) -> Mapping[str, Form]:
        """The forms that a new round of this home may ask: those that another home has built are not among them."""
        return offered(self.store, self.form, home_id)

    def form(self, fingerprint: str, language: str | None = None) -> Form:
        """The published form of this fingerprint, in a language. Raises KeyError for a form never published."""
        return _form(self, fingerprint, language)


@lru_cache(maxsize=256)
def _form(running_: "AppState", fingerprint: str, language: str | None) -> Form:
    published = running_.opened_store[PublishedForm].get(fingerprint)
    if published is None:
        raise KeyError(fingerprint)
    return _read(_Published(fingerprint, published), language)


@dataclass(frozen=True)
class _Published:
    """A published form is what its fingerprint says, in whichever store it was found."""

    fingerprint: str
    form: PublishedForm = field(compare=False)


@lru_cache(maxsize=256)
def _read(published: _Published, language: str | None) -> Form:
    form = Form.of(published.form.definition)
    return localised(form, language) if language else form


def app_state(app: Flask | None = None) -> AppState:
    """The running service behind this request or command."""
    return cast(AppState, (app or current_app).extensions["sayso"])
