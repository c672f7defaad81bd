"""Whom a home asks, as the store keeps them: who may stand beside whom, and who does not come back by accident."""

import pytest

from service.collection.models.errors import NotPossible
from service.collection.models.home import Child, Home
from service.collection.models.person import Person
from service.collection.models.response import Tombstone
from service.collection.people.contacts_and_children import (
    NumberTaken,
    PictureTaken,
    bring_back,
    change_person,
    child_back,
    child_left,
    children_gone,
    children_of,
    keep_child,
    keep_person,
    next_number,
    people_of,
    remove_person,
)
from service.dates import day_at, now
from service.storage.store import RecordStore

SAM = Person("sam", "larch-house", "social_worker", "Sam Lee", "Sam@Example.org")
KITE = Child("kite", "larch-house", 1, "kite", "older")


def test_a_list_is_by_kind_and_then_by_name_and_of_one_home(store: RecordStore) -> None:
    with store.transaction() as tx:
        for person in (
            Person("z", "larch-house", "parent", "zoe", "z@example.org"),
            Person("a", "larch-house", "parent", "Ann", "a@example.org"),
            SAM,
            Person("x", "elm", "parent", "Elsewhere", "a@example.org"),
        ):
            keep_person(tx, person)
    assert [person.name for person in people_of(store, "larch-house")] == ["Sam Lee", "Ann", "zoe"]
    assert people_of(store, "larch-house")[0].email == "sam@example.org", "found however it was typed"


def test_one_address_is_one_person_of_a_kind_at_a_home(store: RecordStore) -> None:
    with store.transaction() as tx:
        keep_person(tx, SAM)
        keep_person(tx, Person("office", "larch-house", "school", "Office", SAM.email))
        keep_person(tx, Person("sam2", "elm", "social_worker", "Sam Lee", SAM.email))
        with pytest.raises(NotPossible, match="Sam Lee is on the list with this address already"):
            keep_person(tx, Person("again", "larch-house", "social_worker", "Sam", "SAM@example.org"))
        keep_person(tx, Person("sam", "larch-house", "social_worker", "Samira Lee", SAM.email))
    assert [person.name for person in people_of(store, "larch-house")] == ["Samira Lee", "Office"]


def test_who_was_removed_meanwhile_is_not_put_back_by_a_change(store: RecordStore) -> None:
    with store.transaction() as tx:
        keep_person(tx, SAM)
        remove_person(tx, SAM.id)
        with pytest.raises(NotPossible, match="in the meantime"):
            change_person(tx, SAM)
    assert people_of(store, "larch-house") == []


def test_a_removal_that_is_undone_leaves_nothing_of_itself(store: RecordStore) -> None:
    with store.transaction() as tx:
        kept = keep_person(tx, SAM)
        remove_person(tx, SAM.id)
    assert store[Tombstone].get(SAM.id)
    with store.transaction() as tx:
        bring_back(tx, kept)
    assert people_of(store, "larch-house") == [kept]
    assert store[Tombstone].get(SAM.id) is None


def test_nobody_is_brought_back_beside_themselves(store: RecordStore) -> None:
    with store.transaction() as tx:
        keep_person(tx, SAM)
        remove_person(tx, SAM.id)
        keep_person(tx, Person("new", "larch-house", "social_worker", "Sam Lee", SAM.email))
    with pytest.raises(NotPossible), store.transaction() as tx:
        bring_back(tx, SAM)
    assert [person.id for person in people_of(store, "larch-house")] == ["new"]
    assert store[Tombstone].get(SAM.id), "what could not be done was not half done"


def test_a_number_and_a_picture_are_one_child_s_while_they_live_there(store: RecordStore, home: Home) -> None:
    with store.transaction() as tx:
        keep_child(tx, KITE)
        with pytest.raises(NumberTaken):
            keep_child(tx, Child("boat", home.id, 1, "boat", "older"))
        with pytest.raises(PictureTaken):
            keep_child(tx, Child("boat", home.id, 2, "kite", "older"))
        with pytest.raises(PictureTaken):
            keep_child(tx, Child("boat", home.id, 2, "dragon", "older"))
        child_left(tx, KITE.id, day_at(now()))
        keep_child(tx, Child("boat", home.id, 1, "kite", "older"))
        with pytest.raises(NumberTaken):
            child_back(tx, KITE.id)
    assert [child.id for child in children_of(store, home.id)] == ["boat"]
    assert [child.id for child in children_gone(store, home.id)] == ["kite"]
    assert next_number(store, home.id) == 2


def test_a_child_that_is_not_there_can_neither_leave_nor_come_back(store: RecordStore) -> None:
    with store.transaction() as tx:
        for move in (lambda: child_left(tx, "nobody", day_at(now())), lambda: child_back(tx, "nobody")):
            with pytest.raises(NotPossible, match="no such child"):
                move()
