"""The workbook holds single answers only of forms that name one of the account's roles as reader."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook

from service.audit import Entry
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.dates import now
from service.definitions import Form, Role
from service.repository import Store
from tests.accounts_factory import account_with, manager_of, signed_in
from tests.round_closure import released
from tests.visitor import Visitor
from tests.web.rounds.round_form_data import answer, invited


@pytest.fixture
def answered(store: Store, larch: Home, round_: Round, library: dict[str, Form]) -> Iterator[Round]:
    answer(store, round_, larch, library["staff-views"], None, make_better="a word of the staff")
    answer(
        store, round_, larch, library["social-worker-views"], invited(store, round_, "Sam Okafor"), anything="a word"
    )
    with released(store, round_.id, now()):
        yield round_


def book_of(visitor: Visitor, round_: Round) -> Any:
    reply = visitor.client.get(f"/rounds/{round_.id}/workbook.xlsx")
    assert reply.status_code == 200
    return load_workbook(BytesIO(reply.get_data()))


@pytest.mark.parametrize(
    ("role", "shown", "withheld"),
    [
        ("registered_manager", ["Social workers"], ["Staff"]),
        ("responsible_individual", ["Staff", "Social workers"], []),
        ("independent_person", [], ["Staff", "Social workers"]),
    ],
)
def test_each_role_takes_what_it_may_read(
    app: Flask, answered: Round, role: Role, shown: list[str], withheld: list[str]
) -> None:
    visitor = signed_in(app, account_with(app, role, home_id="larch-house"))
    book = book_of(visitor, answered)
    assert [sheet for sheet in (*shown, *withheld) if book[sheet].tables] == shown
    for sheet in withheld:
        assert "not among those whom the form names as readers" in "".join(
            str(cell) for row in book[sheet].values for cell in row
        )


def test_the_page_says_what_it_holds_for_whoever_looks(app: Flask, answered: Round) -> None:
    manager = manager_of(app, "larch-house").visit(f"/rounds/{answered.id}").text.replace("&#39;", "'")
    assert "For you, as registered manager, it holds single answers to “What is it like where you live?”" in manager
    assert "Of “Working with children here” it holds figures only" in manager
    visitor = signed_in(app, account_with(app, "independent_person", home_id="larch-house"))
    assert "it holds no single answers" in visitor.visit(f"/rounds/{answered.id}").text


def test_it_leaves_as_a_file_that_nobody_keeps_and_that_it_left_is_remembered(
    manager: Visitor, store: Store, answered: Round
) -> None:
    reply = manager.client.get(f"/rounds/{answered.id}/workbook.xlsx")
    name = f"larch-house-{answered.id}-2026-11-20.xlsx"
    assert reply.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert "no-store" in reply.headers["Cache-Control"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    [entry] = [entry for entry in store[Entry].all() if entry.kind == "exported"]
    assert (entry.facts, entry.home_id) == (
        {"rounds": answered.id, "file": name, "names": True},
        answered.home_id,
    )


def test_the_same_leaves_as_csv_with_the_same_held_back(
    app: Flask, manager: Visitor, store: Store, answered: Round
) -> None:
    address = f"/rounds/{answered.id}/answers.zip"
    assert address in manager.visit(f"/rounds/{answered.id}").html
    reply = manager.client.get(address)
    name = f"larch-house-{answered.id}-2026-11-20-csv.zip"
    assert reply.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert (reply.mimetype, "no-store" in reply.headers["Cache-Control"]) == ("application/zip", True)
    with ZipFile(BytesIO(reply.get_data())) as archive:
        names = archive.namelist()
        everything = b"".join(archive.read(one) for one in names)
    assert "responses-social-workers.csv" in names
    assert "responses-staff.csv" not in names
    assert b"a word of the staff" not in everything
    [entry] = [entry for entry in store[Entry].all() if entry.kind == "exported"]
    assert (entry.facts["file"], entry.facts["names"]) == (name, True)
    ro = signed_in(app, account_with(app, "responsible_individual", home_id="larch-house"))
    with ZipFile(BytesIO(ro.client.get(address).get_data())) as archive:
        assert b"a word of the staff" in b"".join(archive.read(one) for one in archive.namelist())
    visitor = signed_in(app, account_with(app, "independent_person", home_id="larch-house"))
    with ZipFile(BytesIO(visitor.client.get(address).get_data())) as archive:
        assert not [one for one in archive.namelist() if one.startswith("responses")]


def test_it_asks_for_the_password_again(
    manager: Visitor, store: Store, answered: Round, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=16))
    reply = manager.client.get(f"/rounds/{answered.id}/workbook.xlsx")
    assert reply.status_code == 303
    assert reply.headers["Location"].startswith("/account/prove?next=")
    assert not [entry for entry in store[Entry].all() if entry.kind == "exported"]
