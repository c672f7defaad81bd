"""Files that somebody has asked for: made beside everything else, whatever dies, and gone when they must go."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from service.accounts.account import Account, Grant
from service.audit import JobRun
from service.collection.exports.requests import MOST_TRIES, ask_again, ask_for, asked_by, begin_next, waiting_before
from service.collection.models.export import Export, FileForm, Use, Wanted
from service.collection.models.form_meta import meta_of
from service.collection.models.home import Home
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.responses import submission
from service.collection.retention.erasure import erase_responses
from service.collection.rounds.open_close import open_round
from service.exporters.formats import EXCEL
from service.jobs.context import Ground
from service.jobs.exports import FOLDER, file_of, forget_exports, make_exports
from service.jobs.runner import run_apart, run_due
from service.mail.letter import Letter, Words, new_letter
from service.operations.exports import make_report
from service.reports.progress import Work
from tests.jobs.conftest import at
from tests.mail.server import MailServer

FORM = "child-views"
MONDAY = at("2026-11-02")
MANAGER = (Grant("registered_manager", "larch-house"),)


@pytest.fixture
def account(ground: Ground) -> Account:
    account = Account("mo", "Mo", "mo@example.org", MONDAY, MANAGER)
    keep(ground, account)
    return account


@pytest.fixture
def asked(ground: Ground, home: Home) -> Round:
    """An open round that three children have answered."""
    form = ground.library[FORM]
    opened = open_round(ground.store, home, [form], title="Views", reason="", closes_on=date(2026, 11, 23), now=MONDAY)
    for word in ("Ships", "Boats", "Kites"):
        draft = submission.begin(ground.store, opened, opened.forms[0], "tablet", "en", MONDAY)
        meta = meta_of(opened, home, None, MONDAY)
        submission.submit(ground.store, draft.id, form, {"make_better": word}, meta, ground.hasher, MONDAY)
    return opened


def keep(ground: Ground, account: Account) -> None:
    with ground.store.transaction() as books:
        books[Account].put(account)


def wanted(ground: Ground, account: Account, asked: Round, use: Use = "to_act_on", form: FileForm = "xlsx") -> Export:
    return ask_for(ground.store, account, Wanted((asked.id,), use), form, MONDAY)


def now_of(ground: Ground, export: Export) -> Export:
    found = ground.store[Export].get(export.id)
    assert found is not None
    return found


def files(ground: Ground) -> list[Path]:
    return [each for each in ground.config.exports_dir.rglob("*") if each.is_file()]


def killed(work: Callable[[], object]) -> None:
    """Do it in a process of its own that is killed on the way."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def kill_me() -> bool:
    os.kill(os.getpid(), signal.SIGKILL)
    return True


def after(looks: int, then: Callable[[], bool]) -> Callable[[], bool]:
    """Whether it is enough: not the first times that somebody asks."""
    seen: list[int] = []
    return lambda: (seen.append(1) or len(seen) > looks) and then()  # type: ignore[func-returns-value]


def test_what_is_asked_for_is_made_in_turn_each_for_its_use_and_form(
    ground: Ground, account: Account, asked: Round
) -> None:
    act, hand_on = wanted(ground, account, asked), wanted(ground, account, asked, "to_hand_on")
    as_csv = wanted(ground, account, asked, form="csv")
    assert wanted(ground, account, asked).id == act.id, "pressed twice, it is made once"
    assert sorted(waiting_before(ground.store, each) for each in (act, hand_on, as_csv)) == [0, 1, 2]
    assert make_exports(ground, lambda: MONDAY, lambda: False) == "3 made"
    made = {each.id: each for each in asked_by(ground.store, account.id)}
    assert {(each.state, each.done, each.tries) for each in made.values()} == {("ready", 100, 1)}
    assert (made[act.id].names, made[hand_on.id].names) == (True, False)
    assert (made[act.id].made_for, made[hand_on.id].made_for) == (("registered_manager",), ())
    paths = {each.id: file_of(ground.config.exports_dir, each) for each in made.values()}
    assert sorted(files(ground)) == sorted(paths.values())
    assert {oct(path.stat().st_mode & 0o777) for path in paths.values()} == {"0o600"}
    assert "Children" in load_workbook(paths[act.id]).sheetnames
    assert "Children" not in load_workbook(paths[hand_on.id]).sheetnames
    assert paths[as_csv.id].name.endswith("-csv.zip")
    assert make_exports(ground, lambda: MONDAY, lambda: False) == "none asked for"


def test_how_far_it_has_come_is_told_and_never_goes_back(ground: Ground, account: Account, asked: Round) -> None:
    told: list[int] = []
    collation = make_report(ground.store, Wanted((asked.id,)), ground.forms, b"key", MONDAY, None, Work(told.append))
    assert told[-1] == 72, "the rest is the file's writing"
    EXCEL.write(collation, BytesIO())
    assert 72 < told[-1] <= 100
    assert told == sorted(set(told))
    assert len([percent for percent in told if percent > 32]) > 5, "counting is told question by question"


def test_one_that_was_killed_in_the_middle_is_begun_again_and_leaves_nothing_behind(
    ground: Ground, account: Account, asked: Round
) -> None:
    export = wanted(ground, account, asked)
    killed(lambda: run_apart(ground, MONDAY, after(2, kill_me)))
    assert (now_of(ground, export).state, now_of(ground, export).tries) == ("being_made", 1)
    part = ground.config.exports_dir / FOLDER / export.id / ".half.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half of what was said")
    [run] = run_apart(ground, MONDAY)
    assert (run.well, run.said) == (True, "1 made")
    assert files(ground) == [file_of(ground.config.exports_dir, now_of(ground, export))]


def test_what_kills_whoever_makes_it_is_given_up_and_can_be_asked_for_again(
    ground: Ground, account: Account, asked: Round
) -> None:
    export = wanted(ground, account, asked)
    for _ in range(MOST_TRIES):
        assert begin_next(ground.store, MONDAY) is not None  # and dies
    assert make_exports(ground, lambda: MONDAY, lambda: False) == "none asked for"
    assert (now_of(ground, export).state, now_of(ground, export).fault) == ("failed", "stopped")
    ask_again(ground.store, export.id, MONDAY)
    assert make_exports(ground, lambda: MONDAY, lambda: False) == "1 made"


def test_told_to_stop_it_waits_for_the_next_who_makes_files(ground: Ground, account: Account, asked: Round) -> None:
    export = wanted(ground, account, asked)
    for _ in range(MOST_TRIES + 1):
        make_exports(ground, lambda: MONDAY, after(2, lambda: True))
        assert (now_of(ground, export).state, now_of(ground, export).tries) == ("waiting", 0)
        assert files(ground) == []


def test_letters_leave_while_a_file_is_made_and_no_two_make_files_at_once(
    ground: Ground, account: Account, asked: Round, mail: MailServer
) -> None:
    with ground.store.transaction() as books:
        books[Letter].put(new_letter("alert", "sam@example.org", Words("Look", "Please look.", ""), MONDAY))
    run_apart(ground, MONDAY)  # of a run just before, in which nothing was to do, it is kept that it has ended
    wanted(ground, account, asked)
    meanwhile: list[int] = []

    def look() -> bool:
        if not meanwhile:
            meanwhile.append(len(run_due(ground, MONDAY, and_apart=False)))
            assert len(mail.to("sam@example.org")) == 1
            assert run_apart(ground, MONDAY) == []
            assert ground.store[JobRun].get("exports").ended_at is None, "the page says that it is running"
        return False

    [run] = run_apart(ground, MONDAY, look)
    assert meanwhile
    assert run.said == "1 made"


def _role_taken(ground: Ground, account: Account, asked: Round) -> None:
    keep(ground, replace(account, grants=(Grant("independent_person", "larch-house"),)))


def _closed(ground: Ground, account: Account, asked: Round) -> None:
    keep(ground, replace(account, closed_at=MONDAY))


def _erased(ground: Ground, account: Account, asked: Round) -> None:
    erase_responses(ground.store, [next(ground.store[Response].find("round_id", asked.id)).id])


@pytest.mark.parametrize(
    ("what", "fault"), [(_role_taken, "role"), (_closed, "role"), (_erased, "erased")], ids=["role", "closed", "erased"]
)
def test_a_file_that_may_not_be_had_any_more_is_deleted(
    ground: Ground, account: Account, asked: Round, what: Callable[[Ground, Account, Round], None], fault: str
) -> None:
    export = wanted(ground, account, asked)
    make_exports(ground, lambda: MONDAY, lambda: False)
    what(ground, account, asked)
    assert make_exports(ground, lambda: MONDAY, lambda: False) == "1 taken back"
    assert (now_of(ground, export).state, now_of(ground, export).fault) == ("failed", fault)
    assert files(ground) == []


def test_a_file_that_cannot_be_written_says_why_and_those_behind_it_are_made(
    ground: Ground, account: Account, asked: Round
) -> None:
    export, behind = wanted(ground, account, asked), wanted(ground, account, asked, "to_hand_on")
    in_the_way = ground.config.exports_dir / FOLDER / export.id
    in_the_way.parent.mkdir(parents=True)
    in_the_way.touch()
    assert make_exports(ground, lambda: MONDAY, lambda: False) == "1 made, 1 could not be made"
    assert (now_of(ground, export).fault, now_of(ground, behind).state) == ("unwritten", "ready")


def test_a_file_is_there_until_the_end_of_its_last_day(ground: Ground, account: Account, asked: Round) -> None:
    export, folder = wanted(ground, account, asked), ground.config.exports_dir
    make_exports(ground, lambda: MONDAY, lambda: False)
    last = now_of(ground, export).kept_until(30)
    assert last == date(2026, 12, 2)
    unknown = folder / FOLDER / "of-a-store-that-was-restored"
    unknown.mkdir()
    assert forget_exports(ground.store, folder, 30, last) == 1
    assert (unknown.exists(), len(files(ground))) == (False, 1)
    assert forget_exports(ground.store, folder, 30, last + timedelta(days=1)) == 1
    assert (files(ground), asked_by(ground.store, account.id)) == ([], [])
