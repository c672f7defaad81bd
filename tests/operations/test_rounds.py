"""A round is closed with its figures, through whichever door."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from service.audit import Entry
from service.collection.models.figures import RoundFigures
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.dates import now, start_of
from service.jobs.context import JobContext
from service.jobs.rounds import close_rounds
from service.operations.rounds import close_round
from service.repository import Store
from service.state import app_state
from tests.accounts_factory import manager_of


def by_page(app: Flask, round_: Round) -> None:
    manager = manager_of(app, round_.home_id)
    manager.visit(f"/rounds/{round_.id}")
    manager.send(f"/rounds/{round_.id}/close")


def by_command(app: Flask, round_: Round) -> None:
    with app.app_context():
        assert app.test_cli_runner().invoke(args=["rounds", "close", round_.id]).exit_code == 0


def by_job(app: Flask, round_: Round) -> None:
    run_job_after(app, round_)


def run_job_after(app: Flask, round_: Round) -> None:
    """Run the job that closes rounds on the day after the planned last day."""
    service = app_state(app)
    context = JobContext(service.store, service.form, service.library, service.config, service.hasher)
    close_rounds(context, start_of(round_.closes_on + timedelta(days=1)))


def kept_of(store: Store, round_: Round) -> set[str]:
    return {kept.form_id for kept in store[RoundFigures].find("round_id", round_.id)}


@pytest.mark.parametrize("close", [by_page, by_command, by_job])
def test_closing_keeps_the_figures(
    app: Flask, store: Store, round_: Round, close: Callable[[Flask, Round], None]
) -> None:
    close(app, round_)
    assert store[Round].get(round_.id).closed_at is not None
    named = {ref.form_id for ref in round_.forms if not app_state(app).form(ref.fingerprint).is_unnamed}
    everything = {ref.form_id for ref in round_.forms}
    assert named < everything
    assert kept_of(store, round_) == (everything if close is by_job else named), "unnamed ones only after the last day"
    run_job_after(app, round_)
    assert kept_of(store, round_) == everything


def test_a_round_without_figures_stays_open(store: Store, home: Home, round_: Round) -> None:
    with pytest.raises(KeyError):
        close_round(store, round_.id, {}.__getitem__, now())
    assert store[Round].get(round_.id) == round_
    assert not list(store[RoundFigures].find("round_id", round_.id))
    assert not list(store[Entry].all())
