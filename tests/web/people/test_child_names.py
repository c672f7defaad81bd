"""Children's names: kept only where the home says so, typed by its lead, shown only by the look-up of an alert."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from service.accounts.account import Account
from service.audit import Entry
from service.collection.models.alert import Alert
from service.collection.models.home import Child, ChildName, Home
from service.collection.models.round import Round
from service.dates import now
from service.jobs.context import UnreadRecords
from service.jobs.expiry import forget_children
from service.state import app_state
from service.storage.backup import backup, restore
from service.storage.encryption import SEALED
from service.storage.store import RecordStore
from tests.accounts_factory import account_with, manager_of, signed_in
from tests.tablet import unlocked
from tests.visitor import Page, Visitor

CHILDREN, EDIT = "/homes/larch-house/children", "/homes/larch-house/edit"
NAME = "/children/c1/name"
RIGHT_NAME = {"name": "Jayden S."}


@pytest.fixture
def lead_account(app: Flask, home: Home) -> Account:
    return account_with(app, "safeguarding_lead", home_id=home.id, name="Lee Lead")


@pytest.fixture
def lead(app: Flask, lead_account: Account) -> Visitor:
    return signed_in(app, lead_account)


@pytest.fixture
def child(store: RecordStore, home: Home) -> Child:
    child = Child("c1", home.id, 1, "key", "older")
    with store.transaction() as tx:
        tx[Child].put(child)
    return child


@pytest.fixture
def names_on(store: RecordStore, home: Home) -> Home:
    return put(store, replace(home, child_names=True))


@pytest.fixture
def named(lead: Visitor, child: Child, names_on: Home) -> Child:
    lead.visit(CHILDREN)
    lead.send(NAME, RIGHT_NAME)
    return child


def put(store: RecordStore, home: Home) -> Home:
    with store.transaction() as tx:
        tx[Home].put(home)
    return home


def kept(store: RecordStore) -> list[str]:
    return [each.name for each in store[ChildName].all()]


def told(store: RecordStore, kind: str) -> list[dict[str, object]]:
    return [entry.facts for entry in store[Entry].all() if entry.kind == kind]


def looked_up(app: Flask, store: RecordStore, round_: Round, lead: Visitor) -> Page:
    """The child answers that they are not safe, and the lead looks up who it was."""
    tablet = unlocked(app, round_.home_id, round_.id)
    tablet.visit("/tablet")
    begun = tablet.post("/tablet/start/child-views", {"child": "c1"}).location
    tablet.visit(begun)
    tablet.post(f"{begun}/draft", {"feel_safe": "never"}, headers={"HX-Request": "true"})
    [alert] = store[Alert].all()
    lead.visit(f"/alerts/{alert.id}")
    return lead.send(f"/alerts/{alert.id}/child", {"why": "to_help"})


def saved_home(administrator: Visitor, **ticks: str) -> Page:
    page = administrator.visit(EDIT)
    sent = {"kind": "childrens_home", "do": "save", "name": page.value("name"), **ticks}
    return administrator.send(EDIT, sent)


# --- the look-up ---


def test_the_look_up_gives_the_name(app: Flask, store: RecordStore, round_: Round, lead: Visitor, named: Child) -> None:
    assert "It came from number 1, the key: Jayden S." in looked_up(app, store, round_, lead).text
    assert told(store, "child_resolved")[0]["reason"] == "to_help"


def test_without_a_name_the_look_up_says_whom_to_ring(
    app: Flask, store: RecordStore, round_: Round, lead: Visitor, child: Child, home: Home
) -> None:
    put(store, replace(home, telephone="01632 960 110"))
    account_with(app, "registered_manager", home_id=home.id, name="Dana Cole")
    account_with(app, "responsible_individual", home_id=home.id, name="Rae Boss")
    text = looked_up(app, store, round_, lead).text
    assert "It came from number 1, the key." in text
    assert "ask whose picture it is: Dana Cole, registered manager Rae Boss, responsible individual Do not" in text
    assert "01632 960 110" in text
    assert "keeps elsewhere" not in text


def test_a_name_that_the_keys_do_not_open_leaves_the_look_up_as_without_one(
    app: Flask, store: RecordStore, round_: Round, lead: Visitor, named: Child
) -> None:
    [(record_id, document)] = list(store.engine.all("child_names"))
    with store.engine.transaction() as tx:
        tx.put("child_names", record_id, {**document, SEALED: "lost:" + "A" * 60})
    text = looked_up(app, store, round_, lead).text
    assert "It came from number 1, the key." in text
    assert "Jayden" not in text


def test_the_name_is_on_no_other_page(
    app: Flask, store: RecordStore, round_: Round, lead: Visitor, named: Child
) -> None:
    looked_up(app, store, round_, lead)
    [alert] = store[Alert].all()
    administrator = signed_in(app, account_with(app, "administrator"))
    manager = manager_of(app, "larch-house")
    assert "A name is kept" in lead.visit(CHILDREN).text
    assert "A name is kept" in manager.visit(CHILDREN).text
    for who, address in (
        (lead, CHILDREN),
        (lead, f"/alerts/{alert.id}"),
        (lead, "/alerts"),
        (lead, "/homes/larch-house/comments"),
        (manager, CHILDREN),
        (manager, "/children/c1"),
        (administrator, "/audit"),
        (administrator, EDIT),
    ):
        page = who.visit(address)
        assert page.status == 200, address
        assert "Jayden" not in page.html, address


# --- the children's page ---


def test_no_name_is_kept_where_the_home_does_not_say_so(store: RecordStore, lead: Visitor, child: Child) -> None:
    page = lead.visit(CHILDREN)
    assert "name" not in page.names()
    assert "does not keep children’s names" in lead.send(NAME, RIGHT_NAME).text
    assert kept(store) == []


def test_the_lead_adds_replaces_and_deletes_a_name(store: RecordStore, lead: Visitor, named: Child) -> None:
    assert kept(store) == ["Jayden S."]
    assert "Replace name" in lead.visit(CHILDREN).text
    assert "The name for number 1, the key, is saved." in lead.send(NAME, {"name": "Jay  Smith"}).text
    assert kept(store) == ["Jay Smith"]
    assert "The name for number 1, the key, is deleted." in lead.send(f"{NAME}/remove").text
    assert kept(store) == []
    assert "No name is kept" in lead.visit(CHILDREN).text
    assert told(store, "people_changed") == [
        {"what": "child_name", "change": change, "count": 1} for change in ("added", "edited", "removed")
    ]


@pytest.mark.parametrize(("name", "said"), [(" ", "Enter the child’s name."), ("J" * 101, "at most 100 characters")])
def test_a_name_that_cannot_be_kept_is_said_to_be(
    store: RecordStore, lead: Visitor, child: Child, names_on: Home, name: str, said: str
) -> None:
    lead.visit(CHILDREN)
    page = lead.send(NAME, {"name": name})
    assert page.status == 422
    assert said in page.text
    assert kept(store) == []


def test_the_lead_manages_no_children_and_the_manager_types_no_names(
    app: Flask, store: RecordStore, lead: Visitor, named: Child
) -> None:
    page = lead.visit(CHILDREN)
    assert "Has moved out" not in page.text
    assert "Add a child" not in page.text
    manager = manager_of(app, "larch-house")
    assert "Replace name" not in manager.visit(CHILDREN).text
    assert manager.post(NAME, RIGHT_NAME).status_code == 403
    assert manager.post(f"{NAME}/remove").status_code == 403


def test_a_name_sealed_with_a_lost_key_is_replaced(store: RecordStore, lead: Visitor, named: Child) -> None:
    [(record_id, document)] = list(store.engine.all("child_names"))
    with store.engine.transaction() as tx:
        tx.put("child_names", record_id, {**document, SEALED: "lost:" + "A" * 60})
    assert "A name is kept" in lead.visit(CHILDREN).text
    lead.send(NAME, {"name": "Jay"})
    assert kept(store) == ["Jay"]


# --- the setting ---


def test_names_are_off_until_a_home_says_otherwise(app: Flask, store: RecordStore, home: Home) -> None:
    administrator = signed_in(app, account_with(app, "administrator"))
    assert not home.child_names
    saved_home(administrator, child_names="y")
    changed = store[Home].get(home.id)
    assert changed is not None
    assert changed.child_names
    assert {"change": "names_on"} in told(store, "home_changed")
    assert "turned on children’s names" in administrator.visit("/audit").text


def test_turning_names_off_asks_first_and_then_deletes_them(app: Flask, store: RecordStore, named: Child) -> None:
    administrator = signed_in(app, account_with(app, "administrator"))
    page = saved_home(administrator)
    assert page.status == 422
    assert "1 name is kept. Turning this off deletes all names. Confirm below." in page.text
    assert kept(store) == ["Jayden S."]
    page = saved_home(administrator, delete_names="y")
    assert page.status == 200
    assert kept(store) == []
    assert {"change": "names_off"} in told(store, "home_changed")
    assert told(store, "people_changed")[-1] == {"what": "child_name", "change": "removed", "count": 1}


# --- going with the child ---


def test_a_name_goes_with_its_child(store: RecordStore, app: Flask, named: Child) -> None:
    with store.transaction() as tx:
        tx[Child].put(replace(named, left_on=now().date()))
    assert forget_children(store, app_state(app).form, now(), UnreadRecords()) == 0
    assert kept(store) == ["Jayden S."]
    with store.transaction() as tx:
        tx[Child].put(replace(named, left_on=now().date() - timedelta(days=9000)))
    assert forget_children(store, app_state(app).form, now(), UnreadRecords()) == 1
    assert kept(store) == []


def test_one_who_has_moved_out_has_a_name_to_delete(
    app: Flask, store: RecordStore, lead: Visitor, named: Child
) -> None:
    manager = manager_of(app, "larch-house")
    manager.visit(CHILDREN)
    manager.send("/children/c1/left")
    assert "Delete name" in lead.visit(CHILDREN).text
    lead.send(f"{NAME}/remove")
    assert kept(store) == []


def test_a_deleted_name_does_not_come_back_with_an_older_backup_but_its_child_does(
    store: RecordStore, lead: Visitor, named: Child, tmp_path: Path
) -> None:
    backup(store, tmp_path / "before", now())
    assert "Jayden" not in (tmp_path / "before").read_text()
    lead.visit(CHILDREN)
    lead.send(f"{NAME}/remove")
    restore(tmp_path / "before", store, in_place_of_what_is_there=True)
    assert kept(store) == []
    assert store[Child].get(named.id) == named


# --- what the child is told ---


def test_the_child_s_page_says_that_the_lead_can_find_out_the_name(
    app: Flask, store: RecordStore, round_: Round, child: Child, home: Home
) -> None:
    said = "The safeguarding lead can find out your name, but only to keep someone safe."

    def page() -> str:
        tablet = unlocked(app, round_.home_id, round_.id)
        tablet.visit("/tablet")
        return tablet.visit(tablet.post("/tablet/start/child-views", {"child": "c1"}).location).text

    assert said not in page()
    put(store, replace(home, child_names=True))
    assert said in page()
