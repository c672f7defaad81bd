"""Stores of earlier versions, kept under `tests/stores`, open on both engines and say what they said then."""

import gzip
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
import time_machine
from flask import Flask

from service.collection.models.round import Round
from service.config import Config
from service.dates import day_at, now
from service.state import app_state
from tests.paths import ROOT
from tests.postgres import Postgres
from tests.stores import observe

STORES = ROOT / "tests" / "stores"
VERSIONS = sorted(path.parent.name for path in STORES.glob("*/made.json"))
WAYS = ("journal", "backup on tiny", "backup on postgres", "dump")


class Kept(NamedTuple):
    """A kept store and the way in which it comes back."""

    folder: Path
    way: str

    def json(self, name: str) -> Any:
        """What one of its JSON files says."""
        return json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))

    def unpacked(self, name: str, target: Path) -> Path:
        """Unpack one of its files."""
        with gzip.open(self.folder / f"{name}.gz") as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file)
        return target


@pytest.fixture(params=[(version, way) for version in VERSIONS for way in WAYS], ids=" ".join)
def kept(request: pytest.FixtureRequest) -> Kept:
    version, way = request.param
    return Kept(STORES / version, way)


@pytest.fixture
def store_url(kept: Kept, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the store is: the journal and the dump as they were kept, a new store for the backup."""
    if kept.way in ("journal", "backup on tiny"):
        folder = tmp_path / "store"
        folder.mkdir()
        if kept.way == "journal":
            kept.unpacked("journal", folder / "journal")
        return f"tinydb:{folder}"
    server: Postgres = request.getfixturevalue("postgres")
    # not a lent one: what later tests are lent must have been made by today's code
    schema = server.new_schema()
    if kept.way == "dump":
        dump = kept.unpacked("postgres.sql", tmp_path / "dump").read_text(encoding="utf-8")
        with psycopg.connect(server.url(schema)) as connection:
            connection.execute(dump.replace(kept.json("made")["postgres_schema"], schema).encode())
    return server.url(schema)


@pytest.fixture
def config(config: Config, kept: Kept) -> Config:
    """The settings of the kept store: without its keys nothing can be read."""
    keys = {name: tuple(text.split(",")) for name, text in kept.json("keys").items()}
    return replace(config, secret_keys=keys["SAYSO_SECRET_KEYS"], seal_keys=keys["SAYSO_SEAL_KEYS"])


@pytest.fixture
def opened(app: Flask, kept: Kept, tmp_path: Path) -> Iterator[Flask]:
    """The service on the kept store, under the clock it was made at: retention would empty it."""
    with time_machine.travel(datetime.fromisoformat(kept.json("made")["made_at"]), tick=True):
        if kept.way.startswith("backup"):
            observe.run(app, "store", "restore", str(kept.unpacked("backup", tmp_path / "backup")))
        yield app


def test_a_kept_store_says_what_it_said_when_it_was_made(opened: Flask, kept: Kept) -> None:
    expected = kept.json("expected")
    tables = observe.tables(opened)
    # the forms of today are published beside those that the store holds
    assert tables.pop("forms") >= expected["tables"].pop("forms")
    assert tables.pop("form_states") <= len(app_state(opened).library), "0.1.0 had none: the first start makes them"
    added = {name: tables.pop(name) for name in tables.keys() - expected["tables"].keys()}
    assert not any(added.values()), "a table that came later begins empty"
    assert tables == expected["tables"]
    assert observe.texts(opened, expected["texts"]) == expected["texts"]
    assert {email: observe.kept_of(opened, email) for email in expected["people"]} == expected["people"]
    assert observe.alerts(opened) == expected["alerts"]
    rounds = {round_.id: round_ for round_ in app_state(opened).store[Round].all()}
    embargoed = {id: one for id, one in rounds.items() if not one.is_released(day_at(now()))}
    for round_id, said in expected["rounds"].items():
        found = observe.exported(opened, round_id)
        if round_id not in embargoed:
            assert only_hidden(found, said)
            continue
        for ref in rounds[round_id].forms:
            if app_state(opened).form(ref.fingerprint).is_unnamed:
                assert not re.search(r"\d", str(figures_of(found["internal"], ref.form_id)).replace("_0", ""))
            else:
                assert figures_of(found["internal"], ref.form_id) == figures_of(said["internal"], ref.form_id)
    last = max(one.embargoed_until for one in embargoed.values())
    with time_machine.travel(datetime.combine(last, time(12)) + timedelta(days=1), tick=True):
        for round_id in embargoed:  # readers see it all, as they did then
            found, said = observe.exported(opened, round_id)["internal"], expected["rounds"][round_id]["internal"]
            assert only_hidden(found.pop("figures"), said.pop("figures"), or_shown=True)
            # of an anonymous form nobody is a reader, so nobody sees how many have begun
            assert only_hidden(
                {name: found.pop(name) for name in ("asked", "counts")},
                {name: said.pop(name) for name in ("asked", "counts")},
            )
            assert found == said


def figures_of(exported: Any, form_id: str) -> dict[str, list[str]]:
    """The figures alone, without which answer each is of."""
    return {
        name: [" ".join(row.split()[1:]) for row in rows]
        for name, rows in exported["figures"].items()
        if name.split()[0] == form_id
    }


def only_hidden(found: Any, said: Any, *, or_shown: bool = False) -> bool:
    """Whether what is found differs from what was said in nothing but what is hidden now, or was hidden then."""
    if isinstance(found, dict):
        return found.keys() == said.keys() and all(
            only_hidden(found[key], said[key], or_shown=or_shown) for key in said
        )
    if isinstance(found, list):
        return len(found) == len(said) and all(map(partial(only_hidden, or_shown=or_shown), found, said))
    if isinstance(found, str) and isinstance(said, str) and " " in said:
        return only_hidden(found.split(), said.split(), or_shown=or_shown)
    return found == said or found == "[c]" or (or_shown and said == "[c]")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_kept_store_holds_every_kind_of_record(version: str) -> None:
    expected = Kept(STORES / version, "").json("expected")
    assert all(expected["tables"].values())
    assert {alert["kind"] for alert in expected["alerts"].values()} == {"answer", "talk", "words"}
    assert {alert["state"] for alert in expected["alerts"].values()} == {"new", "taken", "closed"}
    steps = {step.split()[0] for alert in expected["alerts"].values() for step in alert["history"]}
    assert steps >= {"raised", "told", "nobody_to_tell", "escalated", "acknowledged", "acted", "recorded", "resolved"}
    assert steps >= {"closed", "reopened"}
