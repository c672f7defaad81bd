"""A provider that does not exist, with homes, rounds and made-up answers, to look at and to try."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from service.answers.visibility import AskedQuestion, visible
from service.calendar import day_at
from service.collection import responding
from service.collection.asking import close_round, open_round
from service.collection.home import Contact, Home
from service.collection.inviting import Addressee, invite, linked
from service.collection.repository import Store
from service.collection.responding import Hasher, meta_of
from service.collection.response import Channel
from service.collection.round import Round
from service.definitions import Form
from service.definitions.form import as_choice
from service.definitions.question import (
    DateQuestion,
    GroupQuestion,
    MatrixQuestion,
    Note,
    NumberQuestion,
    RankQuestion,
    SelectMultipleQuestion,
    SelectOneQuestion,
    TimeQuestion,
)

PROVIDER = "Brightwater Care (demonstration)"
HOMES = (
    Home(
        "larch-house",
        "Larch House",
        "childrens_home",
        PROVIDER,
        "SC000001",
        (
            Contact("Amina, your advocate", "0300 000 0001", "On your side. Not part of the home."),
            Contact("Tom, who visits every month", "0300 000 0002", "Checks that the home is run well."),
        ),
        demonstration=True,
    ),
    Home(
        "harbour-view",
        "Harbour View",
        "childrens_home",
        PROVIDER,
        "SC000002",
        (Contact("Grace, your advocate", "0300 000 0003", "On your side. Not part of the home."),),
        demonstration=True,
    ),
    Home("fernbrook", "Fernbrook Fostering", "fostering_agency", PROVIDER, "SC000003", demonstration=True),
)
HOME_FORMS = (
    "child-views",
    "child-views-first",
    "staff-views",
    "social-worker-views",
    "parent-views",
    "professional-views",
)
AGENCY_FORMS = ("child-views", "foster-carer-views", "social-worker-views", "parent-views")
BY_LINK = ("social_worker", "parent", "professional", "foster_carer")
SAYINGS = {
    "child": (
        "The food is good and we cook on Fridays.",
        "I like my room.",
        "More trips to the sea please.",
        "It gets loud at night.",
        "Can we have the wifi on for longer?",
        "The garden is the best bit.",
    ),
    "adult": (
        "The team works well together and knows the children.",
        "Handovers could be calmer.",
        "Good communication with our office; calls are returned the same day.",
        "Education plans arrive late.",
        "More time for one-to-one work would help.",
    ),
}


class NotEmpty(Exception):
    """The store holds something; a demonstration is never mixed with it."""


@dataclass(frozen=True)
class Made:
    """What a demonstration came to: its rounds, and a link that a social worker might be sent."""

    rounds: tuple[Round, ...]
    responses: int
    token: str


def make_demonstration(
    store: Store, library: Mapping[str, Form], hasher: Hasher, now: datetime, *, responses: int, seed: int
) -> Made:
    """Fill an empty store with three homes, an earlier closed round and open ones, and made-up responses.

    The same seed gives the same answers. Raises NotEmpty where the store holds a home already.
    """
    if next(store.homes.all(), None) is not None:
        raise NotEmpty("The store is not empty: a demonstration is never mixed with what people said.")
    chance = random.Random(seed)  # noqa: S311 - made-up answers, no secrets
    with store.transaction() as books:
        for home in HOMES:
            books.homes.put(home)
    before = now - timedelta(days=190)
    rounds = [
        _open(store, library, HOMES[0], HOME_FORMS, "Your views, spring", before, day_at(before) + timedelta(days=21)),
        *(
            _open(
                store,
                library,
                home,
                AGENCY_FORMS if home.kind == "fostering_agency" else HOME_FORMS,
                "Your views, autumn",
                now - timedelta(days=10),
                day_at(now) + timedelta(days=18),
            )
            for home in HOMES
        ),
    ]
    writer = _Writer(store, library, hasher, chance)
    for number in range(responses):
        writer.respond(rounds[number % len(rounds)], HOMES[max(0, number % len(rounds) - 1)], number // len(rounds))
    close_round(store, rounds[0].id, before + timedelta(days=21))
    rounds[0] = store.rounds.get(rounds[0].id) or rounds[0]
    [(_, token)] = invite(
        store,
        rounds[1],
        [Addressee("social-worker-views", "Sam Okafor", "sam.okafor@example.org", "the review in November")],
        now,
    )
    return Made(tuple(rounds), responses, token)


def _open(
    store: Store,
    library: Mapping[str, Form],
    home: Home,
    form_ids: tuple[str, ...],
    title: str,
    opened_at: datetime,
    closes_on: date,
) -> Round:
    forms = [library[form_id] for form_id in form_ids]
    return open_round(store, home, forms, title=title, reason="Reg 45 review", closes_on=closes_on, now=opened_at)


@dataclass(frozen=True)
class _Writer:
    """Writes made-up responses along the way that real ones take."""

    store: Store
    library: Mapping[str, Form]
    hasher: Hasher
    chance: random.Random

    def respond(self, asked: Round, home: Home, number: int) -> None:
        form = self.library[asked.forms[number % len(asked.forms)].form_id]
        ref = asked.form_ref(form.id)
        if ref is None:
            return
        moment = asked.opened_at + timedelta(hours=self.chance.randint(2, 230), minutes=self.chance.randint(0, 59))
        invitation_id = None
        if form.audience in BY_LINK:
            person = Addressee(
                form.id, f"Person {number + 1} (made up)", f"person{number + 1}@example.org", "the review"
            )
            [(_, token)] = invite(self.store, asked, [person], asked.opened_at)
            invitation = linked(self.store, token)
            invitation_id = invitation.id if invitation else None
        channel: Channel = "link" if invitation_id else "tablet"
        draft = responding.begin(self.store, asked, ref, channel, form.base_language, moment, invitation_id)
        meta = meta_of(asked, home, None, moment)
        answers = self.answers(form, meta)
        moment += timedelta(minutes=self.chance.randint(3, 12))
        responding.save_answers(self.store, draft.id, answers, form.base_language, moment)
        if number % 11 == 10:
            return  # somebody always stops half-way
        responding.submit(self.store, draft.id, form, answers, meta, self.hasher, moment)

    def answers(self, form: Form, meta: Mapping[str, Any]) -> dict[str, Any]:
        """Answer what is shown, from the top, again and again until nothing new is shown."""
        answers: dict[str, Any] = {}
        considered: set[str] = set()
        mood = self.chance.random()
        while new := [asked for asked in visible(form, answers, meta).asked if asked.name not in considered]:
            for asked in new:
                considered.add(asked.name)
                if not isinstance(asked.question, GroupQuestion | Note) and self.chance.random() < 0.9:
                    answers[asked.name] = self.answer(form, asked, mood)
        return {name: answer for name, answer in answers.items() if answer is not None}

    def answer(self, form: Form, asked: AskedQuestion, mood: float) -> Any:
        """One made-up answer; a good `mood` leans to the top of a scale."""
        question = asked.question
        choice = as_choice(question)
        if choice is not None:
            plain = [option for option in form.options(choice) if not option.exclusive and not option.missing]
            if isinstance(question, SelectOneQuestion):
                return self._option(form, question, mood)
            values = [option.value for option in plain]
            if isinstance(question, MatrixQuestion):
                return {row.id: self._leaning(values, mood) for row in question.rows if self.chance.random() < 0.95}
            rules = question.validation if isinstance(question, SelectMultipleQuestion | RankQuestion) else None
            most = rules.max_choices.value if rules and rules.max_choices else 3
            return self.chance.sample(values, min(len(values), self.chance.randint(1, max(1, most))))
        if isinstance(question, NumberQuestion):
            return self.chance.randint(0, 6)
        if isinstance(question, DateQuestion | TimeQuestion):
            return None
        return (
            self.chance.choice(SAYINGS["child" if form.audience == "child" else "adult"])
            if (getattr(question, "appearance", None) == "multiline" and self.chance.random() < 0.7)
            else None
        )

    def _option(self, form: Form, question: SelectOneQuestion, mood: float) -> str:
        options = form.options(question)
        missing = [option.value for option in options if option.missing]
        if missing and self.chance.random() < 0.07:
            return self.chance.choice(missing)
        return self._leaning([option.value for option in options if not option.missing], mood)

    def _leaning(self, values: list[str], mood: float) -> str:
        """One of the values, the earlier the better the mood: scales begin at their good end."""
        return values[min(int(self.chance.random() ** (0.6 + 2.2 * mood) * len(values)), len(values) - 1)]
