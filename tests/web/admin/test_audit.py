"""The audit as an administrator reads it: sentences, a page at a time, and a file that no spreadsheet reckons with."""

import ast
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from service.accounts.account import Account
from service.audit import (
    COMMAND,
    JOBS,
    AccountChanged,
    AnswersRead,
    Entry,
    Event,
    Exported,
    HomeChanged,
    Invited,
    PeopleChanged,
    RoundChanged,
    SignedIn,
    SignInRefused,
    kind_of,
    kinds,
    remember,
)
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.storage.store import RecordStore
from service.web.admin.audit_text import KINDS, WORDS, Names, sentence_of, told
from tests.accounts_factory import account_with, signed_in
from tests.paths import ROOT
from tests.visitor import Page, Visitor

SERVICE = ROOT / "service"
NOON = datetime(2024, 11, 22, 12, 5, tzinfo=UTC)


@pytest.fixture
def administrator(app: Flask) -> Visitor:
    return signed_in(app, account_with(app, "administrator", name="Ada Byron"))


def keep(store: RecordStore, event: Event, actor: str = COMMAND, at: datetime = NOON, home_id: str = "") -> None:
    with store.transaction() as tx:
        remember(tx, event, actor, at, home_id)


def sentences(page: Page) -> list[str]:
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td>(.*?)</td>", page.html)]


def rows(response_text: bytes) -> list[list[str]]:
    assert response_text.startswith(b"\xef\xbb\xbf"), "Excel knows UTF-8 by its mark"
    return list(csv.reader(io.StringIO(response_text.decode("utf-8-sig"), newline="")))


class TestSentences:
    def test_every_kind_of_event_has_its_sentence_and_its_word_in_the_filter(self) -> None:
        spoken = told.registry.keys() - {object, Event}
        assert spoken == set(Event.__subclasses__())
        assert KINDS.keys() == set(kinds())

    def test_each_says_who_did_what(self, store: RecordStore, home: Home, round_: Round, app: Flask) -> None:
        mo = account_with(app, "registered_manager", name="Mo Amari")
        for event, actor, home_id, sentence in (
            (SignedIn(True), mo.id, "", "Mo Amari signed in with the second factor."),
            (SignInRefused(mo.id, "password"), "", "",
             "Somebody failed to sign in as Mo Amari: the password was wrong."),
            (AccountChanged(mo.id, "password"), mo.id, "", "Mo Amari changed the password of their own account."),
            (AccountChanged("gone", "closed"), mo.id, "",
             "Mo Amari closed the account of somebody whose account is gone."),
            (HomeChanged("added"), COMMAND, home.id, "Somebody at the command line added Larch House."),
            (RoundChanged(round_.id, "opened"), mo.id, home.id,
             "Mo Amari opened the round “Your views, autumn” of Larch House."),
            (RoundChanged("gone", "closed"), JOBS, home.id,
             "The service itself closed a round that is gone of Larch House."),
            (Invited(round_.id, "reminded", 1), JOBS, home.id,
             "The service itself sent 1 letter of reminder for the round “Your views, autumn” of Larch House."),
            (AnswersRead(round_.id, "child-views"), mo.id, home.id,
             "Mo Amari looked at single answers to “What is it like where you live?” in the round "
             "“Your views, autumn” of Larch House."),
            (AnswersRead(round_.id, "gone"), mo.id, home.id,
             "Mo Amari looked at single answers to gone in the round “Your views, autumn” of Larch House."),
            (Exported(f"{round_.id}", "workbook.xlsx", True), "gone", home.id,
             "Somebody whose account is gone took away workbook.xlsx of the round “Your views, autumn” of Larch House, "
             "with single answers."),
        ):  # fmt: skip
            assert sentence_of(entry_of(event, actor, home_id), Names(store)) == sentence

    def test_an_entry_of_another_version_is_told_by_its_kind(self, store: RecordStore) -> None:
        unknown = Entry("1", NOON, "moon_landed", JOBS, facts={"where": "sea"})
        other_facts = Entry("2", NOON, "signed_in", JOBS, facts={"how": "by voice"})
        assert sentence_of(unknown, Names(store)) == "The service itself: moon landed."
        assert sentence_of(other_facts, Names(store)) == "The service itself: signed in."

    def test_every_closed_word_that_the_service_uses_has_one_in_a_sentence(self) -> None:
        used = {
            (event, argument.value)
            for event, call in calls()
            if event in WORDS
            for argument in (*call.args, *(keyword.value for keyword in call.keywords))
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        } - {(PeopleChanged, "person"), (PeopleChanged, "child"), (PeopleChanged, "child_name")}
        assert used
        assert not {(event.__name__, word) for event, word in used if word not in WORDS[event]}


def entry_of(event: Event, actor: str, home_id: str) -> Entry:
    facts = {part.name: getattr(event, part.name) for part in fields(event)}
    return Entry("1", NOON, kind_of(type(event)), actor, home_id, facts)


def calls() -> Iterator[tuple[type[Event], ast.Call]]:
    """Where the service makes events: what a demonstration tells of itself does not count."""
    events = {event.__name__: event for event in Event.__subclasses__()}
    for path in SERVICE.rglob("*.py"):
        if path == SERVICE / "audit.py" or SERVICE / "demonstration" in path.parents:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")  # Event(…) or audit.Event(…)
                if name in events:
                    yield events[name], node


def test_every_kind_of_event_is_raised_somewhere() -> None:
    raised = {event for event, _ in calls()}
    assert not [event.__name__ for event in Event.__subclasses__() if event not in raised]


class TestThePage:
    def test_the_newest_stands_first_by_day_in_the_homes_time(
        self, administrator: Visitor, store: RecordStore, home: Home
    ) -> None:
        keep(store, HomeChanged("added"), at=datetime(2024, 7, 1, 22, 30, tzinfo=UTC), home_id=home.id)
        keep(store, HomeChanged("edited"), at=datetime(2024, 7, 1, 23, 30, tzinfo=UTC), home_id=home.id)
        page = administrator.visit("/audit")
        assert page.status == 200
        assert sentences(page) == [
            "Somebody at the command line changed what is known of Larch House.",
            "Somebody at the command line added Larch House.",
        ]
        assert re.findall(r"rowgroup[^>]*>(.*?)</th>", page.html) == ["2 July 2024", "1 July 2024"]
        assert re.findall(r"\d+:\d\d[ap]m", page.html) == ["12:30am", "11:30pm"]

    def test_pages_have_no_holes_though_more_is_remembered_meanwhile(
        self, administrator: Visitor, store: RecordStore
    ) -> None:
        with store.transaction() as tx:
            for number in range(120):
                # several in one moment: their order is settled all the same
                remember(tx, Invited("r", "invited", number), COMMAND, NOON + timedelta(minutes=number // 3))
        address, seen = "/audit", []
        while address:
            page = administrator.visit(address)
            seen += [int(number) for number in re.findall(r"sent (\d+) letter", page.text)]
            with store.transaction() as tx:
                remember(tx, HomeChanged("added"), COMMAND, NOON + timedelta(hours=len(seen)))
            older = re.findall(r'href="([^"]+)">Older', page.html)
            address = older[0].replace("&amp;", "&") if older else ""
        assert sorted(seen, reverse=True) == list(range(119, -1, -1))
        assert len(seen) == 120

    def test_the_filter_narrows_by_home_person_kind_and_day(
        self, administrator: Visitor, app: Flask, store: RecordStore, home: Home
    ) -> None:
        mo = account_with(app, "registered_manager", name="Mo Amari")
        keep(store, HomeChanged("added"), home_id=home.id)
        keep(store, SignedIn(False), mo.id, NOON - timedelta(days=1))
        keep(store, SignInRefused(mo.id, "code"), "", NOON - timedelta(days=2))

        def found(**asked: str) -> list[str]:
            return sentences(administrator.visit("/audit", query_string=asked))

        assert len(found()) == 3
        assert found(home=home.id) == ["Somebody at the command line added Larch House."]
        assert found(person=mo.id) == [
            "Mo Amari signed in with the password alone.",
            "Somebody failed to sign in as Mo Amari: the code was wrong.",
        ]
        assert found(kind="signed_in", day="2024-11-21") == ["Mo Amari signed in with the password alone."]
        assert found(kind="signed_in", day="2024-11-22") == []
        assert found(home="nowhere") == []
        assert found(before="0") == []

    def test_a_day_that_is_none_says_what_to_enter(self, administrator: Visitor) -> None:
        page = administrator.visit("/audit?day=last+tuesday")
        assert page.status == 422
        assert "Enter a day such as 2026-11-22." in page.text
        assert page.title.startswith("Error:")
        assert administrator.client.get("/audit.csv?day=last+tuesday").location == "/audit"

    def test_names_are_looked_up_when_read_and_an_erased_account_leaves_none(
        self, administrator: Visitor, app: Flask, store: RecordStore
    ) -> None:
        mo = account_with(app, "staff", name="Mo Amari")
        keep(store, SignedIn(False), mo.id)
        assert sentences(administrator.visit("/audit")) == ["Mo Amari signed in with the password alone."]
        with store.transaction() as tx:
            tx[Account].remove(mo.id)
        page = administrator.visit("/audit")
        assert sentences(page) == ["Somebody whose account is gone signed in with the password alone."]
        assert "Mo Amari" not in page.html

    def test_in_a_demonstration_the_page_says_so(self, administrator: Visitor, store: RecordStore, home: Home) -> None:
        assert "Demonstration: nothing here is real." in administrator.visit("/audit").text
        with store.transaction() as tx:
            tx[Home].put(replace(home, demonstration=False))
        assert "Demonstration" not in administrator.visit("/audit").text

    def test_an_empty_audit_says_what_will_stand_there(self, administrator: Visitor) -> None:
        assert "Nothing has happened yet." in administrator.visit("/audit").text


class TestTheFile:
    def test_it_holds_what_the_page_shows_and_that_it_was_taken_away(
        self, administrator: Visitor, store: RecordStore, home: Home
    ) -> None:
        keep(store, HomeChanged("added"), home_id=home.id)
        file = administrator.client.get("/audit.csv")
        assert file.headers["Content-Disposition"] == "attachment; filename=audit.csv"
        assert file.mimetype == "text/csv"
        heading, newest, oldest = rows(file.data)
        assert heading == ["When", "Who", "Home", "Kind", "What", "Facts", "Entry"]
        assert newest[1:5] == [
            "Ada Byron",
            "",
            "Took a file away",
            "Ada Byron took away audit.csv, without single answers.",
        ]
        assert oldest[:6] == [
            "2024-11-22 12:05:00+00:00",
            "Somebody at the command line",
            "Larch House",
            "Changed a home",
            "Somebody at the command line added Larch House.",
            "change=added",
        ]
        taken = [entry for entry in store[Entry].all() if entry.kind == "exported"]
        assert [entry.facts for entry in taken] == [{"rounds": "", "file": "audit.csv", "names": False}]

    def test_it_holds_only_what_was_asked_for(self, administrator: Visitor, store: RecordStore, home: Home) -> None:
        keep(store, HomeChanged("added"), home_id=home.id)
        keep(store, HomeChanged("edited"))
        assert len(rows(administrator.client.get(f"/audit.csv?home={home.id}").data)) == 2

    @pytest.mark.parametrize("name", ["=1+1", "+44", "-2", "@SUM(A1)", "\t=1", "'x", '=HYPERLINK("http://x","y")'])
    def test_no_name_becomes_a_formula(self, app: Flask, store: RecordStore, administrator: Visitor, name: str) -> None:
        person: Account = account_with(app, "staff", name=name)
        keep(store, SignedIn(False), person.id)
        [_, _, row] = rows(administrator.client.get("/audit.csv").data)
        assert row[1] == f"'{name}"
        assert row[4].startswith("'")
