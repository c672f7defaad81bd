"""Format 3: a child has an age band in place of one form, so that their picture leads to every form for it."""

from service.storage.migrations.migration import Migration
from service.storage.serialise import Json

_BANDS = {"child-views-first": "young"}


def _with_age_band(document: Json) -> Json:
    form_id = document.pop("form_id", "")
    return {**document, "age_band": document.get("age_band") or _BANDS.get(form_id, "older")}


MIGRATION = Migration(summary="give each child an age band in place of a form", tables={"children": _with_age_band})
