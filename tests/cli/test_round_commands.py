"""The commands for rounds: opened from a template, extended, reminded, and letters in place of links."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from service.audit import Entry
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.round import Round
from service.mail.email import Email
from service.repository import Store
from tests.cli.test_commands import run

SATURDAY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(SATURDAY, tick=False) as moved:
        yield moved


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(
        "form,name,email,label\nsocial-worker-views,Sam,sam@example.org,the review\n"
        "social-worker-views,Priya,priya@example.org,the review\n"
    )
    return path


def test_a_template_fills_in_what_is_not_given(app: Flask, store: Store, home: Home) -> None:
    done = run(app, "rounds", "open", "--home", home.id, "--template", "reg-45")
    assert done.exit_code == 0, done.output
    opened = store[Round].get(done.stdout.strip())
    assert opened is not None
    assert (opened.title, opened.reason, opened.template) == ("Your views", "Reg 45 review", "reg-45")
    assert (opened.closes_on, opened.remind_after) == (date(2026, 12, 18), (5, 10))
    assert {"child-views", "staff-views", "social-worker-views", "parent-views"} <= {
        ref.form_id for ref in opened.forms
    }
    [entry] = store[Entry].all()
    assert (entry.kind, entry.actor, entry.facts["change"]) == ("round_changed", "command", "opened")


def test_what_is_given_counts_before_the_template(app: Flask, store: Store, home: Home) -> None:
    words = ["--form", "child-views", "--until", "2027-01-31", "--title", "Ours", "--reason", "Because"]
    done = run(app, "rounds", "open", "--home", home.id, "--template", "reg-45", *words)
    opened = store[Round].get(done.stdout.strip())
    assert opened is not None
    assert (opened.title, opened.reason, opened.closes_on) == ("Ours", "Because", date(2027, 1, 31))
    assert [ref.form_id for ref in opened.forms] == ["child-views"]
    assert "Nobody is asked of: staff, social workers and parents." in done.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--until", "2027-01-31"], "name at least one form"),
        (["--form", "child-views"], "say the last day"),
        (["--template", "weekly"], "weekly"),
    ],
)
def test_a_round_needs_a_form_and_a_last_day_or_a_template(
    app: Flask, home: Home, words: list[str], sentence: str
) -> None:
    done = run(app, "rounds", "open", "--home", home.id, *words)
    assert done.exit_code == 2
    assert sentence in done.output


def test_letters_go_to_the_outbox_once_and_no_link_is_printed(
    app: Flask, store: Store, round_: Round, people: Path
) -> None:
    done = run(app, "invite", round_.id, str(people), "--send")
    assert done.stdout.splitlines() == [
        "social-worker-views\tSam\tsam@example.org",
        "social-worker-views\tPriya\tpriya@example.org",
    ]
    assert run(app, "invite", round_.id, str(people), "--send").stdout == "", "whoever was asked is not asked again"
    assert sorted(letter.to for letter in store[Email].all()) == ["priya@example.org", "sam@example.org"]
    assert [entry.facts["count"] for entry in store[Entry].all() if entry.kind == "invited"] == [2]


def test_nobody_gets_a_second_link_with_which_to_answer_twice(
    app: Flask, store: Store, round_: Round, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("form,name,email\nstaff-views,Sam,sam@example.org\nstaff-views,Kim,\n")
    first = run(app, "invite", round_.id, str(path))
    assert len(first.stdout.splitlines()) == 2
    path.write_text("form,name,email\nstaff-views,Samuel,SAM@example.org\nstaff-views,kim,\nstaff-views,Bo,\n")
    second = run(app, "invite", round_.id, str(path))
    assert [line.split("\t")[1] for line in second.stdout.splitlines()] == ["Bo"]
    assert "Samuel and kim were asked already" in second.stderr
    assert len(list(store[Invitation].all())) == 3


def test_a_letter_needs_an_address(app: Flask, store: Store, round_: Round, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("form,name\nsocial-worker-views,Sam\n")
    done = run(app, "invite", round_.id, str(path), "--send")
    assert done.exit_code == 1
    assert "There is no e-mail address for Sam." in done.stderr
    path.write_text('form,name,email\nsocial-worker-views,Sam,"sam@example.org, ann@example.org"\n')
    done = run(app, "invite", round_.id, str(path), "--send")
    assert done.exit_code == 1
    assert "row 2: sam@example.org, ann@example.org is no e-mail address" in done.stderr
    assert not list(store[Invitation].all())


@pytest.mark.parametrize("way", [["--send"], []])
def test_every_faulty_row_is_said_and_nobody_is_asked(
    app: Flask, store: Store, round_: Round, tmp_path: Path, way: list[str]
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "form,name,email,label\n"
        'social-worker-views,"Sam\nOkafor",sam@example.org,the review\n'
        'social-worker-views,Kim,"kim@example.org\nBcc: all@example.org",\n'
        "social-worker-views,Ann,@,\n"
        f"social-worker-views,Bo,bo@example.org,{'x' * 121}\n"
    )
    done = run(app, "invite", round_.id, str(path), *way)
    assert done.exit_code == 1
    assert [line.partition(": ")[0] for line in done.stderr.splitlines()] == ["row 3", "row 4", "row 5"]
    assert "kim@example.org Bcc: all@example.org is no e-mail address" in done.stderr
    assert not list(store[Invitation].all())
    path.write_text("\n".join(path.read_text().splitlines()[:3]))
    assert run(app, "invite", round_.id, str(path), *way).stdout.startswith("social-worker-views\tSam Okafor\tsam@")


def test_a_round_is_called_something_on_one_line(app: Flask, store: Store, home: Home) -> None:
    words = ["rounds", "open", "--home", home.id, "--template", "reg-45", "--title"]
    opened = store[Round].get(run(app, *words, "Two\nlines\tand a tab").stdout.strip())
    assert opened is not None
    assert opened.title == "Two lines and a tab"
    assert run(app, *words, "x" * 121).exit_code == 2


def test_reminders_leave_on_the_next_working_day(app: Flask, store: Store, round_: Round, people: Path) -> None:
    run(app, "invite", round_.id, str(people), "--send")
    with store.transaction() as tx:
        for letter in list(tx[Email].all()):
            tx[Email].put(replace(letter, state="sent"))
    assert run(app, "rounds", "remind", round_.id).stdout == "reminders: 2, leaving on 2026-11-23\n"
    assert run(app, "rounds", "remind", round_.id).stdout == "reminders: 0, leaving on 2026-11-23\n"


def test_a_round_is_extended_until_it_is_closed(app: Flask, store: Store, round_: Round) -> None:
    done = run(app, "rounds", "extend", round_.id, "--until", "2027-01-31")
    assert done.stdout == f"{round_.id} is open until 2027-01-31.\n"
    run(app, "rounds", "close", round_.id)
    again = run(app, "rounds", "extend", round_.id, "--until", "2027-02-28")
    assert again.exit_code == 1
    assert "A round that has closed stays closed." in again.stderr
    assert run(app, "rounds", "remind", round_.id).exit_code == 1
    changes = [entry.facts["change"] for entry in store[Entry].all() if entry.kind == "round_changed"]
    assert changes == ["extended", "closed"]


@pytest.mark.parametrize("command", ["remind", "extend"])
def test_a_round_that_is_not_there_is_said(app: Flask, home: Home, command: str) -> None:
    more = ["--until", "2027-01-31"] if command == "extend" else []
    done = run(app, "rounds", command, "nothing", *more)
    assert done.exit_code == 1
    assert "No round is called nothing." in done.stderr


def test_a_label_that_looks_like_a_name_is_confirmed_before_anybody_is_asked(
    app: Flask, store: Store, home: Home, people: Path
) -> None:
    round_id = run(app, "rounds", "open", "--home", home.id, "--template", "reg-45").stdout.strip()
    people.write_text(people.read_text().replace("the review", "Jayden Smith"))
    refused = run(app, "invite", round_id, str(people))
    assert refused.exit_code == 1
    assert "“Jayden Smith” may be a name." in refused.stderr
    assert not list(store[Invitation].find("round_id", round_id))
    assert run(app, "invite", round_id, str(people), "--confirm-labels").exit_code == 0
    assert len(list(store[Invitation].find("round_id", round_id))) == 2
