"""Where a new form starts: empty, from a shipped form, or from one that the provider has published."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from service.collection.models.form_draft import FormDraft
from service.collection.models.published_form import FormState
from service.definitions import Audience, Form, Identity, Role, Setting
from service.definitions.editing import Json
from service.definitions.editing.words import slug
from service.definitions.form import FORMAT
from service.repository import Records

_LONGEST_ID = 60
_KEPT_DAYS = 548  # 18 months: as long as the shipped questionnaires keep answers
_MANAGEMENT: tuple[Role, ...] = ("registered_manager", "responsible_individual")
# Who can read answers, as in the shipped forms. What staff say goes to no one whom they work for by day.
_READERS: Mapping[Audience, tuple[Role, ...]] = {
    "child": ("safeguarding_lead", "registered_manager"),
    "staff": ("responsible_individual",),
    "foster_carer": ("responsible_individual", "registered_manager"),
}
_PSEUDONYMOUS: frozenset[Audience] = frozenset({"child", "staff", "parent", "foster_carer"})


@dataclass(frozen=True)
class StartingPoint:
    """A form to start from. An empty one has no id, title and fingerprint, only its audience."""

    form_id: str
    title: str
    audience: Audience
    shipped: bool
    fingerprint: str

    @property
    def is_empty(self) -> bool:
        """Whether the new form starts from nothing."""
        return not self.form_id


def starting_points(states: Iterable[FormState], forms: Mapping[str, Form]) -> tuple[StartingPoint, ...]:
    """An empty form for each audience, then the shipped forms, then the provider's own.

    `states` are those that the author may see. `forms` has the newest published version of each by the form's id;
    archived and faulty forms are left out.
    """
    empty = [StartingPoint("", "", audience, False, "") for audience in get_args(Audience)]
    published = [
        StartingPoint(state.id, form.title, form.audience, not state.built, state.current)
        for state in states
        if state.is_offered and (form := forms.get(state.id)) is not None
    ]
    return (*empty, *sorted(published, key=lambda point: (not point.shipped, point.form_id)))


def empty_document(audience: Audience, title: str, setting: Setting | None) -> dict[str, Json]:
    """The least document of a form for this audience: one page that has no question yet. No setting: every kind."""
    identity: Identity = "pseudonymous" if audience in _PSEUDONYMOUS else "named"
    document: dict[str, Json] = {
        "$schema": "form.schema.json",
        "format": FORMAT,
        "id": slug(title, _LONGEST_ID).replace("_", "-") or "form",
        "version": 1,
        "audience": audience,
        **({"settings": [setting]} if setting else {}),
        "title": title,
        "languages": ["en"],
        "identity": identity,
        "readers": list(_READERS.get(audience, _MANAGEMENT)),
    }
    if audience != "child":
        document["layout"] = "pages"
    document["retention"] = {"responses_days": _KEPT_DAYS, "drafts_days": 14}
    document["pages"] = [{"id": "page", "title": "New page", "questions": []}]
    return document


def copy_document(form: Form, title: str) -> Json:
    """The document of a form that begins as a copy of another; no title: the other's."""
    return {**form.to_json(), "version": 1, **({"title": title} if title else {})}


def new_form_id(records: Records, title: str) -> str:
    """An id for a new form that no form and no draft has."""
    stem = slug(title).replace("_", "-") or "form"
    name = stem
    while records[FormState].get(name) is not None or records[FormDraft].get(name) is not None:
        name = f"{stem}-{secrets.token_hex(2)}"
    return name
