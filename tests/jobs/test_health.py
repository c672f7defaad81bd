"""/healthz, and the page that says when what happens by itself last happened."""

import shutil
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from service.accounts.account import Account
from service.audit import JobRun
from service.collection.models.home import Home
from service.definitions import Role
from service.jobs.context import JobContext
from service.jobs.health import LEAST_ROOM, look_over
from service.jobs.runner import JOBS, run_due
from service.mail.email import Email, Words, new_email
from service.storage.store import RecordStore
from service.web.public.views import STARTED
from tests.accounts_factory import account_with, signed_in
from tests.jobs.conftest import at
from tests.mail.server import Answer, MailServer
from tests.visitor import Page, Visitor

NOW = at("2026-11-10")
LONG = timedelta(minutes=5)  # since the server was started


def put(store: RecordStore, *letters: Email) -> None:
    with store.transaction() as tx:
        for letter in letters:
            tx[Email].put(letter)


def letter(written: datetime, not_before: datetime | None = None) -> Email:
    return new_email("account", "mo@example.org", Words("Welcome", "…", ""), written, not_before=not_before)


def ran(store: RecordStore, began: datetime, ended: datetime | None) -> None:
    with store.transaction() as tx:
        tx[JobRun].put(JobRun("letters", began, ended))


@pytest.fixture
def health(context: JobContext) -> Callable[..., dict[str, str]]:
    def words(moment: datetime = NOW, running_for: timedelta = LONG) -> dict[str, str]:
        found = look_over(context.store, context.config.store_url, moment, running_for)
        return {name: word for name, word in vars(found).items() if word != "ok"}

    return words


@pytest.mark.parametrize(
    ("began", "ended", "word"),
    [
        (0, 0, {}),
        (-115, -110, {}),
        (-300, -115, {}),
        (-115, None, {}),  # at work since
        (-130, -125, {"jobs": "late"}),
        (-130, None, {"jobs": "late"}),
        (7200, 7201, {"jobs": "late"}),  # written when the clock was ahead
    ],
)
def test_jobs_are_late_when_none_has_run_for_two_minutes(
    context: JobContext, health: Callable[..., dict[str, str]], began: int, ended: int | None, word: dict[str, str]
) -> None:
    ran(context.store, NOW + timedelta(seconds=began), None if ended is None else NOW + timedelta(seconds=ended))
    assert health() == word
    assert health(running_for=timedelta(seconds=100)) == {}, "a server just started has given them no time yet"


def test_mail_is_late_when_a_letter_should_have_left_half_an_hour_ago(
    context: JobContext, health: Callable[..., dict[str, str]], mail: MailServer
) -> None:
    ran(context.store, NOW, NOW)
    written = NOW - timedelta(minutes=31)
    put(context.store, letter(NOW - timedelta(minutes=29)), letter(written, not_before=NOW - timedelta(minutes=29)))
    assert health() == {}
    put(context.store, letter(written))
    assert health() == {"mail": "late"}
    run_due(context, NOW)
    assert health() == {}

    mail.treats("mo@example.org", Answer(451, "Later"))
    put(context.store, letter(NOW))
    for minutes in range(0, 45, 5):
        run_due(context, NOW + timedelta(minutes=minutes))
        assert health(NOW + timedelta(minutes=minutes)) == ({"mail": "late"} if minutes > 30 else {}), minutes


def test_a_folder_with_little_room_left_is_said(context: JobContext, tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    assert free > LEAST_ROOM, "this machine's disk is nearly full"
    ran(context.store, NOW, NOW)
    assert look_over(context.store, f"tinydb:{tmp_path}", NOW, LONG).well
    little = next((path for path in map(Path, ("/dev/shm", "/proc", "/sys")) if shutil.disk_usage(path).free < 1), None)
    assert little is not None
    found = look_over(context.store, f"tinydb:{little}", NOW, LONG)
    assert (found.disk, found.well) == ("low", False)
    assert look_over(context.store, f"tinydb:{tmp_path / 'gone'}", NOW, LONG).disk == "low"


def test_the_address_says_little_and_503_for_what_somebody_should_see_to(app: Flask, context: JobContext) -> None:
    client = app.test_client()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (
        200,
        {"store": "ok", "disk": "ok", "mail": "ok", "jobs": "ok", "forms": "ok", "accounts": "ok"},
    )
    app.extensions[STARTED] -= 200
    assert (client.get("/healthz").status_code, client.get("/healthz").get_json()["jobs"]) == (503, "late")
    with time_machine.travel(NOW, tick=True):
        run_due(context, NOW)
        assert client.get("/healthz").status_code == 200
        put(context.store, letter(NOW - timedelta(hours=2)))
        late = client.get("/healthz")
        assert (late.status_code, late.get_json()["mail"]) == (200, "late")


@pytest.mark.parametrize("store_url", ["tiny"], indirect=True)
def test_a_store_that_is_gone_is_unavailable(app: Flask, context: JobContext, tmp_path: Path) -> None:
    (tmp_path / "store").rename(tmp_path / "away")
    time.sleep(1.1)  # for so long a reader may not notice that somebody has moved the journal by hand
    with time_machine.travel(NOW, tick=True):
        answer = app.test_client().get("/healthz")
    (tmp_path / "away").rename(tmp_path / "store")
    assert (answer.status_code, answer.get_json()["store"]) == (503, "unavailable")


# --- the page ---


@pytest.fixture
def page_at(app: Flask, home: Home) -> Callable[[datetime], Page]:
    """The page as a manager sees it at a moment."""
    account = account_with(app, "registered_manager", home_id=home.id)

    def looked(moment: datetime) -> Page:
        with time_machine.travel(moment, tick=False):
            return signed_in(app, account).visit("/jobs")

    return looked


def test_the_page_says_first_what_to_do_where_nothing_has_run(page_at: Callable[[datetime], Page]) -> None:
    page = page_at(NOW)
    assert page.status == 200
    assert "Nothing has run yet. Whoever looks after the server starts it with make run" in page.text
    assert page.text.count("Not yet") == len(JOBS)
    assert "None is waiting" in page.text


def test_the_page_says_when_each_last_began_and_how_it_went(
    page_at: Callable[[datetime], Page], context: JobContext, mail: MailServer
) -> None:
    mail.treats("mo@example.org", Answer(550, "Nobody here"))
    put(context.store, letter(NOW))
    run_due(context, NOW)
    put(context.store, letter(NOW - timedelta(minutes=40)))
    page = page_at(NOW + timedelta(minutes=1))
    assert "Nothing has run" not in page.text
    assert "Sends the letters that wait 10 November 2026, 10am Well 1 bounced." in page.text
    assert "Waiting to leave 1 The oldest since 10 November 2026, 9:20am Late" in page.text
    assert "Came back 1:" in page.text
    assert "Nothing has run for more than two minutes." in page_at(NOW + timedelta(minutes=3)).text


def test_the_page_says_what_failed_what_has_not_ended_and_that_the_clock_is_in_doubt(
    page_at: Callable[[datetime], Page], context: JobContext
) -> None:
    run_due(context, NOW - timedelta(days=90))
    run_due(context, NOW)
    with context.store.transaction() as tx:
        tx[JobRun].put(JobRun("opening", NOW, NOW, well=False, said="none opened; cannot open: autumn-2026"))
        tx[JobRun].put(JobRun("letters", NOW))
    page = page_at(NOW)
    assert "Not well None opened; cannot open: autumn-2026." in page.text
    assert "Not finished It began and has not ended." in page.text
    with context.store.try_lock("jobs"):
        assert "Running It has been running since 10 November 2026, 10am." in page_at(NOW).text
    assert "Since 10 November 2026, 10am the clock of the server has been more than two months ahead" in page.text


@pytest.mark.parametrize(
    ("role", "status"),
    [("administrator", 200), ("responsible_individual", 200), ("registered_manager", 200), ("staff", 403)],
)
def test_who_may_look_at_the_page(app: Flask, home: Home, role: Role, status: int) -> None:
    account: Account = account_with(app, role, home_id=home.id)
    assert signed_in(app, account).visit("/jobs").status == status


def test_without_a_sign_in_the_page_leads_to_it(app: Flask) -> None:
    assert "/sign-in" in Visitor(app).client.get("/jobs").headers["Location"]
