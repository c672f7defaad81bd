"""A survey without names that can be lived through again and again, each time with other people answering it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import time_machine
from flask import Flask

from service.accounts.account import Account, Grant
from service.accounts.roles import ROLES
from service.collection.invitations.invite import Addressee, invite
from service.collection.invitations.slips import print_slips
from service.collection.models.form_meta import meta_of
from service.collection.models.home import Child, Contact, Home
from service.collection.models.invitation import Invitation
from service.collection.models.person import Person, PersonKind
from service.collection.models.pictures import PICTURES
from service.collection.models.round import Expected, Round
from service.collection.models.tablet import Tablet
from service.collection.responses import submission
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form, Role
from service.jobs.context import JobContext
from service.jobs.emails import is_wanted
from service.jobs.runner import JOBS, JobRunContext, _run
from service.mail.email import Email, Words
from service.mail.outbox import deliver
from service.mail.sender import Outcome
from service.state import app_state
from service.storage.record_types import RECORD_TYPES
from service.storage.store import RecordReader
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LASTS = 7  # days
HOME = "larch-house"
OWN_ADDRESS, OTHER_ADDRESS = "eve@example.org", "mallory@example.org"  # asked from the start, and typed by the attacker
OTHERS = 10

Documents = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Deed:
    """What one unnamed person of each audience did: which one of them, how far they came, and what they chose."""

    far: str = "nothing"  # nothing, begun, sent
    who: int = 0
    option: str = "always"


NOBODY = Deed()


@dataclass(frozen=True)
class Moment:
    """What was kept at a moment."""

    documents: Documents
    time: datetime


class PostBox:
    """A mail server that takes everything."""

    def send(self, letter: Email) -> Outcome:
        return Outcome("taken")


def forms_for(reader: Role) -> dict[str, Form]:
    """What is asked: children, parents and staff without names, and social workers by name; one role reads it."""
    questions = (asks("fun", options=HOW_OFTEN), asks("better", "text"))
    made = {
        "children": {"audience": "child"},
        "parents": {"audience": "parent"},
        "carers": {"audience": "foster_carer", "identity": "anonymous"},
        "crew": {"audience": "staff", "identity": "anonymous"},
        "workers": {"audience": "social_worker", "identity": "named"},
    }
    return {name: a_form(*questions, id=name, title=name, readers=[reader], **more) for name, more in made.items()}


@dataclass(repr=False)
class TwinWorld:
    """A home, its people and an open survey of which one role reads the answers."""

    app: Flask
    clock: time_machine.Traveller
    reader: Role
    posted: bool = True  # whether the invitations have left, and the home has a tablet
    stands_for: dict[str, str] = field(default_factory=dict)
    accounts: dict[Role, Account] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.service = app_state(self.app)
        self.store = self.service.store
        self.context = JobContext(
            self.store, self.service.form, self.service.library, self.service.config, self.service.hasher
        )
        self.clock.move_to(NOON)
        self.forms = forms_for(self.reader)
        self.home = Home(HOME, "Larch House", "childrens_home", contacts=(Contact("Amina", "0300 000 0001"),))
        self._furnish()
        self.start = self.moment()

    def moment(self) -> "Moment":
        """Everything as it is now, to come back to."""
        return Moment(self.documents(), now())

    def go_back(self, to: "Moment") -> None:
        """Make everything as it was then."""
        self.clock.move_to(to.time)
        present = self.documents()
        with self.store.engine.transaction() as tx:
            for table, documents in to.documents.items():
                for record_id in present[table].keys() - documents.keys():
                    tx.remove(table, record_id)
                for record_id, document in documents.items():
                    if present[table].get(record_id) != document:
                        tx.put(table, record_id, document)

    def documents(self) -> Documents:
        """Every document of every table."""
        return {kind.table: dict(self.store.engine.all(kind.table)) for kind in RECORD_TYPES}

    def others_answer(self, people: int) -> None:
        """As many of each unnamed audience answer in any case."""
        for number in range(people):
            self._answers(number + 2, Deed("sent", option=("always", "mostly")[number % 2]))

    def happens(self, deed: Deed) -> None:
        """One child, parent, foster carer and member of staff do this."""
        if deed.far != "nothing":
            self._answers(deed.who, deed)

    def is_open(self) -> bool:
        """Whether the survey may be answered."""
        round_ = self.store[Round].get(self.round.id)
        return round_ is not None and round_.is_open(day_at(now()))

    def says_by_name(self, option: str) -> None:
        """The social worker, whose name is known, answers."""
        self._one("workers", 0, Deed("sent", option=option), self._asked("workers")[0])

    def time_passes(self, **by: float) -> None:
        """Move the clock; what happens by itself does, and emails leave."""
        self.clock.shift(timedelta(**by))
        turn = JobRunContext(now(), now, lambda: False)
        for job in JOBS:
            if job.name != "letters":
                _run(self.context, job, turn)
        deliver(self.store, PostBox(), now, partial(is_wanted, now))

    @contextmanager
    def tables_read(self) -> Iterator[set[str]]:
        """The tables that are read meanwhile."""
        found: set[str] = set()
        before = {name: getattr(RecordReader, name) for name in ("get", "all", "find", "count")}

        def noting(name: str) -> Any:
            def reads(reader: Any, *args: Any) -> Any:
                found.add(reader._type.table)
                return before[name](reader, *args)

            return reads

        for name in before:
            setattr(RecordReader, name, noting(name))
        yield found
        for name, was in before.items():
            setattr(RecordReader, name, was)

    def mail_of_the_attacker(self) -> list[Email]:
        """What was sent to an address that is their own."""
        return [one for one in self.store[Email].all() if one.to in (OWN_ADDRESS, OTHER_ADDRESS)]

    # --- making it ---

    def _furnish(self) -> None:
        with self.store.transaction() as tx:
            tx[Home].put(self.home)
            for number in range(1, OTHERS + 3):
                tx[Child].put(Child(f"child-{number}", HOME, number, PICTURES[number], "older"))
            for kind, address, number in self._contacts():
                tx[Person].put(Person(f"{kind}-{number}", HOME, kind, f"{kind} {number}", address, label="the visit"))
            if self.posted:
                tx[Tablet].put(Tablet("tablet", HOME, "Kitchen", now(), "x"))
            for role in ROLES:
                self.accounts[role] = Account(f"account-{role}", role, f"{role}@example.org", now(), (Grant(role, ""),))
                tx[Account].put(self.accounts[role])
        self.round = open_round(
            self.store,
            self.home,
            list(self.forms.values()),
            title="Your views",
            reason="Reg 45 review",
            closes_on=day_at(now()) + timedelta(days=LASTS),
            now=now(),
            template="reg-45",
            remind_after=(3,),
            expected=[Expected("children", OTHERS + 2), Expected("crew", OTHERS + 2)],
        )
        form_of = {"parent": "parents", "foster_carer": "carers", "social_worker": "workers"}
        asked = [
            Addressee(form_of[kind], f"{kind} {number}", address, "the visit", f"{kind}-{number}")
            for kind, address, number in self._contacts()
        ]
        made = invite(self.store, self.round, asked, now(), lambda one, token: Words("Your views", token, token))
        if self.posted:
            print_slips(self.store, self.round, "crew", now(), by="")
        own = next(token for person, token in made if person.email == OWN_ADDRESS)
        if self.posted:
            self.time_passes(seconds=1)
        self.stands_for = {
            "home_id": HOME,
            "round_id": self.round.id,
            "invitation_id": self._asked("parents")[0].id,
            "child_id": "child-1",
            "person_id": "parent-1",
            "tablet_id": "tablet",
            "form_id": "crew",
            "token": own,
        }

    def _contacts(self) -> Iterator[tuple[PersonKind, str, int]]:
        for number in range(1, OTHERS + 3):
            yield "parent", f"parent{number}@example.org", number
            yield "foster_carer", f"carer{number}@example.org", number
        yield "parent", OWN_ADDRESS, OTHERS + 3
        yield "social_worker", "worker@example.org", 1

    def _asked(self, form_id: str) -> list[Invitation]:
        found = [one for one in self.store[Invitation].find("round_id", self.round.id) if one.form_id == form_id]
        return sorted(found, key=lambda one: (len(one.name), one.name, one.id))

    def _answers(self, number: int, deed: Deed) -> None:
        self._one("children", number, deed, None)
        for form_id in ("parents", "carers", "crew"):
            asked = [one for one in self._asked(form_id) if one.email != OWN_ADDRESS]
            self._one(form_id, number, deed, asked[number] if asked else None)

    def _one(self, form_id: str, number: int, deed: Deed, invitation: Invitation | None) -> None:
        """One person answers, as far as they may by now."""
        round_, form = self.store[Round].get(self.round.id), self.forms[form_id]
        ref = round_.form_ref(form_id) if round_ else None
        if round_ is None or ref is None or not round_.is_open(day_at(now())):
            return
        if invitation is not None and invitation.revoked_at is not None:
            return
        by_code = bool(invitation and invitation.slip)
        more: Mapping[str, Any] = {"child_id": f"child-{number + 1}", "begun_as": "picture"}
        if invitation is not None:
            more = {"invitation_id": invitation.id, "begun_as": "code" if by_code else ""}
        channel = "link" if invitation is not None and not by_code else "tablet"
        draft = submission.begin(self.store, round_, ref, channel, "en", now(), **more)
        said = {"fun": deed.option, "better": f"More of {deed.option}"}
        submission.save_answers(self.store, draft.id, said, "en", now())
        if deed.far == "sent":
            meta = meta_of(round_, self.home, invitation, now())
            submission.submit(self.store, draft.id, form, said, meta, self.service.hasher, now())
