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
from service.jobs.context import Ground, writing_for
from service.jobs.runner import JOBS, run_due
from service.mail.letter import Letter, Words, new_letter
from service.mail.outbox import waiting
from tests.closing import close_round
from tests.jobs.conftest import at
from tests.mail.server import MailServer, Slow

FORM = "social-worker-views"
SAM, KIM = "sam@example.org", "kim@example.org"
MONDAY = "2026-11-02"


@pytest.fixture
def asked(ground: Ground, home: Home) -> Round:
    """A round of three weeks that reminds after three and seven working days, with two people asked on a Monday."""
    opened = open_round(
        ground.store,
        home,
        [ground.library[FORM]],
        title="Views",
        reason="",
        closes_on=date(2026, 11, 23),
        now=at(MONDAY),
        remind_after=(3, 7),
    )
    people = [Addressee(FORM, "Sam", SAM), Addressee(FORM, "Kim", KIM)]
    invite.invite(ground.store, opened, people, at(MONDAY), writing_for(ground, "invitation", opened))
    return opened


def subjects(mail: MailServer, recipient: str) -> list[str]:
    return [str(taken.message["Subject"]) for taken in mail.to(recipient)]


def invited(ground: Ground, email: str):
    [invitation] = ground.store[Invitation].find("email", email)
    return invitation


def run_of(ground: Ground, name: str, moment: datetime) -> JobRun:
    """How one job went at this moment, among all that were due."""
    return next(run for run in run_due(ground, moment) if run.id == name)


def hours(first: str, number: int) -> list[datetime]:
    """Every third hour of so many days."""
    return [at(first, "00:05") + timedelta(hours=n) for n in range(0, 24 * number, 3)]


def test_a_first_run_does_everything_and_keeps_how_it_went(ground: Ground, asked: Round) -> None:
    runs = run_due(ground, at(MONDAY))
    assert [run.id for run in runs] == [job.name for job in JOBS]
    assert all(run.well and run.ended_at is not None and run.said for run in runs)
    for run in runs:
        assert ground.store[JobRun].get(run.id) == run
    assert [run.id for run in run_due(ground, at(MONDAY, "10:01"))] == [job.name for job in JOBS if not job.nightly]


def test_letters_leave_and_reminders_follow_on_their_days_only(ground: Ground, asked: Round, mail: MailServer) -> None:
    came: dict[str, list[str]] = {}
    for moment in hours(MONDAY, 13):
        before = len(mail.taken)
        assert all(run.well for run in run_due(ground, moment))
        came.setdefault(day_at(moment).isoformat(), []).extend(taken.recipients[0] for taken in mail.taken[before:])
        if moment == at("2026-11-06", "12:05"):
            with ground.store.transaction() as books:
                books[Invitation].put(replace(invited(ground, SAM), answered=True))
    assert {day: sorted(people) for day, people in came.items() if people} == {
        "2026-11-02": [KIM, SAM],
        "2026-11-05": [KIM, SAM],
        "2026-11-11": [KIM],
    }
    assert all(taken.links for taken in mail.taken)
    assert len({link for taken in mail.taken for link in taken.links}) == 5, "each letter has a link of its own"


def test_reminders_are_written_between_eight_and_six(ground: Ground, asked: Round, mail: MailServer) -> None:
    run_due(ground, at(MONDAY))
    for clock, letters in (("07:59", 1), ("18:00", 1), ("23:59", 1), ("17:59", 2)):
        run_due(ground, at("2026-11-05", clock))
        assert len(mail.to(SAM)) == letters, clock


def test_somebody_who_answers_while_the_reminder_waits_is_not_sent_it(
    ground: Ground, asked: Round, mail: MailServer
) -> None:
    run_due(ground, at(MONDAY))
    mail.stop()
    run_due(ground, at("2026-11-05"))
    assert ground.store[Letter].count("state", "waiting") == 2
    with ground.store.transaction() as books:
        books[Invitation].put(replace(invited(ground, SAM), answered=True))
    mail.start()
    assert run_of(ground, "letters", at("2026-11-05", "14:00")).said == "1 sent, 1 no longer wanted"
    assert (len(mail.to(SAM)), len(mail.to(KIM))) == (1, 2)


def test_a_reminder_that_could_not_leave_on_its_day_leaves_on_a_working_day_once(
    ground: Ground, asked: Round, mail: MailServer
) -> None:
    run_due(ground, at(MONDAY))
    mail.stop()
    for day in ("2026-11-05", "2026-11-06"):
        run_due(ground, at(day))
    mail.start()
    for day in ("2026-11-07", "2026-11-08"):  # a weekend
        assert run_of(ground, "letters", at(day)).said == "none to send"
    since = waiting(ground.store).since
    assert since == at("2026-11-09", "08:00"), "nor does anybody say until then that mail is stuck"
    for clock in ("07:59", "08:01", "09:00"):
        run_due(ground, at("2026-11-09", clock))
        assert [len(mail.to(email)) for email in (SAM, KIM)] == ([1, 1] if clock == "07:59" else [2, 2])


def _letter(ground: Ground, email: str) -> Letter:
    return next(letter for letter in ground.store[Letter].find("to", email) if letter.state == "waiting")


def _answered(ground: Ground, asked: Round) -> None:
    with ground.store.transaction() as books:
        books[Invitation].put(replace(invited(ground, SAM), answered=True))


def _other_address(ground: Ground, asked: Round) -> None:
    with ground.store.transaction() as books:
        books[Invitation].put(replace(invited(ground, SAM), email="sam.okafor@example.org"))


def _forgotten(ground: Ground, asked: Round) -> None:
    with ground.store.transaction() as books:
        books[Invitation].remove(invited(ground, SAM).id)


@pytest.mark.parametrize(
    "what",
    [
        _answered,
        _other_address,
        _forgotten,
        lambda ground, asked: invite.revoke(ground.store, invited(ground, SAM).id, at(MONDAY)),
        lambda ground, asked: invite.decline(ground.store, invited(ground, SAM).id, "I left", at(MONDAY)),
        lambda ground, asked: close_round(ground.store, asked.id, at(MONDAY)),
    ],
    ids=["answered", "another address", "forgotten", "revoked", "declined", "round closed"],
)
def test_a_letter_that_nobody_wants_any_more_does_not_leave(
    ground: Ground, asked: Round, mail: MailServer, what: Callable[[Ground, Round], object]
) -> None:
    letter = _letter(ground, SAM)
    what(ground, asked)
    run_due(ground, at(MONDAY, "11:00"))
    assert mail.to(SAM) == []
    after = ground.store[Letter].get(letter.id)
    assert after is not None
    assert (after.state, after.text) == ("dropped", "")


@pytest.mark.parametrize(("minutes", "sent"), [(14, 1), (16, 0)])
def test_a_code_is_sent_while_it_can_be_used(
    ground: Ground, asked: Round, mail: MailServer, minutes: int, sent: int
) -> None:
    run_due(ground, at(MONDAY))
    code = Words("Your code", "123456", "")
    send_code(ground.store, invited(ground, SAM).id, ground.hasher, at(MONDAY), lambda invitation, digits: code)
    run_due(ground, at(MONDAY) + timedelta(minutes=minutes))
    assert subjects(mail, SAM).count("Your code") == sent


@pytest.mark.parametrize("closed", [False, True])
def test_a_letter_to_an_account_leaves_while_that_is_open(ground: Ground, mail: MailServer, closed: bool) -> None:
    account = Account("mo", "Mo", "mo@example.org", at(MONDAY), closed_at=at(MONDAY) if closed else None)
    with ground.store.transaction() as books:
        books[Account].put(account)
        books[Letter].put(
            new_letter("account", account.email, Words("Welcome", "…", ""), at(MONDAY), account_id=account.id)
        )
    run_due(ground, at(MONDAY))
    assert len(mail.to("mo@example.org")) == (not closed)


def test_without_a_mail_server_letters_wait_and_it_is_said(ground: Ground, asked: Round) -> None:
    ground = replace(ground, config=replace(ground.config, smtp_url=""))
    assert run_of(ground, "letters", at(MONDAY)).said == "no mail server is set: 2 waiting"
    assert ground.store[Letter].count("state", "waiting") == 2


def test_a_planned_round_opens_on_its_day_and_its_letters_leave_in_the_same_run(
    ground: Ground, home: Home, mail: MailServer
) -> None:
    people = _on_the_list(ground, home)
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
        plan_round(ground.store, plan, at(MONDAY))
    assert run_of(ground, "opening", at("2026-11-09", "23:59")).said == "none opened"
    opening = run_of(ground, "opening", at("2026-11-10", "00:01"))
    assert (opening.well, opening.said) == (False, "1 opened; cannot open: stuck-2026")
    assert [asked.id for asked in ground.store[Round].all()] == ["autumn-2026"]
    assert len(mail.to(SAM)) == 1
    assert [planned.id for planned in ground.store[PlannedRound].all()] == ["stuck-2026", "later-2026"]
    assert run_of(ground, "opening", at("2026-11-10", "00:02")).said == "none opened; cannot open: stuck-2026"
    assert len(mail.to(SAM)) == 1


def _on_the_list(ground: Ground, home: Home) -> tuple[str, ...]:
    with ground.store.transaction() as books:
        books[Person].put(Person("sam", home.id, "social_worker", "Sam", SAM))
    return ("sam",)


def test_a_round_closes_after_its_last_day_and_who_did_it_is_remembered(ground: Ground, asked: Round) -> None:
    run_due(ground, at("2026-11-23", "23:59"))
    assert ground.store[Round].get(asked.id).closed_at is None
    run_due(ground, at("2026-11-24", "00:00"))
    assert ground.store[Round].get(asked.id).closed_at == at("2026-11-24", "00:00")
    [entry] = ground.store[Entry].find("actor", "jobs")
    assert (entry.kind, entry.facts["change"]) == ("round_changed", "closed")


def test_the_figures_of_a_round_are_kept_when_it_closes_and_not_before(ground: Ground, asked: Round) -> None:
    run_due(ground, at("2026-11-23", "23:59"))
    assert list(ground.store[RoundFigures].find("round_id", asked.id)) == []
    for time in ("00:00", "00:01"):
        run_due(ground, at("2026-11-24", time))
        kept = list(ground.store[RoundFigures].find("round_id", asked.id))
        assert [one.form_id for one in kept] == [ref.form_id for ref in asked.forms]
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
def test_what_is_done_every_night_is_done_once_after_two(ground: Ground, moments: list[str], done: list[str]) -> None:
    ran = [moment for moment in moments if "retention" in [run.id for run in run_due(ground, at(*moment.split()))]]
    assert len(ran) == len(done)
    assert all(moment.startswith(expected) for moment, expected in zip(ran, done, strict=True))


def test_in_the_hour_that_comes_twice_nothing_is_done_twice(ground: Ground) -> None:
    start = at("2026-10-25", "00:00")
    moments = [start + timedelta(minutes=20 * n) for n in range(3 * 6)]
    ran = [moment for moment in moments if "retention" in [run.id for run in run_due(ground, moment)]]
    assert ran == [at("2026-10-25", "02:00")]


def test_a_fault_is_that_jobs_own_and_is_told_without_content(
    ground: Ground, asked: Round, mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = ground.config.exports_dir / "what Ada said.xlsx"
    in_the_way.mkdir(parents=True)  # a folder where a workbook is expected cannot be deleted as one
    old = at("2026-09-01").timestamp()
    os.utime(in_the_way, (old, old))
    runs = {run.id: run for run in run_due(ground, at(MONDAY))}
    failed = runs.pop("retention")
    assert not failed.well
    assert failed.said.startswith("failed: ")
    assert " at jobs/retention.py:" in failed.said
    assert all(run.well for run in runs.values())
    assert len(mail.to(SAM)) == 1
    assert "Ada" not in caplog.text + repr(list(ground.store[JobRun].all()))
    assert caplog.text.count("retention did not go well") == 1

    assert "retention" not in [run.id for run in run_due(ground, at(MONDAY, "10:59"))]
    in_the_way.rmdir()
    again = {run.id: run for run in run_due(ground, at(MONDAY, "11:01"))}
    assert again["retention"].well


def test_while_one_machine_is_at_it_another_has_nothing_to_do(ground: Ground, asked: Round, mail: MailServer) -> None:
    mail.treats(SAM, Slow(1.5))
    runs: list[int] = []
    first = threading.Thread(target=lambda: runs.append(len(run_due(ground, at(MONDAY)))))
    first.start()
    while not mail.tried[SAM]:
        first.join(0.01)
    assert run_due(ground, at(MONDAY)) == []
    first.join()
    assert runs == [len(JOBS)]
    assert run_due(ground, at(MONDAY, "10:05"))
    assert (len(mail.to(SAM)), len(mail.to(KIM))) == (1, 1)


def test_told_to_stop_a_run_ends_between_two_letters(ground: Ground, asked: Round, mail: MailServer) -> None:
    run_due(ground, at(MONDAY), lambda: len(mail.taken) == 1)
    assert len(mail.taken) == 1
    assert [letter.state for letter in ground.store[Letter].all()] == ["sent", "waiting"]
    assert run_due(ground, at(MONDAY), lambda: True) == []
    run_due(ground, at(MONDAY))
    assert (len(mail.to(SAM)), len(mail.to(KIM))) == (1, 1)


# --- a clock that cannot be trusted ---


def test_a_clock_that_leaps_a_year_ahead_closes_and_deletes_nothing_for_a_day(
    ground: Ground, asked: Round, mail: MailServer
) -> None:
    run_due(ground, at(MONDAY))
    ahead = at("2027-11-03")
    doubting = run_due(ground, ahead)
    assert doubting[0].id == CLOCK
    assert not doubting[0].well
    assert {run.id for run in doubting}.isdisjoint({"opening", "closing", "retention"})
    assert ground.store[Round].get(asked.id).closed_at is None
    run_due(ground, ahead + timedelta(hours=23))
    assert ground.store[Round].get(asked.id).closed_at is None

    # it comes back, and all is as it was
    assert all(run.well for run in run_due(ground, at("2026-11-05")))
    assert ground.store[Round].get(asked.id).is_open(date(2026, 11, 5))
    assert (len(mail.to(SAM)), len(mail.to(KIM))) == (2, 2), "an invitation and a reminder"

    # it leaps again, and is right this time
    run_due(ground, ahead)
    assert ground.store[Round].get(asked.id).closed_at is None
    believed = run_due(ground, ahead + timedelta(days=1))
    assert CLOCK not in [run.id for run in believed]
    assert ground.store[Round].get(asked.id).closed_at is not None


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
def test_other_clocks_are_believed(ground: Ground, moments: list[str]) -> None:
    for moment in moments:
        names = [run.id for run in run_due(ground, at(*moment.split()))]
        assert CLOCK not in names, moment
        assert "closing" in names


def test_a_clock_two_hours_back_changes_no_order_and_sends_nothing_twice(
    ground: Ground, asked: Round, mail: MailServer
) -> None:
    """R6: order is kept by sequence, links end by the day that is stored."""
    run_due(ground, at("2026-11-05"))
    run_due(ground, at("2026-11-05", "10:30"))
    writing = writing_for(ground, "new_link", asked)
    invite.send_again(ground.store, invited(ground, SAM).id, at("2026-11-05", "08:30"), writing)
    invite.send_again(ground.store, invited(ground, SAM).id, at("2026-11-05", "08:20"), writing)
    run_due(ground, at("2026-11-05", "08:31"))
    written = [letter.kind for letter in ground.store[Letter].find("invitation_id", invited(ground, SAM).id)]
    assert written == ["invitation", "reminder", "new_link", "new_link"]
    assert len(mail.to(SAM)) == 4
    assert len({taken.links[0] for taken in mail.to(SAM)}) == 4
    assert invited(ground, SAM).expires_on == asked.closes_on


def test_every_machine_runs_and_each_letter_leaves_once(ground: Ground, asked: Round, mail: MailServer) -> None:
    threads = [threading.Thread(target=run_due, args=(ground, at(MONDAY))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(mail.to(SAM)), len(mail.to(KIM))) == (1, 1)


@pytest.mark.parametrize("store_url", ["tiny"], indirect=True)
def test_the_journal_stays_small_while_nothing_happens(tmp_path: Path, ground: Ground, asked: Round) -> None:
    moment = at(MONDAY)
    sizes = []
    for n in range(300):
        run_due(ground, moment + timedelta(seconds=10 * n))
        sizes.append((tmp_path / "store" / "journal").stat().st_size)
    assert max(sizes[150:]) <= 2 * max(sizes[:150])
