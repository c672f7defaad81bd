"""The versions of forms that may be answered: published once, never changed; and which forms are offered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.definitions.form import is_unnamed


@dataclass(frozen=True)
class FormRef:
    """Which form, which version, and the fingerprint of what it said."""

    form_id: str
    version: int
    fingerprint: str


@dataclass(frozen=True)
class PublishedForm:
    """A form as it was published. `id` is the fingerprint of `definition`, so what a round points at cannot change."""

    id: str
    form_id: str
    version: int
    definition: dict[str, Any]

    @property
    def is_unnamed(self) -> bool:
        """Whether no one may know who of those asked has answered."""
        return is_unnamed(self.definition["audience"], self.definition["identity"])


@dataclass(frozen=True)
class FormState:
    """Whether a new round may ask a form. `id` is the form's id.

    `current` is the fingerprint of its newest version, empty where none has been published. `faults` say why its file
    cannot be used. `built` is a form that was made here; it is asked at `home_id` only, or at every home where that is
    empty.
    """

    id: str
    version: int = 0
    current: str = ""
    archived_at: datetime | None = None
    faults: tuple[str, ...] = ()
    built: bool = False
    home_id: str = ""

    @property
    def is_offered(self) -> bool:
        """Whether a new round may ask it."""
        return bool(self.current) and self.archived_at is None and not self.faults

    def is_asked_at(self, home_id: str | None) -> bool:
        """Whether a home may ask it; None is any home."""
        return home_id is None or self.home_id in ("", home_id)
