"""One step from a format of the store to the next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.storage.serialise import Json


@dataclass(frozen=True)
class Migration:
    """What one step changes.

    `tables` names each table it rewrites, with a function from an opened document (no `id`, nothing sealed) to the
    document of the next format. What is sealed, and what of it has an index, is decided when it is written again, by
    the record types of this version.
    """

    summary: str
    tables: Mapping[str, Callable[[Json], Json]]


def unchanged(document: Json) -> Json:
    """The same document: it is only written again."""
    return document
