"""Rounds that will open by themselves: planned, changed, let go, and opened on their day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from service.audit import Invited, RoundChanged, remember
from service.collection.invitations.invite import Addressee, Writing, keep_prepared, prepare
from service.collection.models.errors import NotPossible
from service.collection.models.home import Home
from service.collection.models.person import Person, audience_of
from service.collection.models.published_form import FormState
from service.collection.models.round import Expected, PlannedRound, Round
from service.collection.people.contacts_and_children import children_of, most_expected, people_of
from service.collection.rounds.open_close import check_forms, check_none_open, keep_opened, make_known, new_round
from service.dates import day_at, in_words
from service.definitions import Form
from service.repository import Readable, Records, Store, readable


def plan_round(store: Store, planned: PlannedRound, now: datetime, *, by: str = "") -> PlannedRound:
    """Keep a round that will open on its day, or change one that is planned already under the same id.

    Raises NotPossible for days that have passed or lie the wrong way round, for no form or one form twice, and
    where the plan has become a round meanwhile.
    """
    if planned.opens_on < day_at(now):
        raise NotPossible(f"The first day, {in_words(planned.opens_on)}, has already passed.")
    if planned.closes_on < planned.opens_on:
        raise NotPossible("The last day comes before the first.")
    if not planned.form_ids:
        raise NotPossible("A round needs at least one form.")
    if len(set(planned.form_ids)) < len(planned.form_ids):
        raise NotPossible("A form is named twice.")
    with store.transaction() as tx:
        if tx[Home].get(planned.home_id) is None:
            raise NotPossible(f"There is no home called {planned.home_id}.")
        if tx[Round].get(planned.id) is not None:
            raise NotPossible("This round has opened meanwhile.")
        tx[PlannedRound].put(planned)
        if by:
            remember(tx, RoundChanged(planned.id, "planned"), by, now, planned.home_id)
    return planned


def let_go(store: Store, planned_id: str, now: datetime | None = None, *, by: str = "") -> None:
    """Drop a plan; dropping what is not there is no fault, and a round that has opened stays open."""
    with store.transaction() as tx:
        planned = tx[PlannedRound].get(planned_id)
        if planned is None:
            return
        tx[PlannedRound].remove(planned_id)
        if by and now is not None:
            remember(tx, RoundChanged(planned_id, "unplanned"), by, now, planned.home_id)


def open_planned(
    store: Store,
    planned_id: str,
    library: Mapping[str, Form],
    now: datetime,
    write_for: Callable[[Round], Writing],
    *,
    by: str = "",
) -> Round:
    """Turn a plan into its round: in one commit the round, its ledgers, the invitations and letters, the plan gone.

    Opening twice opens once, by whomever: the second finds the round that the first has opened. Raises NotPossible
    where there is no such plan, or where it cannot open (see `hindrance`); the plan then stays as it is.
    """
    while True:
        planned = store[PlannedRound].get(planned_id)
        if planned is None:
            opened = store[Round].get(planned_id)
            if opened is None:
                raise NotPossible("There is no such plan.")
            return opened
        # letters are written before the transaction: nobody waits for words
        try:
            home, forms = _fitting(store, planned, library, now)
        except NotPossible:
            if store[PlannedRound].get(planned_id) == planned:
                raise
            continue  # what is in the way may be the round that somebody else has just made of this plan
        opened = new_round(
            planned.id,
            home,
            forms,
            title=planned.title,
            reason=planned.reason,
            closes_on=planned.closes_on,
            now=now,
            template=planned.template,
            remind_after=planned.remind_after,
            expected=_as_listed(store, planned, forms),
        )
        make_known(store, forms)
        ready = prepare(opened, addressees(store, planned, forms), now, write_for(opened))
        with store.transaction() as tx:
            if tx[PlannedRound].get(planned_id) != planned:
                continue  # opened, changed or let go by somebody else meanwhile
            check_none_open(tx, home, forms, now)
            keep_opened(tx, opened, now, by)
            keep_prepared(tx, ready)
            tx[PlannedRound].remove(planned_id)
            if by and ready:
                remember(tx, Invited(opened.id, "invited", len(ready)), by, now, opened.home_id)
        return opened


def _as_listed(records: Records, planned: PlannedRound, forms: Sequence[Form]) -> list[Expected]:
    """How many are expected, at most as many as are listed now: the list may be shorter than when it was planned."""
    children, people = children_of(records, planned.home_id), people_of(records, planned.home_id)
    most = {form.id: most_expected(form, children, people, planned.people) for form in forms}
    return [replace(each, people=min(each.people, most.get(each.form_id, 0))) for each in planned.expected]


def addressees(records: Records, planned: PlannedRound, forms: Sequence[Form]) -> list[Addressee]:
    """Those of the plan who are still on the contact list, each with the form of the plan that asks such people."""
    form_of = {form.audience: form.id for form in reversed(forms)}
    people = [person for person_id in planned.people if (person := records[Person].get(person_id)) is not None]
    return [
        Addressee(form_of[audience_of(person.kind)], person.name, person.email, person.label, person.id)
        for person in people
        if audience_of(person.kind) in form_of
    ]


def hindrance(records: Records, planned: PlannedRound, library: Mapping[str, Form], now: datetime) -> str:
    """Why this plan could not open now, as a sentence; empty where it could."""
    try:
        _fitting(records, planned, library, now)
    except NotPossible as reason:
        return str(reason)
    return ""


def due_to_open(records: Records, today: date) -> Readable[PlannedRound]:
    """The plans whose day has come, those included that can no longer open: they are tried, and say why."""
    found = readable(records[PlannedRound].all())
    return Readable(tuple(planned for planned in found.records if planned.opens_on <= today), found.unreadable)


def due_to_close(records: Records, today: date) -> Readable[Round]:
    """The rounds that nobody has closed and whose last day is over."""
    found = readable(records[Round].all())
    due = (round_ for round_ in found.records if round_.closed_at is None and round_.closes_on < today)
    return Readable(tuple(due), found.unreadable)


def _fitting(
    records: Records, planned: PlannedRound, library: Mapping[str, Form], now: datetime
) -> tuple[Home, list[Form]]:
    home = records[Home].get(planned.home_id)
    if home is None:
        raise NotPossible(f"There is no home called {planned.home_id}.")
    if planned.closes_on < day_at(now):
        raise NotPossible(f"The last day, {in_words(planned.closes_on)}, has passed before it could open.")
    for form_id in planned.form_ids:
        if form_id not in library:
            raise NotPossible(f"There is no form called {form_id} any more.")
        state = records[FormState].get(form_id)
        if state is not None and not state.is_asked_at(home.id):
            raise NotPossible(f"The form {form_id} belongs to another home.")
    forms = [library[form_id] for form_id in planned.form_ids]
    check_forms(home, forms)
    check_none_open(records, home, forms, now)
    return home, forms
