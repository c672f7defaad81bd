"""A home's own page, through the front door: what is known of it, who answers for it, whom children can turn to."""

import re
from collections.abc import Iterable
from datetime import date

import pytest
import time_machine
from flask import Flask

from service.accounts.account import Account, Grant
from service.audit import Entry
from service.collection.models.home import Contact, Home
from service.collection.people.homes import home_id_for
from service.dates import now
from service.storage.store import RecordStore
from tests.accounts_factory import account_with, signed_in
from tests.visitor import Page, Visitor

EDIT = "/homes/larch-house/edit"
PARTS = ("contact-name", "contact-how", "contact-about")
TICKS = "contact-audience"


@pytest.fixture
def administrator(app: Flask, home: Home) -> Visitor:
    return signed_in(app, account_with(app, "administrator"))


def known(store: RecordStore, home_id: str = "larch-house") -> Home:
    found = store[Home].get(home_id)
    assert found is not None
    return found


def values(page: Page, **changed: object) -> dict[str, object]:
    """What a browser would send of this page, with some of it changed."""
    kind = re.search(r'<option selected value="([a-z_]+)"', page.html)
    sent: dict[str, object] = {"kind": kind[1] if kind else "childrens_home", "do": "save"}
    for found in page.fields:
        name = found.get("name", "")
        if name in PARTS:
            rows = sent.setdefault(name, [])
            assert isinstance(rows, list)
            rows.append(found.get("value", ""))
        elif name == TICKS and "checked" in found:
            ticks = sent.setdefault(name, [])
            assert isinstance(ticks, list)
            ticks.append(found.get("value", ""))
        elif name and found.get("type") != "checkbox" and found["tag"] != "select" and name != "csrf-token":
            sent[name] = found.get("value", "")
    return sent | changed


def rows(page: Page) -> list[tuple[str, ...]]:
    """The people of a page, as its fields have them."""
    columns = [[found.get("value", "") for found in page.fields if found.get("name") == part] for part in PARTS]
    return list(zip(*columns, strict=True))


def changes(store: RecordStore) -> list[str]:
    return [entry.facts["change"] for entry in store[Entry].all() if entry.kind == "home_changed"]


def test_a_home_is_added_with_everything_that_is_known_of_it(administrator: Visitor, store: RecordStore) -> None:
    page = administrator.visit("/homes/add")
    page = administrator.send(
        "/homes/add",
        values(
            page,
            name="Alder’s Édge",
            kind="short_breaks",
            provider="Brightwater Care",
            urn="SC123456",
            places="6",
            shift_from="07:30",
            shift_until="21:00",
            telephone="01632 960 001",
            officer_name="The LADO team",
            officer_how="01632 960010",
            checked="y",
            **{
                "contact-name": ["Amina", ""],
                "contact-how": ["0300 000 0001", ""],
                "contact-about": ["On your side.", ""],
                TICKS: ["0:child", "0:parent"],
            },
        ),
    )
    assert "Alder’s Édge is added." in page.text
    home = known(store, "alders-edge")
    assert home == Home(
        "alders-edge",
        "Alder’s Édge",
        "short_breaks",
        "Brightwater Care",
        "SC123456",
        (Contact("Amina", "0300 000 0001", "On your side.", ("child", "parent")),),
        demonstration=True,
        places=6,
        shift_from="07:30",
        shift_until="21:00",
        contacts_checked_on=home.contacts_checked_on,
        designated_officer=Contact("The LADO team", "01632 960010"),
        telephone="01632 960 001",
    )
    assert home.contacts_checked_on is not None
    assert changes(store) == ["added"]


@pytest.mark.parametrize(
    ("name", "home_id"),
    [
        ("Elm", "elm"),
        ("  The   Old — Mill ", "the-old-mill"),
        ("42 High Street", "home-42-high-street"),
        ("Larch House", "larch-house-2"),
        ("Add", "add-2"),
        ("樹", "home"),
        ("n" * 120, "n" * 32),
    ],
)
def test_a_home_s_address_is_made_from_its_name_and_is_its_own(
    store: RecordStore, home: Home, name: str, home_id: str
) -> None:
    assert home_id_for(store, name) == home_id


def test_what_was_not_changed_stays_as_it_was(administrator: Visitor, store: RecordStore) -> None:
    before = known(store)
    page = administrator.visit(EDIT)
    page = administrator.send(EDIT, values(page))
    assert "Saved." in page.text
    assert known(store) == before
    assert changes(store) == [], "nothing happened, so nothing is remembered"
    administrator.send(EDIT, values(page, provider="Another"))
    assert known(store).provider == "Another"
    assert changes(store) == ["edited"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "  "}, "Give the home’s name."),
        ({"name": "n" * 121}, "At most 120 characters."),
        ({"kind": "castle"}, "Choose one of the kinds."),
        ({"places": "many"}, "Write a number, such as 4."),
        ({"places": "0"}, "A number from 1 to 500."),
        ({"places": "9" * 5_000}, "Write a number, such as 4."),
        ({"shift_from": "7 o’clock", "shift_until": "21:00"}, "Write the time as 07:30."),
        ({"shift_from": "25:00", "shift_until": "21:00"}, "Write the time as 07:30."),
        ({"shift_from": "07:30"}, "Say both when the shift begins and when it ends"),
        ({"officer_name": "The LADO team"}, "Give both who it is and how to reach them"),
        ({"contact-name": "Amina", "contact-how": ""}, "Person 1: give a name, and how to reach them."),
        ({TICKS: []}, "Person 1: choose who is shown them."),
        ({"telephone": "ask Jo"}, "Enter a telephone number, like 01632 960 001."),
        ({"contact-name": "a" * 201, "contact-how": "x"}, "Person 1: at most 200 characters each."),
        ({"contact-name": ["A"] * 13, "contact-how": ["x"] * 13}, "At most 12 people."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    administrator: Visitor, store: RecordStore, changed: dict[str, object], said: str
) -> None:
    before = known(store)
    page = administrator.send(EDIT, values(administrator.visit(EDIT), **changed))
    assert page.status == 422
    assert said in page.text
    assert known(store) == before


@pytest.mark.parametrize(("urn", "odd"), [("SC123456", False), ("1234567", False), ("12345", False), ("SC12", True)])
def test_a_urn_that_looks_odd_is_kept_and_asked_about(
    administrator: Visitor, store: RecordStore, urn: str, odd: bool
) -> None:
    page = administrator.send(EDIT, values(administrator.visit(EDIT), urn=urn))
    assert ("does not look like a URN" in page.text) is odd
    assert known(store).urn == urn


def test_people_to_turn_to_are_added_and_taken_away_without_script_and_kept_when_saved(
    administrator: Visitor, store: RecordStore
) -> None:
    amina = ("Amina, your advocate", "0300 000 0001", "")
    page = administrator.visit(EDIT)
    assert rows(page) == [amina]
    page = administrator.send(EDIT, values(page, do="add"))
    assert (page.status, rows(page)) == (200, [amina, ("", "", "")])
    sent = values(page, do="add", name="Renamed meanwhile") | {"contact-name": [amina[0], "Tom"]}
    page = administrator.send(EDIT, sent)
    assert [name for name, _, _ in rows(page)] == [amina[0], "Tom", ""]
    assert page.value("name") == "Renamed meanwhile", "what was typed is not lost"
    assert known(store).name == "Larch House", "and not kept yet either"

    page = administrator.send(EDIT, values(page, do="remove-0"))
    assert [name for name, _, _ in rows(page)] == ["Tom", ""]
    sent = values(page, do="save") | {"contact-how": ["0300 000 0002", ""], "contact-about": ["Comes every month.", ""]}
    administrator.send(EDIT, sent)
    assert known(store).contacts == (Contact("Tom", "0300 000 0002", "Comes every month."),)
    assert known(store).name == "Renamed meanwhile"


@pytest.mark.parametrize("do", ["remove-7", "remove-²", "remove--1", "remove-99999", "dance", ""])
def test_a_button_that_nobody_made_does_no_harm(administrator: Visitor, do: str) -> None:
    page = administrator.send(EDIT, values(administrator.visit(EDIT), do=do))
    assert page.status == 200
    assert rows(page)[0][0] == "Amina, your advocate"


def test_no_more_than_a_dozen_rows_are_offered(administrator: Visitor) -> None:
    page = administrator.visit(EDIT)
    for _ in range(14):
        page = administrator.send(EDIT, values(page, do="add"))
    assert len(rows(page)) == 12
    assert "Add another person" not in page.text


def test_the_day_on_which_somebody_checked_them_is_kept_and_shown(
    app: Flask, administrator: Visitor, store: RecordStore
) -> None:
    page = administrator.visit(EDIT)
    assert "Nobody has said yet that they checked them." in page.text
    with time_machine.travel(now().replace(year=2026, month=11, day=22, hour=12), tick=False):
        later = signed_in(app, account_with(app, "administrator"))
        page = later.send(EDIT, values(later.visit(EDIT), checked="y"))
        assert "Last checked on 22 November 2026." in page.text
        later.send(EDIT, values(page))
    assert known(store).contacts_checked_on == date(2026, 11, 22), "saving again without the tick changes nothing"


def test_who_answers_for_a_home_is_what_the_roles_say(app: Flask, administrator: Visitor, store: RecordStore) -> None:
    def somebody(name: str, *grants: Grant) -> None:
        account = account_with(app, name=name)
        with store.transaction() as tx:
            tx[Account].put(type(account)(account.id, name, account.email, account.created_at, grants))

    somebody("Rowan Manager", Grant("registered_manager", "larch-house"))
    somebody("Lea Lead", Grant("safeguarding_lead", "larch-house"))
    somebody("Dee Deputy", Grant("safeguarding_lead", "", deputy=True))
    somebody("Other Manager", Grant("registered_manager", "elsewhere"))
    page = administrator.visit(EDIT)

    def said(names: Iterable[str]) -> bool:
        return all(name in page.text for name in names)

    assert said(["Registered manager Rowan Manager", "Responsible individual Nobody yet"])
    assert said(["Safeguarding lead Lea Lead", "Deputy safeguarding lead Dee Deputy"])
    assert "Other Manager" not in page.text
    assert "/accounts" in page.links


def test_whoever_may_not_change_roles_is_told_who_can(app: Flask, home: Home) -> None:
    individual = signed_in(app, account_with(app, "responsible_individual", home_id=home.id))
    page = individual.visit(EDIT)
    assert "An administrator can change it." in page.text
    assert individual.visit("/homes/add").status == 403, "a home that they then could not see"
