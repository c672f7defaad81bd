"""A form draft as a version of its form: what it is compared with, and how it is kept."""

import json
from dataclasses import replace
from datetime import datetime

from service.collection.forms.publication import FormRefused, check_version, keep_version
from service.collection.models.errors import NotPossible
from service.collection.models.form_draft import FormDraft
from service.collection.models.published_form import FormState, PublishedForm
from service.definitions import Form, examine_text
from service.definitions.editing import Json, finished, prepared
from service.repository import Records, Transaction


def published_before(records: Records | Transaction, draft: FormDraft) -> PublishedForm | None:
    """The newest published version of the draft's form."""
    state = records[FormState].get(draft.id)
    return records[PublishedForm].get(state.current) if state and state.current else None


def agreed_before(records: Records | Transaction, draft: FormDraft) -> Json | None:
    """The definition that was agreed last: the newest version, or for a first one the source that was copied."""
    if (newest := published_before(records, draft)) is not None:
        return newest.definition
    source = records[PublishedForm].get(draft.source.fingerprint) if draft.source else None
    return source.definition if source else None


def next_version(records: Records | Transaction, draft: FormDraft) -> int:
    """The number that the draft's next version gets."""
    newest = published_before(records, draft)
    return newest.version + 1 if newest else 1


def checked_version(records: Records | Transaction, draft: FormDraft) -> Form:
    """The form that publishing would keep.

    Raises NotPossible where the draft has faults, says what the newest version says, or has the id of a form file.
    """
    state = records[FormState].get(draft.id)
    if state is not None and not state.built:
        raise NotPossible(
            "This id belongs to one of the forms that come with the service. Make a copy and publish that."
        )
    definition = {**finished(draft.document), "id": draft.id, "version": next_version(records, draft)}
    examination = examine_text(json.dumps(definition).encode())
    if examination.form is None or examination.faults:
        count = len(examination.faults)
        raise NotPossible(f"Fix the {f'{count} faults' if count != 1 else 'fault'} in this form, then publish it.")
    newest = published_before(records, draft)
    if newest is not None and Form.of({**definition, "version": newest.version}).fingerprint == newest.id:
        raise NotPossible(f"Nothing has changed since version {newest.version}.")
    try:
        check_version(records, examination.form)
    except FormRefused as refusal:
        raise NotPossible(f"{refusal.reason[:1].upper()}{refusal.reason[1:]}") from refusal
    return examination.form


def keep_published(tx: Transaction, draft: FormDraft, form: Form) -> FormDraft:
    """Keep a version that `checked_version` gave, offered at the draft's home, and the draft as one without changes."""
    keep_version(tx, form)
    state = tx[FormState].get(form.id)
    if state is not None:
        tx[FormState].put(replace(state, built=True, home_id=draft.home_id))
    document = {**draft.document, "id": form.id, "version": form.version}
    draft = replace(draft, document=document, since=draft.newest, contributors=(), review=None)
    tx[FormDraft].put(draft)
    return draft


def draft_of_published(tx: Transaction, form_id: str, now: datetime, by: str) -> FormDraft:
    """The draft of a form made here: the one there is, or one of its newest version. Raises NotPossible for no such."""
    if (draft := tx[FormDraft].get(form_id)) is not None:
        return draft
    state = tx[FormState].get(form_id)
    published = tx[PublishedForm].get(state.current) if state and state.built else None
    if state is None or published is None:
        raise NotPossible(f"No form called {form_id} was made here.")
    draft = FormDraft(form_id, state.home_id, prepared(published.definition), by, now)
    tx[FormDraft].put(draft)
    return draft
