"""Backed up while people answer, brought back, moved to the other engine and back again."""

import time
from pathlib import Path

from service.collection.models.response import Response
from service.state import running
from tests.cli.test_store_commands import exported
from tests.drills.ground import Ground
from tests.drills.people import QUESTION, People, Shown
from tests.postgres import Postgres


def there_and_back(ground: Ground, postgres: Postgres, each: int) -> Shown:
    """R9: all that was acknowledged before a backup is in it; what moved makes the same workbooks."""
    ground.start()
    people = People(ground)
    with people.answering(4):
        while len(people.sent) < each:
            people.wait_for_one_more()
        before = list(people.sent)
        ground.ask("store", "backup", str(ground.folder / "meanwhile"))
        people.wait_for_one_more()
    restored = _restored(ground, _beside(ground, "meanwhile"), people)
    held = [response.answers.get(QUESTION) for response in restored if response.submitted_at]
    people.faults += [f"not in the backup: {text}" for text in before if text not in held]
    people.faults += [f"nobody was told of {text}" for text in held if text not in people.sent]

    ground.ask("store", "backup", str(ground.folder / "after"))
    first = _workbooks(ground, ground.url)
    place = _beside(ground, "after")
    _restored(ground, place, people)
    if _workbooks(ground, place) != first:
        people.faults.append("the workbooks of what was restored differ")

    other = Ground(ground.folder / "other", None if ground.postgres else postgres).url
    last = _another(ground)
    counts = [ground.ask("store", "copy", *way) for way in ((ground.url, other), (other, last))]
    if counts[0] != counts[1]:
        people.faults.append(f"the counts differ: {counts}")
    if _workbooks(ground, other) != first or _workbooks(ground, last) != first:
        people.faults.append("the workbooks of what moved differ")
    return people.shown("R9 backup while writing, restore, move and back", 2)


def _another(ground: Ground) -> str:
    """The address of an empty store on the same engine."""
    return Ground(ground.folder / f"beside-{time.monotonic_ns()}", ground.postgres).url


def _beside(ground: Ground, backup: str) -> str:
    """Bring a backup back into an empty store; gives its address."""
    url = _another(ground)
    done = ground.command(
        "store", "restore", str(ground.folder / backup), "--replace", app=ground.app(SAYSO_STORE_URL=url)
    )
    assert done.exit_code == 0, done.output
    return url


def _restored(ground: Ground, url: str, people: People) -> list:
    """What was brought back, all of it looked over."""
    app = ground.app(SAYSO_STORE_URL=url)
    checked = ground.command("store", "check", app=app)
    if checked.exit_code:
        people.faults.append(checked.output)
    return list(running(app).store[Response].find("round_id", people.round))


def _workbooks(ground: Ground, url: str) -> dict[str, dict[str, bytes]]:
    folder: Path = ground.folder / f"exports-{time.monotonic_ns()}"
    return exported(ground.app(SAYSO_STORE_URL=url, SAYSO_EXPORTS_DIR=str(folder)))
