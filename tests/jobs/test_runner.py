"""What happens by itself: each thing in its time, once, whatever else goes wrong."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from service.accounts.account import Account
from service.audit import Entry, JobRun
from service.collection.invitations import invite
from service.collection.invitations.invite import Addressee
from service.collection.invitations.passcodes import send_code
from service.collection.invitations.planned_rounds import plan_round
from service.collection.models.figures import RoundFigures
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.person import Person
from service.collection.models.round import PlannedRound, Round
from service.collection.rounds.open_close import open_round
from service.dates import day_at
from service.jobs.clock_check import CLOCK
from service.jobs.context import JobContext, writing_for
from service.jobs.runner import JOBS, run_due
from service.mail.email import Email, Words, new_email
from service.mail.outbox import waiting
from tests.jobs.conftest import at
from tests.mail.server import MailServer, Slow
from tests.round_closure import close_round

FORM = "social-worker-views"
SAM, KIM = "sam@example.org", "kim@example.org"
MONDAY = "2026-11-02"


@pytest.fixture
def round_(context: JobContext, home: Home) -> Round:
    """A round of three weeks that reminds after three and seven working days, with two people asked on a Monday."""
    opened = open_round(
        context.store,
        home,
        [context.library[FORM]],
        title="Views",
        reason="",
        closes_on=date(2026, 11, 23),
        now=at(MONDAY),
        remind_after=(3, 7),
    )
    people = [Addressee(FORM, "Sam", SAM), Addressee(FORM, "Kim", KIM)]
    invite.invite(context.store, opened, people, at(MONDAY), writing_for(context, "invitation", opened))
    return opened


def subjects(mail: MailServer, recipient: str) -> list[str]:
    return [str(taken.message["Subject"]) for taken in mail.to(recipient)]


def invited(context: JobContext, email: str):
    [invitation] = context.store[Invitation].find("email", email)
    return invitation


def run_of(context: JobContext, name: str, moment: datetime) -> JobRun:
    """How one job went at this moment, among all that were due."""
    return next(run for run in run_due(context, moment) if run.id == name)


def hours(first: str, number: int) -> list[datetime]:
    """Every third hour of so many days."""
    return [at(first, "00:05") + timedelta(hours=n) for n in range(0, 24 * number, 3)]


def test_a_first_run_does_everything_and_keeps_how_it_went(context: JobContext, round_: Round) -> None:
    runs = run_due(context, at(MONDAY))
    assert [run.id for run in runs] == [job.name for job in JOBS]
    assert all(run.well and run.ended_at is not None and run.said for run in runs)
    for run in runs:
        assert context.store[JobRun].get(run.id) == run
    assert [run.id for run in run_due(context, at(MONDAY, "10:01"))] == [job.name for job in JOBS if not job.nightly]


def test_letters_leave_and_reminders_follow_on_their_days_only(
    context: JobContext, round_: Round, mail: MailServer
) -> None:
    came: dict[str, list[str]] = {}
    for moment in hours(MONDAY, 13):
        before = len(mail.taken)
        assert all(run.well for run in run_due(context, moment))
        came.setdefault(day_at(moment).isoformat(), []).extend(taken.recipients[0] for taken in mail.taken[before:])
        if moment == at("2026-11-06", "12:05"):
            with context.store.transaction() as tx:
                tx[Invitation].put(replace(invited(context, SAM), answered=True))
    assert {day: sorted(people) for day, people in came.items() if people} == {
        "2026-11-02": [KIM, SAM],
        "2026-11-05": [KIM, SAM],
        "2026-11-11": [KIM],
    }
    assert all(taken.links for taken in mail.taken)
    assert len({link for taken in mail.taken for link in taken.links}) == 5, "each letter has a link of its own"


def test_reminders_are_written_between_eight_and_six(context: JobContext, round_: Round, mail: MailServer) -> None:
    run_due(context, at(MONDAY))
    for clock, letters in (("07:59", 1), ("18:00", 1), ("23:59", 1), ("17:59", 2)):
        run_due(context, at("2026-11-05", clock))
        assert len(mail.to(SAM)) == letters, clock


def test_somebody_who_answers_while_the_reminder_waits_is_not_sent_it(
    context: JobContext, round_: Round, mail: MailServer
) -> None:
    run_due(context, at(MONDAY))
    mail.stop()
    run_due(context, at("2026-11-05"))
    assert context.store[Email].count("state", "waiting") == 2
    with context.store.transaction() as tx:
        tx[Invitation].put(replace(invited(context, SAM), answered=True))
    mail.start()
    assert run_of(context, "letters", at("2026-11-05", "14:00")).said == "1 sent, 1 no longer wanted"
    assert (len(mail.to(SAM)), len(mail.to(KIM))) == (1, 2)


def test_a_reminder_that_could_not_leave_on_its_day_leaves_on_a_working_day_once(
    context: JobContext, round_: Round, mail: MailServer
) -> None:
    run_due(context, at(MONDAY))
    mail.stop()
    for day in ("2026-11-05", "2026-11-06"):
        run_due(context, at(day))
    mail.start()
    for day in ("2026-11-07", "2026-11-08"):  # a weekend
        assert run_of(context, "letters", at(day)).said == "none to send"
    since = waiting(context.store).since
    assert since == at("2026-11-09", "08:00"), "nor does anybody say until then that mail is stuck"
    for clock in ("07:59", "08:01", "09:00"):
        run_due(context, at("2026-11-09", clock))
        assert [len(mail.to(email)) for email in (SAM, KIM)] == ([1, 1] if clock == "07:59" else [2, 2])


def _letter(context: JobContext, email: str) -> Email:
    return next(letter for letter in context.store[Email].find("to", email) if letter.state == "waiting")


def _answered(context: JobContext, round_: Round) -> None:
    with context.store.transaction() as tx:
        tx[Invitation].put(replace(invited(context, SAM), answered=True))


def _other_address(context: JobContext, round_: Round) -> None:
    with context.store.transaction() as tx:
        tx[Invitation].put(replace(invited(context, SAM), email="sam.okafor@example.org"))


def _forgotten(context: JobContext, round_: Round) -> None:
    with context.store.transaction() as tx:
        tx[Invitation].remove(invited(context, SAM).id)


@pytest.mark.parametrize(
    "what",
    [
        _answered,
        _other_address,
        _forgotten,
        lambda ground, asked: invite.revoke(ground.store, invited(ground, SAM).id, at(MONDAY)),
        lambda ground, asked: invite.decline(ground.store, invited(ground, SAM).id, "I left", at(MONDAY)),
        lambda ground, round_: close_round(ground.store, round_.id, at(MONDAY)),
    ],
    ids=["answered", "another address", "forgotten", "revoked", "declined", "round closed"],
)
def test_a_letter_that_nobody_wants_any_more_does_not_leave(
    context: JobContext, round_: Round, mail: MailServer, what: Callable[[JobContext, Round], object]
) -> None:
    letter = _letter(context, SAM)
    what(context, round_)
    run_due(context, at(MONDAY, "11:00"))
    assert mail.to(SAM) == []
    after = context.store[Email].get(letter.id)
    assert after is not None
    assert (after.state, after.text) == ("dropped", "")


@pytest.mark.parametrize(("minutes", "sent"), [(14, 1), (16, 0)])
def test_a_code_is_sent_while_it_can_be_used(
    context: JobContext, round_: Round, mail: MailServer, minutes: int, sent: int
) -> None:
    run_due(context, at(MONDAY))
    code = Words("Your code", "123456", "")
    send_code(context.store, invited(context, SAM).id, context.hasher, at(MONDAY), lambda invitation, digits: code)
    run_due(context, at(MONDAY) + timedelta(minutes=minutes))
    assert subjects(mail, SAM).count("Your code") == sent


@pytest.mark.parametrize("closed", [False, True])
def test_a_letter_to_an_account_leaves_while_that_is_open(context: JobContext, mail: MailServer, closed: bool) -> None:
    account = Account("mo", "Mo", "mo@example.org", at(MONDAY), closed_at=at(MONDAY) if closed else None)
    with context.store.transaction() as tx:
        tx[Account].put(account)
        tx[Email].put(new_email("account", account.email, Words("Welcome", "…", ""), at(MONDAY), account_id=account.id))
    run_due(context, at(MONDAY))
    assert len(mail.to("mo@example.org")) == (not closed)


def test_without_a_mail_server_letters_wait_and_it_is_said(context: JobContext, round_: Round) -> None:
    context = replace(context, config=replace(context.config, smtp_url=""))
    assert run_of(context, "letters", at(MONDAY)).said == "no mail server is set: 2 waiting"
    assert context.store[Email].count("state", "waiting") == 2


def test_a_planned_round_opens_on_its_day_and_its_letters_leave_in_the_same_run(
    context: JobContext, home: Home, mail: MailServer
) -> None:
    people = _on_the_list(context, home)
    for planned_id, opens_on, form_ids in (
        ("stuck-2026", "2026-11-10", ("gone-views",)),
        ("autumn-2026", "2026-11-10", (FORM,)),
        ("later-2026", "2026-11-11", (FORM,)),
    ):
        plan = PlannedRound(
            planned_id,
            home.id,
            "reg-45",
            "Views",
            "",
            form_ids,
            date.fromisoformat(opens_on),
            date(2026, 11, 20),
            people=people,
        )
        plan_round(context.store, plan, at(MONDAY))
    assert run_of(context, "opening", at("2026-11-09", "23:59")).said == "none opened"
    opening = run_of(context, "opening", at("2026-11-10", "00:01"))
    assert (opening.well, opening.said) == (False, "1 opened; cannot open: stuck-2026")
    assert [round_.id for round_ in context.store[Round].all()] == ["autumn-2026"]
    assert len(mail.to(SAM)) == 1
    assert [planned.id for planned in context.store[PlannedRound].all()] == ["stuck-2026", "later-2026"]
    assert run_of(context, "opening", at("2026-11-10", "00:02")).said == "none opened; cannot open: stuck-2026"
    assert len(mail.to(SAM)) == 1


def _on_the_list(context: JobContext, home: Home) -> tuple[str, ...]:
    with context.store.transaction() as tx:
        tx[Person].put(Person("sam", home.id, "social_worker", "Sam", SAM))
    return ("sam",)


def test_a_round_closes_after_its_last_day_and_who_did_it_is_remembered(context: JobContext, round_: Round) -> None:
    run_due(context, at("2026-11-23", "23:59"))
    assert context.store[Round].get(round_.id).closed_at is None
    run_due(context, at("2026-11-24", "00:00"))
    assert context.store[Round].get(round_.id).closed_at == at("2026-11-24", "00:00")
    [entry] = context.store[Entry].find("actor", "jobs")
    assert (entry.kind, entry.facts["change"]) == ("round_changed", "closed")


def test_the_figures_of_a_round_are_kept_when_it_closes_and_not_before(context: JobContext, round_: Round) -> None:
    run_due(context, at("2026-11-23", "23:59"))
    assert list(context.store[RoundFigures].find("round_id", round_.id)) == []
    for time in ("00:00", "00:01"):
        run_due(context, at("2026-11-24", time))
        kept = list(context.store[RoundFigures].find("round_id", round_.id))
        assert [one.form_id for one in kept] == [ref.form_id for ref in round_.forms]
        assert {one.kept_at for one in kept} == {at("2026-11-24", "00:00")}


@pytest.mark.parametrize(
    ("moments", "done"),
    [
        (["2026-11-03 01:59", "2026-11-03 02:00", "2026-11-03 02:01", "2026-11-03 23:59"], ["2026-11-03 02:00"]),
        (["2026-11-03 23:59", "2026-11-04 01:59", "2026-11-04 02:00"], ["2026-11-03 23:59", "2026-11-04 02:00"]),
        # two hours back, after it was done: once is enough
        (["2026-11-03 02:30", "2026-11-03 00:30", "2026-11-03 02:30"], ["2026-11-03 02:30"]),
        # a day ahead and back: again, for deleting twice does no harm
        (["2026-11-04 03:00", "2026-11-03 03:00", "2026-11-03 04:00"], ["2026-11-04 03:00", "2026-11-03 03:00"]),
        (["2028-02-28 03:00", "2028-02-29 03:00", "2028-03-01 03:00"], ["2028-02-28", "2028-02-29", "2028-03-01"]),
        # the nights in which the clock changes: at one, an hour is skipped; at two, one is repeated
        (["2026-03-29 00:59", "2026-03-29 02:00", "2026-03-29 03:00"], ["2026-03-29 02:00"]),
        (["2026-10-25 00:59", "2026-10-25 01:59", "2026-10-25 02:00", "2026-10-25 03:00"], ["2026-10-25 02:00"]),
    ],
)
def test_what_is_done_every_night_is_done_once_after_two(
    context: JobContext, moments: list[str], done: list[str]
) -> None:
    ran = [moment for moment in moments if "retention" in [run.id for run in run_due(context, at(*moment.split()))]]
    assert len(ran) == len(done)
    assert all(moment.startswith(expected) for moment, expected in zip(ran, done, strict=True))


def test_in_the_hour_that_comes_twice_nothing_is_done_twice(context: JobContext) -> None:
    start = at("2026-10-25", "00:00")
    moments = [start + timedelta(minutes=20 * n) for n in range(3 * 6)]
    ran = [moment for moment in moments if "retention" in [run.id for run in run_due(context, moment)]]
    assert ran == [at("2026-10-25", "02:00")]


def test_a_fault_is_that_jobs_own_and_is_told_without_content(
    context: JobContext, round_: Round, mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = context.config.exports_dir / "what Ada said.xlsx"
    in_the_way.mkdir(parents=True)  # a folder where a workbook is expected cannot be deleted as one
    old = at("2026-09-01").timestamp()
    os.utime(in_the_way, (old, old))
    runs = {run.id: run for run in run_due(context, at(MONDAY))}
    failed = runs.pop("retention")
    assert not failed.well
    assert failed.said.startswith("failed: ")
    assert " at jobs/retention.py:" in failed.said
    assert all(run.well for run in runs.values())
    assert len(mail.to(SAM)) == 1
    assert "Ada" not in caplog.text + repr(list(context.store[JobRun].all()))
    assert caplog.text.count("retention did not go well") == 1

    assert "retention" not in [run.id for run in run_due(context, at(MONDAY, "10:59"))]
    in_the_way.rmdir()
    again = {run.id: run for run in run_due(context, at(MONDAY, "11:01"))}
    assert again["retention"].well


def test_while_one_machine_is_at_it_another_has_nothing_to_do(
    context: JobContext, round_: Round, mail: MailServer
) -> None:
    mail.treats(SAM, Slow(1.5))
    runs: list[int] = []
    first = threading.Thread(target=lambda: runs.append(len(run_due(context, at(MONDAY)))))
    first.start()
    while not mail.tried[SAM]:
        first.join(0.01)
    assert run_due(context, at(MONDAY)) == []
    first.join()
    assert runs == [len(JOBS)]
    assert run_due(context, at(MONDAY, "10:05"))
    assert (len(mail.to(SAM)), len(mail.to(KIM))) == (1, 1)


def test_told_to_stop_a_run_ends_between_two_letters(context: JobContext, round_: Round, mail: MailServer) -> None:
    run_due(context, at(MONDAY), lambda: len(mail.taken) == 1)
    assert len(mail.taken) == 1
    assert [letter.state for letter in context.store[Email].all()] == ["sent", "waiting"]
    assert run_due(context, at(MONDAY), lambda: True) == []
    run_due(context, at(MONDAY))
    assert (len(mail.to(SAM)), len(mail.to(KIM))) == (1, 1)


# --- a clock that cannot be trusted ---


def test_a_clock_that_leaps_a_year_ahead_closes_and_deletes_nothing_for_a_day(
    context: JobContext, round_: Round, mail: MailServer
) -> None:
    run_due(context, at(MONDAY))
    ahead = at("2027-11-03")
    doubting = run_due(context, ahead)
    assert doubting[0].id == CLOCK
    assert not doubting[0].well
    assert {run.id for run in doubting}.isdisjoint({"opening", "closing", "retention"})
    assert context.store[Round].get(round_.id).closed_at is None
    run_due(context, ahead + timedelta(hours=23))
    assert context.store[Round].get(round_.id).closed_at is None

    # it comes back, and all is as it was
    assert all(run.well for run in run_due(context, at("2026-11-05")))
    assert context.store[Round].get(round_.id).is_open(date(2026, 11, 5))
    assert (len(mail.to(SAM)), len(mail.to(KIM))) == (2, 2), "an invitation and a reminder"

    # it leaps again, and is right this time
    run_due(context, ahead)
    assert context.store[Round].get(round_.id).closed_at is None
    believed = run_due(context, ahead + timedelta(days=1))
    assert CLOCK not in [run.id for run in believed]
    assert context.store[Round].get(round_.id).closed_at is not None


@pytest.mark.parametrize(
    "moments",
    [
        ["2026-11-02", "2026-12-31"],  # stopped for weeks
        ["2026-11-02", "2000-01-01", "2026-11-02"],  # a machine whose clock has no battery
        ["2027-01-04", "2026-11-02", "2027-01-04"],
        ["2026-03-28 23:00", "2026-03-29 02:00"],
        ["2026-10-25 00:30", "2026-10-25 01:30", "2026-10-25 02:30"],
    ],
)
def test_other_clocks_are_believed(context: JobContext, moments: list[str]) -> None:
    for moment in moments:
        names = [run.id for run in run_due(context, at(*moment.split()))]
        assert CLOCK not in names, moment
        assert "closing" in names


def test_a_clock_two_hours_back_changes_no_order_and_sends_nothing_twice(
    context: JobContext, round_: Round, mail: MailServer
) -> None:
    """R6: order is kept by sequence, links end by the day that is stored."""
    run_due(context, at("2026-11-05"))
    run_due(context, at("2026-11-05", "10:30"))
    writing = writing_for(context, "new_link", round_)
    invite.send_again(context.store, invited(context, SAM).id, at("2026-11-05", "08:30"), writing)
    invite.send_again(context.store, invited(context, SAM).id, at("2026-11-05", "08:20"), writing)
    run_due(context, at("2026-11-05", "08:31"))
    written = [letter.kind for letter in context.store[Email].find("invitation_id", invited(context, SAM).id)]
    assert written == ["invitation", "reminder", "new_link", "new_link"]
    assert len(mail.to(SAM)) == 4
    assert len({taken.links[0] for taken in mail.to(SAM)}) == 4
    assert invited(context, SAM).expires_on == round_.closes_on


def test_every_machine_runs_and_each_letter_leaves_once(context: JobContext, round_: Round, mail: MailServer) -> None:
    threads = [threading.Thread(target=run_due, args=(context, at(MONDAY))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(mail.to(SAM)), len(mail.to(KIM))) == (1, 1)


@pytest.mark.parametrize("store_url", ["tiny"], indirect=True)
def test_the_journal_stays_small_while_nothing_happens(tmp_path: Path, context: JobContext, round_: Round) -> None:
    moment = at(MONDAY)
    sizes = []
    for n in range(300):
        run_due(context, moment + timedelta(seconds=10 * n))
        sizes.append((tmp_path / "store" / "journal").stat().st_size)
    assert max(sizes[150:]) <= 2 * max(sizes[:150])
