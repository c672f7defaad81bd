"""The export command in its other forms: the path first, the same counts, remembered, and nothing half written."""

import json
import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import Result
from flask import Flask

from service.audit import Entry
from service.config import Config
from service.repository import Store
from tests.live_server import PYTHON
from tests.paths import ROOT

LONG_ON_POSTGRES = True


def run(app: Flask, *words: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=list(words))


@pytest.fixture
def round_id(app: Flask) -> str:
    assert run(app, "demo", "--responses", "40").exit_code == 0
    return run(app, "rounds", "list").stdout.split("\t")[0]


def test_every_form_prints_its_path_alone_then_the_same_counts(app: Flask, round_id: str, tmp_path: Path) -> None:
    said = []
    for option, ending in (([], ".xlsx"), (["--csv"], "-csv.zip"), (["--json"], ".json")):
        done = run(app, "export", round_id, "--out", str(tmp_path / "out"), *option)
        assert done.exit_code == 0, done.output
        path, *counts = done.stdout.splitlines()
        assert Path(path).is_file()
        assert path.endswith(ending)
        said.append(counts)
    assert said[0] == said[1] == said[2]
    [exported] = {int(number) for number in re.findall(r"exported (\d+)", said[0][1])}
    whole = json.loads(next((tmp_path / "out").glob("*.json")).read_text(encoding="utf-8"))
    # A table with lines is of what was told in rows: its responses are in another.
    tables = [table for table in whole["responses"] if "line" not in [column["name"] for column in table["columns"]]]
    rows = sum(len(table["rows"]) for table in tables)
    assert rows == exported > 0
    with ZipFile(next((tmp_path / "out").glob("*-csv.zip"))) as archive:
        assert {"read-me.txt", "figures.csv", "comments.csv", "codebook.csv", "counts.csv"} <= set(archive.namelist())


@pytest.mark.parametrize("store_url", ["tiny"], indirect=True)
def test_on_a_terminal_a_bar_comes_to_its_end_and_a_program_reads_none(
    app: Flask, config: Config, round_id: str, tmp_path: Path
) -> None:
    settings = {"SAYSO_STORE_URL": config.store_url, "SAYSO_INSTANCE_DIR": str(config.instance_dir)}
    terminal, its_end = os.openpty()
    done = subprocess.run(
        [*PYTHON, "flask", "--app", "wsgi", "export", round_id, "--to-hand-on", "--out", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | settings | {"TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=its_end,
        text=True,
        check=True,
    )
    shown = os.read(terminal, 100_000).decode()
    os.close(its_end)
    os.close(terminal)
    assert "100%" in shown, shown
    assert re.search(r"\b[1-9]\d%", shown), "on the way there it says how far it is"
    assert Path(done.stdout.splitlines()[0]).is_file()
    assert run(app, "export", round_id, "--out", str(tmp_path)).stderr == ""


def test_that_it_was_taken_is_remembered(app: Flask, store: Store, round_id: str, tmp_path: Path) -> None:
    assert run(app, "export", round_id, "--csv", "--out", str(tmp_path)).exit_code == 0
    entry = max(store[Entry].all(), key=lambda one: one.id)
    assert (entry.kind, entry.actor, entry.facts["rounds"]) == ("exported", "command", round_id)
    assert entry.facts["file"].endswith("-csv.zip")


@pytest.mark.skipif(
    bool(find_spec("pyreadstat") and find_spec("pandas")), reason="SPSS files can be written here, so nothing is said"
)
def test_without_its_libraries_an_spss_file_is_refused_in_a_sentence(app: Flask, round_id: str, tmp_path: Path) -> None:
    done = run(app, "export", round_id, "--sav", "--out", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert "pip install pyreadstat" in done.output
    assert "Traceback" not in done.output
    assert not list((tmp_path / "out").iterdir())


def test_a_folder_that_cannot_be_written_is_a_sentence(app: Flask, round_id: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = run(app, "export", round_id, "--json", "--out", str(tmp_path / "file" / "in"))
    assert done.exit_code == 1
    assert "could not be written" in done.output
