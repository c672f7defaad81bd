"""The workbooks over all homes and over all rounds of one: who may have which, and that it left is remembered."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook

from service.accounts.account import Account, Grant
from service.audit import Entry
from service.collection.models.export import Export
from service.collection.models.form_meta import meta_of
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.collection.responses import submission
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form, Role
from service.jobs.context import JobContext
from service.jobs.exports import make_exports
from service.repository import Store
from service.state import app_state
from tests.accounts_factory import account_with, manager_of, signed_in
from tests.round_closure import end_round
from tests.visitor import Visitor

ALL, ALL_TO_HAND_ON = "/homes/workbook.xlsx", "/homes/to-hand-on.xlsx"
HASHER = Hasher([b"k" * 32])
SECRET = "a word of the staff"


@pytest.fixture
def rounds(store: Store, home: Home, library: dict[str, Form]) -> list[Round]:
    """Two rounds of one home and one of another, each with an answer of the staff; a third home has had none."""
    harbour = Home("harbour-view", "Harbour View", "childrens_home", "Brightwater Care", demonstration=True)
    with store.transaction() as tx:
        tx[Home].put(harbour)
        tx[Home].put(Home("elm", "Elm", "childrens_home", "Brightwater Care", demonstration=True))
    form, found = library["staff-views"], []
    for each, title in ((home, "Spring"), (home, "Autumn"), (harbour, "Autumn")):
        last = day_at(now()) + timedelta(days=14)
        round_ = open_round(store, each, [form], title=title, reason="", closes_on=last, now=now())
        begun = submission.begin(store, round_, round_.forms[0], "tablet", "en", now())
        meta = meta_of(round_, each, None, now())
        submission.submit(store, begun.id, form, {"make_better": SECRET}, meta, HASHER, now())
        found.append(end_round(store, round_.id, now()))
    return found


def book(visitor: Visitor, address: str) -> Any:
    reply = visitor.client.get(address)
    assert reply.status_code == 200, reply.status
    return load_workbook(BytesIO(reply.get_data()))


def told(found: Any) -> str:
    return "\n".join(str(cell) for sheet in found for row in sheet.values for cell in row if cell is not None)


def of_two_homes(app: Flask, store: Store, first: Role, second: Role) -> Visitor:
    account = account_with(app, first, home_id="larch-house")
    grants = (Grant(first, "larch-house"), Grant(second, "harbour-view"))
    with store.transaction() as tx:
        tx[Account].put(Account(account.id, account.name, account.email, account.created_at, grants))
    return signed_in(app, account)


def test_who_reads_at_each_of_the_homes_may_take_the_one_to_act_on_too(
    app: Flask, store: Store, rounds: list[Round]
) -> None:
    visitor = signed_in(app, account_with(app, "responsible_individual"))
    page = visitor.visit("/homes")
    assert "Workbook over all homes" in page.text
    assert {ALL, ALL_TO_HAND_ON} <= {address for address in (ALL, ALL_TO_HAND_ON) if f'"{address}"' in page.html}
    handed_on = book(visitor, ALL_TO_HAND_ON)
    assert [row[0].value for row in handed_on["Homes"].iter_rows() if row[0].value in ("Elm", "Harbour View")]
    assert SECRET not in told(handed_on)
    assert SECRET in told(book(visitor, ALL))
    kept = [entry for entry in store[Entry].all() if entry.kind == "exported"]
    assert [(entry.facts["names"], entry.home_id) for entry in kept] == [(False, ""), (True, "")]
    assert set(kept[0].facts["rounds"].split(", ")) == {round_.id for round_ in rounds}
    assert kept[0].facts["file"].startswith("brightwater-care-3-homes-3-rounds-")


def test_who_reads_at_one_of_them_only_hands_on(app: Flask, store: Store, rounds: list[Round]) -> None:
    visitor = of_two_homes(app, store, "responsible_individual", "independent_person")
    page = visitor.visit("/homes").html
    assert (ALL_TO_HAND_ON in page, ALL in page) == (True, False)
    assert SECRET not in told(book(visitor, ALL_TO_HAND_ON))
    assert visitor.client.get(ALL).status_code == 404


def test_a_home_where_one_has_no_part_in_results_is_not_in_it(app: Flask, store: Store, rounds: list[Round]) -> None:
    visitor = of_two_homes(app, store, "responsible_individual", "staff")
    assert ALL_TO_HAND_ON not in visitor.visit("/homes").html
    assert visitor.client.get(ALL_TO_HAND_ON).status_code == 404


def test_all_rounds_of_a_home_leave_from_the_page_of_its_results(app: Flask, store: Store, rounds: list[Round]) -> None:
    visitor = manager_of(app, "larch-house")
    page = visitor.visit("/homes/larch-house/results")
    assert "Workbook of all rounds" in page.text
    for address in ("/homes/larch-house/workbook.xlsx", "/homes/larch-house/to-hand-on.xlsx"):
        assert f'href="{address}"' in page.html
        assert {"Read me", "Over time"} <= set(book(visitor, address).sheetnames)
    kept = [entry for entry in store[Entry].all() if entry.kind == "exported"]
    assert {(entry.facts["rounds"], entry.home_id) for entry in kept} == {
        (f"{rounds[0].id}, {rounds[1].id}", "larch-house")
    }


def test_where_nobody_was_asked_there_is_none(app: Flask, rounds: list[Round]) -> None:
    visitor = manager_of(app, "elm")
    assert visitor.client.get("/homes/elm/workbook.xlsx").status_code == 404
    assert "Workbook of all rounds" not in visitor.visit("/homes/elm/results").text


@pytest.mark.parametrize("address", [ALL, "/homes/larch-house/workbook.xlsx"])
def test_single_answers_leave_only_just_after_the_password(
    app: Flask, store: Store, rounds: list[Round], address: str
) -> None:
    visitor = signed_in(app, account_with(app, "responsible_individual"))
    with time_machine.travel(now() + timedelta(minutes=16)):
        reply = visitor.client.get(address)
    assert reply.status_code == 303
    assert reply.headers["Location"].startswith("/account/prove?next=")
    assert not [entry for entry in store[Entry].all() if entry.kind == "exported"]


def test_a_large_one_is_made_beside_and_holds_homes_that_asked_nobody(
    app: Flask, store: Store, rounds: list[Round], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.collection.exports.requests.LARGE", 2)
    visitor = signed_in(app, account_with(app, "responsible_individual"))
    page = visitor.visit("/homes")
    assert f'href="{ALL}"' not in page.html
    assert 'action="/all-homes/exports"' in page.html
    assert visitor.client.get(ALL_TO_HAND_ON).headers["Location"] == "/homes"
    assert visitor.post("/all-homes/exports", {"use": "to_act_on"}).status_code == 303
    assert visitor.post("/homes/larch-house/exports", {"use": "nothing"}).status_code == 400
    service = app_state(app)
    context = JobContext(service.store, service.form, service.library, service.config, service.hasher)
    make_exports(context, now, lambda: False)
    [made] = store[Export].all()
    assert made.state == "ready"
    reply = visitor.client.get(f"/exports/{made.id}/file")
    found = load_workbook(BytesIO(reply.get_data()))
    reply.close()
    assert SECRET in told(found)
    assert {"Elm", "Harbour View", "Larch House"} <= {row[0].value for row in found["Homes"].iter_rows()}


def test_no_file_with_single_answers_is_made_for_who_reads_at_one_home_only(
    app: Flask, store: Store, rounds: list[Round]
) -> None:
    visitor = of_two_homes(app, store, "responsible_individual", "independent_person")
    visitor.visit("/homes")
    assert visitor.post("/all-homes/exports", {"use": "to_act_on"}).status_code == 404
    assert visitor.post("/all-homes/exports", {"use": "to_hand_on"}).status_code == 303
