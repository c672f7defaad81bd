"""A process killed between an answer and its alert loses neither, or both: never one alone."""

import random
import time
from datetime import timedelta
from pathlib import Path

import pytest

from service.accounts.account import Account, Grant
from service.collection.forms.publication import publish
from service.collection.models.alert import Alert
from service.collection.models.home import Home
from service.collection.models.response import Response
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form
from service.mail.email import Email
from service.storage import open_store
from tests.collection.alerts.alert_writer import AlertWriter

KILLS = 20


@pytest.fixture
def url(tmp_path: Path, library: dict[str, Form]) -> str:
    """A store with a home, its safeguarding lead and an open round; without keys, so that the writer needs none."""
    url = f"tinydb:{tmp_path / 'store'}"
    keeper = open_store(url)
    home = Home("larch-house", "Larch House", "childrens_home")
    lead = Account("lead", "Lee Lead", "lead@example.org", now(), (Grant("safeguarding_lead", home.id),))
    publish(keeper, [library["child-views"]])
    with keeper.transaction() as tx:
        tx[Home].put(home)
        tx[Account].put(lead)
    last = day_at(now()) + timedelta(days=14)
    open_round(keeper, home, [library["child-views"]], title="Views", reason="", closes_on=last, now=now())
    keeper.close()
    return url


def test_the_answer_and_its_alert_are_kept_together_or_not_at_all(url: str) -> None:
    chance = random.Random(20261122)
    acknowledged = 0
    for _ in range(KILLS):
        writer = AlertWriter(url)
        time.sleep(chance.random() * 0.05)
        acknowledged += writer.kill()
    keeper = open_store(url)
    frightened = {response.id for response in keeper[Response].all() if response.answers}
    told = [alert.response_id for alert in keeper[Alert].all()]
    letters = sum(letter.kind == "alert" for letter in keeper[Email].all())
    keeper.close()
    assert len(frightened) >= acknowledged >= KILLS
    assert sorted(told) == sorted(frightened), "an answer without its alert, or an alert without its answer"
    assert letters == len(told)
