"""Seeding the store with the forms of a folder: what is new is published, what is faulty is not offered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from service.collection.forms.publication import FormRefused, check_version, keep_version, with_version
from service.collection.models.published_form import FormState, PublishedForm
from service.definitions import Examination, Form
from service.repository import Records, Store, Transaction, readable

MADE_HERE = "a form made here has this id: give the file and its form another one"
_LONGEST_NAME = 200
_MOST_FAULTS = 20  # of one file; `forms check` says them all


@dataclass(frozen=True)
class Seeding:
    """What seeding found: the faults of each file that cannot be used, by its form's id.

    `new` are those that nobody found before: of several machines that seed at once, one finds each. A file that has the
    id of a form made here is found by each of them: that form is none of its own, and stays on offer.
    """

    faults: Mapping[str, tuple[str, ...]]
    new: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Changes:
    forms: tuple[Form, ...]
    states: tuple[FormState, ...]


def seed(store: Store, files: Mapping[str, Examination]) -> Seeding:
    """Publish what is new in these files, by form id, and note which cannot be offered and why.

    One faulty file takes nothing but its own form off the offer. A form without a file stays on offer.
    """
    new: dict[str, tuple[str, ...]] = {}
    if _changes(store, files) != _Changes((), ()):  # nobody waits for the lock where there is nothing to do
        with store.transaction() as tx:
            changes = _changes(tx, files)
            new = {state.id: state.faults for state in changes.states if state.faults}
            for form in changes.forms:
                keep_version(tx, form)
            for state in changes.states:
                _keep_state(tx, state)
    states = readable(store[FormState].all()).records
    faults = {state.id: state.faults for state in states if state.faults}
    made_here = {state.id: (MADE_HERE,) for state in states if state.built and state.id in files}
    return Seeding({**faults, **made_here}, new)


def faults_of(records: Records | Transaction, examination: Examination) -> tuple[str, ...]:
    """Why a file's form cannot be offered; empty where it can."""
    if examination.form is None or examination.faults:
        said = [str(fault) for fault in examination.faults]
        more = len(said) - _MOST_FAULTS
        return (*said[:_MOST_FAULTS], *([f"and {more} more"] if more > 0 else []))
    state = records[FormState].get(examination.form.id)
    if state is not None and state.built:
        return (MADE_HERE,)
    try:
        check_version(records, examination.form)
    except FormRefused as refusal:
        return (refusal.reason,)
    return ()


def _changes(records: Records | Transaction, files: Mapping[str, Examination]) -> _Changes:
    found = readable(records[FormState].all())
    kept = {state.id: state for state in found.records}
    states = {
        form_id: replace(state, faults=())
        for form_id, state in (kept or _from(readable(records[PublishedForm].all()).records)).items()
    }
    new: list[Form] = []
    for name, examination in files.items():
        form_id = (name if name.isprintable() else ascii(name))[:_LONGEST_NAME]  # a faulty file may have any name
        if form_id in found.unreadable:  # a later version keeps it
            continue
        state, form = states.get(form_id) or FormState(form_id), examination.form
        if state.built:  # what was made here is no file's to change
            continue
        if faults := faults_of(records, examination):
            states[form_id] = replace(state, faults=faults)
        elif form is not None and form.fingerprint != state.current:
            if records[PublishedForm].get(form.fingerprint) is None:
                new.append(form)
            states[form_id] = with_version(state, form.version, form.fingerprint)
    return _Changes(tuple(new), tuple(state for form_id, state in states.items() if state != kept.get(form_id)))


def _from(published: Iterable[PublishedForm]) -> dict[str, FormState]:
    """The states of forms in a store from before states were kept (0.1.0): all are offered."""
    states: dict[str, FormState] = {}
    for form in published:
        states[form.form_id] = with_version(states.get(form.form_id) or FormState(form.form_id), form.version, form.id)
    return states


def _keep_state(tx: Transaction, state: FormState) -> None:
    """Keep it, unless nothing is left to say: a faulty file that went away, of a form never published."""
    if state == FormState(state.id):
        tx[FormState].remove(state.id)
    else:
        tx[FormState].put(state)
