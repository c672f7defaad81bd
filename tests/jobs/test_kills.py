"""`jobs run` killed at any moment and run again: each reminder once, or a failure that somebody sees."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

import pytest

from service.collection.invitations import invite
from service.collection.invitations.invite import Addressee
from service.collection.invitations.planned_rounds import plan_round
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.person import Person
from service.collection.models.round import PlannedRound, Round
from service.collection.rounds.open_close import open_round
from service.config import Config
from service.dates import day_at
from service.jobs.context import JobContext, writing_for
from service.jobs.runner import run_due
from service.mail.email import Email
from tests.jobs.conftest import at
from tests.jobs.runner import Runner
from tests.mail.server import ACCEPT, MailServer, Slow

FORM = "social-worker-views"
KILLS = 20
PEOPLE = [f"person-{n}@example.org" for n in range(60)]
MONDAY, THURSDAY = at("2026-11-02"), at("2026-11-05")


@pytest.fixture
def runner(context: JobContext, config: Config) -> Iterator[Runner]:
    seal, secret = ((config.instance_dir / name).read_text().strip() for name in ("seal_keys", "secret_keys"))
    runner = Runner(
        {
            "SAYSO_STORE_URL": config.store_url,
            "SAYSO_INSTANCE_DIR": str(config.instance_dir),
            "SAYSO_EXPORTS_DIR": str(config.exports_dir),
            "SAYSO_SMTP_URL": config.smtp_url,
            "SAYSO_MAIL_FROM": config.mail_from,
            "SAYSO_SEAL_KEYS": seal,
            "SAYSO_SECRET_KEYS": secret,
        }
    )
    yield runner
    runner.close()


def kill_again_and_again(runner: Runner, mail: MailServer, chance: random.Random, longest: float, each: float) -> None:
    """Begin run after run, each killed within moments, while every letter takes so long that none gets through.

    A run that finds the lock of a killed one held ends by itself: a server notices a death only a moment later.
    """
    for person in PEOPLE:
        mail.treats(person, Slow(each))
    caught = 0
    for n in range(20 * KILLS):
        process = runner.begin(THURSDAY + timedelta(seconds=5 * n))
        time.sleep(chance.uniform(0, longest))
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        caught += runner.end() == "killed"
        if caught == KILLS:
            break
    assert caught == KILLS, "so many were at work"
    for person in PEOPLE:
        mail.treats(person, ACCEPT)


def test_each_reminder_leaves_once_or_a_failure_is_seen(
    context: JobContext, home: Home, mail: MailServer, runner: Runner
) -> None:
    opened = open_round(
        context.store,
        home,
        [context.library[FORM]],
        title="Views",
        reason="",
        closes_on=date(2026, 12, 1),
        now=MONDAY,
        remind_after=(3,),
    )
    people = [Addressee(FORM, "", email) for email in PEOPLE]
    invite.invite(context.store, opened, people, MONDAY, writing_for(context, "invitation", opened))
    run_due(context, MONDAY)
    assert len(mail.taken) == len(PEOPLE)
    mail.taken.clear()

    kill_again_and_again(runner, mail, random.Random(4), 0.3, 0.05)
    for hours in (1, 2):
        runner.finish(THURSDAY + timedelta(hours=hours))

    assert {i.reminded_on for i in context.store[Invitation].all()} == {(day_at(THURSDAY),)}
    reminders = [letter for letter in context.store[Email].all() if letter.kind == "reminder"]
    assert sorted(letter.to for letter in reminders) == sorted(PEOPLE), "one is written to each"
    came = Counter(taken.recipients[0] for taken in mail.taken)
    assert max(came.values()) == 1, "nobody gets two"
    for letter in reminders:
        assert letter.state in ("sent", "unsure")
        if letter.state == "sent":
            assert came[letter.to] == 1
        else:
            assert letter.said, "whoever looks sees why"
    assert Counter(letter.state for letter in reminders)["sent"] >= len(PEOPLE) - KILLS


def test_a_planned_round_opens_once_with_each_letter_once(
    context: JobContext, home: Home, mail: MailServer, runner: Runner
) -> None:
    with context.store.transaction() as tx:
        for n, email in enumerate(PEOPLE):
            tx[Person].put(Person(f"p{n}", home.id, "social_worker", f"Person {n}", email))
    rounds = [f"round-{n}" for n in range(5)]
    for round_id in rounds:
        plan = PlannedRound(
            round_id,
            home.id,
            "reg-45",
            "Views",
            "",
            (FORM,),
            day_at(THURSDAY),
            date(2026, 12, 1),
            people=tuple(f"p{n}" for n in range(len(PEOPLE))),
        )
        plan_round(context.store, plan, MONDAY)

    kill_again_and_again(runner, mail, random.Random(5), 0.4, 0.02)
    for hours in (1, 2):
        runner.finish(THURSDAY + timedelta(hours=hours))

    assert sorted(round_.id for round_ in context.store[Round].all()) == rounds
    assert list(context.store[PlannedRound].all()) == []
    asked = Counter((invitation.round_id, invitation.email) for invitation in context.store[Invitation].all())
    assert asked == Counter((round_id, email) for round_id in rounds for email in PEOPLE)
    links = Counter(link for taken in mail.taken for link in taken.links)
    assert max(links.values()) == 1
    states = Counter(letter.state for letter in context.store[Email].all())
    assert set(states) <= {"sent", "unsure"}
    assert states["sent"] <= len(mail.taken) <= len(asked)
    assert states["unsure"] <= KILLS
