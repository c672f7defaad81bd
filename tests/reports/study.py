"""A home, rounds and responses on a real store, written as briefly as a test needs; and a workbook read back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from service.collection.forms.publication import publish
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.published_form import FormRef
from service.collection.models.response import Ledger, Response, ledger_id
from service.collection.models.round import Expected, Round
from service.definitions import Form
from service.exporters.atomic_file import written_whole
from service.exporters.excel.writer import write_to
from service.exporters.formats import EXCEL
from service.reports import Collation, collate
from service.storage import open_store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
OAK_HOUSE = Home("oak-house", "Oak House", "childrens_home", "Acorn Care", "SC123456")
KEY = b"a key for the order of rows"


@dataclass
class Study:
    """One home asked in one round, or in several."""

    folder: Path
    home: Home = OAK_HOUSE
    rounds: list[Round] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = open_store(f"tinydb:{self.folder / 'store'}")
        self.forms: dict[str, Form] = {}
        with self.store.transaction() as tx:
            tx[Home].put(self.home)

    def ask(self, *forms: Form, title: str = "Autumn", closed: bool = True, expected: int = 0) -> Round:
        """A round that asks these forms, each of so many people."""
        publish(self.store, forms)
        self.forms |= {form.fingerprint: form for form in forms}
        round_ = Round(
            id=f"round-{len(self.rounds) + 1}",
            home_id=self.home.id,
            title=title,
            reason="Reg 45 review",
            forms=tuple(FormRef(form.id, form.version, form.fingerprint) for form in forms),
            opened_at=NOW - timedelta(days=20),
            closes_on=NOW.date() - timedelta(days=1) if closed else date(2026, 12, 1),
            closed_at=NOW - timedelta(days=1) if closed else None,
            expected=tuple(Expected(form.id, expected) for form in forms if expected),
        )
        self.rounds.append(round_)
        with self.store.transaction() as tx:
            tx[Round].put(round_)
        return round_

    def hear(self, form: Form, answers: Iterable[Mapping[str, Any]], names: Sequence[str] = (), **more: Any) -> None:
        """Submitted responses to a form, in the newest round that asks it; `names` are of those asked by link."""
        round_ = next(one for one in reversed(self.rounds) if one.form_ref(form.id))
        key = ledger_id(round_.id, form.id)
        with self.store.transaction() as tx:
            ledger = tx[Ledger].get(key) or Ledger(key, round_.id, form.id)
            before = ledger.started
            for number, one in enumerate(answers, before):
                response = Response(
                    id=f"{round_.id}-{form.id}-{number}",
                    round_id=round_.id,
                    form_id=form.id,
                    form_version=form.version,
                    fingerprint=form.fingerprint,
                    language="en",
                    channel="tablet",
                    started_at=NOW - timedelta(days=3),
                    saved_at=NOW - timedelta(days=3),
                    answers=dict(one),
                    submitted_at=NOW - timedelta(days=3),
                )
                if number - before < len(names):
                    invitation = Invitation(
                        f"invitation-{response.id}",
                        round_.id,
                        form.id,
                        NOW - timedelta(days=9),
                        round_.closes_on,
                        names[number - before],
                        f"{number}@example.org",
                        "the review",
                        response.id,
                        answered=True,
                    )
                    tx[Invitation].put(invitation)
                    response = replace(response, invitation_id=invitation.id, channel="link")
                tx[Response].put(replace(response, **more))
                ledger = replace(ledger, started=ledger.started + 1)
            tx[Ledger].put(ledger)

    def count(self, form: Form, **counts: int) -> None:
        """Change what was counted as it happened."""
        key = ledger_id(self.rounds[-1].id, form.id)
        with self.store.transaction() as tx:
            kept = tx[Ledger].get(key) or Ledger(key, self.rounds[-1].id, form.id)
            tx[Ledger].put(replace(kept, **counts))

    def collate(self, *rounds: Round, to_hand_on: bool = False) -> Collation:
        """The workbook of these rounds, or of all."""
        asked = rounds or self.rounds
        return collate(self.store, asked, self.forms.__getitem__, KEY, NOW, to_hand_on=to_hand_on)

    def read(self, *rounds: Round, to_hand_on: bool = False) -> Workbook:
        """The workbook written and read back."""
        return read_back(self.collate(*rounds, to_hand_on=to_hand_on))


def shown(year: int, month: int, day: int, hour: int = 0) -> datetime:
    """A day as it is read back from a workbook, which knows no time zones."""
    return datetime(year, month, day, hour)  # noqa: DTZ001 - a spreadsheet has none


def read_back(collation: Collation) -> Workbook:
    """A workbook as another program reads it."""
    file = BytesIO()
    write_to(collation, file)
    file.seek(0)
    return load_workbook(file)


def table(sheet: Worksheet, name: str | None = None) -> list[dict[str, Any]]:
    """The rows of a table, each by its headers; of the only one on the sheet where none is named."""
    found = sheet.tables[name] if name else next(iter(sheet.tables.values()))
    header, *rows = [[cell.value for cell in row] for row in sheet[found.ref]]
    assert header == [column.name for column in found.tableColumns]
    assert len({str(text).casefold() for text in header}) == len(header)
    return [dict(zip(header, row, strict=True)) for row in rows]


def tables(sheet: Worksheet) -> Iterator[list[dict[str, Any]]]:
    """Every table of a sheet."""
    for name in sheet.tables:
        yield table(sheet, name)


def row_of(sheet: Worksheet, first: str, name: str | None = None) -> dict[str, Any]:
    """The only row that begins with this text, in the table of this name or in any of the sheet."""
    found = [table(sheet, name)] if name else list(tables(sheet))
    [row] = [row for rows in found for row in rows if next(iter(row.values())) == first]
    return row


def words(sheet: Worksheet) -> str:
    """Everything that stands on a sheet, line by line."""
    return "\n".join(" | ".join(str(cell) for cell in row if cell is not None) for row in sheet.values)


def write_workbook(collation: Collation, folder: Path) -> Path:
    """The workbook as a file in this folder."""
    return written_whole(folder / EXCEL.name(collation), partial(EXCEL.write, collation))
