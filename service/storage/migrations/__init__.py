"""The steps from each format of the store to the next, in order.

To change what is kept beyond adding a field with a default, write `mNNNN_what_changes.py` with a `MIGRATION` and add
it at the end of the list. A step that has been released is never edited or removed.
"""

from service.storage.migrations import m0001_sealed_answers, m0002_age_bands
from service.storage.migrations.migration import Migration

MIGRATIONS: tuple[Migration, ...] = (m0001_sealed_answers.MIGRATION, m0002_age_bands.MIGRATION)

FORMAT = 1 + len(MIGRATIONS)  # of what this version of the service writes


def steps_from(found: int) -> tuple[Migration, ...]:
    """The steps from this format to the one that this version writes."""
    return MIGRATIONS[found - 1 :]
