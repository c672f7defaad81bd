"""No page, queue or email tells which person of an unnamed form has answered, whatever is done."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import unified_diff
from functools import partial
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from service.accounts.account import Account
from service.collection.invitations.delivery import Move
from service.collection.invitations.invite import Addressee, ask_for_another, decline, invite
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form
from service.jobs.context import JobContext
from service.jobs.emails import is_wanted
from service.jobs.reminders import send_reminders
from service.mail.email import Email, Words
from service.mail.outbox import deliver
from service.mail.sender import Outcome
from service.state import app_state
from service.storage.backup import backup, restore
from service.storage.store import RecordStore
from tests.accounts_factory import account_with, signed_in
from tests.visitor import Page, Visitor
from tests.web.rounds.round_form_data import PEOPLE, answer, fill, invited

LONG_ON_POSTGRES = True
PARENTS = [one for one in PEOPLE if one.kind == "parent"]
Act = Callable[["Watched"], None]


class Taking:
    """A mail server that takes everything."""

    def send(self, letter: Email) -> Outcome:
        return Outcome("taken")


@dataclass
class Watched:
    """A round that asks Tina and Max without names, and those who look on."""

    store: RecordStore
    app: Flask
    home: Home
    form: Form
    round: Round
    accounts: tuple[Account, Account]
    clock: time_machine.Traveller
    said: list[tuple[int, str]] = field(default_factory=list)

    def sign_in(self) -> None:
        self.manager, self.administrator = (signed_in(self.app, account) for account in self.accounts)

    def press(self, address: str, values: dict[str, object] | None = None) -> None:
        """Press a button as the manager, and keep what the page then says."""
        self.manager.visit(f"/rounds/{self.round.id}/letters")
        self.said.append(seen(self.manager.send(address, values)))
        self.clock.shift(timedelta(seconds=1))  # the audit log sorts by time

    def move(self, move: Move, email: str = "") -> None:
        tina = invited(self.store, self.round, "Tina Webb")
        self.press(f"/invitations/{tina.id}/{move}", {"email": email} if email else {})

    def letters_leave(self) -> None:
        """Hand over what waits, and keep what the job says of it."""
        delivered = deliver(self.store, Taking(), now, partial(is_wanted, now))
        self.said.append((0, repr(delivered)))

    def pages(self) -> list[tuple[int, str]]:
        """Every page that a manager or an administrator may look at."""
        here, home = f"/rounds/{self.round.id}", f"/homes/{self.home.id}"
        addresses = [here, f"{here}/letters", f"{here}/progress", f"{here}/letters/sent", home, f"{home}/now", "/homes"]
        addresses += [f"{here}/invite", f"{here}/letters?step=revoked", f"{here}/letters?step=sent"]
        found = [seen(self.manager.visit(address)) for address in addresses]
        return found + [seen(self.administrator.visit(address)) for address in ("/jobs", "/audit", "/homes")]

    def outbox(self) -> Counter[tuple[str, str, str]]:
        """The emails by address, kind and state."""
        return Counter((one.to, one.kind, one.state) for one in self.store[Email].find("round_id", self.round.id))


def seen(page: Page) -> tuple[int, str]:
    """A page without what is new at each look: tokens, marks and random ids."""
    return page.status, re.sub(r"[\w.-]{43,}|[0-9a-f]{12,}", "…", page.html)


def differences(one: list[tuple[int, str]], other: list[tuple[int, str]]) -> Iterator[str]:
    """The lines in which two walks over the pages differ."""
    for place, (left, right) in enumerate(zip(one, other, strict=True)):
        if left != right:
            yield from (
                f"{place}: {line}" for line in unified_diff(*(f"{each}".split("\\n") for each in (left, right)), n=0)
            )


@pytest.fixture(params=["pseudonymous", "anonymous"])
def watched(
    request: pytest.FixtureRequest,
    app: Flask,
    store: RecordStore,
    larch: Home,
    library: dict[str, Form],
    clock: time_machine.Traveller,
) -> Watched:
    definition = library["parent-views"].to_json() | {"identity": request.param, "version": 99}
    form = Form.of(definition)
    opened = open_round(
        store,
        larch,
        [form, library["social-worker-views"]],
        title="Your views",
        reason="Reg 45 review",
        closes_on=day_at(now()) + timedelta(days=14),
        now=now(),
        remind_after=(3,),
    )
    asked = [Addressee(form.id, one.name, one.email, one.label, one.id) for one in PARENTS]
    invite(store, opened, asked, now(), lambda invitation, token: Words("Your views", token, token))
    accounts = account_with(app, "registered_manager", home_id=larch.id), account_with(app, "administrator")
    found = Watched(store, app, larch, form, opened, accounts, clock)
    found.sign_in()
    deliver(store, Taking(), now, partial(is_wanted, now))
    return found


def remind_by_job(watched: Watched) -> None:
    watched.clock.shift(timedelta(days=6))
    service = app_state(watched.app)
    context = JobContext(service.store, service.form, service.library, service.config, service.hasher)
    watched.said.append((0, send_reminders(context, now())))
    watched.letters_leave()


def remind_then_answer_waits(watched: Watched) -> None:
    """The reminder still waits while somebody looks."""
    watched.press(f"/rounds/{watched.round.id}/remind")


def ask_anew(watched: Watched) -> None:
    """Somebody with an old link asks for a new one."""
    tina = invited(watched.store, watched.round, "Tina Webb")
    told = ask_for_another(watched.store, tina.id, now(), lambda invitation, token: Words("New", token, token))
    watched.said.append((0, str(told)))


def bounce(watched: Watched) -> None:
    with watched.store.transaction() as tx:
        for letter in list(tx[Email].find("round_id", watched.round.id)):
            if letter.to == "tina@example.org":
                tx[Email].put(replace(letter, state="bounced"))


def bounce_and_correct(watched: Watched) -> None:
    bounce(watched)
    watched.said += watched.pages()
    watched.move("correct", "t.webb@example.org")


def invite_again(watched: Watched) -> None:
    watched.move("revoke")
    address = f"/rounds/{watched.round.id}/invite"
    watched.press(address, fill(watched.manager, address, people=["tina"]))


def extend(watched: Watched) -> None:
    watched.press(f"/rounds/{watched.round.id}/extend", {"until": "2026-12-20"})


ACTIONS: dict[str, list[Act]] = {
    "look": [],
    "revoke": [lambda watched: watched.move("revoke")],
    "revoke twice": [lambda watched: watched.move("revoke")] * 2,
    "new link": [lambda watched: watched.move("again"), Watched.letters_leave],
    "new link waits": [lambda watched: watched.move("again")],
    "new link, revoke": [lambda watched: watched.move("again"), lambda watched: watched.move("revoke")],
    "revoke, new link": [lambda watched: watched.move("revoke"), lambda watched: watched.move("again")],
    "correct": [lambda watched: watched.move("correct", "t.webb@example.org"), Watched.letters_leave],
    "bounced": [bounce],
    "bounced, correct": [bounce_and_correct, Watched.letters_leave],
    "remind": [remind_then_answer_waits, Watched.letters_leave],
    "reminders wait": [remind_then_answer_waits],
    "remind, revoke": [remind_then_answer_waits, lambda watched: watched.move("revoke"), Watched.letters_leave],
    "revoke, remind": [lambda watched: watched.move("revoke"), remind_then_answer_waits],
    "remind twice": [remind_then_answer_waits, Watched.letters_leave, remind_then_answer_waits],
    "remind by job": [remind_by_job],
    "asks for a new link": [ask_anew],
    "invite again": [invite_again, Watched.letters_leave],
    "close": [lambda watched: watched.press(f"/rounds/{watched.round.id}/close")],
    "extend": [extend],
    "extend, remind": [extend, remind_then_answer_waits],
}


@pytest.mark.parametrize("answers", ["before", pytest.param("after", marks=pytest.mark.long)])
@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_tells_which_of_two_has_answered(watched: Watched, tmp_path: Path, action: str, answers: str) -> None:
    backup(watched.store, tmp_path / "before", now())
    began = now()
    found = {}
    for name in ("Tina Webb", "Max Hale"):
        restore(tmp_path / "before", watched.store, in_place_of_what_is_there=True)
        watched.clock.move_to(began)
        watched.sign_in()
        watched.said.clear()

        def answered(name: str = name) -> None:
            answer(
                watched.store, watched.round, watched.home, watched.form, invited(watched.store, watched.round, name)
            )

        if answers == "before":
            answered()
        for act in ACTIONS[action]:
            act(watched)
            watched.said += watched.pages()
        if answers == "after" and action in STILL_OPEN_TO_BOTH:
            answered()
            watched.said += watched.pages()
            watched.letters_leave()
        found[name] = (watched.said + watched.pages(), watched.outbox())
    assert not "\n".join(differences(found["Tina Webb"][0], found["Max Hale"][0]))
    assert found["Tina Webb"] == found["Max Hale"]


# after these either of the two may still answer
STILL_OPEN_TO_BOTH = ("look", "new link waits", "new link", "remind", "reminders wait", "remind by job", "extend")


def test_somebody_who_declined_and_then_answers_is_listed_as_before(watched: Watched) -> None:
    tina = invited(watched.store, watched.round, "Tina Webb")
    decline(watched.store, tina.id, "Ask Max.", now())
    before = seen(watched.manager.visit(f"/rounds/{watched.round.id}/letters"))
    answer(watched.store, watched.round, watched.home, watched.form, tina)
    assert seen(watched.manager.visit(f"/rounds/{watched.round.id}/letters")) == before
    watched.move("correct", "new@example.org")
    assert "A letter to new@example.org waits to leave." in watched.said[-1][1]


def test_a_new_link_tells_only_its_reader_that_they_have_answered(watched: Watched) -> None:
    answer(watched.store, watched.round, watched.home, watched.form, invited(watched.store, watched.round, "Tina Webb"))
    watched.move("revoke")
    watched.move("again")
    [new] = [one for one in watched.store[Email].all() if one.kind == "new_link"]
    [token] = set(re.findall(r"/i/([\w-]{43})", new.text))
    assert "You have answered already" in Visitor(watched.app).visit(f"/i/{token}").text


def test_a_reminder_of_an_unnamed_form_thanks_those_who_have_answered(watched: Watched) -> None:
    answer(watched.store, watched.round, watched.home, watched.form, invited(watched.store, watched.round, "Tina Webb"))
    page = watched.manager.visit(f"/rounds/{watched.round.id}").text
    assert "Send 2 reminders" in page
    watched.press(f"/rounds/{watched.round.id}/remind")
    reminders = [one for one in watched.store[Email].all() if one.kind == "reminder"]
    assert {one.to for one in reminders} == {"tina@example.org", "max@example.org"}
    assert all("If you have already replied, thank you." in one.text for one in reminders)
