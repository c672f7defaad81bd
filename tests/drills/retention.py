"""What is past its time is nowhere, what is kept is sealed, and nothing leads from an anonymous answer to anybody."""

import csv
import json
import random
import tempfile
import time
import urllib.parse
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

from service.collection.models.invitation import Invitation, Link, hash_of
from service.collection.models.response import Receipt, Response
from service.dates import now, start_of, week_of
from service.jobs.retention import tidy
from service.state import app_state
from tests.drills.environment import DrillEnvironment
from tests.drills.people import FORM, QUESTION, Person, Shown
from tests.paths import ROOT

QUIET = "quiet-views"
OLD, NEW = "o" * 40, "n" * 40
ALIKE = 0.7  # of forty in a random order, one in a hundred thousand comes so close to another order


@dataclass(frozen=True)
class Asked:
    """Somebody who was asked: nothing of this may be found afterwards."""

    name: str
    email: str
    said: str
    link: str
    draft_id: str = ""

    @property
    def link_id(self) -> str:
        return hash_of(self.link.rsplit("/", 1)[-1])


def nothing_left(environment: DrillEnvironment, number: int, chance: random.Random) -> Shown:
    """R16, S12, S13: known answers, names and addresses are searched for before and after all is let go."""
    started, faults = time.monotonic(), []
    _short_lived_forms(environment.folder / "forms")
    environment.start(SAYSO_FORMS_DIR=str(environment.folder / "forms"), SAYSO_SEAL_KEYS=OLD)
    round_id = environment.open_round(FORM, QUIET)
    quiet = _answer(environment, _asked(environment, round_id, QUIET, number, "quiet"), chance)
    named = _answer(environment, _asked(environment, round_id, FORM, 8, "named"), chance)
    left, withdrawn, mistaken = _asked(environment, round_id, FORM, 3, "unsent")
    _leave_unsent(environment, left, withdrawn, mistaken)
    everybody = [*quiet, *named, left, withdrawn, mistaken]

    faults += _found("before tidying", environment.on_disk(), everybody)
    environment.ask("tidy")
    backup = environment.folder / "backup"
    environment.ask("store", "backup", str(backup))
    faults += _found("in the backup", backup.read_bytes(), everybody)
    faults += _leading_to_somebody(environment, quiet, backup.read_bytes())
    backup.unlink()

    environment.stop()
    environment.start(SAYSO_SEAL_KEYS=f"{NEW},{OLD}")
    environment.ask("keys", "rotate")
    unread, lost = _after_rotation(environment, round_id, [*quiet, *named])
    faults += unread

    erased, *_ = named
    environment.ask("erase", erased.email, "--yes")
    faults += _found("after erasing", environment.on_disk(), everybody)
    workbook = environment.ask("export", round_id).splitlines()[0]
    with ZipFile(workbook) as book:
        held = b"".join(book.read(part) for part in book.namelist())
    if named[1].said.encode() not in held or erased.said.encode() in held:
        faults.append("the workbook holds what was erased, or this search could not have found it")

    environment.ask("rounds", "close", round_id)
    service = app_state(environment.app())
    later = now() + timedelta(days=400)
    tidy(service.store, service.form, service.config.exports_dir, 30, later)
    kinds: tuple[type, ...] = (Response, Receipt, Invitation)
    faults += [f"a {kind.__name__} is kept past its time" for kind in kinds if list(service.store[kind].all())]
    if list(service.config.exports_dir.iterdir()):
        faults.append("a workbook is kept past its time")
    faults += _found("past their time", environment.on_disk(), everybody, ids=True)
    checked = environment.command("store", "check")
    faults += [checked.output] if checked.exit_code else []
    environment.stop()
    return Shown(
        "R16 S12 S13 retention, rotation, erasure", environment.engine, 1, len(quiet) + len(named), lost, 0,
        checked.output.count("fault:"), time.monotonic() - started, faults,
    )  # fmt: skip


def _short_lived_forms(folder: Path) -> None:
    """The same questions twice, to be kept for ten days: once with names, once without."""
    folder.mkdir()
    form = json.loads((ROOT / "forms" / f"{FORM}.json").read_text())
    form["retention"] = {"responses_days": 10, "drafts_days": 1}
    for changes in ({}, {"id": QUIET, "identity": "anonymous"}):
        made = form | changes
        (folder / f"{made['id']}.json").write_text(json.dumps(made))


def _asked(environment: DrillEnvironment, round_id: str, form_id: str, number: int, mark: str) -> list[Asked]:
    people = [
        (f"Zephyrine{mark}{n}z", f"quokka{mark}{n}z@example.org", f"wombat{mark}{n}z sang") for n in range(number)
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        rows = csv.writer(file)
        rows.writerow(("form", "name", "email", "label"))
        rows.writerows((form_id, name, email, "the review") for name, email, _ in people)
        file.flush()
        lines = environment.ask("invite", round_id, file.name).splitlines()
    links = [urllib.parse.urlsplit(line.split("\t")[-1]).path for line in lines]
    return [Asked(*person, link) for person, link in zip(people, links, strict=True)]


def _answer(environment: DrillEnvironment, asked: list[Asked], chance: random.Random) -> list[Asked]:
    """All answer, in an order that is not that of asking; gives them in that order."""
    done = []
    for one in chance.sample(asked, len(asked)):
        person = Person(environment)
        address = person.begin(one.link)
        person.draft(address, f"{one.said}, but that was a draft")
        person.submit(address, one.said)
        done.append(Asked(one.name, one.email, one.said, one.link, address.rsplit("/", 1)[-1]))
    return done


def _leave_unsent(environment: DrillEnvironment, left: Asked, withdrawn: Asked, mistaken: Asked) -> None:
    """Drafts that were left, withdrawn, and sent from a page that was too old, to an address that is not there."""
    for one in (left, withdrawn, mistaken):
        person = Person(environment)
        address = person.begin(one.link)
        person.draft(address, one.said)
        if one is withdrawn:
            assert person.post(f"{address}/withdraw", {}).status == 200
        if one is mistaken:
            assert person.get(f"/nowhere?said={one.said.split()[0]}").status == 404
            person.token = "of another day"
            assert person.post(address, {QUESTION: one.said}).status == 400
            assert person.post("/nowhere", {QUESTION: one.said}).status in (400, 404)


def _found(when: str, held: bytes, asked: list[Asked], *, ids: bool = False) -> list[str]:
    """What of these people stands there in the clear, or in hexadecimal; with `ids` also of their drafts' ids."""
    held = held.lower()
    faults = []
    for one in asked:
        for text in (one.name, one.email, one.said.split()[0]):
            known = text.lower().encode()
            if known in held or known.hex().encode() in held:
                faults.append(f"{when}: {text}")
        # what was deleted leaves its id in one tombstone and nowhere else
        if ids and one.draft_id and held.count(one.draft_id.encode()) > 1:
            faults.append(f"{when}: {one.draft_id} more than once")
    return faults


def _leading_to_somebody(environment: DrillEnvironment, quiet: list[Asked], backup: bytes) -> list[str]:
    """Whatever could join an anonymous answer to who gave it: an id, a time, an order."""
    service = app_state(environment.app())
    kept = {
        response.answers[QUESTION]: response
        for response in service.store[Response].all()
        if response.form_id == QUIET and response.submitted_at
    }
    monday = start_of(week_of(now()))
    faults = [
        f"{text}: {response}"
        for text, response in kept.items()
        if {response.started_at, response.saved_at, response.submitted_at} != {monday} or response.invitation_id
    ]
    invitations = {link.id: service.store[Invitation].get(link.invitation_id) for link in service.store[Link].all()}
    faults += [f"{one.name}: still joined" for one in quiet if invitations[one.link_id].response_id]
    response_ids = [kept[one.said].id for one in quiet]
    receipt_ids = [service.hasher.new("receipt", one.draft_id) for one in quiet]
    invitation_ids = [invitations[one.link_id].id for one in quiet]
    for where, held in (("in the store", environment.on_disk()), ("in a backup", backup)):
        faults += [f"{where}: the draft's id {one.draft_id}" for one in quiet if one.draft_id.encode() in held]
        responses, receipts, asked = (
            [held.index(known.encode()) for known in ids] for ids in (response_ids, receipt_ids, invitation_ids)
        )
        in_time = list(range(len(quiet)))
        for what, one, other in (
            ("responses and answering", responses, in_time),
            ("receipts and answering", receipts, in_time),
            ("responses and receipts", responses, receipts),
            ("responses and invitations", responses, asked),
        ):
            if abs(_likeness(one, other)) > ALIKE:
                faults.append(f"{where}: {what} stand in much the same order")
    in_store = {response.id: place for place, response in enumerate(service.store[Response].all())}
    if abs(_likeness([in_store[known] for known in response_ids], list(range(len(quiet))))) > ALIKE:
        faults.append("the store gives responses in much the order of answering")
    return faults


def _likeness(one: list[int], other: list[int]) -> float:
    """Spearman's coefficient of two orders of the same things: 1 for the same, -1 for the reverse."""
    ranks = [{value: rank for rank, value in enumerate(sorted(values))} for values in (one, other)]
    apart = sum((ranks[0][a] - ranks[1][b]) ** 2 for a, b in zip(one, other, strict=True))
    return 1 - 6 * apart / (len(one) * (len(one) ** 2 - 1))


def _after_rotation(environment: DrillEnvironment, round_id: str, sent: list[Asked]) -> tuple[list[str], int]:
    """With the new key alone all is there; with the old one alone nothing is, and that is said."""
    faults = []
    renewed = environment.app(SAYSO_SEAL_KEYS=NEW)
    if (checked := environment.command("store", "check", app=renewed)).exit_code:
        faults.append(f"after rotation: {checked.output}")
    said = {
        response.answers.get(QUESTION) for response in app_state(renewed).store[Response].find("round_id", round_id)
    }
    outdated = environment.command("store", "check", app=environment.app(SAYSO_SEAL_KEYS=OLD))
    if outdated.exit_code != 1 or "which was not given" not in outdated.output:
        faults.append(f"with the old key: {outdated.output}")
    return faults, sum(one.said not in said for one in sent)
