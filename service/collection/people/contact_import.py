"""A list of people as it comes in rows: who of it is new, who has changed, and what is wrong with which row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from service.collection.models.person import Person
from service.collection.people.contact_fields import (
    KIND_WORDS,
    LONGEST,
    addresses_in,
    email_in,
    field_called,
    is_email,
    kind_called,
    kind_like,
    like_a_phone,
    looks_like_a_name,
    phone_in,
    tidied,
)
from service.collection.people.contacts_and_children import keep_person, new_id, people_of
from service.repository import Transaction

MOST_PEOPLE = 2000  # in one go
ROWS_ABOVE = 20  # a title and what is said under it, before the row with the columns' names
COLUMNS = ("kind", "name", "email", "organisation", "phone", "label")
EXAMPLE = "example:"  # a name that begins so is nobody's

Row = tuple[int, Sequence[str]]  # its number as the spreadsheet shows it, and its cells as text


@dataclass(frozen=True)
class Remark:
    """Something about one cell of a row. `column` is empty where it is about the whole row or file."""

    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        return f"row {self.row}{f', {self.column}' if self.column else ''}: {self.sentence}"


@dataclass(frozen=True)
class PersonChange:
    """Somebody on the list, as they are and as the rows say they should be."""

    before: Person
    after: Person

    @property
    def differing(self) -> tuple[str, ...]:
        """Which fields the change is about."""
        return tuple(name for name in COLUMNS if getattr(self.before, name) != getattr(self.after, name))


@dataclass(frozen=True)
class Import:
    """What rows come to. New people have no `id` until they are kept.

    `faults` are of rows that are left out; `doubts` of rows that are taken, for somebody to look at. `not_read` are
    the headers of columns that are ignored. `same` counts those who are on the list just so.
    """

    new: tuple[Person, ...] = ()
    changed: tuple[PersonChange, ...] = ()
    same: int = 0
    faults: tuple[Remark, ...] = ()
    doubts: tuple[Remark, ...] = ()
    not_read: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[Person, ...]:
        """Everyone who would be kept: added, or with what has changed."""
        return (*self.new, *(change.after for change in self.changed))

    @property
    def faulty_rows(self) -> int:
        """How many rows are left out."""
        return len({fault.row for fault in self.faults})

    @property
    def rows(self) -> list[Row]:
        """The good rows as they were understood: judged again they come to the same."""
        return [(1, COLUMNS), *((number, _cells(person)) for number, person in enumerate(self.people, 2))]


def judge(rows: Iterable[Row], home_id: str, known: Sequence[Person]) -> Import:
    """What these rows would add to and change on a home's list; nothing is kept.

    An empty cell takes nothing away from somebody who is on the list.
    """
    filled = [(number, [tidied(cell) for cell in cells]) for number, cells in rows]
    filled = [(number, cells) for number, cells in filled if any(cells)]
    header = _header(filled)
    if isinstance(header, Remark):
        return Import(faults=(header,))
    below = [(number, cells) for number, cells in filled if number > header.row]
    if len(below) > MOST_PEOPLE:
        said = f"There are {len(below):,} rows; {MOST_PEOPLE:,} at a time is the most. Make two files of it."
        return Import(faults=(Remark(below[MOST_PEOPLE][0], "", said),), not_read=header.not_read)
    return _Judging(header, home_id, known).judged(below)


def keep_import(tx: Transaction, rows: Iterable[Row], home_id: str, *, with_changes: bool = True) -> Import:
    """Keep what these rows come to, held against the list as it is now; gives what was added and changed."""
    found = judge(rows, home_id, people_of(tx, home_id))
    if not with_changes:
        found = replace(found, changed=())
    for person in found.people:
        keep_person(tx, person if person.id else replace(person, id=new_id()))
    return found


@dataclass(frozen=True)
class _Header:
    row: int
    columns: Mapping[str, int]  # field: place in the row
    titles: Mapping[str, str]  # field: the column's name, as whoever made the file wrote it
    not_read: tuple[str, ...]

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        values = {name: cells[place] if place < len(cells) else "" for name, place in self.columns.items()}
        parts = (values.pop("first", ""), values.pop("last", ""))
        values["name"] = values.get("name", "") or " ".join(part for part in parts if part)
        return values


def _header(rows: Sequence[Row]) -> _Header | Remark:
    """The row with the columns' names: the first that names two of those we know."""
    for number, cells in rows[:ROWS_ABOVE]:
        found = [(field_called(cell), place, cell) for place, cell in enumerate(cells) if cell]
        known = [name for name, _, _ in found if name]
        if len(set(known)) < 2:
            continue
        twice = next((name for name in known if known.count(name) > 1), None)
        if twice:
            both = " and ".join(f"“{cell}”" for name, _, cell in found if name == twice)
            return Remark(number, "", f"{both} are both read as {_said(twice)}. Keep one of them.")
        lacking = [_said(name) for name in ("kind", "email") if name not in known]
        if not {"name", "first", "last"} & set(known):
            lacking.append(_said("name"))
        if lacking:
            return Remark(number, "", f"There is no column for {_listed(lacking)}. Add it, with that word at its top.")
        columns = {name: place for name, place, _ in found if name}
        titles = {name: cell for name, _, cell in found if name}
        return _Header(number, columns, titles, tuple(cell for name, _, cell in found if not name))
    said = f"There is no row with the columns’ names. Put one at the top: {', '.join(map(_said, COLUMNS))}."
    return Remark(rows[0][0] if rows else 1, "", said if rows else "There is nothing in this file.")


class _Judging:
    """One pass over the rows below the header."""

    def __init__(self, header: _Header, home_id: str, known: Sequence[Person]) -> None:
        self.header, self.home_id = header, home_id
        self.known = {(one.kind, one.email): one for one in known}
        self.seen: dict[tuple[str, str], int] = {}
        self.faults: list[Remark] = []
        self.doubts: list[Remark] = []

    def judged(self, rows: Sequence[Row]) -> Import:
        new: list[Person] = []
        changed: list[PersonChange] = []
        same = 0
        for number, cells in rows:
            values = self.header.values(cells)
            if not any(values.values()) or values["name"].casefold().startswith(EXAMPLE):
                continue
            person = self._person(number, values)
            if person is None:
                continue
            there = self.known.get((person.kind, person.email))
            if there is None:
                new.append(person)
                continue
            after = _filled_in(there, person)
            same += after == there
            changed += [PersonChange(there, after)] if after != there else []
        return Import(tuple(new), tuple(changed), same, tuple(self.faults), tuple(self.doubts), self.header.not_read)

    def _person(self, number: int, values: Mapping[str, str]) -> Person | None:
        before = len(self.faults)
        for name, value in values.items():
            self._fault(number, name, _fault_of_any(name, value))
        kind = kind_called(values["kind"])
        email = email_in(values["email"])
        self._fault(number, "kind", _fault_of_kind(values["kind"]))
        self._fault(number, "email", _fault_of_email(values["email"]))
        self._fault(number, "name", "" if values["name"] else "Nobody is named. Say who this is, or which team.")
        if kind is None or len(self.faults) > before:
            return None
        first = self.seen.setdefault((kind, email), number)
        if first != number:
            self._fault(number, "email", f"Row {first} has this address and kind already. Keep one of the two rows.")
            return None
        phone, label = phone_in(values.get("phone", "")), values.get("label", "")
        if phone and not like_a_phone(phone):
            self._doubt(number, "phone", f"“{phone}” does not look like a phone number. It is kept as it is.")
        if looks_like_a_name(label):
            self._doubt(number, "label", NAME_IN_LABEL.format(label=label))
        return Person("", self.home_id, kind, values["name"], email, values.get("organisation", ""), phone, label)

    def _fault(self, number: int, name: str, sentence: str) -> None:
        column = self.header.titles.get(name, _said(name))
        # one fault a cell is enough to mend it
        if sentence and not any((one.row, one.column) == (number, column) for one in self.faults[-len(COLUMNS) :]):
            self.faults.append(Remark(number, column, sentence))

    def _doubt(self, number: int, name: str, sentence: str) -> None:
        self.doubts.append(Remark(number, self.header.titles.get(name, _said(name)), sentence))


NAME_IN_LABEL = (
    "“{label}” looks like somebody’s name. Letters must not name a child: "
    "write something like “the review on 12 November”."
)
_ERRORS = ("#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!")


def _fault_of_any(name: str, value: str) -> str:
    if value.startswith("="):
        return "This is a formula. Type what it should say."
    if value.upper() in _ERRORS:
        return f"The spreadsheet shows an error here ({value})."
    if len(value) > LONGEST.get(name, 1000):
        return f"This is {len(value):,} characters long; {LONGEST[name]} is the most."
    return ""


def _fault_of_kind(value: str) -> str:
    if kind_called(value):
        return ""
    if not value:
        return f"It does not say what they are. Use one of: {kinds_in_words()}."
    like = kind_like(value)
    if like:
        return f"“{value}” is not a kind we know. Did you mean {like}?"
    return f"“{value}” is not a kind we know. Use one of: {kinds_in_words()}."


def _fault_of_email(value: str) -> str:
    if not value:
        return "There is no e-mail address, so no letter could reach them."
    if is_email(email_in(value)):
        return ""
    if addresses_in(value) > 1:
        return "There are two addresses here. Give each person a row of their own."
    return f"“{value}” is not an e-mail address."


def kinds_in_words() -> str:
    """Every kind as it is written in a list."""
    return ", ".join(one for one, _ in KIND_WORDS.values())


def _filled_in(there: Person, said: Person) -> Person:
    """Somebody on the list with what a row says of them; what it does not say stays."""
    given = {part.name: value for part in fields(Person) if (value := getattr(said, part.name)) and part.name != "id"}
    return replace(there, **given)


def _cells(person: Person) -> tuple[str, ...]:
    return tuple(KIND_WORDS[person.kind][0] if name == "kind" else getattr(person, name) for name in COLUMNS)


def _said(name: str) -> str:
    return {"email": "e-mail", "first": "name", "last": "name"}.get(name, name)


def _listed(words: Sequence[str]) -> str:
    return " or ".join(words) if len(words) < 3 else ", ".join(words[:-1]) + " or " + words[-1]
