"""Rounds close after their last day, each for itself."""

from dataclasses import replace
from datetime import date

import pytest

from service.collection.models.figures import RoundFigures
from service.collection.models.home import Home
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.responses import submission
from service.collection.rounds.open_close import open_round
from service.definitions import Form
from service.jobs.context import JobContext, NotAll
from service.jobs.rounds import close_rounds
from service.repository import Store
from tests.jobs.conftest import at


@pytest.fixture
def ended(store: Store, home: Home, library: dict[str, Form]) -> list[Round]:
    """Three rounds whose last day is over, in the order in which they are kept."""
    for form_id in ("child-views", "staff-views", "parent-views"):
        open_round(
            store,
            home,
            [library[form_id]],
            title=form_id,
            reason="Reg 45 review",
            closes_on=date(2026, 11, 30),
            now=at("2026-11-23"),
        )
    return list(store[Round].all())


def spoil(store: Store, round_: Round) -> None:
    """Keep an answer to a form of which no definition is known."""
    response = submission.begin(store, round_, round_.forms[0], "tablet", "en", at("2026-11-24"))
    with store.transaction() as tx:
        tx[Response].put(replace(response, fingerprint="unknown", submitted_at=at("2026-11-24")))


@pytest.mark.parametrize("closed_before", [False, True])
def test_one_round_without_figures_keeps_no_other_from_closing(
    context: JobContext, store: Store, ended: list[Round], closed_before: bool
) -> None:
    bad, *others = ended
    spoil(store, bad)
    if closed_before:  # by a version that kept no figures
        with store.transaction() as tx:
            for round_ in ended:
                tx[Round].put(replace(round_, closed_at=at("2026-12-01")))
    with pytest.raises(NotAll, match=rf"figures cannot be worked out: {bad.id} \(KeyError\)$"):
        close_rounds(context, at("2026-12-02"))
    for round_ in others:
        kept = store[Round].get(round_.id)
        assert kept is not None
        assert kept.closed_at is not None
        assert list(store[RoundFigures].find("round_id", round_.id))
