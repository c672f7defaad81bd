"""A record that cannot be read is left and said; everything else happens all the same."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from service.audit import JobRun
from service.collection.invitations import invite
from service.collection.invitations.invite import Addressee
from service.collection.invitations.planned_rounds import plan_round
from service.collection.models.alert import Alert, Step
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.response import Response
from service.collection.models.round import PlannedRound, Round
from service.collection.responses import submission
from service.collection.rounds.open_close import open_round
from service.definitions import Role
from service.jobs.context import UNREADABLE, JobContext, writing_for
from service.jobs.runner import JOBS, run_due
from service.mail.email import Email, Words, new_email
from service.storage.store import RecordStore
from tests.accounts_factory import account_with
from tests.jobs.conftest import at
from tests.mail.server import MailServer
from tests.unreadable import BOTH, Spoil, written_later

FORM = "social-worker-views"
NOON = at("2026-11-02", "12:00")  # a Monday


@pytest.fixture(params=BOTH)
def spoil(request: pytest.FixtureRequest) -> Spoil:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def run(context: JobContext) -> Callable[[str, datetime], JobRun]:
    """How one job goes at this moment, among all that are due; nothing else may go wrong."""

    def ran(name: str, moment: datetime) -> JobRun:
        runs = {each.id: each for each in run_due(context, moment)}
        assert not [each for each in runs.values() if each.said.startswith("failed")]
        return runs[name]

    return ran


def put(store: RecordStore, *records: Any) -> None:
    with store.transaction() as tx:
        for record in records:
            tx[type(record)].put(record)


def opened(context: JobContext, home: Home, **more: Any) -> Round:
    return open_round(
        context.store,
        home,
        [context.library[FORM]],
        title="Views",
        reason="",
        closes_on=NOON.date() + timedelta(days=20),
        now=NOON,
        **more,
    )


def alert(name: str) -> Alert:
    lead: tuple[Role, ...] = ("safeguarding_lead",)
    raised = (Step(NOON, "raised"),)
    return Alert(name, "larch-house", "r", FORM, "answer", "urgent", NOON, NOON, lead, rule="x", steps=raised)


def test_alerts_go_further_beside_one_that_cannot_be_read(
    app: Flask, store: RecordStore, home: Home, spoil: Spoil, run: Callable[[str, datetime], JobRun]
) -> None:
    lead = account_with(app, "safeguarding_lead", home_id=home.id)
    spoil(store, account_with(app, "safeguarding_lead", home_id=home.id))
    spoil(store, alert("a1"))
    put(store, alert("a2"))
    done = run("escalation", NOON + timedelta(days=1))
    assert not done.well
    assert UNREADABLE in done.said
    assert [email.to for email in store[Email].find("alert_id", "a2")] == [lead.email]


def test_emails_leave_beside_one_that_cannot_be_read_and_an_alert_reaches_an_account_that_cannot(
    app: Flask,
    store: RecordStore,
    home: Home,
    spoil: Spoil,
    mail: MailServer,
    run: Callable[[str, datetime], JobRun],
) -> None:
    lost = account_with(app, "safeguarding_lead", home_id=home.id)
    spoil(store, lost)
    spoil(store, new_email("account", "a@example.org", Words("A", "a", "a"), NOON))
    put(
        store,
        new_email("account", "b@example.org", Words("B", "b", "b"), NOON),
        new_email("account", "c@example.org", Words("C", "c", "c"), NOON, account_id=lost.id),
        new_email("alert", "d@example.org", Words("D", "d", "d"), NOON, account_id=lost.id),
    )
    done = run("letters", NOON)
    assert (done.well, done.said) == (False, f"2 sent; {UNREADABLE}")
    assert [len(mail.to(f"{name}@example.org")) for name in "abcd"] == [0, 1, 0, 1]


def test_the_others_are_reminded(
    context: JobContext, store: RecordStore, home: Home, spoil: Spoil, run: Callable[[str, datetime], JobRun]
) -> None:
    round_ = opened(context, home, remind_after=(3,))
    people = [Addressee(FORM, name, f"{name}@example.org") for name in ("sam", "kim")]
    invite.invite(store, round_, people, NOON, writing_for(context, "invitation", round_))
    run("letters", NOON)
    spoil(store, next(store[Invitation].find("email", "sam@example.org")))
    done = run("reminders", at("2026-11-05"))
    assert (done.well, done.said) == (False, f"1 written; {UNREADABLE}")


def test_the_other_plans_open_and_the_other_rounds_close(
    context: JobContext, store: RecordStore, home: Home, run: Callable[[str, datetime], JobRun]
) -> None:
    plans = [
        PlannedRound(name, home.id, "", "Views", "", (FORM,), NOON.date() + timedelta(1), NOON.date() + timedelta(9))
        for name in ("p1", "p2")
    ]
    for plan in plans:
        plan_round(store, plan, NOON)
    written_later(store, plans[0])
    one, other = opened(context, home), opened(context, home)
    written_later(store, one)
    opening = run("opening", NOON + timedelta(days=1))
    assert (opening.well, opening.said) == (False, f"1 opened; {UNREADABLE}")
    closing = run("closing", NOON + timedelta(days=21))
    assert (closing.well, closing.said) == (False, f"2 closed; {UNREADABLE}")
    closed = store[Round].get(other.id)
    assert closed is not None
    assert closed.closed_at is not None


def test_a_round_with_an_answer_that_cannot_be_read_does_not_hinder_another(
    context: JobContext, store: RecordStore, home: Home, spoil: Spoil, run: Callable[[str, datetime], JobRun]
) -> None:
    one, other = opened(context, home), opened(context, home)
    spoil(store, submission.begin(store, one, one.forms[0], "link", "en", NOON))
    done = run("closing", NOON + timedelta(days=21))
    assert (done.well, done.said) == (False, f"1 closed; {UNREADABLE}")
    assert [round_.id for round_ in store[Round].all() if round_.closed_at] == [other.id]


def test_what_is_past_its_time_is_deleted_beside_what_cannot_be_read(
    context: JobContext, store: RecordStore, home: Home, spoil: Spoil, run: Callable[[str, datetime], JobRun]
) -> None:
    round_ = opened(context, home)
    lost, old = (submission.begin(store, round_, round_.forms[0], "link", "en", NOON) for _ in range(2))
    spoil(store, lost)
    done = run("retention", NOON + timedelta(days=100))
    assert not done.well
    assert done.said.endswith(UNREADABLE)
    assert store[Response].get(old.id) is None
    assert store[Response].count("round_id", round_.id) == 1


def test_every_job_goes_on_when_each_account_is_lost(
    app: Flask, context: JobContext, store: RecordStore, home: Home, spoil: Spoil
) -> None:
    spoil(store, account_with(app, "administrator"))
    ran = run_due(context, NOON)
    assert len(ran) == len(JOBS)
    assert [each.said for each in ran if not each.well] == []
