"""The journal under damage: torn ends, flipped bits, holes, and writing anew."""

import json
import logging
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.storage import StoreUnavailable, WrongFormat
from service.storage.embedded.journal import Journal
from service.storage.migrations import FORMAT

State = dict[tuple[str, str], bytes]


def state_of(journal: Journal) -> State:
    contents = journal.contents()
    return {
        (table, id): body
        for table in contents.tables()
        if table != "_journal"
        for id in contents.ids(table)
        if (body := contents.get(table, id)) is not None
    }


def put(journal: Journal, *documents: tuple[str, object]) -> None:
    with journal.transaction() as change:
        for id, value in documents:
            change.put("things", id, {"value": value})


def aside(journal: Journal) -> list[Path]:
    folder = journal.folder / "set-aside"
    return sorted(folder.iterdir()) if folder.exists() else []


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "store", indexed={"things": ("value",)})


@pytest.fixture
def lived(journal: Journal) -> list[tuple[int, State]]:
    """A journal with a life behind it: where each commit ended, and what was there then."""
    ends: list[tuple[int, State]] = []

    def note() -> None:
        ends.append((journal.contents().end, state_of(journal)))

    note()
    for n in range(6):
        put(journal, (f"single-{n}", f"text with ünïcode and \u2028 {n}" * 5))
        note()
    put(journal, *((f"batch-{n}", n) for n in range(5)))
    note()
    put(journal, ("single-1", "changed"), ("single-2", "changed"))
    note()
    with journal.transaction() as change:
        change.remove("things", "single-3")
        change.put("other", "x", {})
    note()
    put(journal, ("last", "x" * 3000))
    note()
    return ends


def journal_with(folder: Path, content: bytes) -> Path:
    folder.mkdir()
    (folder / "journal").write_bytes(content)
    return folder


def cuts(content: bytes, ends: list[tuple[int, State]], number: int) -> Iterator[tuple[int, State]]:
    """Positions to cut at, each with what must be there afterwards; those around every commit's end included."""
    near = {end + step for end, _ in ends for step in (-2, -1, 0, 1, 2)}
    places = near | set(random.Random(22).sample(range(ends[-1][0]), number))
    for place in sorted(place for place in places if 0 <= place <= len(content)):
        yield place, next((state for end, state in reversed(ends) if end <= place), {})


def test_a_journal_cut_anywhere_is_the_last_whole_commit_and_goes_on(
    journal: Journal, lived: list[tuple[int, State]], tmp_path: Path
) -> None:
    content = (journal.folder / "journal").read_bytes()
    for place, expected in cuts(content, lived, 200):
        found = Journal(journal_with(tmp_path / f"cut-{place}", content[:place]))
        assert state_of(found) == expected, place
        put(found, ("after", place))
        assert state_of(Journal(found.folder)) == expected | {("things", "after"): b'{"value":%d}' % place}
        torn = content[max((end for end, _ in lived if end <= place), default=0) : place]
        assert b"".join(path.read_bytes() for path in aside(found)) == torn.rstrip(b"\n"), "the evidence is kept"
        assert not found.contents().damage


def test_a_journal_torn_in_its_room_is_the_last_whole_commit_and_goes_on(
    journal: Journal, lived: list[tuple[int, State]], tmp_path: Path
) -> None:
    """As after kill -9: what was not written is still blank."""
    content = (journal.folder / "journal").read_bytes()
    for place, expected in cuts(content, lived, 100):
        blank = content[:place] + b"\n" * (len(content) - place)
        if blank[: lived[-1][0]] == content[: lived[-1][0]]:
            expected = lived[-1][1]
        elif place in {end - 1 for end, _ in lived}:  # all but the line end, and blank room is made of line ends
            expected = next(state for end, state in lived if end - 1 == place)
        found = Journal(journal_with(tmp_path / f"torn-{place}", blank))
        assert state_of(found) == expected, place
        put(found, ("after", place))
        assert state_of(Journal(found.folder)) == expected | {("things", "after"): b'{"value":%d}' % place}


def test_a_flipped_bit_costs_its_own_commit_and_nothing_else(
    journal: Journal, lived: list[tuple[int, State]], tmp_path: Path
) -> None:
    content = (journal.folder / "journal").read_bytes()
    chance = random.Random(7)
    for place in sorted(chance.sample(range(lived[-1][0]), 250)):
        flipped = bytearray(content)
        flipped[place] ^= 1 << chance.randrange(8)
        found = Journal(journal_with(tmp_path / f"flip-{place}", bytes(flipped)))
        hit = next(n for n, (end, _) in enumerate(lived) if place < end)
        touched = changed_by(lived, hit)
        for key, body in lived[-1][1].items():
            if key not in touched:
                assert state_of(found).get(key) == body, (place, key)
        put(found, ("after", 1))
        assert found.contents().damage or aside(found), f"a flip at {place} went unnoticed"
        if not aside(found):
            kept = (found.folder / "journal").read_bytes()[: lived[-1][0]]
            assert kept == flipped[: lived[-1][0]], "the evidence was overwritten"
        assert state_of(Journal(found.folder)) == state_of(found)


def changed_by(lived: list[tuple[int, State]], commit: int) -> set[tuple[str, str]]:
    before = lived[commit - 1][1] if commit else {}
    after = lived[commit][1]
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def test_the_documents_of_a_damaged_commit_are_marked_and_served_as_they_were_before(
    journal: Journal, lived: list[tuple[int, State]], tmp_path: Path
) -> None:
    content = bytearray((journal.folder / "journal").read_bytes())
    place = content.index(b"changed")
    content[place] ^= 4
    found = Journal(journal_with(tmp_path / "damaged", bytes(content)), indexed={"things": ("value",)})
    contents = found.contents()
    assert contents.marked == {("things", "single-1"), ("things", "single-2")}
    [damage] = contents.damage
    assert set(damage.documents) == contents.marked
    assert damage.offset <= place < damage.offset + damage.length
    assert state_of(found)["things", "single-1"] == lived[1 + 1][1]["things", "single-1"]
    put(found, ("single-1", "written anew"))
    assert found.contents().marked == {("things", "single-2")}
    assert list(found.contents().found("things", "value", "written anew")) == ["single-1"]


def test_a_damaged_last_commit_is_marked_too_and_stays_where_it_is(
    journal: Journal, lived: list[tuple[int, State]], tmp_path: Path
) -> None:
    content = bytearray((journal.folder / "journal").read_bytes())
    content[lived[-1][0] - 1000] ^= 1
    found = Journal(journal_with(tmp_path / "damaged", bytes(content)))
    assert state_of(found) == lived[-2][1]
    assert found.contents().marked == {("things", "last")}
    put(found, ("next", 1))
    assert (found.folder / "journal").read_bytes()[: lived[-1][0]] == content[: lived[-1][0]]
    assert Journal(found.folder).contents().marked == {("things", "last")}


def test_a_hole_in_the_middle_is_noticed(journal: Journal, lived: list[tuple[int, State]], tmp_path: Path) -> None:
    content = bytearray((journal.folder / "journal").read_bytes())
    start, end = lived[4][0], lived[6][0]
    lost = {("things", "single-4"), ("things", "single-5")}
    for filling in b"\n", b"\0":
        content[start:end] = filling * (end - start)
        found = Journal(journal_with(tmp_path / f"hole-{filling[0]}", bytes(content)))
        assert state_of(found).keys() == lived[-1][1].keys() - lost
        [damage] = found.contents().damage
        assert (damage.offset, damage.length) == (start, end - start)


def test_damage_found_while_running_stops_that_one_read_and_the_rest_goes_on(journal: Journal) -> None:
    put(journal, ("a", "first"))
    put(journal, ("b", "first"))
    put(journal, ("a", "second"))
    raw = (journal.folder / "journal").read_bytes()
    with (journal.folder / "journal").open("r+b") as file:
        file.seek(raw.index(b"second"))
        file.write(b"S")
    with pytest.raises(StoreUnavailable, match="damaged"):
        journal.contents().get("things", "a")
    assert journal.contents().get("things", "b") == b'{"value":"first"}'
    assert journal.contents().get("things", "a") == b'{"value":"first"}'
    assert journal.contents().marked == {("things", "a")}


def test_writing_anew_keeps_everything_in_its_order_and_is_seen_by_others(journal: Journal) -> None:
    other = Journal(journal.folder)
    for n in range(50):
        put(journal, (f"d{n % 10}", n))
    with journal.transaction() as change:
        change.remove("things", "d3")
    size = journal.contents().end
    before, ids = state_of(other), list(other.contents().ids("things"))
    journal.compact()
    assert journal.contents().end < size / 3
    for each in (journal, other, Journal(journal.folder)):
        assert state_of(each) == before
        assert list(each.contents().ids("things")) == ids
    put(other, ("d3", "again"))
    assert list(journal.contents().ids("things")) == [*ids, "d3"]


def test_a_journal_that_is_mostly_past_is_written_anew_by_itself(journal: Journal) -> None:
    reader = Journal(journal.folder)
    for _ in range(30):
        with journal.transaction() as change:
            for n in range(100):
                change.put("things", f"d{n}", {"value": "x" * 200})
        assert len(reader.contents().ids("things")) == 100
    assert journal.contents().lines < 1300
    assert (journal.folder / "journal").stat().st_size < 500_000


def test_who_was_reading_while_the_journal_was_written_anew_reads_on(journal: Journal) -> None:
    put(journal, *((f"d{n}", n) for n in range(100)))
    contents = journal.contents()
    places = contents.places("things")
    put(journal, *((f"d{n}", "changed") for n in range(100)))
    journal.compact()
    put(journal, ("new", 1))
    assert [contents.read(place) for _, place in places] == [b'{"value":%d}' % n for n in range(100)]


def test_a_writer_that_dies_while_it_writes_the_journal_anew_costs_nothing(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Journal(journal.folder)
    put(journal, *((f"d{n}", n) for n in range(20)))
    before = state_of(journal)

    def power_cut(*_: object) -> None:
        os._exit(9)

    for moment in "os.fsync", "pathlib.Path.rename", "service.storage.embedded.journal.sync_folder":
        process = os.fork()
        if process == 0:
            monkeypatch.setattr(moment, power_cut)
            journal.compact()
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 9
        assert state_of(reader) == before
        assert state_of(Journal(journal.folder)) == before
        put(reader, ("after", moment))
        before = state_of(reader)
        assert ("things", "after") in before
        assert state_of(journal) == before


def test_damage_is_kept_aside_before_the_journal_is_written_anew(
    journal: Journal, lived: list[tuple[int, State]], tmp_path: Path
) -> None:
    content = bytearray((journal.folder / "journal").read_bytes())
    content[content.index(b"changed")] ^= 4
    found = Journal(journal_with(tmp_path / "damaged", bytes(content)))
    before = state_of(found)
    [damage] = found.contents().damage
    found.compact()
    assert state_of(found) == before
    assert not found.contents().damage
    [kept, named] = aside(found)
    assert kept.name.startswith("damaged-")
    assert {tuple(name) for name in json.loads(named.read_bytes())} == {("things", "single-1"), ("things", "single-2")}
    assert kept.read_bytes() == bytes(content[damage.offset : damage.offset + damage.length - 1])


def test_what_was_set_aside_is_said_in_the_log(
    journal: Journal, lived: list[tuple[int, State]], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = (journal.folder / "journal").read_bytes()[: lived[-1][0] - 5]
    found = Journal(journal_with(tmp_path / "torn", content))
    with caplog.at_level(logging.WARNING):
        put(found, ("after", 1))
    assert "set aside" in caplog.text
    assert "xxx" not in caplog.text


def test_a_journal_of_a_newer_format_is_refused_with_both_numbers(journal: Journal) -> None:
    with journal.transaction() as change:
        change.put("_journal", "format", {"version": FORMAT + 1})
    with pytest.raises(WrongFormat, match=f"The store has format {FORMAT + 1}.* up to format {FORMAT}"):
        Journal(journal.folder)


def test_a_journal_that_vanishes_is_not_begun_again_in_silence(journal: Journal) -> None:
    put(journal, ("a", 1))
    (journal.folder / "journal").rename(journal.folder / "elsewhere")
    with pytest.raises(StoreUnavailable, match="gone"):
        put(journal, ("b", 1))
    time.sleep(1.1)
    with pytest.raises(StoreUnavailable, match="gone"):
        journal.contents()
    assert not (journal.folder / "journal").exists()
    (journal.folder / "elsewhere").rename(journal.folder / "journal")
    put(journal, ("b", 1))
    assert len(state_of(journal)) == 2


def test_a_journal_that_is_gone_at_the_start_is_asked_for_and_not_begun_again(journal: Journal) -> None:
    put(journal, ("a", 1))
    (journal.folder / "journal").rename(journal.folder / "elsewhere")
    with pytest.raises(StoreUnavailable, match=r"The journal is gone from .* delete the file `lock`"):
        Journal(journal.folder)
    (journal.folder / "lock").unlink()
    assert state_of(Journal(journal.folder)) == {}


def test_a_journal_alone_is_a_store(journal: Journal, tmp_path: Path) -> None:
    put(journal, ("a", 1))
    folder = journal_with(tmp_path / "copy", (journal.folder / "journal").read_bytes())
    put(Journal(folder), ("b", 2))
    assert [id for _, id in state_of(Journal(folder))] == ["a", "b"]


def test_nobody_else_on_the_machine_can_read_the_store(journal: Journal) -> None:
    put(journal, ("a", 1))
    journal.compact()
    assert journal.folder.stat().st_mode & 0o777 == 0o700
    for path in journal.folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name


@pytest.mark.parametrize("name", ["", "two\nlines", "a\ttab", "nul\0"])
def test_a_name_that_would_break_a_line_is_refused(journal: Journal, name: str) -> None:
    with pytest.raises(ValueError, match=r"empty|printed"):
        put(journal, (name, 1))
    assert state_of(journal) == {}


def test_a_sync_that_fails_is_said_and_the_next_commit_writes_everything_anew(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(journal, ("a", 1))
    inode = journal.contents().inode
    with monkeypatch.context() as broken:

        def fail(file: int) -> None:
            raise OSError(5, os.strerror(5))

        broken.setattr("service.storage.embedded.journal.sync_data", fail)
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            put(journal, ("b", 1))
    put(journal, ("c", 1))
    assert journal.contents().inode != inode
    assert [id for _, id in state_of(journal)] == ["a", "b", "c"]
