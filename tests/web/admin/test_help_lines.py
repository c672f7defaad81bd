"""The national help lines through the front door: who keeps them, what stands, and where each change shows."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from service.accounts.account import Account
from service.audit import Entry
from service.collection.models.help_lines import HelpLine, HelpLines, lines_kept, lines_shipped
from service.collection.models.home import Home
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form
from service.storage.store import RecordStore
from tests.accounts_factory import account_with, manager_of, signed_in
from tests.tablet import unlocked
from tests.visitor import Page, Visitor

LINES = "/help-lines"
PARTS = ("line-name", "line-number", "line-about", "line-for")
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
ROWS = [
    ("Childline", "0800 1111", "Free.", "children"),
    ("Emergency services", "999", "In danger now.", "adults"),
]


@pytest.fixture
def ada(app: Flask, home: Home) -> Account:
    return account_with(app, "administrator", name="Ada Byron")


@pytest.fixture
def administrator(app: Flask, ada: Account) -> Visitor:
    return signed_in(app, ada)


def sent(rows: list[tuple[str, ...]], **more: str) -> Mapping[str, object]:
    """What a browser sends of these rows."""
    return (
        {"do": "save"}
        | {part: list(column) for part, column in zip(PARTS, zip(*rows, strict=True), strict=True)}
        | more
    )


def rows(page: Page) -> list[tuple[str, ...]]:
    """The rows as the page has them."""
    columns = [[each.get("value", "") for each in page.fields if each.get("name") == part] for part in PARTS[:3]]
    return list(zip(*columns, re.findall(r'<option selected value="([a-z]+)"', page.html), strict=True))


def keep(store: RecordStore, lines: HelpLines) -> None:
    with store.transaction() as tx:
        tx[HelpLines].put(lines)


def test_the_lines_that_sayso_comes_with_stand_until_somebody_changes_them(
    administrator: Visitor, store: RecordStore
) -> None:
    page = administrator.visit(LINES)
    shipped = lines_shipped()
    assert rows(page) == [(line.name, line.number, line.about, line.shown_to) for line in shipped.lines]
    assert "Nobody here has checked them yet." in page.text
    administrator.send(LINES, sent(rows(page)))
    assert not list(store[HelpLines].all()), "nothing changed, so nothing is kept"
    assert "help_lines_changed" not in {entry.kind for entry in store[Entry].all()}


def test_a_changed_number_is_checked_kept_and_remembered_without_being_told(
    app: Flask, ada: Account, store: RecordStore
) -> None:
    changed = [*ROWS, ("  A  new line ", " 0800  000 0000", "", "everyone"), ("", "", "", "adults")]
    with time_machine.travel(NOON, tick=False):
        administrator = signed_in(app, ada)
        administrator.visit(LINES)
        page = administrator.send(LINES, sent(changed))
        assert "A name or number is new here." in page.text
        page = administrator.send(LINES, sent(changed, checked="y"))
        assert rows(page) == [*ROWS, ("A new line", "0800 000 0000", "", "everyone")]
        assert "Last checked on 1 December 2026." in page.text
        administrator.send(LINES, sent([ROWS[1], ROWS[0]]))
        assert [line.name for line in lines_kept(store).lines] == ["Emergency services", "Childline"]
        assert lines_kept(store).checked_on == NOON.date(), "another order is nothing to check"
        told = administrator.visit("/audit").text
    assert "Ada Byron changed and checked the national help lines." in told
    assert "Ada Byron changed the national help lines." in told
    facts = [entry.facts for entry in store[Entry].all() if entry.kind == "help_lines_changed"]
    assert facts == [{"edited": True, "checked": True}, {"edited": True, "checked": False}]


REFUSED = (
    ([("Childline", "freephone", "", "children"), ROWS[1]], "Line 1: a number is 3 to 15 digits"),
    ([("Childline", "+44 800 1111", "", "children"), ROWS[1]], "Line 1: a number is 3 to 15 digits"),
    ([("Childline", "٠٨٠٠ ١١١١", "", "children"), ROWS[1]], "Line 1: a number is 3 to 15 digits"),
    ([("Childline", "1" * 16, "", "children"), ROWS[1]], "Line 1: a number is 3 to 15 digits"),
    ([("", "0800 1111", "", "children"), ROWS[1]], "Line 1: give a name and a number."),
    ([("", "", "Free.", "children"), ROWS[1]], "Line 1: give a name and a number."),
    ([("n" * 61, "0800 1111", "", "children"), ROWS[1]], "Line 1: at most 60 characters for the name"),
    ([("Childline", "0800 1111", "n" * 121, "children"), ROWS[1]], "Line 1: at most 60 characters for the name, 120"),
    ([ROWS[0]] * 8 + [ROWS[1]], "At most 8 lines."),
    ([ROWS[1]], "Keep at least one line for children."),
    ([("", "", "", "children")], "Keep at least one line for children."),
    ([ROWS[0], ("Emergency services", "999", "", "children")], "Keep 999 among the lines for adults."),
)


def test_what_cannot_stand_is_said_and_nothing_is_kept(administrator: Visitor, store: RecordStore) -> None:
    administrator.visit(LINES)
    for lines, said in REFUSED:
        page = administrator.send(LINES, sent(lines, checked="y"))
        assert (page.status, said in page.text) == (422, True), lines
    assert not list(store[HelpLines].all())


def test_rows_are_added_moved_and_taken_away_before_anything_is_kept(
    administrator: Visitor, store: RecordStore
) -> None:
    administrator.visit(LINES)
    for do, names in (
        ("add", ["a", "b", "c", ""]),
        ("up-2", ["a", "c", "b"]),
        ("up-0", ["a", "b", "c"]),
        ("up-9", ["a", "b", "c"]),
        ("remove-0", ["b", "c"]),
        ("remove-9", ["a", "b", "c"]),
    ):
        page = administrator.send(LINES, sent([(name, "123", "", "adults") for name in "abc"], do=do))
        assert [name for name, *_ in rows(page)] == names, do
    assert not list(store[HelpLines].all())


def test_children_adults_and_paper_are_shown_them_at_once_with_the_day_of_the_last_check(
    app: Flask, store: RecordStore, home: Home, library: dict[str, Form]
) -> None:
    alone = replace(home, contacts=())
    with store.transaction() as tx:
        tx[Home].put(alone)
    forms, closes = [library["child-views"], library["staff-views"]], day_at(now()) + timedelta(days=14)
    round_ = open_round(store, alone, forms, title="Your views", reason="Reg 45", closes_on=closes, now=now())
    child, manager = unlocked(app, home.id, round_.id), manager_of(app, home.id)

    def shown() -> tuple[str, str, str]:
        child.visit("/tablet")
        address = child.post("/tablet/start/child-views").location
        papers = [manager.visit(f"/rounds/{round_.id}/paper/{form.id}").text for form in forms]
        return child.visit(address).text, papers[0], papers[1]

    assert not any("last checked on" in text or "checked these" in text for text in shown()), "nobody has checked them"
    lines = (HelpLine("Sam's line", "0800 222 3333", "Free.", "children"), HelpLine("Emergency services", "999"))
    keep(store, HelpLines(lines, date(2026, 10, 2)))
    page, paper, for_staff = shown()
    for text in (page, paper):
        assert "0800 222 3333" in text
        assert "0800 528 0731" not in text
    assert "0800 222 3333" not in for_staff
    assert all("999" in text and "2 October 2026" in text for text in (page, paper, for_staff))
    with store.transaction() as tx:
        tx[Home].put(replace(home, contacts_checked_on=date(2026, 9, 1)))
    *for_children, for_staff = shown()
    assert all("1 September 2026" in text for text in for_children), "all of them had been checked then"
    assert "2 October 2026" in for_staff, "staff are shown none of the home's own"


def test_lines_that_nobody_has_checked_for_six_months_are_said_to_manager_and_administrator(
    app: Flask, store: RecordStore, home: Home
) -> None:
    said = "national help lines on every questionnaire were last checked on 31 May 2026"
    at_home = f"/homes/{home.id}"
    with time_machine.travel(NOON, tick=False):
        manager, administrator = manager_of(app, home.id), signed_in(app, account_with(app, "administrator"))
        keep(store, lines_shipped())
        assert "national help lines on every questionnaire have not been checked yet" in manager.visit(at_home).text
        keep(store, HelpLines(lines_shipped().lines, date(2026, 6, 1)))
        assert "national help lines" not in manager.visit(at_home).text
        assert "more than 6 months ago" not in administrator.visit(LINES).text
        keep(store, HelpLines(lines_shipped().lines, date(2026, 5, 31)))
        of_one_home = signed_in(app, account_with(app, "administrator", home_id=home.id))
        for seer in (manager, of_one_home):
            page = seer.visit(at_home)
            assert said in page.text
            assert not {LINES, "/audit", "/accounts"} & set(page.links), "who may not come in is not sent there"
        page = administrator.visit(at_home)
        assert said in page.text
        assert LINES in page.links
        page = administrator.visit(LINES)
        assert "more than 6 months ago" in page.text
        administrator.send(LINES, sent(rows(page), checked="y"))
        assert "national help lines" not in manager.visit(at_home).text
        assert "Last checked on 1 December 2026." in administrator.visit(LINES).text
