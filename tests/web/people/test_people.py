"""Whom a home asks, through the front door: the contact list, an import that is looked at first, and children."""

import io
import random
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from openpyxl import Workbook
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from service.audit import Entry
from service.collection.models.home import Child, Home
from service.collection.models.person import Person
from service.collection.models.pictures import PICTURES
from service.collection.models.response import Tombstone
from service.collection.people.contacts_and_children import children_of, people_of
from service.dates import now
from service.storage.store import RecordStore
from tests.accounts_factory import account_with, manager_of, signed_in
from tests.paths import ROOT
from tests.visitor import Page, Visitor

LONG_ON_POSTGRES = True
PEOPLE = "/homes/larch-house/people"
CHILDREN = "/homes/larch-house/children"
SAM = {"kind": "social_worker", "name": "Sam Lee", "email": "sam@example.org"}


@pytest.fixture
def manager(app: Flask, home: Home) -> Visitor:
    return manager_of(app, home.id)


def listed(store: RecordStore) -> list[Person]:
    return people_of(store, "larch-house")


def told(store: RecordStore) -> list[tuple[str, str, int]]:
    """What the audit remembers of people, in order."""
    entries: Iterator[Entry] = store[Entry].find("home_id", "larch-house")
    return [
        (entry.facts["what"], entry.facts["change"], entry.facts["count"])
        for entry in entries
        if entry.kind == "people_changed"
    ]


def added(manager: Visitor, **values: str) -> Page:
    manager.visit(f"{PEOPLE}/add")
    return manager.send(f"{PEOPLE}/add", SAM | values)


# --- the contact list ---


def test_an_empty_list_says_what_it_is_for_and_what_to_do_first(manager: Visitor) -> None:
    page = manager.visit(PEOPLE)
    assert "Begin by importing the list you have" in page.text
    assert f"{PEOPLE}/import" in page.links
    assert "q" not in page.names(), "there is nobody to search for"


def test_somebody_is_added_changed_removed_and_brought_back(manager: Visitor, store: RecordStore) -> None:
    page = added(manager, organisation="Brightwater Council", phone="7700900123", label="the review in May")
    assert page.status == 200
    assert "Sam Lee is on the list." in page.text
    [sam] = listed(store)
    assert (sam.kind, sam.email, sam.phone, sam.label) == (
        "social_worker",
        "sam@example.org",
        "07700900123",
        "the review in May",
    )

    page = manager.visit(f"/people/{sam.id}")
    assert page.value("email") == "sam@example.org"
    manager.send(f"/people/{sam.id}", SAM | {"name": "Samira Lee", "kind": "iro"})
    [samira] = listed(store)
    assert (samira.id, samira.name, samira.kind, samira.organisation) == (
        sam.id,
        "Samira Lee",
        "iro",
        "Brightwater Council",
    )

    page = manager.send(f"/people/{sam.id}/remove")
    assert "Samira Lee was removed from the list." in page.text
    assert listed(store) == []
    assert manager.visit(f"/people/{sam.id}").status == 404
    sealed = page.value("person")
    assert "Samira" not in sealed
    page = manager.send(f"{PEOPLE}/undo", {"person": sealed})
    assert "Samira Lee is on the list again." in page.text
    assert listed(store) == [samira]
    assert told(store) == [("person", change, 1) for change in ("added", "edited", "removed", "added")]


@pytest.mark.parametrize("late", [False, True])
def test_a_removal_is_undone_by_who_did_it_in_the_same_hour_and_nobody_else(
    app: Flask, manager: Visitor, store: RecordStore, late: bool
) -> None:
    added(manager)
    [sam] = listed(store)
    sealed = manager.send(f"/people/{sam.id}/remove").value("person")
    other = manager_of(app, "larch-house")
    other.visit(PEOPLE)
    if late:
        with time_machine.travel(now() + timedelta(minutes=61), tick=True):
            manager.visit(PEOPLE)
            page = manager.send(f"{PEOPLE}/undo", {"person": sealed})
    else:
        page = other.send(f"{PEOPLE}/undo", {"person": sealed})
    assert "can no longer be undone" in page.text or "Sign in" in page.title
    assert listed(store) == []


@pytest.mark.parametrize("sealed", ["", "x", "name:token", "é" * 50, "a" * 5_000])
def test_what_was_never_sealed_here_brings_nobody_back(manager: Visitor, store: RecordStore, sealed: str) -> None:
    manager.visit(PEOPLE)
    for spoilt in (sealed, f"{store.seal.names[0]}:{sealed}"):
        assert "can no longer be undone" in manager.send(f"{PEOPLE}/undo", {"person": spoilt}).text
    assert listed(store) == []


def test_who_was_removed_leaves_a_tombstone_until_they_are_brought_back(manager: Visitor, store: RecordStore) -> None:
    added(manager)
    [sam] = listed(store)
    sealed = manager.send(f"/people/{sam.id}/remove").value("person")
    assert store[Tombstone].get(sam.id), "restoring an older backup must not bring them back"
    manager.send(f"{PEOPLE}/undo", {"person": sealed})
    assert store[Tombstone].get(sam.id) is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": ""}, "Choose what they are."),
        ({"kind": "wizard"}, "Choose one of the kinds."),
        ({"name": " "}, "Say who this is, or which team."),
        ({"name": "n" * 121}, "At most 120 characters."),
        ({"email": ""}, "Give an e-mail address"),
        ({"email": "sam at example.org"}, "This is not an e-mail address."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    manager: Visitor, store: RecordStore, values: dict[str, str], said: str
) -> None:
    page = added(manager, **values)
    assert page.status == 422
    assert said in page.text
    assert page.title.startswith("Error: ")
    assert listed(store) == []


def test_the_same_address_is_not_put_on_the_list_twice_as_the_same_kind(manager: Visitor, store: RecordStore) -> None:
    added(manager)
    page = added(manager, name="Sam again", email="SAM@Example.org")
    assert page.status == 422
    assert "Sam Lee is on the list with this address already." in page.text
    assert added(manager, kind="school", name="The office").status == 200
    assert [person.kind for person in listed(store)] == ["social_worker", "school"]


def test_a_label_that_may_be_a_name_is_kept_once_it_is_confirmed(manager: Visitor, store: RecordStore) -> None:
    page = added(manager, label="Jamie Smith")
    assert page.status == 422
    assert "“Jamie Smith” : This is not a child’s name" in page.text
    assert listed(store) == []
    added(manager, label="Jamie Smith", confirmed="Jamie Smith")
    assert listed(store)[0].label == "Jamie Smith"


def test_the_list_is_by_kind_and_a_search_needs_no_script(manager: Visitor, store: RecordStore) -> None:
    added(manager)
    added(manager, kind="school", name="The office", email="office@school.example.org", organisation="Alder School")
    page = manager.visit(PEOPLE)
    assert page.text.index("Social workers") < page.text.index("Sam Lee") < page.text.index("Schools")
    page = manager.visit(PEOPLE, query_string={"q": "ALDER office"})
    assert "1 of 2 people found" in page.text
    assert "The office" in page.text
    assert "Sam Lee" not in page.text
    page = manager.visit(PEOPLE, query_string={"q": "<b>nobody"})
    assert "0 of 2 people found for “&lt;b&gt;nobody”." in page.text


def test_a_long_list_comes_in_parts(manager: Visitor, store: RecordStore) -> None:
    with store.transaction() as tx:
        for number in range(450):
            tx[Person].put(
                Person(f"p{number}", "larch-house", "parent", f"Parent {number:03}", f"p{number}@example.org")
            )
    page = manager.visit(PEOPLE)
    assert "450 people. Showing 1 to 200." in page.text
    assert "Parent 199" in page.text
    assert "Parent 200" not in page.text
    page = manager.visit(PEOPLE, query_string={"from": "400"})
    assert "Showing 401 to 450." in page.text
    for odd in ("-1", "9999999", "x", "²"):
        assert "Showing 1 to 200." in manager.visit(PEOPLE, query_string={"from": odd}).text


# --- importing ---


def sheet_of(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in (("Role", "Full name", "E-mail address", "Phone", "Review", "Child’s name"), *rows):
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def two_hundred() -> list[tuple[object, ...]]:
    kinds = ("SW", "IRO", "Teacher", "Mum", "advocate")
    return [
        (kinds[n % 5], f"Person {n}", f"person{n}@example.org", 7700900000 + n, "the review", "") for n in range(200)
    ]


def uploaded(visitor: Visitor, content: bytes, name: str) -> TestResponse:
    """Send a file as a browser does; in memory, so that the test leaves no file open."""
    values = {"csrf-token": visitor.token, "file": FileStorage(io.BytesIO(content), name)}
    boundary, body = encode_multipart(values)
    kind = f"multipart/form-data; boundary={boundary}"
    return visitor.client.post(f"{PEOPLE}/import", data=body, content_type=kind)


def looked_at(manager: Visitor, content: bytes, name: str = "list.xlsx") -> Page:
    """The page that shows what is in a file."""
    manager.visit(f"{PEOPLE}/import")
    page = manager.read(uploaded(manager, content, name))
    manager.token = page.value("csrf-token") if "csrf-token" in page.names() else manager.token
    return page


def button(page: Page) -> str:
    """What the main button of a page says."""
    return " ".join(re.findall(r'<button class="main">([^<]*)<', page.html)[0].split())


def test_a_preview_shows_every_faulty_row_and_keeps_nothing(manager: Visitor, store: RecordStore) -> None:
    rows = two_hundred()
    rows[3] = ("SW", "No Address", "not an address", "", "", "Jamie Smith")
    rows[50] = ("wizard", "Merlin", "m@example.org", "", "", "")
    rows[120] = ("SW", "Twice", "person0@example.org", "", "", "")
    rows[150] = ("SW", "Named", "named@example.org", "", "Jamie Smith", "")
    before = list(store[Entry].all())
    page = looked_at(manager, sheet_of(*rows))
    assert page.status == 200
    assert "Nothing is kept yet. 197 people are new. In 3 rows something is wrong." in page.text
    for row, column, said in (
        (5, "E-mail address", "“not an address” is not an e-mail address."),
        (52, "Role", "“wizard” is not a kind we know."),
        (122, "E-mail address", "Row 2 has this address and kind already."),
        (152, "Review", "“Jamie Smith” looks like somebody’s name. Letters must not name a child"),
    ):
        assert f"{row} {column} {said}" in page.text
    assert "A column is not read, and nothing of it is kept: “Child’s name”" in page.text
    assert button(page) == "Add the 197 good ones"
    assert listed(store) == []
    assert list(store[Entry].all()) == before

    rows_shown = page.value("rows")
    page = manager.send(f"{PEOPLE}/import", {"rows": rows_shown})
    assert page.status == 422
    assert "“Jamie Smith” : This is not a child’s name" in page.text
    assert listed(store) == []
    page = manager.send(f"{PEOPLE}/import", {"rows": rows_shown, "confirmed": "Jamie Smith"})
    assert "197 people were added." in page.text
    assert len(listed(store)) == 197
    assert {person.phone for person in listed(store)} >= {"07700900000", "07700900199"}
    assert told(store) == [("person", "imported", 197)]


def test_two_hundred_people_come_in_one_go_and_a_second_press_adds_nobody(manager: Visitor, store: RecordStore) -> None:
    page = looked_at(manager, sheet_of(*two_hundred()))
    assert button(page) == "Add 200 people"
    rows = page.value("rows")
    manager.send(f"{PEOPLE}/import", {"rows": rows})
    page = manager.send(f"{PEOPLE}/import", {"rows": rows})
    assert "Everyone in this list is on the contact list already." in page.text
    assert len(listed(store)) == 200
    assert told(store) == [("person", "imported", 200)]


@pytest.mark.parametrize("too", [True, False])
def test_who_is_on_the_list_is_changed_only_if_wanted(manager: Visitor, store: RecordStore, too: bool) -> None:
    added(manager, organisation="Brightwater Council")
    [sam] = listed(store)
    rows = [("SW", "Samira Lee", "sam@example.org", "", "", ""), ("IRO", "Ann Roe", "ann@example.org", "", "", "")]
    page = looked_at(manager, sheet_of(*rows))
    assert "1 person is new. 1 is on the list and would change." in page.text
    assert "Sam Lee Sam Lee Samira Lee" in page.text, "who, as they are, and as the file says"
    manager.send(f"{PEOPLE}/import", {"rows": page.value("rows")} | ({"change": "yes"} if too else {}))
    again, ann = listed(store)
    assert (again.id, again.name, again.organisation) == (
        sam.id,
        "Samira Lee" if too else "Sam Lee",
        "Brightwater Council",
    )
    assert ann.name == "Ann Roe"


def test_a_mended_file_adds_the_rest(manager: Visitor, store: RecordStore) -> None:
    rows = [("SW", "Sam", "sam@example.org", "", "", ""), ("SW", "Kit", "kit at example.org", "", "", "")]
    manager.send(f"{PEOPLE}/import", {"rows": looked_at(manager, sheet_of(*rows)).value("rows")})
    rows[1] = ("SW", "Kit", "kit@example.org", "", "", "")
    page = looked_at(manager, sheet_of(*rows))
    assert "1 person is new. 1 is on the list just so." in page.text
    manager.send(f"{PEOPLE}/import", {"rows": page.value("rows")})
    assert [person.name for person in listed(store)] == ["Kit", "Sam"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Choose a file."),
        (b"\x89PNG\r\n\x1a\n\0\0", "This is neither an Excel workbook nor CSV."),
        (b"PK\x03\x04 no workbook", "This workbook is damaged."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel file"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(manager: Visitor, store: RecordStore, content: bytes, said: str) -> None:
    page = looked_at(manager, content, "list.xlsx" if content else "")
    assert page.status == 422
    assert said in page.text


def test_a_file_of_which_no_row_is_good_offers_nothing_to_take(manager: Visitor) -> None:
    page = looked_at(manager, b"kind,name\nSW,Sam\n", "list.csv")
    assert page.status == 200
    assert "Nothing can be taken from this file yet" in page.text
    assert "There is no column for e-mail." in page.text
    assert "rows" not in page.names()


def test_what_a_page_carries_is_only_good_for_whom_and_where_it_was_shown(
    app: Flask, manager: Visitor, store: RecordStore, home: Home
) -> None:
    with store.transaction() as tx:
        tx[Home].put(Home("elm", "Elm", "childrens_home", demonstration=True))
    both = account_with(app, "registered_manager")
    everywhere = signed_in(app, both)
    rows = looked_at(everywhere, sheet_of(*two_hundred())).value("rows")
    for visitor, address, sent in (
        (everywhere, "/homes/elm/people/import", rows),
        (manager, f"{PEOPLE}/import", rows),
        (everywhere, f"{PEOPLE}/import", rows[:-2]),
        (everywhere, f"{PEOPLE}/import", ""),
        (everywhere, f"{PEOPLE}/import", "²" * 100),
    ):
        visitor.visit(address)
        page = visitor.send(address, {"rows": sent})
        assert page.status == 422
        assert "Choose the file again." in page.text
    assert not list(store[Person].all())
    with time_machine.travel(now() + timedelta(hours=5), tick=True):
        late = signed_in(app, both)
        late.visit(f"{PEOPLE}/import")
        assert late.send(f"{PEOPLE}/import", {"rows": rows}).status == 422


def test_five_megabytes_may_come_to_this_address_and_to_no_other(
    app: Flask, manager: Visitor, store: RecordStore
) -> None:
    row = b"SW,Sam,sam@example.org," + b"x" * 900 + b"\n"
    large = b"kind,name,e-mail,notes\n" + row + b",,,\n" * 1_200_000
    assert 4_700_000 < len(large) < 5_000_000
    page = looked_at(manager, large, "list.csv")
    assert (page.status, button(page)) == (200, "Add 1 person")
    page = looked_at(manager, large + b",,,\n" * 400_000, "list.csv")
    assert page.status == 413
    assert "This file is too large" in page.text
    manager.visit(PEOPLE)
    page = manager.send(f"{PEOPLE}/add", {"name": "n" * 300_000})
    assert (page.status, "file" in page.text) == (413, False)
    stranger = Visitor(app)
    assert uploaded(stranger, large, "list.csv").status_code == 413
    staff = signed_in(app, account_with(app, "staff", home_id="larch-house"))
    assert uploaded(staff, large, "list.csv").status_code == 413
    assert listed(store) == []


def test_two_thousand_long_rows_travel_through_the_page(manager: Visitor, store: RecordStore) -> None:
    some = random.Random(7)
    rows = [
        ("SW", some.randbytes(50).hex(), f"{some.randbytes(25).hex()}@example.org", "", some.randbytes(50).hex(), "")
        for _ in range(2_000)
    ]
    page = looked_at(manager, sheet_of(*rows))
    assert button(page) == "Add 2000 people"
    assert 300_000 < len(page.value("rows")) < 2_000_000, "more than an answer may be"
    manager.send(f"{PEOPLE}/import", {"rows": page.value("rows")})
    assert len(listed(store)) == 2_000


def test_the_empty_list_is_a_workbook_to_keep(manager: Visitor) -> None:
    reply = manager.client.get(f"{PEOPLE}/people-to-ask.xlsx")
    assert reply.status_code == 200
    assert reply.headers["Content-Disposition"] == "attachment; filename=people-to-ask.xlsx"
    page = looked_at(manager, reply.data)
    assert "There is nobody in this file." in page.text


# --- children ---


def child_added(manager: Visitor, **values: str) -> Page:
    page = manager.visit(CHILDREN)
    given = {"picture": "kite", "number": page.value("number"), "age_band": "older"} | values
    return manager.send(CHILDREN, given)


def test_a_child_is_a_picture_a_number_and_an_age(manager: Visitor, store: RecordStore) -> None:
    assert "will stand here, each as a picture and a number" in manager.visit(CHILDREN).text
    page = child_added(manager, easy_read="y")
    assert "Number 1, the kite, is added." in page.text
    [child] = children_of(store, "larch-house")
    assert (child.number, child.picture, child.age_band, child.language) == (1, "kite", "older", "en-x-easyread")
    assert "easy read" in page.text
    assert told(store) == [("child", "added", 1)]


def test_no_page_about_children_has_a_field_for_a_name(manager: Visitor, store: RecordStore) -> None:
    child_added(manager)
    [child] = children_of(store, "larch-house")
    for address in (CHILDREN, f"/children/{child.id}"):
        page = manager.visit(address)
        assert page.names() == {"csrf-token", "picture", "number", "age_band", "easy_read"}
        assert not [found for found in page.fields if found.get("type") in ("text", "email", "tel")]
    assert "Names are not kept here" in manager.visit(CHILDREN).text
    manager.send(CHILDREN, {"picture": "boat", "number": "2", "age_band": "older", "name": "Jamie Smith"})
    assert "Jamie" not in repr(list(store[Child].all()))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"picture": ""}, "Choose a picture."),
        ({"picture": "dragon"}, "Choose one of the pictures."),
        ({"picture": "kite"}, "The kite is number 1’s already."),
        ({"number": "1"}, "Number 1 is another child’s."),
        ({"number": ""}, "Give a number."),
        ({"number": "one"}, "Write a number, such as 4."),
        ({"number": "0"}, "A number from 1 to 999."),
        ({"number": "9" * 5_000}, "A number"),
        ({"number": "²"}, "Write a number"),
        ({"age_band": "oldest"}, "Select one of the ages."),
        ({"age_band": ""}, "Select an age."),
    ],
)
def test_a_child_s_faults_are_said_and_nothing_is_kept(
    manager: Visitor, store: RecordStore, values: dict[str, str], said: str
) -> None:
    child_added(manager)
    page = child_added(manager, **({"picture": "boat", "number": "2"} | values))
    assert page.status == 422
    assert said in page.text
    assert len(children_of(store, "larch-house")) == 1


def test_a_child_moves_out_and_back_and_earlier_rounds_still_add_up(manager: Visitor, store: RecordStore) -> None:
    child_added(manager)
    [child] = children_of(store, "larch-house")
    page = manager.send(f"/children/{child.id}/left")
    assert "Number 1, the kite, has moved out." in page.text
    assert children_of(store, "larch-house") == []
    assert store[Child].get(child.id), "who was asked before stays known"
    page = manager.visit(CHILDREN)
    assert page.value("number") == "2", "a number is not given again by itself"
    page = manager.send(f"/children/{child.id}/back")
    assert "Number 1, the kite, lives here." in page.text
    assert [each.id for each in children_of(store, "larch-house")] == [child.id]
    assert [change for _, change, _ in told(store)] == ["added", "removed", "added"]


def test_nobody_moves_back_onto_a_picture_that_has_become_another_child_s(manager: Visitor, store: RecordStore) -> None:
    child_added(manager)
    [child] = children_of(store, "larch-house")
    manager.send(f"/children/{child.id}/left")
    child_added(manager, picture="kite", number="2")
    page = manager.send(f"/children/{child.id}/back")
    assert "The kite is number 2’s already." in page.text
    manager.visit(f"/children/{child.id}")
    manager.send(f"/children/{child.id}", {"picture": "boat", "number": "1", "age_band": "older"})
    manager.send(f"/children/{child.id}/back")
    assert [each.picture for each in children_of(store, "larch-house")] == ["boat", "kite"]


def test_a_child_s_age_changes_and_with_it_whether_easy_read_is_a_choice(manager: Visitor, store: RecordStore) -> None:
    child_added(manager, easy_read="y")
    [child] = children_of(store, "larch-house")
    page = manager.visit(f"/children/{child.id}")
    assert any(found.get("value") == "kite" and "checked" in found for found in page.fields)
    manager.send(
        f"/children/{child.id}",
        {"picture": "kite", "number": "1", "age_band": "young", "easy_read": "y"},
    )
    [child] = children_of(store, "larch-house")
    assert (child.age_band, child.language) == ("young", ""), "it is in easy read from the start"


def test_pictures_are_had_once_until_all_are_and_then_again(manager: Visitor, store: RecordStore) -> None:
    with store.transaction() as tx:
        for number, picture in enumerate(PICTURES[:-1], 1):
            tx[Child].put(Child(f"c{number}", "larch-house", number, picture, "older"))
    last = PICTURES[-1]
    page = manager.visit(CHILDREN)
    assert [found["value"] for found in page.fields if found.get("name") == "picture"] == [last]
    child_added(manager, picture=last)
    page = child_added(manager, picture="kite")
    assert page.status == 200
    assert [each.picture for each in children_of(store, "larch-house")].count("kite") == 2


def test_there_are_two_dozen_pictures_and_more_each_drawn_once() -> None:
    drawn = re.findall(
        r'<symbol id="([a-z]+)" viewBox="0 0 48 48">', (ROOT / "static" / "images" / "pictures.svg").read_text()
    )
    assert len(drawn) >= 24
    assert sorted(drawn) == sorted(PICTURES)
