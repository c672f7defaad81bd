"""What a new form begins with: nothing but who is asked, or a copy of a form that was published."""

import secrets

from service.collection.models.form_draft import FormDraft
from service.collection.models.published_form import FormState
from service.definitions import Audience, Form, Setting
from service.definitions.editing import Json
from service.definitions.editing.words import slug
from service.repository import Records

_READERS: dict[Audience, tuple[str, ...]] = {
    "child": ("safeguarding_lead",),
    "staff": ("responsible_individual",),
}


def empty_document(audience: Audience, title: str, setting: Setting | None) -> Json:
    """The document of a new form: it says who is asked, and asks nothing yet.

    Children and staff are asked without names; single answers are read by as few roles as can act on them.
    """
    identity = {"child": "pseudonymous", "staff": "anonymous"}.get(audience, "named")
    return {
        "$schema": "form.schema.json",
        "format": "survey-definition/1",
        "id": "new",
        "version": 1,
        "audience": audience,
        **({"settings": [setting]} if setting else {}),
        "title": title,
        "languages": ["en"],
        "identity": identity,
        "readers": list(_READERS.get(audience, ("safeguarding_lead", "registered_manager"))),
        "pages": [],
    }


def copy_document(form: Form, title: str) -> Json:
    """The document of a form that begins as a copy of another."""
    return {**form.to_json(), "version": 1, **({"title": title} if title else {})}


def new_form_id(records: Records, title: str) -> str:
    """An id for a new form that no form and no draft has."""
    stem = slug(title, 40).replace("_", "-") or "form"
    name = stem
    while records[FormState].get(name) is not None or records[FormDraft].get(name) is not None:
        name = f"{stem}-{secrets.token_hex(2)}"
    return name
