"""What a child's form weighs on its way: on a tablet in a house with poor reception every kilobyte is waited for."""

import gzip
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from service.collection.models.home import Home
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form, load_library
from service.demonstration.provider import HOMES
from service.repository import Store
from tests.paths import ROOT
from tests.tablet import unlocked
from tests.visitor import Visitor

CHILDRENS = [form for form in load_library(ROOT / "forms").values() if form.audience == "child"]
# The document, styles and our own scripts in the first 10 packets, which a server sends before it waits for a reply.
MOST = 14 * 1024
SHEETS_AND_SCRIPTS = re.compile(r'(?:src|href)="(/static/(?!js/htmx)[^"]+\.(?:js|css)\?[^"]+)"(?! media="print")')


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """One engine will do: a document weighs the same on both."""
    return f"tinydb:{tmp_path / 'store'}"


def weighed(visitor: Visitor, address: str) -> tuple[int, str]:
    """How many bytes come, and what they say."""
    reply = visitor.client.get(address, headers={"Accept-Encoding": "gzip"})
    assert reply.headers["Content-Encoding"] == "gzip"
    return len(reply.data), gzip.decompress(reply.data).decode()


@pytest.mark.parametrize("form", CHILDRENS, ids=lambda form: form.id)
def test_a_childs_form_with_styles_and_scripts_comes_in_one_first_flight(app: Flask, store: Store, form: Form) -> None:
    home = replace(HOMES[0], contacts_checked_on=day_at(now()))
    with store.transaction() as tx:
        tx[Home].put(home)
    closes = day_at(now()) + timedelta(days=14)
    round_ = open_round(store, home, [form], title="Your views", reason="Reg 45", closes_on=closes, now=now())
    visitor = unlocked(app, home.id, round_.id)
    visitor.visit("/tablet")
    address = visitor.post(f"/tablet/start/{form.id}").location
    for language in form.languages:
        weight, document = weighed(visitor, f"{address}?language={language}")
        assert 'id="answers"' in document, "the form, and not the page that says why it is not there"
        files = SHEETS_AND_SCRIPTS.findall(document)
        assert len(files) == 2, files
        assert weight + sum(weighed(visitor, file)[0] for file in files) <= MOST, (language, weight)


def test_a_file_of_ours_is_sent_alone_or_in_the_bundles_that_pages_ask_for(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/static/js/form.js").status_code == 200
    for name in ("leave-page.js+respond.js", "no-such.js", "..%2fwsgi.py", "fonts/no-such.css"):
        assert client.get(f"/static/{name}").status_code == 404
