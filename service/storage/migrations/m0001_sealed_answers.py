"""Format 2: what tells what a child answered is sealed, and so are the contacts of homes.

Format 1 kept in the clear an alert's `rule`, `message` and `response_id`, a response's `child_id` and `marked`, and
a home's `contacts` and `designated_officer`.
"""

from service.storage.migrations.migration import Migration, unchanged

MIGRATION = Migration(
    summary="seal what tells what a child answered, and the contacts of homes",
    tables={"alerts": unchanged, "responses": unchanged, "homes": unchanged},
)
