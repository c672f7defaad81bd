"""A provider that does not exist, with homes, people, rounds and made-up answers, to look at and to try."""

import random
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from service.accounts.account import Account
from service.accounts.passwords import Passwords
from service.accounts.sessions import end_sessions
from service.collection.invitations.planned_rounds import plan_round
from service.collection.models.hashing import Hasher
from service.collection.models.help_lines import HelpLines, lines_shipped
from service.collection.models.home import Child, Home
from service.collection.models.person import Person
from service.collection.models.round import Expected, PlannedRound, Round
from service.collection.models.round_template import template_of
from service.collection.people.contacts_and_children import children_for, children_of
from service.collection.rounds.open_close import open_round
from service.dates import day_at
from service.definitions import Form
from service.demonstration.audit_history import remember_the_past
from service.demonstration.email_history import Post
from service.demonstration.provider import (
    HOMES,
    PASSWORD,
    SEATS,
    accounts,
    checked_lately,
    children,
    contact_list,
    homes,
    whoever_is,
)
from service.demonstration.respondents import respond
from service.operations.figures import keep_figures
from service.operations.rounds import close_round
from service.repository import Store

HOME_FORMS = (
    "child-views",
    "child-views-first",
    "staff-views",
    "social-worker-views",
    "parent-views",
    "professional-views",
)
AGENCY_FORMS = ("child-views", "foster-carer-views", "social-worker-views", "parent-views")
STAFF = 9
EARLIER, LATELY = timedelta(days=190), timedelta(days=10)


class StoreNotEmpty(Exception):
    """The store holds something; a demonstration is never mixed with it."""


class FormsMissing(Exception):
    """Forms that a demonstration asks are not offered."""


@dataclass(frozen=True)
class Made:
    """What a demonstration came to: its rounds, and a link that a social worker might be sent."""

    rounds: tuple[Round, ...]
    responses: int
    token: str


def make_demonstration(
    store: Store,
    library: Mapping[str, Form],
    hasher: Hasher,
    now: datetime,
    *,
    responses: int,
    seed: int,
    base_url: str = "http://127.0.0.1:8000",
    passwords: Mapping[str, str] | None = None,
) -> Made:
    """Fill an empty store with homes, people, an earlier closed round and open ones, letters, and made-up responses.

    `passwords` are what accounts sign in with, by id; without them all have the one that everybody knows. The same
    seed gives the same people and answers. Raises StoreNotEmpty where the store holds a home already, and
    FormsMissing where `library` lacks a form that it asks.
    """
    if next(store[Home].all(), None) is not None:
        raise StoreNotEmpty("The store is not empty: a demonstration is never mixed with what people said.")
    if missing := sorted({*HOME_FORMS, *AGENCY_FORMS} - library.keys()):
        raise FormsMissing(f"A demonstration cannot be made: {', '.join(missing)} cannot be used. See `forms check`.")
    chance = random.Random(seed)  # noqa: S311 - made-up answers, no secrets
    before = now - EARLIER
    lists = _furnish(store, now, chance, _hashed(passwords))
    forms = {form.fingerprint: form for form in library.values()}.__getitem__
    wanted = [
        (HOMES[0], "Your views, spring", before, day_at(before) + timedelta(days=21)),
        *((home, "Your views, autumn", now - LATELY, day_at(now) + timedelta(days=18)) for home in HOMES),
    ]
    rounds, token = [], ""
    for place, (home, title, opened_at, closes_on) in enumerate(wanted):
        number = len(range(place, responses, len(wanted)))
        round_ = _open(store, library, home, title, opened_at, closes_on, number)
        post = Post(store, round_, home, forms, base_url)
        manager, everybody, lately = whoever_is("registered_manager", home.id), lists[home.id], place > 0
        # whoever came onto the list last is asked last, in a letter that has not left yet
        tokens = post.send(everybody[:-1] if lately else everybody, manager, opened_at)
        respond(post, library, hasher, chance, number, tokens)
        post.settle()
        if lately:
            [last] = post.send(everybody[-1:], manager, now)["social-worker-views"]
            token = token or last
        else:
            round_ = close_round(store, round_.id, forms, opened_at + timedelta(days=21), by=manager)
            keep_figures(store, [round_], forms, now)  # its last day is over
        rounds.append(round_)
    _plan(store, lists[HOMES[0].id], now)
    remember_the_past(store, rounds[0], {home_id: len(people) for home_id, people in lists.items()}, now, chance)
    return Made(tuple(rounds), responses, token)


def new_passwords(account_ids: Iterable[str]) -> dict[str, str]:
    """A password for each account, by its id, that no one can guess."""
    return {account_id: secrets.token_urlsafe(15) for account_id in account_ids}


def replace_known_passwords(store: Store) -> dict[str, str]:
    """Give each account that the known password opens one of its own, and end its sessions; gives them by id."""
    known = Passwords()
    opened = [
        account
        for seat in SEATS
        if (account := store[Account].get(seat.id)) is not None and known.fits(account.password, PASSWORD)
    ]
    fresh = new_passwords(account.id for account in opened)
    hashed = _hashed(fresh)
    with store.transaction() as tx:
        for account in opened:
            tx[Account].put(replace(account, password=hashed[account.id]))
            end_sessions(tx, account.id)
    return fresh


def _hashed(passwords: Mapping[str, str] | None) -> dict[str, str]:
    """What is kept of each account's password."""
    if passwords is None:
        known = Passwords().hash(PASSWORD)  # once for all: it is slow on purpose
        return {seat.id: known for seat in SEATS}
    return {account_id: Passwords().hash(password) for account_id, password in passwords.items()}


def _furnish(
    store: Store, now: datetime, chance: random.Random, passwords: Mapping[str, str]
) -> dict[str, list[Person]]:
    """Homes, accounts, children and contact lists; gives the lists by home."""
    lists = {home.id: list(contact_list(home, chance)) for home in HOMES}
    with store.transaction() as tx:
        for account in accounts(passwords, now - EARLIER - timedelta(days=14)):
            tx[Account].put(account)
        tx[HelpLines].put(replace(lines_shipped(), checked_on=checked_lately(now)))
        for home in homes(now):
            tx[Home].put(home)
            for child in children(home, chance):
                tx[Child].put(child)
            for person in lists[home.id]:
                tx[Person].put(person)
    return lists


def _open(
    store: Store,
    library: Mapping[str, Form],
    home: Home,
    title: str,
    opened_at: datetime,
    closes_on: date,
    number: int,
) -> Round:
    form_ids = AGENCY_FORMS if home.kind == "fostering_agency" else HOME_FORMS
    # nobody answers who was not expected, however many responses are asked for
    answering = Counter(form_ids[each % len(form_ids)] for each in range(number))
    living = children_of(store, home.id)
    expected = [
        Expected(form_id, max(answering[form_id], len(children_for(library[form_id], living)) or STAFF))
        for form_id in form_ids
        if library[form_id].audience in ("child", "staff")
    ]
    return open_round(
        store,
        home,
        [library[form_id] for form_id in form_ids],
        title=title,
        reason="Reg 45 review",
        closes_on=closes_on,
        now=opened_at,
        template="reg-45" if home.kind == "childrens_home" else "",
        remind_after=(5, 10),
        expected=expected,
        by=whoever_is("registered_manager", home.id),
    )


def _plan(store: Store, people: list[Person], now: datetime) -> None:
    """A round of next month that will open by itself."""
    template = template_of("reg-44")
    if template is None:
        return
    opens_on = day_at(now) + timedelta(days=23)
    planned = PlannedRound(
        id="demonstration-planned",
        home_id=HOMES[0].id,
        template=template.id,
        title=template.title,
        reason=template.reason,
        form_ids=("child-views", "child-views-first", "staff-views", "parent-views"),
        opens_on=opens_on,
        closes_on=opens_on + timedelta(days=template.days - 1),
        remind_after=template.remind_after,
        people=tuple(person.id for person in people if person.kind == "parent"),
    )
    plan_round(store, planned, now, by=whoever_is("registered_manager", HOMES[0].id))
