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
from service.jobs.context import JobContext
from service.jobs.exports import FOLDER, file_of, forget_exports, make_exports
from service.jobs.runner import run_apart, run_due
from service.mail.email import Email, Words, new_email
from service.operations.exports import make_report
from service.reports.progress import Work
from tests.jobs.conftest import at
from tests.mail.server import MailServer
from tests.round_closure import asked_and_released

FORM = "child-views"
MONDAY = at("2026-11-02")
MANAGER = (Grant("registered_manager", "larch-house"),)


@pytest.fixture
def account(context: JobContext) -> Account:
    account = Account("mo", "Mo", "mo@example.org", MONDAY, MANAGER)
    keep(context, account)
    return account


@pytest.fixture
def round_(context: JobContext, home: Home) -> Round:
    """An open round that three children have answered."""
    form = context.library[FORM]
    opened = open_round(context.store, home, [form], title="Views", reason="", closes_on=date(2026, 11, 23), now=MONDAY)
    for word in ("Ships", "Boats", "Kites"):
        draft = submission.begin(context.store, opened, opened.forms[0], "tablet", "en", MONDAY)
        meta = meta_of(opened, home, None, MONDAY)
        submission.submit(context.store, draft.id, form, {"make_better": word}, meta, context.hasher, MONDAY)
    return opened


@pytest.fixture
def ended(context: JobContext, round_: Round) -> Round:
    """The same round, with its planned last day over: what children have said may be shown."""
    with asked_and_released(context.store, round_.id, MONDAY):
        pass
    found = context.store[Round].get(round_.id)
    assert found is not None
    return found


def keep(context: JobContext, account: Account) -> None:
    with context.store.transaction() as tx:
        tx[Account].put(account)


def wanted(
    context: JobContext, account: Account, round_: Round, use: Use = "to_act_on", form: FileForm = "xlsx"
) -> Export:
    return ask_for(context.store, account, Wanted((round_.id,), use), form, MONDAY)


def now_of(context: JobContext, export: Export) -> Export:
    found = context.store[Export].get(export.id)
    assert found is not None
    return found


def files(context: JobContext) -> list[Path]:
    return [each for each in context.config.exports_dir.rglob("*") if each.is_file()]


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
    context: JobContext, account: Account, ended: Round
) -> None:
    act, hand_on = wanted(context, account, ended), wanted(context, account, ended, "to_hand_on")
    as_csv = wanted(context, account, ended, form="csv")
    assert wanted(context, account, ended).id == act.id, "pressed twice, it is made once"
    assert sorted(waiting_before(context.store, each) for each in (act, hand_on, as_csv)) == [0, 1, 2]
    assert make_exports(context, lambda: MONDAY, lambda: False) == "3 made"
    made = {each.id: each for each in asked_by(context.store, account.id)}
    assert {(each.state, each.done, each.tries) for each in made.values()} == {("ready", 100, 1)}
    assert (made[act.id].names, made[hand_on.id].names) == (True, False)
    assert (made[act.id].made_for, made[hand_on.id].made_for) == (("registered_manager",), ())
    paths = {each.id: file_of(context.config.exports_dir, each) for each in made.values()}
    assert sorted(files(context)) == sorted(paths.values())
    assert {oct(path.stat().st_mode & 0o777) for path in paths.values()} == {"0o600"}
    assert "Children" in load_workbook(paths[act.id]).sheetnames
    assert "Children" not in load_workbook(paths[hand_on.id]).sheetnames
    assert paths[as_csv.id].name.endswith("-csv.zip")
    assert make_exports(context, lambda: MONDAY, lambda: False) == "none asked for"


def test_how_far_it_has_come_is_told_and_never_goes_back(context: JobContext, account: Account, ended: Round) -> None:
    told: list[int] = []
    collation = make_report(context.store, Wanted((ended.id,)), context.forms, b"key", MONDAY, None, Work(told.append))
    assert told[-1] == 72, "the rest is the file's writing"
    EXCEL.write(collation, BytesIO())
    assert 72 < told[-1] <= 100
    assert told == sorted(set(told))
    assert len([percent for percent in told if percent > 32]) > 5, "counting is told question by question"


def test_one_that_was_killed_in_the_middle_is_begun_again_and_leaves_nothing_behind(
    context: JobContext, account: Account, round_: Round
) -> None:
    export = wanted(context, account, round_)
    killed(lambda: run_apart(context, MONDAY, after(2, kill_me)))
    assert (now_of(context, export).state, now_of(context, export).tries) == ("being_made", 1)
    part = context.config.exports_dir / FOLDER / export.id / ".half.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half of what was said")
    [run] = run_apart(context, MONDAY)
    assert (run.well, run.said) == (True, "1 made")
    assert files(context) == [file_of(context.config.exports_dir, now_of(context, export))]


def test_what_kills_whoever_makes_it_is_given_up_and_can_be_asked_for_again(
    context: JobContext, account: Account, round_: Round
) -> None:
    export = wanted(context, account, round_)
    for _ in range(MOST_TRIES):
        assert begin_next(context.store, MONDAY) is not None  # and dies
    assert make_exports(context, lambda: MONDAY, lambda: False) == "none asked for"
    assert (now_of(context, export).state, now_of(context, export).fault) == ("failed", "stopped")
    ask_again(context.store, export.id, MONDAY)
    assert make_exports(context, lambda: MONDAY, lambda: False) == "1 made"


def test_told_to_stop_it_waits_for_the_next_who_makes_files(
    context: JobContext, account: Account, round_: Round
) -> None:
    export = wanted(context, account, round_)
    for _ in range(MOST_TRIES + 1):
        make_exports(context, lambda: MONDAY, after(2, lambda: True))
        assert (now_of(context, export).state, now_of(context, export).tries) == ("waiting", 0)
        assert files(context) == []


def test_letters_leave_while_a_file_is_made_and_no_two_make_files_at_once(
    context: JobContext, account: Account, round_: Round, mail: MailServer
) -> None:
    with context.store.transaction() as tx:
        tx[Email].put(new_email("alert", "sam@example.org", Words("Look", "Please look.", ""), MONDAY))
    run_apart(context, MONDAY)  # of a run just before, in which nothing was to do, it is kept that it has ended
    wanted(context, account, round_)
    meanwhile: list[int] = []

    def look() -> bool:
        if not meanwhile:
            meanwhile.append(len(run_due(context, MONDAY, and_apart=False)))
            assert len(mail.to("sam@example.org")) == 1
            assert run_apart(context, MONDAY) == []
            assert context.store[JobRun].get("exports").ended_at is None, "the page says that it is running"
        return False

    [run] = run_apart(context, MONDAY, look)
    assert meanwhile
    assert run.said == "1 made"


def _role_taken(context: JobContext, account: Account, round_: Round) -> None:
    keep(context, replace(account, grants=(Grant("independent_person", "larch-house"),)))


def _closed(context: JobContext, account: Account, round_: Round) -> None:
    keep(context, replace(account, closed_at=MONDAY))


def _erased(context: JobContext, account: Account, round_: Round) -> None:
    erase_responses(context.store, [next(context.store[Response].find("round_id", round_.id)).id])


@pytest.mark.parametrize(
    ("what", "fault"), [(_role_taken, "role"), (_closed, "role"), (_erased, "erased")], ids=["role", "closed", "erased"]
)
def test_a_file_that_may_not_be_had_any_more_is_deleted(
    context: JobContext, account: Account, round_: Round, what: Callable[[JobContext, Account, Round], None], fault: str
) -> None:
    export = wanted(context, account, round_)
    make_exports(context, lambda: MONDAY, lambda: False)
    what(context, account, round_)
    assert make_exports(context, lambda: MONDAY, lambda: False) == "1 taken back"
    assert (now_of(context, export).state, now_of(context, export).fault) == ("failed", fault)
    assert files(context) == []


def test_a_file_that_cannot_be_written_says_why_and_those_behind_it_are_made(
    context: JobContext, account: Account, round_: Round
) -> None:
    export, behind = wanted(context, account, round_), wanted(context, account, round_, "to_hand_on")
    in_the_way = context.config.exports_dir / FOLDER / export.id
    in_the_way.parent.mkdir(parents=True)
    in_the_way.touch()
    assert make_exports(context, lambda: MONDAY, lambda: False) == "1 made, 1 could not be made"
    assert (now_of(context, export).fault, now_of(context, behind).state) == ("unwritten", "ready")


def test_a_file_is_there_until_the_end_of_its_last_day(context: JobContext, account: Account, round_: Round) -> None:
    export, folder = wanted(context, account, round_), context.config.exports_dir
    make_exports(context, lambda: MONDAY, lambda: False)
    last = now_of(context, export).kept_until(30)
    assert last == date(2026, 12, 2)
    unknown = folder / FOLDER / "of-a-store-that-was-restored"
    unknown.mkdir()
    assert forget_exports(context.store, folder, 30, last) == 1
    assert (unknown.exists(), len(files(context))) == (False, 1)
    assert forget_exports(context.store, folder, 30, last + timedelta(days=1)) == 1
    assert (files(context), asked_by(context.store, account.id)) == ([], [])
