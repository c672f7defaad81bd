"""The workbook to hand on through the front door: whoever takes workbooks takes it, and it shows nobody's answers."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook

from service.audit import Entry
from service.collection.models.figures import RoundFigures
from service.collection.models.round import Round
from service.dates import now
from service.repository import Store
from tests.accounts_factory import account_with, signed_in
from tests.round_closure import end_round

MORNING = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def closed(app: Flask, store: Store) -> Round:
    """A round of the demonstration that is over, with answers of every audience."""
    with app.app_context():
        runner = app.test_cli_runner()
        assert runner.invoke(args=["demo", "--responses", "60"]).exit_code == 0
        round_ = next(one for one in store[Round].find("home_id", "larch-house") if one.closed_at is None)
    end_round(store, round_.id, now())
    found = store[Round].get(round_.id)
    assert found is not None
    return found


def test_it_is_offered_and_taken_and_remembered_and_asks_for_no_password(
    app: Flask, store: Store, closed: Round
) -> None:
    visitor = signed_in(app, account_with(app, "independent_person", home_id=closed.home_id))
    address = f"/rounds/{closed.id}/to-hand-on.xlsx"
    assert address in visitor.visit(f"/rounds/{closed.id}").html
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=30)):
        assert visitor.client.get(f"/rounds/{closed.id}/workbook.xlsx").status_code in (302, 303)
        reply = visitor.client.get(address)
    assert reply.status_code == 200
    assert "-to-hand-on.xlsx" in reply.headers["Content-Disposition"]
    book = load_workbook(BytesIO(reply.get_data()))
    assert "Withheld" in book.sheetnames
    assert not {"Staff", "Children", "Social workers"} & {*book.sheetnames}
    entry = [one for one in store[Entry].all() if one.kind == "exported"][-1]
    assert (entry.facts["names"], entry.home_id) == (False, closed.home_id)


def test_closing_keeps_the_figures_of_every_form(store: Store, closed: Round) -> None:
    kept = {one.form_id for one in store[RoundFigures].find("round_id", closed.id)}
    assert kept == {ref.form_id for ref in closed.forms}


def test_the_command_writes_it_too(app: Flask, closed: Round, tmp_path: Path) -> None:
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["export", closed.id, "--to-hand-on", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    path, _, submitted = done.stdout.splitlines()
    assert path.endswith("-to-hand-on.xlsx")
    assert "exported 0" in submitted
    first = load_workbook(path)["Read me"]
    assert "To hand on." in str(first["B5"].value)
