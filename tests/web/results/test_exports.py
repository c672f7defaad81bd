"""A file of a large round through the front door: asked for, watched, fetched by whoever asked and by nobody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook

from service.accounts.account import Account, Grant
from service.audit import Entry
from service.collection.exports.requests import LARGE, asked_by, has_failed, has_moved
from service.collection.models.export import Export
from service.collection.models.home import Home
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.responses import submission
from service.dates import day_at, in_words, now
from service.jobs.context import JobContext
from service.jobs.exports import file_of, make_exports
from service.jobs.runner import run_due
from service.state import app_state
from service.storage.store import RecordStore
from tests.accounts_factory import account_with, signed_in
from tests.visitor import Page, Visitor

HX = {"HX-Request": "true"}


@pytest.fixture
def round_(store: RecordStore, round_: Round) -> Round:
    """A round with one draft more than is made at once; what is not sent is in no workbook, so it is made soon."""
    draft = submission.begin(store, round_, round_.forms[0], "tablet", "en", now())
    with store.transaction() as tx:
        for number in range(LARGE):
            tx[Response].put(Response(**{**vars(draft), "id": f"draft-{number}"}))
    return round_


@pytest.fixture
def context(app: Flask) -> JobContext:
    service = app_state(app)
    return JobContext(service.store, service.form, service.library, service.config, service.hasher)


@pytest.fixture
def account(app: Flask, home: Home) -> Account:
    return account_with(app, "registered_manager", home_id=home.id)


@pytest.fixture
def visitor(app: Flask, account: Account) -> Visitor:
    return signed_in(app, account)


def press(visitor: Visitor, round_: Round, use: str = "to_act_on", form: str = "xlsx") -> tuple[str, Page]:
    """Press the round's button; the address it leads to, and its page."""
    visitor.visit(f"/rounds/{round_.id}")
    page = visitor.send(f"/rounds/{round_.id}/exports", {"use": use, "form": form})
    assert page.status == 200
    return urlsplit(page.response.request.path).path, page


def make(context: JobContext) -> str:
    return make_exports(context, now, lambda: False)


def test_a_large_file_is_made_beside_and_its_page_says_how_far_it_is(
    visitor: Visitor, context: JobContext, account: Account, round_: Round
) -> None:
    assert "No file waits for you." in visitor.visit("/exports").text
    round_page = visitor.visit(f"/rounds/{round_.id}")
    assert f"/rounds/{round_.id}/workbook.xlsx" not in round_page.links, "a link would only keep somebody waiting"
    assert "Press its button here" in visitor.visit(f"/rounds/{round_.id}/workbook.xlsx").text

    run_due(context, now(), and_apart=False)
    address, page = press(visitor, round_)
    assert "It is begun in a moment." in page.text
    assert f'hx-get="{address}/now?state=waiting"' in page.html
    assert address in page.links, "look again, where nothing moves by itself"
    assert "has not run for more than two minutes" not in page.text

    [export] = asked_by(context.store, account.id)
    with context.store.transaction() as tx:
        tx[Export].put(replace(export, state="being_made"))
    has_moved(context.store, export, 42, now())
    part = visitor.visit(f"{address}/now?state=waiting", headers=HX)
    assert '<progress max="100" value="42"' in part.html
    assert "The file is being made." in part.html
    assert "42% done" in visitor.visit("/exports").text

    assert make(context) == "1 made"
    ready = visitor.visit(f"{address}/now?state=being_made", headers=HX)
    assert "The file is ready to download." in ready.html
    assert "hx-get" not in ready.html, "there is nothing more to look for"
    last = in_words(day_at(now()) + timedelta(days=30))
    assert f"kept here until the end of {last}" in ready.text
    assert f"kept until {last}" in visitor.visit("/exports").text


def test_it_is_fetched_just_after_the_password_and_every_time_is_remembered(
    app: Flask, visitor: Visitor, context: JobContext, account: Account, round_: Round
) -> None:
    act, _ = press(visitor, round_)
    hand_on, _ = press(visitor, round_, "to_hand_on")
    make(context)
    assert visitor.client.get(f"{hand_on}/file").status_code == 404
    assert visitor.client.get(f"{act}/to-hand-on").status_code == 404, "no way around the password"
    reply = visitor.client.get(f"{act}/file", buffered=True)
    assert f"{round_.id}-" in reply.headers["Content-Disposition"]
    assert reply.headers["Cache-Control"] == "no-store"
    assert "Read me" in load_workbook(BytesIO(reply.get_data())).sheetnames
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=30)):
        assert visitor.client.get(f"{act}/file").location.startswith("/account/prove?next=")
        assert visitor.client.get(f"{hand_on}/to-hand-on", buffered=True).status_code == 200
    told = [entry for entry in context.store[Entry].all() if entry.kind == "exported"]
    assert [(entry.actor, entry.home_id, entry.facts["rounds"]) for entry in told] == [
        (account.id, round_.home_id, round_.id)
    ] * 2
    assert [entry.facts["file"].endswith("-to-hand-on.xlsx") for entry in told] == [False, True]


def test_nobody_else_sees_it_and_its_owner_only_in_that_role(
    app: Flask, visitor: Visitor, context: JobContext, account: Account, round_: Round
) -> None:
    address, _ = press(visitor, round_)
    make(context)
    other = signed_in(app, account_with(app, "registered_manager", "responsible_individual"))
    for path in (address, f"{address}/now", f"{address}/file"):
        assert other.client.get(path).status_code == 404, path
    other.visit(f"/rounds/{round_.id}")
    assert other.post(f"{address}/again").status_code == 404
    assert "No file waits for you." in other.visit("/exports").text

    def now_with(*grants: Grant) -> None:
        with context.store.transaction() as tx:
            tx[Account].put(replace(account, grants=grants))

    now_with(Grant("independent_person", round_.home_id))  # takes workbooks, but others
    assert visitor.client.get(f"{address}/file").location == address
    assert "Your role at the home has changed since" in visitor.visit(address).text
    now_with(Grant("registered_manager", "harbour-view"))
    assert [visitor.client.get(path).status_code for path in (address, f"{address}/file")] == [403, 403]
    assert "No file waits for you." in visitor.visit("/exports").text


def test_where_nothing_runs_by_itself_the_page_says_so(visitor: Visitor, context: JobContext, round_: Round) -> None:
    run_due(context, now() - timedelta(minutes=3), and_apart=False)
    address, page = press(visitor, round_)
    assert "Nothing is made just now" in page.text
    run_due(context, now(), and_apart=False)
    assert "Nothing is made just now" not in visitor.visit(address).text


def test_what_could_not_be_made_says_why_and_is_tried_again(
    visitor: Visitor, context: JobContext, account: Account, round_: Round
) -> None:
    address, _ = press(visitor, round_, form="csv")
    [export] = asked_by(context.store, account.id)
    has_failed(context.store, export, "room", now())
    page = visitor.visit(f"{address}/now?state=being_made", headers=HX)
    assert "There is no room left on the server" in page.text
    assert "Could not be made" in visitor.visit("/exports").text
    assert "It waits." in visitor.send(f"{address}/again").text
    make(context)
    [export] = asked_by(context.store, account.id)
    file_of(context.config.exports_dir, export).unlink()
    assert "The file is not there any more." in visitor.visit(address).text
    assert visitor.client.get(f"{address}/file").location == address
    again = visitor.send(f"{address}/again")
    assert "It waits." in again.text
    assert again.response.request.path != address


@pytest.mark.parametrize("values", [{}, {"use": "to_hand_on", "form": "csv"}, {"use": "x", "form": "xlsx"}])
def test_what_is_not_offered_is_not_made(visitor: Visitor, round_: Round, values: dict[str, str]) -> None:
    visitor.visit(f"/rounds/{round_.id}")
    assert visitor.post(f"/rounds/{round_.id}/exports", values).status_code == 400
