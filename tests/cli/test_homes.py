"""Commands for homes and the people they ask."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from service.audit import Entry
from service.collection.models.home import Contact, Home
from service.collection.models.person import Person
from service.collection.people.contacts_and_children import people_of
from service.storage.store import RecordStore

GOOD = "kind,name,e-mail,notes\nSW,Sam Lee,sam@example.org,x\nIRO,Ann Roe,ann@example.org,\n"


def run(app: Flask, *words: str) -> Result:
    with app.app_context():  # as the `flask` command makes it
        return app.test_cli_runner().invoke(args=list(words))


def test_a_home_is_added_with_its_places_shift_and_designated_officer(app: Flask, store: RecordStore) -> None:
    words = ["homes", "add", "elm", "--name", "Elm", "--places", "4", "--shift-from", "07:30", "--shift-until", "21:00"]
    done = run(app, *words, "--designated-officer", "The LADO team", "01632 960010", "--urn", "SC12")
    assert done.exit_code == 0, done.output
    assert done.stdout == "elm\n"
    assert "does not look like a URN" in done.stderr
    home = store[Home].get("elm")
    assert home is not None
    assert (home.places, home.shift_from, home.shift_until, home.urn) == (4, "07:30", "21:00", "SC12")
    assert home.designated_officer == Contact("The LADO team", "01632 960010")
    [entry] = store[Entry].all()
    assert (entry.kind, entry.actor, entry.home_id) == ("home_changed", "command", "elm")


def test_a_home_gets_its_telephone_and_who_is_shown_to_whom_later_too(app: Flask, store: RecordStore) -> None:
    added = ["homes", "add", "elm", "--name", "Elm", "--contact", "Amina", "01632 960 101"]
    assert run(app, *added, "--telephone", "01632 960 110").exit_code == 0
    done = run(app, "homes", "edit", "elm", "--contact-for", "staff,parent", "Kim", "01632 960 200")
    assert done.exit_code == 0, done.output
    home = store[Home].get("elm")
    assert home is not None
    assert home.telephone == "01632 960 110"
    assert home.contacts == (Contact("Kim", "01632 960 200", audiences=("staff", "parent")),)
    assert [entry.facts["change"] for entry in store[Entry].all()] == ["added", "edited"]
    assert run(app, "homes", "edit", "elm", "--telephone", "ask Jo").exit_code == 1
    assert run(app, "homes", "edit", "oak", "--telephone", "01632 960 110").exit_code == 1
    assert run(app, "homes", "edit", "elm").exit_code == 2
    assert run(app, "homes", "edit", "elm", "--contact-for", "cats", "Kim", "01632 960 200").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["--shift-from", "07:30"],
        ["--shift-from", "7", "--shift-until", "21:00"],
        ["--places", "0"],
        ["--designated-officer", "alone"],
    ],
)
def test_what_cannot_be_is_wrong_usage(app: Flask, store: RecordStore, words: list[str]) -> None:
    assert run(app, "homes", "add", "elm", "--name", "Elm", *words).exit_code == 2
    assert store[Home].get("elm") is None


def test_a_home_is_called_by_command_what_it_could_be_called_on_the_page(app: Flask, store: RecordStore) -> None:
    for words in (["--name", " "], ["--name", "x" * 121], ["--name", "Elm", "--contact", "Ro", " "]):
        done = run(app, "homes", "add", "elm", *words)
        assert done.exit_code == 1, words
        assert store[Home].get("elm") is None
    # its name stands in the head of letters, where a line ends what is said
    assert run(app, "homes", "add", "elm", "--name", "Elm\nHouse ").exit_code == 0
    home = store[Home].get("elm")
    assert home is not None
    assert home.name == "Elm House"


def test_people_are_imported_and_changed_by_a_second_file(
    app: Flask, store: RecordStore, home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(GOOD)
    done = run(app, "homes", "import", home.id, str(file))
    assert done.exit_code == 0, done.output
    assert done.stdout == "added: 2, changed: 0, already there: 0\n"
    assert done.stderr == "not read: notes\n"
    file.write_text(GOOD.replace("Sam Lee", "Samira Lee"))
    assert run(app, "homes", "import", home.id, str(file)).stdout == "added: 0, changed: 1, already there: 1\n"
    assert [person.name for person in people_of(store, home.id)] == ["Samira Lee", "Ann Roe"]
    assert [entry.facts["count"] for entry in store[Entry].all()] == [2, 1]


def test_with_a_faulty_row_every_fault_is_said_and_nobody_is_kept(
    app: Flask, store: RecordStore, home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f"{GOOD}wizard,Merlin,m@example.org,\nSW,,x,\n")
    done = run(app, "homes", "import", home.id, str(file))
    assert done.exit_code == 1
    assert done.stdout == ""
    said = done.stderr.splitlines()
    assert [line.partition(":")[0] for line in said[:3]] == ["row 4, kind", "row 5, e-mail", "row 5, name"]
    assert said[-1] == "2 faulty rows: nothing was kept."
    assert not list(store[Person].all())
    assert not list(store[Entry].all())


def test_a_label_that_looks_like_a_name_is_kept_once_it_is_confirmed(
    app: Flask, store: RecordStore, home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("kind,name,e-mail,label\nSW,Sam Lee,sam@example.org,Jamie Smith\n")
    refused = run(app, "homes", "import", home.id, str(file))
    assert refused.exit_code == 1
    assert "row 2, label: “Jamie Smith” looks like somebody’s name." in refused.stderr
    assert "--confirm-labels" in refused.stderr
    assert not people_of(store, home.id)
    done = run(app, "homes", "import", home.id, str(file), "--confirm-labels")
    assert done.exit_code == 0
    assert "row 2, label: “Jamie Smith” looks like somebody’s name." in done.stderr
    assert len(people_of(store, home.id)) == 1


@pytest.mark.parametrize(
    ("home_id", "content", "code", "said"),
    [
        ("nowhere", GOOD.encode(), 1, "There is no home called nowhere."),
        ("larch-house", b"\x89PNG\r\n\0", 1, "people.csv: This is neither an Excel workbook nor CSV."),
        ("larch-house", b"", 1, "people.csv: The file is empty."),
        ("larch-house", b"colour\nred\n", 1, "no row with the columns"),
    ],
)
def test_what_cannot_be_imported_ends_with_a_sentence(
    app: Flask, home: Home, tmp_path: Path, home_id: str, content: bytes, code: int, said: str
) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(content)
    done = run(app, "homes", "import", home_id, str(file))
    assert (done.exit_code, said in done.stderr) == (code, True), done.output


def test_a_file_that_is_not_there_is_wrong_usage(app: Flask, home: Home, tmp_path: Path) -> None:
    assert run(app, "homes", "import", home.id, str(tmp_path / "none.csv")).exit_code == 2
    assert run(app, "homes", "import", home.id, str(tmp_path)).exit_code == 2
