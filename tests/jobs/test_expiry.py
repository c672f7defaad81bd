"""What is let go with the answers, or because it has run out, and what stays for as long as it is needed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from service.accounts.account import AccountLink, AccountSession, Attempts
from service.audit import Entry
from service.collection.invitations import invite
from service.collection.invitations.invite import Addressee
from service.collection.models.home import Child, Home
from service.collection.models.invitation import Invitation, Link, Passcode
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.jobs.context import JobContext, writing_for
from service.jobs.retention import RetentionCounts, tidy
from service.mail.email import Email, Words, new_email
from tests.jobs.conftest import at
from tests.round_closure import close_round

FORM = "social-worker-views"
OPENED, LAST_DAY = at("2026-11-02"), date(2026, 11, 23)


@pytest.fixture
def round_(context: JobContext, home: Home) -> Round:
    """A round of three weeks in November 2026, with one person asked."""
    opened = open_round(
        context.store, home, [context.library[FORM]], title="Views", reason="", closes_on=LAST_DAY, now=OPENED
    )
    sam = Addressee(FORM, "Sam", "sam@example.org")
    invite.invite(context.store, opened, [sam], OPENED, writing_for(context, "invitation", opened))
    return opened


@pytest.fixture
def tidied(context: JobContext) -> Callable[[datetime], RetentionCounts]:
    def at_moment(moment: datetime) -> RetentionCounts:
        config = context.config
        return tidy(context.store, context.forms, config.exports_dir, config.exports_keep_days, moment, by="jobs")

    return at_moment


def kept_days(context: JobContext) -> timedelta:
    return timedelta(days=context.library[FORM].retention.responses_days)


def test_letters_go_a_month_after_their_round_and_links_with_the_invitation(
    context: JobContext, round_: Round, tidied: Callable[[datetime], RetentionCounts]
) -> None:
    store, end = context.store, at(LAST_DAY.isoformat(), "12:00")
    assert tidied(end + timedelta(days=30)).records == 0
    assert tidied(end + timedelta(days=31)).letters == 1
    assert (len(list(store[Link].all())), len(list(store[Invitation].all()))) == (1, 1), "the link says that it is over"
    [invitation] = store[Invitation].all()
    with store.transaction() as tx:
        tx[Passcode].put(Passcode(invitation.id, round_.id, "", OPENED, end + kept_days(context) + timedelta(days=1)))
    assert tidied(end + kept_days(context)).invitations == 0
    assert tidied(end + kept_days(context) + timedelta(days=1)).invitations == 1
    for table in (store[Link], store[Invitation], store[Email], store[Passcode]):
        assert list(table.all()) == []
    remembered = [(entry.kind, entry.facts["invitations"]) for entry in store[Entry].find("actor", "jobs")]
    assert remembered == [("tidied", 0), ("tidied", 1)]


def test_a_round_closed_early_is_forgotten_from_that_day_on(
    context: JobContext, round_: Round, tidied: Callable[[datetime], RetentionCounts]
) -> None:
    close_round(context.store, round_.id, at("2026-11-05"))
    assert tidied(at("2026-12-05")).letters == 0
    assert tidied(at("2026-12-06")).letters == 1


def test_a_letter_of_no_round_goes_a_month_after_it_has_left_or_been_written(
    context: JobContext, tidied: Callable[[datetime], RetentionCounts]
) -> None:
    with context.store.transaction() as tx:
        written = new_email("account", "mo@example.org", Words("Welcome", "…", ""), OPENED, account_id="mo")
        tx[Email].put(written)
        tx[Email].put(replace(written, id="left", state="sent", left_at=at("2026-11-20")))
    assert tidied(at("2026-12-02")).letters == 0
    assert tidied(at("2026-12-03")).letters == 1
    assert tidied(at("2026-12-21")).letters == 1


def test_what_has_run_out_is_let_go_and_what_has_not_stays(
    context: JobContext, tidied: Callable[[datetime], RetentionCounts]
) -> None:
    hours = timedelta(hours=1)
    moment = at("2026-11-10", "10:00")
    with context.store.transaction() as tx:
        for name, until in (("over", moment), ("open", moment + hours)):
            tx[AccountSession].put(AccountSession(name, "mo", OPENED, OPENED, OPENED, until))
            tx[AccountLink].put(AccountLink(name, "mo", "password", until))
            tx[Attempts].put(Attempts(name, 3, until - 24 * hours))
        for name, made in (("over", moment - 24 * hours), ("counted", moment - 2 * hours)):
            tx[Passcode].put(Passcode(name, "round", "", made, made + hours))
        tx[Passcode].put(Passcode("open", "round", "", moment, moment + hours))
    assert tidied(moment).ended == 4
    store = context.store
    for table in (store[AccountSession], store[AccountLink], store[Attempts]):
        assert [record.id for record in table.all()] == ["open"]
    assert sorted(code.id for code in store[Passcode].all()) == ["counted", "open"], "codes of today count for today"


def test_what_was_remembered_goes_after_seven_years(
    context: JobContext, tidied: Callable[[datetime], RetentionCounts]
) -> None:
    with context.store.transaction() as tx:
        for name, day in (("older", "2019-11-02"), ("old", "2019-11-05"), ("new", "2026-11-01")):
            tx[Entry].put(Entry(name, at(day), "signed_in", "mo"))
    assert tidied(at("2026-11-04")).entries == 1
    assert [entry.id for entry in context.store[Entry].find("actor", "mo")] == ["old", "new"]


def test_a_child_who_has_left_goes_once_no_round_that_could_have_asked_them_is_kept(
    context: JobContext, home: Home, round_: Round, tidied: Callable[[datetime], RetentionCounts]
) -> None:
    with context.store.transaction() as tx:
        for number, (name, left_on) in enumerate(
            {"here": None, "before": date(2026, 11, 1), "meanwhile": date(2026, 11, 2), "elsewhere": LAST_DAY}.items()
        ):
            home_id = "another-home" if name == "elsewhere" else home.id
            tx[Child].put(Child(name, home_id, number, "fox", "older", left_on=left_on))
    tidied(at("2026-11-10"))
    assert [child.id for child in context.store[Child].all()] == ["here", "meanwhile", "elsewhere"]
    tidied(at("2026-11-24"))
    assert [child.id for child in context.store[Child].all()] == ["here", "meanwhile"]
    tidied(at("2026-11-24") + kept_days(context) + timedelta(days=1))
    assert [child.id for child in context.store[Child].all()] == ["here"]


def test_nothing_is_let_go_where_nothing_has_passed(
    context: JobContext, round_: Round, tidied: Callable[[datetime], RetentionCounts]
) -> None:
    assert tidied(at("2026-11-10")) == RetentionCounts()
    assert list(context.store[Entry].find("actor", "jobs")) == []
