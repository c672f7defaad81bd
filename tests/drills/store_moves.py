"""Backed up while people answer, brought back, moved to the other engine and back again."""

import time
from pathlib import Path

from service.collection.models.response import Response
from service.state import app_state
from tests.cli.test_store_commands import exported
from tests.drills.environment import DrillEnvironment
from tests.drills.people import QUESTION, People, Shown
from tests.postgres import Postgres


def there_and_back(environment: DrillEnvironment, postgres: Postgres, each: int) -> Shown:
    """R9: all that was acknowledged before a backup is in it; what moved makes the same workbooks."""
    environment.start()
    people = People(environment)
    with people.answering(4):
        while len(people.sent) < each:
            people.wait_for_one_more()
        before = list(people.sent)
        environment.ask("store", "backup", str(environment.folder / "meanwhile"))
        people.wait_for_one_more()
    restored = _restored(environment, _beside(environment, "meanwhile"), people)
    held = [response.answers.get(QUESTION) for response in restored if response.submitted_at]
    people.faults += [f"not in the backup: {text}" for text in before if text not in held]
    people.faults += [f"nobody was told of {text}" for text in held if text not in people.sent]

    environment.ask("store", "backup", str(environment.folder / "after"))
    first = _workbooks(environment, environment.url)
    place = _beside(environment, "after")
    _restored(environment, place, people)
    if _workbooks(environment, place) != first:
        people.faults.append("the workbooks of what was restored differ")

    other = DrillEnvironment(environment.folder / "other", None if environment.postgres else postgres).url
    last = _another(environment)
    counts = [environment.ask("store", "copy", *way) for way in ((environment.url, other), (other, last))]
    if counts[0] != counts[1]:
        people.faults.append(f"the counts differ: {counts}")
    if _workbooks(environment, other) != first or _workbooks(environment, last) != first:
        people.faults.append("the workbooks of what moved differ")
    return people.shown("R9 backup while writing, restore, move and back", 2)


def _another(environment: DrillEnvironment) -> str:
    """The address of an empty store on the same engine."""
    return DrillEnvironment(environment.folder / f"beside-{time.monotonic_ns()}", environment.postgres).url


def _beside(environment: DrillEnvironment, backup: str) -> str:
    """Bring a backup back into an empty store; gives its address."""
    url = _another(environment)
    done = environment.command(
        "store", "restore", str(environment.folder / backup), "--replace", app=environment.app(SAYSO_STORE_URL=url)
    )
    assert done.exit_code == 0, done.output
    return url


def _restored(environment: DrillEnvironment, url: str, people: People) -> list:
    """What was brought back, all of it looked over."""
    app = environment.app(SAYSO_STORE_URL=url)
    checked = environment.command("store", "check", app=app)
    if checked.exit_code:
        people.faults.append(checked.output)
    return list(app_state(app).store[Response].find("round_id", people.round))


def _workbooks(environment: DrillEnvironment, url: str) -> dict[str, dict[str, bytes]]:
    folder: Path = environment.folder / f"exports-{time.monotonic_ns()}"
    return exported(environment.app(SAYSO_STORE_URL=url, SAYSO_EXPORTS_DIR=str(folder)))
