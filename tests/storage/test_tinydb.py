"""TinyDB's public API over the journal does what TinyDB does over its own storages."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tinydb import Query, TinyDB, operations, where
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from service.storage.embedded.journal import Journal
from service.storage.embedded.tables import JournalDB, RecordDB


@pytest.fixture
def db(tmp_path: Path) -> JournalDB:
    db = JournalDB(tmp_path / "db")
    db.insert_multiple({"int": 1, "char": char} for char in "abc")
    return db


def reopened(db: JournalDB) -> JournalDB:
    return JournalDB(db.storage.journal.folder)  # type: ignore[attr-defined]


def test_documents_are_inserted_searched_updated_and_removed(db: JournalDB) -> None:
    assert db.insert({"int": 2, "char": "d"}) == 4
    assert [found["char"] for found in db.search(Query().int == 1)] == ["a", "b", "c"]
    assert db.update({"int": 3}, where("char") == "b") == [2]
    assert db.update(operations.increment("int"), where("int") == 3) == [2]
    assert db.upsert({"int": 9, "char": "z"}, where("char") == "z") == [5]
    assert db.upsert({"int": 8}, where("char") == "z") == [5]
    assert db.remove(where("char") == "a") == [1]
    for each in (db, reopened(db)):
        assert each.all() == [
            {"int": 4, "char": "b"},
            {"int": 1, "char": "c"},
            {"int": 2, "char": "d"},
            {"int": 8, "char": "z"},
        ]
        assert [document.doc_id for document in each] == [2, 3, 4, 5]
        assert len(each) == 4
        assert each.get(doc_id=5) == {"int": 8, "char": "z"}
        assert each.get(where("char") == "c") == {"int": 1, "char": "c"}
        assert each.get(doc_id=1) is None
        assert each.contains(where("int") == 8)
        assert not each.contains(doc_id=77)
        assert each.count(where("int") > 1) == 3


def test_tables_are_apart_listed_and_dropped(db: JournalDB) -> None:
    db.table("one").insert({"x": 1})
    db.table("two").insert({"x": 2})
    assert db.tables() == {"_default", "one", "two"}
    assert db.table("one").all() == [{"x": 1}]
    db.drop_table("one")
    assert db.tables() == {"_default", "two"}
    db.drop_tables()
    assert reopened(db).tables() == set()
    assert db.insert({"x": 3}) == 1


def test_an_update_that_fails_changes_nothing(db: JournalDB) -> None:
    before = db.all()

    def spoil(document: dict[str, Any]) -> None:
        document["int"] = 99
        if document["char"] == "b":
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        db.update(spoil)
    with pytest.raises(ValueError, match="already exists"):
        db.insert_multiple([{"new": 1}, Document({"double": 1}, doc_id=2)])
    with pytest.raises(TypeError):
        db.insert({"a set": {1, 2}})
    for each in (db, reopened(db)):
        assert each.all() == before


def test_who_gets_a_document_owns_it(db: JournalDB) -> None:
    found = db.get(doc_id=1)
    found["int"] = 5  # type: ignore[index, call-overload]
    assert db.get(doc_id=1) == {"int": 1, "char": "a"}


def test_a_search_never_answers_with_what_another_has_changed(db: JournalDB) -> None:
    other = reopened(db)
    query = where("int") == 1
    assert len(db.search(query)) == 3
    other.update({"int": 2}, where("char") == "a")
    assert [found["char"] for found in db.search(query)] == ["b", "c"]
    other.insert({"int": 1, "char": "new"})
    assert len(db.search(query)) == 3
    assert len(other.search(query)) == 3


def test_ids_are_given_out_once_whoever_inserts(db: JournalDB) -> None:
    other = reopened(db)
    assert [each.insert({}) for each in (db, other, db, other, other, db)] == [4, 5, 6, 7, 8, 9]


def test_a_document_is_written_once_for_each_change_and_unchanged_ones_not_at_all(db: JournalDB) -> None:
    journal: Journal = db.storage.journal  # type: ignore[attr-defined]
    lines = journal.contents().lines
    db.update({"int": 1})
    assert journal.contents().lines == lines
    db.update({"int": 2}, where("char") == "a")
    assert journal.contents().lines == lines + 1


def test_several_changes_become_one_commit_inside_a_transaction(db: JournalDB) -> None:
    other = reopened(db)
    with db.storage.journal.transaction():  # type: ignore[attr-defined]
        db.insert({"int": 5})
        db.table("more").insert({"int": 6})
        assert len(db) == 4
        assert db.search(where("int") == 5) == [{"int": 5}]
        assert len(other) == 3
    assert len(other) == 4
    assert other.table("more").all() == [{"int": 6}]


def test_records_are_named_by_text_and_found_by_their_fields(tmp_path: Path) -> None:
    db = RecordDB(Journal(tmp_path / "db", indexed={"things": ("colour",)}))
    things = db.table("things")
    things.insert(Document({"colour": "red"}, doc_id="first"))  # type: ignore[arg-type]
    things.put("second", {"colour": "red"})  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="already exists"):
        things.insert(Document({"colour": "blue"}, doc_id="first"))  # type: ignore[arg-type]
    assert things.found("colour", "red") == ["first", "second"]  # type: ignore[attr-defined]
    assert things.search(Query().colour == "red") == [{"colour": "red"}, {"colour": "red"}]
    assert [thing.doc_id for thing in things] == ["first", "second"]


_values = st.integers(0, 3)
_places = st.lists(st.integers(0, 4), max_size=3, unique=True)  # of documents in their table; there may be fewer
_moves = st.one_of(
    st.tuples(st.just("insert"), _values),
    st.tuples(st.just("insert_multiple"), st.lists(_values, max_size=3)),
    st.tuples(st.just("update"), _values, _values),
    st.tuples(st.just("update_ids"), _places, _values),
    st.tuples(st.just("upsert"), _values, _values),
    st.tuples(st.just("remove"), _values),
    st.tuples(st.just("remove_ids"), _places),
    st.tuples(st.just("update_multiple"), _values, _values),
    st.tuples(st.just("truncate")),
    st.tuples(st.just("drop_table")),
)


def _do(db: TinyDB, move: tuple[Any, ...]) -> list[int]:
    """Make a move; the places of the documents that the answer names, since ids are given out a little differently."""
    table = db.table("t")
    v = where("v")
    before = [document.doc_id for document in table]
    known = [*before, *[998] * 5]
    named: Any = []
    try:
        match move:
            case "insert", value:
                named = [table.insert({"v": value})]
            case "insert_multiple", values:
                named = table.insert_multiple({"v": value} for value in values)
            case "update", old, new:
                named = table.update({"v": new}, v == old)
            case "update_ids", places, new:
                named = table.update({"v": new}, doc_ids=[known[place] for place in places])
            case "upsert", old, new:
                named = table.upsert({"v": new, "up": True}, v == old)
            case "remove", value:
                named = table.remove(v == value)
            case "remove_ids", places:
                named = table.remove(doc_ids=[known[place] for place in places])
            case "update_multiple", old, new:
                named = table.update_multiple([({"v": new}, v == old), ({"w": 1}, v == new)])
            case ("truncate",):
                table.truncate()
            case _:
                db.drop_table("t")
    except KeyError:
        return [-1]
    after = [document.doc_id for document in db.table("t")]
    places_of = {id: place for place, id in enumerate(dict.fromkeys(before + after))}
    return [places_of[id] for id in named]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(_moves, max_size=12))
def test_any_sequence_of_calls_gives_what_tinydb_itself_gives(
    moves: list[tuple[Any, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    stock = TinyDB(storage=MemoryStorage)
    ours = JournalDB(tmp_path_factory.mktemp("db") / "db")
    for move in moves:
        assert _do(ours, move) == _do(stock, move), move
        assert ours.table("t").all() == stock.table("t").all()
    assert reopened(ours).table("t").all() == stock.table("t").all()
