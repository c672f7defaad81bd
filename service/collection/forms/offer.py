"""Which forms a new round may ask: the newest version of each that is neither archived nor faulty."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from service.audit import FormOfferChanged, remember
from service.collection.models.errors import NotPossible
from service.collection.models.published_form import FormState
from service.definitions import Form
from service.repository import Records, Store, readable


def offered(records: Records, form_of: Callable[[str], Form], home_id: str | None = None) -> Mapping[str, Form]:
    """The forms that a new round may ask, by id, in the order of their ids; of one home, or of any.

    `form_of` gives the published form of a fingerprint.
    """
    states = [state for state in form_states(records) if state.is_offered and state.is_asked_at(home_id)]
    return MappingProxyType({state.id: form_of(state.current) for state in states})


def form_states(records: Records) -> list[FormState]:
    """Every form that was published or has a file, in the order of their ids."""
    return sorted(readable(records[FormState].all()).records, key=lambda state: state.id)


def built_forms(records: Records) -> frozenset[str]:
    """The ids of the forms that were made here."""
    return frozenset(state.id for state in form_states(records) if state.built)


def archive(store: Store, form_id: str, now: datetime, *, by: str) -> None:
    """Take a form off the offer; rounds that ask it go on. Raises NotPossible where there is no such form."""
    with store.transaction() as tx:
        state = _known(tx[FormState].get(form_id), form_id)
        if state.archived_at is None:
            tx[FormState].put(replace(state, archived_at=now))
            remember(tx, FormOfferChanged(form_id, "archived"), by, now)


def restore(store: Store, form_id: str, now: datetime, *, by: str) -> FormState:
    """Put an archived form back on the offer, and give its state. Raises NotPossible where there is no such form."""
    with store.transaction() as tx:
        state = _known(tx[FormState].get(form_id), form_id)
        if state.archived_at is not None:
            state = replace(state, archived_at=None)
            tx[FormState].put(state)
            remember(tx, FormOfferChanged(form_id, "restored"), by, now)
        return state


def _known(state: FormState | None, form_id: str) -> FormState:
    if state is None:
        raise NotPossible(f"There is no form called {form_id}.")
    return state
