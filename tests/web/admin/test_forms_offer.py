"""Forms come from the store: seeded by files, offered until archived; one faulty file stops nothing else."""

import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from service import create_app
from service.collection.forms.publication import publish
from service.collection.models.home import Home
from service.collection.models.published_form import FormState, PublishedForm
from service.collection.models.round import Round
from service.config import Config, config_from
from service.definitions import Form
from service.state import AppState, app_state
from tests.accounts_factory import account_with, manager_of, signed_in
from tests.jobs.test_jobs_process import told_of
from tests.live_server import PYTHON, Served, serving
from tests.paths import ROOT
from tests.visitor import Visitor
from tests.wait_until import soon
from tests.web.respondent.test_form import begin_on_tablet

LONG_ON_POSTGRES = True
FORM = "child-views"


@pytest.fixture
def config(config: Config, tmp_path: Path) -> Config:
    """The settings, with a folder of forms of its own."""
    shutil.copytree(ROOT / "forms", tmp_path / "forms")
    return replace(config, forms_dir=tmp_path / "forms")


@pytest.fixture
def worker(config: Config) -> Iterator[Callable[[], Flask]]:
    """One more worker on the same store, started with each call."""
    started: list[Flask] = []

    def start() -> Flask:
        started.append(create_app(config))
        _ = app_state(started[-1]).store
        return started[-1]

    yield start
    for app in started:
        app_state(app).opened_store.close()


def run(app: Flask, *words: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=list(words))


def change(config: Config, form_id: str = FORM, **parts: Any) -> None:
    """Write other parts into a form's file."""
    path = config.forms_dir / f"{form_id}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **parts}))


def offers(app: Flask, home: Home) -> set[str]:
    """The forms that a manager may choose for a new round."""
    page = manager_of(app, home.id).visit(f"/homes/{home.id}/rounds/new?template=everyday")
    return {found["value"] for found in page.fields if found.get("name") == "forms"}


def forms_page(app: Flask) -> str:
    return signed_in(app, account_with(app, "administrator")).visit("/forms").text


FAULTY: dict[str, Callable[[Config], None]] = {
    "changed title, old version": lambda config: change(config, title="Other words"),
    "broken JSON": lambda config: (config.forms_dir / f"{FORM}.json").write_text("{") and None,
    "a folder": lambda config: (
        (config.forms_dir / f"{FORM}.json").unlink() or (config.forms_dir / f"{FORM}.json").mkdir()
    ),
    "other id": lambda config: change(config, id="other"),
    "easy read with gaps": lambda config: change(config, version=99, translations={}),
}


@pytest.mark.parametrize("fault", FAULTY)
def test_one_faulty_file_stops_nothing_but_its_own_offer(
    app: Flask, config: Config, home: Home, round_: Round, worker: Callable[[], Flask], fault: str
) -> None:
    before = offers(app, home)
    assert FORM in before
    address = begin_on_tablet(visitor := Visitor(app), round_)
    FAULTY[fault](config)
    fresh = worker()
    healthy = fresh.test_client().get("/healthz")
    assert (healthy.status_code, healthy.get_json()["forms"]) == (200, "1 faulty")
    for each in (fresh, app):
        assert offers(each, home) == before - {FORM}
        assert "Not offered" in forms_page(each)
    assert visitor.send(address, {"company": "alone", "feel_safe": "mostly"}).response.request.path.endswith("/done")
    other = Visitor(fresh)
    assert other.visit(begin_on_tablet(other, round_)).status == 200
    checked = run(fresh, "forms", "check")
    assert checked.exit_code == 1
    assert f"{FORM}.json: " in checked.output

    shutil.rmtree(config.forms_dir)
    shutil.copytree(ROOT / "forms", config.forms_dir)
    worker()
    assert offers(app, home) == before
    assert app.test_client().get("/healthz").get_json()["forms"] == "ok"


def test_the_page_says_which_form_is_not_offered_and_why(app: Flask, config: Config, home: Home) -> None:
    version = json.loads((config.forms_dir / f"{FORM}.json").read_text())["version"]
    _ = app_state(app).store
    change(config, title="Other words")
    change(config, "staff-views", version=0)
    (config.forms_dir / "no form.json").write_text("{}")
    assert run(app, "forms", "seed").exit_code == 1
    text = forms_page(app)
    assert f'version {version} has been published with other words. Raise its "version" to {version + 1}.' in (
        text.replace("&#34;", '"')
    )
    assert text.count("Not offered") == 3
    assert "Not known None published Not offered" in text, "a file whose form was never published"
    (config.forms_dir / "no form.json").unlink()
    run(app, "forms", "seed")
    assert "no form" not in forms_page(app)


def test_every_worker_sees_a_publication_at_once(
    app: Flask, home: Home, library: dict[str, Form], worker: Callable[[], Flask]
) -> None:
    other = worker()
    form = library[FORM]
    newer = Form.of({**form.to_json(), "version": form.version + 1, "title": "Asked anew"})
    added = Form.of({**library["staff-views"].to_json(), "id": "night-staff", "title": "Nights"})
    assert "night-staff" not in offers(other, home)
    publish(app_state(app).store, [newer, added])
    assert "night-staff" in offers(other, home)
    assert app_state(other).library[FORM].title == "Asked anew"


def test_an_archived_form_is_off_the_offer_until_it_is_restored(
    app: Flask, config: Config, home: Home, round_: Round, worker: Callable[[], Flask]
) -> None:
    other, before = worker(), offers(app, home)
    assert run(app, "forms", "archive", FORM).exit_code == 0
    change(config, version=99)
    assert run(worker(), "forms", "seed").exit_code == 0, "a newer version does not bring it back"
    assert offers(other, home) == before - {FORM}
    assert "Archived on" in forms_page(other)
    refused = run(app, "rounds", "open", "--home", home.id, "--form", FORM, "--until", "2099-12-31")
    assert refused.exit_code == 1
    visitor = Visitor(other)
    assert visitor.visit(begin_on_tablet(visitor, round_)).status == 200, "open rounds go on"
    assert run(app, "forms", "restore", FORM).exit_code == 0
    assert offers(other, home) == before
    assert app_state(other).library[FORM].version == 99
    told = signed_in(other, account_with(other, "administrator")).visit("/audit").text
    assert "archived the form" in told
    assert "restored the form" in told
    assert run(app, "forms", "archive", "nothing").exit_code == 1


def test_a_form_without_a_file_stays_offered_until_it_is_archived(
    app: Flask, config: Config, home: Home, worker: Callable[[], Flask]
) -> None:
    before = offers(app, home)
    (config.forms_dir / f"{FORM}.json").unlink()
    assert offers(worker(), home) == before
    checked = run(app, "forms", "check")
    assert checked.exit_code == 0
    assert f"note: {FORM} has no file here" in checked.output


def test_a_version_that_is_older_than_the_published_one_is_not_offered(app: Flask, config: Config) -> None:
    change(config, version=7)
    run(app, "forms", "seed")
    change(config, version=5, title="Other words")
    seeded = run(app, "forms", "seed")
    assert seeded.exit_code == 1
    assert 'version 5 is older than version 7, which has been published. Raise its "version" to 8.' in seeded.output


def test_a_file_put_back_to_a_version_published_before_is_no_fault(app: Flask, config: Config) -> None:
    _ = app_state(app).store
    content = (config.forms_dir / f"{FORM}.json").read_bytes()
    change(config, version=99)
    assert run(app, "forms", "seed").exit_code == 0
    (config.forms_dir / f"{FORM}.json").write_bytes(content)
    assert run(app, "forms", "seed").exit_code == 0
    assert app_state(app).library[FORM].version == 99, "the newest version counts"


def test_a_store_from_before_states_were_kept_offers_what_it_has_published(app: Flask, config: Config) -> None:
    store = app_state(app).store
    form = app_state(app).library[FORM]
    # 0.1.0 kept a definition with decomposed letters under the fingerprint of its raw text
    with store.transaction() as tx:
        for state in list(tx[FormState].all()):
            tx[FormState].remove(state.id)
        tx[PublishedForm].put(replace(next(iter(tx[PublishedForm].find("form_id", FORM))), id="raw"))
        tx[PublishedForm].remove(form.fingerprint)
    seeded = run(app, "forms", "seed")
    assert seeded.exit_code == 0, seeded.output
    assert app_state(app).library[FORM] == form
    assert set(app_state(app).library) == {path.stem for path in config.forms_dir.glob("*.json")} - {"form.schema"}


def test_a_backup_comes_back_into_a_new_store_without_replace(
    app: Flask, home: Home, round_: Round, worker: Callable[[], Flask], config: Config, tmp_path: Path
) -> None:
    assert run(app, "store", "backup", str(tmp_path / "backup")).exit_code == 0
    other = create_app(replace(config, store_url=f"tinydb:{tmp_path / 'other'}"))
    assert run(other, "jobs", "run").exit_code == 0, "it has been started, and its jobs have run"
    change(config, "staff-views", version=99)
    restored = run(other, "store", "restore", str(tmp_path / "backup"))
    assert restored.exit_code == 0, restored.output
    assert app_state(other).store[Round].get(round_.id) == round_
    assert app_state(other).library["staff-views"].version == 99, "the forms folder seeds what was restored"
    again = run(other, "store", "restore", str(tmp_path / "backup"))
    assert again.exit_code == 1
    assert "already" in again.output
    app_state(other).opened_store.close()


def workers(served: Served) -> list[int]:
    """The processes that answer."""
    children = map(int, told_of(served.process.pid, f"task/{served.process.pid}/children").split())
    return [child for child in children if b"jobs" not in told_of(child, "cmdline")]


def test_a_worker_that_dies_is_replaced_and_each_new_fault_is_named_once(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "forms", tmp_path / "forms")
    log = tmp_path / "server.log"
    with serving(tmp_path, SAYSO_FORMS_DIR=str(tmp_path / "forms")) as served:
        soon(lambda: "escalation\tnever" not in served.flask("jobs", "list"), "the jobs, which read the forms too")
        (tmp_path / "forms" / f"{FORM}.json").write_text("{")
        for dying in soon(lambda: workers(served) if len(workers(served)) == 2 else []):
            os.kill(dying, signal.SIGKILL)
        soon(lambda: "is not offered" in log.read_text())
        with urllib.request.urlopen(f"{served.address}/healthz") as answer:
            assert json.load(answer)["forms"] == "1 faulty"
    assert log.read_text().count(f"The form {FORM} is not offered: line 1, column 2") == 1


def test_every_start_names_each_form_that_is_not_offered(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "forms", tmp_path / "forms")
    (tmp_path / "forms" / f"{FORM}.json").write_text("{")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    settings = {
        "SAYSO_BASE_URL": address,
        "SAYSO_STORE_URL": f"tinydb:{tmp_path / 'store'}",
        "SAYSO_INSTANCE_DIR": str(tmp_path / "instance"),
        "SAYSO_FORMS_DIR": str(tmp_path / "forms"),
    }
    known = AppState(config_from(settings))
    assert FORM in known.seeding.new, "somebody was told of it before"
    known.opened_store.close()
    with subprocess.Popen(
        [*PYTHON, "service.server"], cwd=ROOT, env={**os.environ, **settings}, stderr=subprocess.PIPE
    ) as server:
        soon(lambda: healthy(address))
        server.terminate()
        said = server.communicate()[1].decode()
    assert said.count(f"The form {FORM} is not offered: line 1, column 2") == 1
    assert f"A demonstration cannot be made: {FORM} cannot be used." in said


def healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz") as answer:
            return bool(json.load(answer)["forms"] == "1 faulty")
    except OSError:
        return False
