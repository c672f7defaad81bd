"""R6: links end by the day that is stored, in the home's time, whatever the clock has done before."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from service.collection.invitations import invite
from service.collection.invitations.invite import Addressee
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.responses import submission
from service.collection.rounds.open_close import extend_round, open_round
from service.jobs.context import JobContext
from service.jobs.runner import run_due
from tests.jobs.conftest import at
from tests.visitor import Visitor

FORM = "social-worker-views"


def opened(context: JobContext, home: Home, first: str, last: str) -> tuple[Round, str]:
    """A round from one day to another, and the token of somebody's link."""
    round_ = open_round(
        context.store,
        home,
        [context.library[FORM]],
        title="Views",
        reason="",
        closes_on=date.fromisoformat(last),
        now=at(first),
    )
    [(_, token)] = invite.invite(context.store, round_, [Addressee(FORM, "Sam", "sam@example.org")], at(first))
    return round_, token


def statuses(
    app: Flask, context: JobContext, token: str, moments: Iterable[str | datetime], *, jobs: bool
) -> list[int]:
    """What somebody who follows the link meets at each moment, with jobs run just before or not."""
    found = []
    for each in moments:
        moment = each if isinstance(each, datetime) else at(*each.split())
        with time_machine.travel(moment, tick=False):
            if jobs:
                assert all(run.well for run in run_due(context, moment))
            found.append(Visitor(app).visit(f"/i/{token}").status)
    return found


@pytest.mark.parametrize("jobs", [False, True])
@pytest.mark.parametrize(
    ("first", "last", "moments"),
    [
        ("2026-11-02", "2026-11-23", ["2026-11-23 23:59", "2026-11-24 00:00"]),
        ("2026-03-02", "2026-03-28", ["2026-03-28 23:59", "2026-03-29 00:00"]),
        (
            "2026-03-02",
            "2026-03-29",
            [datetime(2026, 3, 29, 22, 59, tzinfo=UTC), datetime(2026, 3, 29, 23, tzinfo=UTC)],
        ),
        (
            "2026-10-02",
            "2026-10-24",
            [datetime(2026, 10, 24, 22, 59, tzinfo=UTC), datetime(2026, 10, 24, 23, tzinfo=UTC)],
        ),
        ("2026-10-02", "2026-10-25", [datetime(2026, 10, 25, 23, 59, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC)]),
        ("2028-02-01", "2028-02-29", ["2028-02-29 23:59", "2028-03-01 00:00"]),
    ],
)
def test_a_link_lives_until_the_end_of_its_last_day(
    app: Flask, context: JobContext, home: Home, first: str, last: str, moments: list[str | datetime], jobs: bool
) -> None:
    _, token = opened(context, home, first, last)
    assert statuses(app, context, token, moments, jobs=jobs) == [200, 410]


def test_a_clock_that_was_a_year_ahead_ends_no_link(app: Flask, context: JobContext, home: Home) -> None:
    _, token = opened(context, home, "2026-11-02", "2026-11-23")
    run_due(context, at("2026-11-03"))
    with time_machine.travel(at("2027-11-03"), tick=False):
        run_due(context, at("2027-11-03"))
        assert Visitor(app).visit(f"/i/{token}").status == 410
    assert statuses(app, context, token, ["2026-11-03 10:05", "2026-11-23", "2026-11-24"], jobs=True) == [200, 200, 410]


def test_a_closed_round_stays_closed_when_the_clock_goes_back_and_an_open_one_goes_on(
    app: Flask, context: JobContext, home: Home
) -> None:
    _, token = opened(context, home, "2026-11-02", "2026-11-23")
    assert statuses(app, context, token, ["2026-11-23 23:00", "2026-11-24 00:30", "2026-11-23 22:30"], jobs=True) == [
        200,
        410,
        410,
    ]
    round_, token = opened(context, home, "2026-11-02", "2026-11-24")
    assert statuses(app, context, token, ["2026-11-24 23:30", "2026-11-24 21:30"], jobs=True) == [200, 200]
    extend_round(context.store, round_.id, date(2026, 12, 1), at("2026-11-24", "21:40"))
    assert statuses(app, context, token, ["2026-11-25", "2026-12-01 23:59", "2026-12-02"], jobs=True) == [200, 200, 410]


def test_what_comes_is_kept_in_the_order_in_which_it_came(context: JobContext, home: Home) -> None:
    round_, _ = opened(context, home, "2026-11-02", "2026-11-23")
    ref = round_.form_ref(FORM)
    assert ref is not None
    moments = [at("2026-11-05"), at("2026-11-05", "08:00"), at("2026-11-20"), at("2026-11-05", "08:01")]
    begun = [submission.begin(context.store, round_, ref, "tablet", "en", moment, None).id for moment in moments]
    assert [kept.id for kept in context.store[Response].find("round_id", round_.id)] == begun
    assert [kept.id for kept in context.store[Response].all()] == begun
    invite.invite(context.store, round_, [Addressee(FORM, "Kim")], at("2026-11-05") - timedelta(hours=2), by="command")
    invite.invite(context.store, round_, [Addressee(FORM, "Ali")], at("2026-11-05") - timedelta(hours=4), by="command")
    assert [kept.name for kept in context.store[Invitation].find("round_id", round_.id)] == ["Sam", "Kim", "Ali"]
