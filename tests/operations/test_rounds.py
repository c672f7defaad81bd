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
from service.jobs.context import Ground
from service.jobs.rounds import close_rounds
from service.operations.rounds import close_round
from service.repository import Store
from service.state import running
from tests.manager import manager_of


def by_page(app: Flask, asked: Round) -> None:
    manager = manager_of(app, asked.home_id)
    manager.visit(f"/rounds/{asked.id}")
    manager.send(f"/rounds/{asked.id}/close")


def by_command(app: Flask, asked: Round) -> None:
    with app.app_context():
        assert app.test_cli_runner().invoke(args=["rounds", "close", asked.id]).exit_code == 0


def by_job(app: Flask, asked: Round) -> None:
    service = running(app)
    ground = Ground(service.store, service.form, service.library, service.config, service.hasher)
    close_rounds(ground, start_of(asked.closes_on + timedelta(days=1)))


@pytest.mark.parametrize("close", [by_page, by_command, by_job])
def test_closing_keeps_the_figures(
    app: Flask, store: Store, asked: Round, close: Callable[[Flask, Round], None]
) -> None:
    close(app, asked)
    assert store[Round].get(asked.id).closed_at is not None
    assert {kept.form_id for kept in store[RoundFigures].find("round_id", asked.id)} == {
        ref.form_id for ref in asked.forms
    }


def test_a_round_without_figures_stays_open(store: Store, home: Home, asked: Round) -> None:
    with pytest.raises(KeyError):
        close_round(store, asked.id, {}.__getitem__, now())
    assert store[Round].get(asked.id) == asked
    assert not list(store[RoundFigures].find("round_id", asked.id))
    assert not list(store[Entry].all())
