"""The versions of forms that may be answered: published once, never changed."""

from dataclasses import dataclass
from typing import Any


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
