"""The commands: what they print, how they end, what they refuse."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from openpyxl import load_workbook

from service import create_app
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.config import config_from
from service.repository import Store
from service.state import app_state
from tests.paths import ROOT, SHARED


def run(app: Flask, *words: str) -> Result:
    with app.app_context():  # as the `flask` command makes it
        return app.test_cli_runner().invoke(args=list(words))


def test_every_shipped_form_is_without_fault(app: Flask) -> None:
    done = run(app, "forms", "check")
    assert done.exit_code == 0, done.output
    assert re.search(r"^\d+ forms checked: no faults\.$", done.output, re.MULTILINE)
    assert ": warning: " not in done.output


def test_all_twelve_faults_of_a_form_are_reported(app: Flask) -> None:
    done = run(app, "forms", "check", str(ROOT / "tests" / "forms" / "twelve-faults.json"))
    assert done.exit_code == 1
    said = [line for line in done.output.splitlines() if line.startswith("twelve-faults.json: ")]
    assert len([line for line in said if ": warning: " not in line]) == 12


def test_forms_are_checked_and_traced_without_store_or_keys(app: Flask, config, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text(
        '{"answers": {"feel_safe": "never"}}\n\n{"answers": {"feel_safe": "always", "unsafe_where": ["x"]}}\n'
    )
    done = run(app, "forms", "trace", "child-views", str(answers))
    assert done.exit_code == 0, done.output
    first, second = map(json.loads, done.stdout.splitlines())
    assert "unsafe_where" in first["questions"]
    assert "child_not_safe" in first["alerts"]
    assert second["dropped"] == ["unsafe_where"]
    assert run(app, "forms", "check").exit_code == 0
    assert not config.instance_dir.exists()


def test_a_trace_of_lines_that_cannot_be_read_says_which(app: Flask, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text('{"answers": []}\n[1]\nnot json\n{"answers": {}}\n')
    done = run(app, "forms", "trace", "child-views", str(answers))
    assert done.exit_code == 1
    assert [line for line in (1, 2, 3) if f"line {line}:" in done.stderr] == [1, 2, 3]
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.skipif(not SHARED.is_dir(), reason="the conformance cases (../shared) are not on this machine")
def test_every_conformance_file_traces_as_expected(app: Flask, tmp_path: Path) -> None:
    files = sorted((SHARED / "conformance").glob("*.json"))
    assert files
    for path in files:
        case = json.loads(path.read_text())
        form, answers = tmp_path / f"{case['definition']['id']}.json", tmp_path / "answers.jsonl"
        form.write_text(json.dumps(case["definition"]))
        answers.write_text("".join(json.dumps(one) + "\n" for one in case["cases"]))
        done = run(app, "forms", "trace", str(form), str(answers))
        assert done.exit_code == 0, f"{path.name}: {done.output}"
        shown = [json.loads(line)["pages"] for line in done.stdout.splitlines()]
        assert shown == [one["pages"] for one in case["cases"]], path.name


def test_the_schema_beside_the_forms_is_the_one_the_code_writes(app: Flask) -> None:
    path = ROOT / "forms" / "form.schema.json"
    before = path.read_text()
    assert run(app, "forms", "schema").exit_code == 0
    assert path.read_text() == before


def test_from_a_home_to_a_link_to_a_closed_round(app: Flask, store: Store, tmp_path: Path) -> None:
    assert run(app, "homes", "add", "elm", "--name", "Elm", "--contact", "Amina", "0300 000 0001").exit_code == 0
    opened = run(app, "rounds", "open", "--home", "elm", "--form", "social-worker-views", "--until", "2099-01-31")
    assert opened.exit_code == 0, opened.output
    round_id = opened.stdout.strip()
    assert "nobody at Elm has a role that their alerts go to" in opened.stderr, "a promise that nobody would keep"
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{5,}", round_id)
    people = tmp_path / "people.csv"
    people.write_text("\ufeffform,name,email,label\nsocial-worker-views,Sam,sam@example.org,the review\n", "utf-8")
    invited = run(app, "invite", round_id, str(people))
    form, name, email, link = invited.stdout.strip().split("\t")
    assert (form, name, email) == ("social-worker-views", "Sam", "sam@example.org")
    assert app.test_client().get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200
    listed = run(app, "rounds", "list").stdout.splitlines()
    assert [line.split("\t") for line in listed] == [
        [round_id, "elm", "open", "2099-01-31", "0 answered", "Your views"]
    ]
    with time_machine.travel(datetime(2099, 2, 1, 0, 1, tzinfo=UTC)):
        assert run(app, "rounds", "list").stdout.split("\t")[2] == "closed", "nobody can answer, whoever noted its end"
    assert run(app, "rounds", "close", round_id).exit_code == 0
    assert run(app, "rounds", "list").stdout.split("\t")[2] == "closed"
    assert run(app, "homes", "list").stdout == "elm\tchildrens_home\tElm\n"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["homes", "add", "Elm House", "--name", "Elm"], 2, "HOME_ID"),
        (["homes", "add", "larch-house", "--name", "Again"], 1, "already"),
        (["homes", "add", "elm", "--name", "Elm", "--kind", "castle"], 2, "castle"),
        (["rounds", "open", "--home", "nowhere", "--form", "child-views", "--until", "2099-01-01"], 1, "no home"),
        (["rounds", "open", "--home", "larch-house", "--form", "nothing", "--until", "2099-01-01"], 1, "no form"),
        (["rounds", "open", "--home", "larch-house", "--form", "child-views", "--until", "2001-01-01"], 1, "passed"),
        (["rounds", "open", "--home", "larch-house", "--form", "child-views", "--until", "soon"], 2, "soon"),
        (["rounds", "close", "nothing"], 1, "No round"),
        (["export", "nothing"], 1, "No round"),
        (["export"], 2, "at least one round"),
        (["forms", "trace", "nothing", "/dev/null"], 2, "no form"),
        (["forms", "check", "/no/such/form.json"], 2, "form.json"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    app: Flask, home, words: list[str], code: int, sentence: str
) -> None:
    done = run(app, *words)
    assert done.exit_code == code, done.output
    assert sentence in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("content", "sentences"),
    [
        (b"", ["names nobody"]),
        (b"form,name\n,Sam\nsocial-worker-views,Sam\n", ["row 2"]),
        (b"form,email\nsocial-worker-views,nowhere\n,x\n", ["row 2", "row 3"]),
        (b"form,surname\nsocial-worker-views,Sam\n", ["surname"]),
        (b"form,name\nchild-nothing,Sam\n", ["does not ask child-nothing"]),
        (b"\xff\xfe\x00", ["UTF-8"]),
    ],
)
def test_a_faulty_list_of_people_asks_nobody_and_says_every_row(
    app: Flask, store: Store, round_: Round, tmp_path: Path, content: bytes, sentences: list[str]
) -> None:
    people = tmp_path / "people.csv"
    people.write_bytes(content)
    done = run(app, "invite", round_.id, str(people))
    assert done.exit_code == 1
    assert all(sentence in done.output for sentence in sentences), done.output
    assert not list(store[Invitation].all())


def test_an_export_prints_its_path_alone_then_counts_that_reconcile(app: Flask) -> None:
    assert run(app, "demo", "--responses", "40").exit_code == 0
    round_id = run(app, "rounds", "list").stdout.split("\t")[0]
    done = run(app, "export", round_id)
    assert done.exit_code == 0, done.output
    path, started, submitted = done.stdout.splitlines()
    assert Path(path).is_file()
    numbers = [int(number) for number in re.findall(r"\d+", started)]
    assert numbers[0] == sum(numbers[1:]) > 0
    numbers = [int(number) for number in re.findall(r"\d+", submitted)]
    assert numbers[0] == sum(numbers[1:]) > 0
    assert load_workbook(path).sheetnames[:2] == ["Read me", "Summary"]


def test_a_demonstration_is_never_mixed_with_what_people_said(app: Flask, store: Store, home) -> None:
    done = run(app, "demo")
    assert done.exit_code == 1
    assert "not empty" in done.output
    assert run(app, "demo", "--if-empty").exit_code == 0
    assert [found.id for found in store[Home].all()] == [home.id]


def test_the_same_seed_makes_the_same_answers(tmp_path: Path) -> None:

    made = []
    for name in ("one", "two"):
        app = create_app(
            config_from({"SAYSO_STORE_URL": f"tinydb:{tmp_path / name}", "SAYSO_INSTANCE_DIR": str(tmp_path)})
        )
        assert run(app, "demo", "--responses", "24", "--seed", "3").exit_code == 0
        made.append(sorted(json.dumps(found.answers, sort_keys=True) for found in app_state(app).store[Response].all()))
    assert made[0] == made[1]
    assert len(made[0]) == 24


def test_a_wrong_setting_ends_a_command_with_its_name_and_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "rounds", "list"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "SAYSO_STORE_URL": "mysql://x"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "SAYSO_STORE_URL: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_added_to_a_demonstration_is_part_of_it(app: Flask, store: Store, home) -> None:
    assert run(app, "homes", "add", "oak-house", "--name", "Oak House").exit_code == 0
    assert store[Home].get("oak-house").demonstration, "nothing real stands behind a password that everybody knows"


def test_all_homes_of_a_provider_leave_in_one_workbook_to_hand_on(app: Flask) -> None:
    assert run(app, "demo", "--responses", "40").exit_code == 0
    done = run(app, "export", "--provider", "brightwater care (demonstration)")
    assert done.exit_code == 0, done.output
    path, started, submitted = done.stdout.splitlines()
    assert load_workbook(path).sheetnames[:4] == ["Read me", "Homes", "Summary", "Homes side by side"]
    assert Path(path).name.endswith("-to-hand-on.xlsx")
    numbers = [int(number) for number in re.findall(r"\d+", started)]
    assert numbers[0] == sum(numbers[1:]) > 0
    assert "exported 0" in submitted
    acting = run(
        app, "export", "--provider", "Brightwater Care (demonstration)", "--to-act-on", "--since", "2001-01-01"
    )
    assert "exported 0" not in acting.stdout
    one = run(app, "export", "--home", "larch-house", "--to-hand-on")
    assert Path(one.stdout.splitlines()[0]).name.startswith("larch-house-2-rounds-")
    for words, sentence in (
        (["--provider", "nobody"], "No home belongs to nobody. There are homes of Brightwater Care"),
        (["--home", "larch-house", "--since", "2099-01-01"], "larch-house has had no round since 1 January 2099."),
    ):
        refused = run(app, "export", *words)
        assert (refused.exit_code, refused.stderr.strip().startswith(sentence)) == (1, True), refused.output
    assert run(app, "export", "nothing", "--since", "2099-01-01").exit_code == 2
