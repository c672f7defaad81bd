"""The store's own commands: what goes out comes back, moves, is looked over and sealed anew."""

import re
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import Result
from flask import Flask

from service import create_app
from service.collection.models.invitation import Invitation
from service.collection.models.response import Response
from service.config import config_from
from service.state import app_state
from service.storage.embedded.line_format import Operation, single_line
from service.storage.migrations import FORMAT
from tests.postgres import Postgres
from tests.storage import old_stores

OLD, NEW = "o" * 40, "n" * 40


def run(app: Flask, *words: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=list(words))


def app_on(tmp_path: Path, name: str, keys: str = OLD) -> Flask:
    return create_app(
        config_from(
            {
                "SAYSO_STORE_URL": f"tinydb:{tmp_path / name}",
                "SAYSO_INSTANCE_DIR": str(tmp_path / "instance"),
                "SAYSO_EXPORTS_DIR": str(tmp_path / f"{name}-exports"),
                "SAYSO_SEAL_KEYS": keys,
            }
        )
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration in a folder, to be copied: making one takes longer than most of what is done to it."""
    folder = tmp_path_factory.mktemp("made")
    app = app_on(folder, "first")
    assert run(app, "demo", "--responses", "48").exit_code == 0
    app_state(app).store.close()
    return folder


@pytest.fixture
def filled(made: Path, tmp_path: Path) -> Flask:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return app_on(tmp_path, "first")


def exported(app: Flask) -> dict[str, dict[str, bytes]]:
    """Every round's workbook, part by part, without the times of its making."""
    found: dict[str, dict[str, bytes]] = {}
    for line in sorted(run(app, "rounds", "list").stdout.splitlines()):
        round_id = line.split("\t")[0]
        done = run(app, "export", round_id)
        assert done.exit_code == 0, done.output
        with ZipFile(done.stdout.splitlines()[0]) as book:
            parts = {name: book.read(name) for name in book.namelist() if name != "docProps/core.xml"}
        found[round_id] = {name: re.sub(rb"\d\d?:\d\d|Made [^<]*", b"", part) for name, part in parts.items()}
    return found


def test_a_backup_restores_to_the_same_workbooks(filled: Flask, tmp_path: Path) -> None:
    before = exported(filled)
    file = tmp_path / "backup"
    assert run(filled, "store", "backup", str(file)).exit_code == 0
    assert run(filled, "store", "backup", str(file)).exit_code == 1, "a backup is never overwritten"
    other = app_on(tmp_path, "second")
    restored = run(other, "store", "restore", str(file), "--replace")
    assert restored.exit_code == 0, restored.output
    assert exported(other) == before
    assert len(before) == 4


def test_a_store_moves_to_postgres_and_back_with_counts_that_agree(
    filled: Flask, tmp_path: Path, postgres: Postgres
) -> None:
    before = exported(filled)
    other = postgres.url(postgres.new_schema())
    there = run(filled, "store", "copy", f"tinydb:{tmp_path / 'first'}", other)
    assert there.exit_code == 0, there.output
    back = run(filled, "store", "copy", other, f"tinydb:{tmp_path / 'third'}")
    assert back.stdout == there.stdout
    assert exported(app_on(tmp_path, "third")) == before
    again = run(filled, "store", "copy", f"tinydb:{tmp_path / 'first'}", f"tinydb:{tmp_path / 'third'}")
    assert again.exit_code == 1
    assert "already" in again.output
    assert run(filled, "store", "copy", "mysql://x", "tinydb:y").exit_code == 2


def test_a_restore_leaves_out_what_was_deleted_since(filled: Flask, tmp_path: Path) -> None:
    from service.collection.retention.erasure import erase_responses

    file = tmp_path / "backup"
    assert run(filled, "store", "backup", str(file)).exit_code == 0
    store = app_state(filled).store
    gone = next(store[Response].all()).id
    assert len(erase_responses(store, [gone])) == 1
    restored = run(filled, "store", "restore", str(file), "--replace")
    assert restored.exit_code == 0, restored.output
    assert "stayed away, deleted since: 1" in restored.output
    assert store[Response].get(gone) is None
    assert run(filled, "store", "check").exit_code == 0


def test_an_erased_person_does_not_come_back_with_an_older_backup(filled: Flask, tmp_path: Path) -> None:
    from service.collection.retention.erasure import find_person

    store, file = app_state(filled).store, tmp_path / "backup"
    somebody = next(found.email for found in store[Invitation].all() if found.answered)
    assert run(filled, "store", "backup", str(file)).exit_code == 0
    erased = run(filled, "erase", somebody, "--yes")
    assert "deleted: " in erased.output
    assert run(filled, "store", "restore", str(file), "--replace").exit_code == 0
    found = find_person(store, somebody)
    assert (found.invitations, found.responses) == ((), ())
    assert run(filled, "store", "check").exit_code == 0


def test_what_is_no_backup_changes_nothing(filled: Flask, tmp_path: Path) -> None:
    file = tmp_path / "letter"
    file.write_text("Dear Sir or Madam\n")
    before = sum(1 for _ in app_state(filled).store[Response].all())
    done = run(filled, "store", "restore", str(file), "--replace")
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert sum(1 for _ in app_state(filled).store[Response].all()) == before


def test_a_check_says_what_is_damaged_and_ends_with_1(filled: Flask, tmp_path: Path) -> None:
    assert run(filled, "store", "check").exit_code == 0
    journal = tmp_path / "first" / "journal"
    content = bytearray(journal.read_bytes())
    content[len(content) // 3] ^= 0x10
    journal.write_bytes(content)
    done = run(app_on(tmp_path, "first"), "store", "check")
    assert done.exit_code == 1
    assert "fault: journal, byte" in done.output


def test_rotated_keys_leave_everything_readable_and_the_old_key_without_use(filled: Flask, tmp_path: Path) -> None:
    before = exported(filled)
    both = app_on(tmp_path, "first", f"{NEW},{OLD}")
    rotated = run(both, "keys", "rotate")
    assert rotated.exit_code == 0, rotated.output
    assert exported(app_on(tmp_path, "first", NEW)) == before
    lost = run(app_on(tmp_path, "first", OLD), "store", "check")
    assert lost.exit_code == 1
    assert "which was not given" in lost.output


def test_a_lost_key_is_said_and_the_service_still_answers(filled: Flask, tmp_path: Path) -> None:
    other = app_on(tmp_path, "first", NEW)
    listed = run(other, "rounds", "list")
    assert listed.exit_code == 1
    assert "key that was not given" in listed.stderr
    assert [line.split("\t")[0] for line in listed.stdout.splitlines()] == [
        line.split("\t")[0] for line in run(filled, "rounds", "list").stdout.splitlines()
    ]
    round_id = listed.stdout.split("\t")[0]
    done = run(other, "export", round_id)
    assert done.exit_code == 1
    assert "key that was not given" in done.output
    assert other.test_client().get("/tablet").status_code == 200


def test_migrate_says_what_would_change_and_then_changes_it(tmp_path: Path) -> None:
    old_stores.write_journal(tmp_path / "old", old_stores.few())
    before = (tmp_path / "old" / "journal").read_bytes()
    app = app_on(tmp_path, "old", ",".join(old_stores.KEYS))
    counts = "3 alerts, 4 responses, 3 homes"
    planned = run(app, "store", "migrate", "--dry-run")
    assert planned.exit_code == 0, planned.output
    assert f"would be migrated from format 1 to {FORMAT}" in planned.stdout
    assert counts in planned.stdout
    assert (tmp_path / "old" / "journal").read_bytes() == before
    done = run(app, "store", "migrate")
    assert done.exit_code == 0, done.output
    assert counts in done.stdout
    backup = Path(done.stdout.rpartition("A backup from before: ")[2].strip())
    assert backup == tmp_path / "instance" / f"old-before-{FORMAT}.backup"
    assert backup.exists()
    assert f"has format {FORMAT}. There is nothing to migrate" in run(app, "store", "migrate").stdout


def test_a_store_of_a_newer_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    note = Operation("_journal", "format", b'{"version":%d}' % (FORMAT + 1))
    (tmp_path / "new" / "journal").write_bytes(single_line(note))
    for words in (("store", "check"), ("store", "migrate"), ("store", "migrate", "--dry-run"), ("homes", "list")):
        done = run(app_on(tmp_path, "new"), *words)
        assert done.exit_code == 1
        assert done.output.startswith(f"The store has format {FORMAT + 1}")
        assert f"up to format {FORMAT}" in done.output
