"""A manager's whole way in a real browser, on gunicorn, with a mail server: from the first sign-in to the workbook."""

import io
import re
from datetime import datetime, time, timedelta
from pathlib import Path

import pyotp
import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import BrowserContext, Page, expect

from service.collection.models.home import Home
from service.collection.models.invitation import Invitation, Link, Passcode
from service.collection.models.response import Ledger, Receipt, Response, Tombstone
from service.collection.models.round import Round
from service.config import config_from
from service.dates import HOME_TIME, day_at, next_working_day, now
from service.definitions import load_library
from service.definitions.form import as_choice
from service.jobs.context import JobContext
from service.jobs.runner import run_due
from service.storage import open_store
from service.storage.store import RecordStore
from tests.browser.conftest import OpenPage
from tests.browser.test_journeys import answering
from tests.live_server import Served
from tests.mail.server import MailServer
from tests.paths import ROOT
from tests.wait_until import soon

PASSWORD = "quiet otters paddle upstream"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
PEOPLE = [
    ("Kind", "Name", "E-mail", "Organisation", "Phone", "Label for letters"),
    ("social worker", "Sam Okafor", "sam@example.org", "Northshire", "01632 960001", "the review on 12 November"),
    ("social worker", "Nobody Reachable", "not an address", "Northshire", "", "the review on 12 November"),
    ("wizard", "Ged", "ged@example.org", "", "", ""),
    ("social worker", "Bo Ahmed", "bo@example.org", "Eastshire", "", "the review on 3 December"),
    ("parent", "", "", "", "", ""),
    ("school", "Ada Teacher", "ada@example.org", "Hill School", "", "the meeting on 9 November"),
]


def store_of(served: Served) -> RecordStore:
    """The same store, opened beside the server as the jobs process does."""
    keys = (served.folder / "instance" / "seal_keys").read_text().split()
    return open_store(served.environ["SAYSO_STORE_URL"], seal_keys=keys)


def on_disk(store: RecordStore) -> dict[str, list[object]]:
    """Everything that respondents and links can change."""
    kinds: tuple[type, ...] = (Response, Invitation, Link, Passcode, Receipt, Tombstone, Ledger, Round)
    return {kind.__name__: list(store[kind].all()) for kind in kinds}


def a_list(path: Path) -> Path:
    book = Workbook()
    for row in PEOPLE:
        book.active.append(row)
    book.save(path)
    return path


def sign_in_for_the_first_time(page: Page, served: Served, link: str, email: str = "mo@example.org") -> pyotp.TOTP:
    page.goto(link)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Keep this password").click()
    page.wait_for_url(lambda address: "/password/" not in address)
    if page.locator("input[name=email]").count():  # then with what was just chosen
        page.fill("input[name=email]", email)
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda address: "/sign-in" not in address)
    if "second-factor" not in page.url:
        page.goto(f"{served.address}/homes")
    assert "second-factor" in page.url, "whoever can read answers cannot go on without a second factor"
    app = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    page.fill("input[name=code]", app.now())
    page.get_by_role("button", name="Turn it on").click()
    expect(page).not_to_have_url(re.compile("second-factor"))
    return app


def add_home(page: Page, served: Served) -> None:
    page.goto(f"{served.address}/homes/add")
    page.fill("input[name=name]", "Larch House")
    page.select_option("select[name=kind]", "childrens_home")
    page.fill("input[name=provider]", "Brightwater Care")
    page.fill("input[name=urn]", "SC123456")
    page.locator("button.main").click()
    expect(page.get_by_text("Larch House").first).to_be_visible()


def import_people(page: Page, served: Served, home_id: str) -> None:
    page.goto(f"{served.address}/homes/{home_id}/people/import")
    page.set_input_files("input[type=file]", a_list(served.folder / "people.xlsx"))
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_text("Nothing is kept yet.")).to_be_visible()
    wrong = page.locator("section[aria-labelledby=wrong] tbody tr .number").all_inner_texts()
    assert set(wrong) == {"3", "4", "6"}, "every faulty row, and no other"
    page.get_by_role("button", name="Add the 3 good ones").click()
    for name in ("Sam Okafor", "Bo Ahmed", "Ada Teacher"):
        expect(page.get_by_text(name).first).to_be_visible()
    assert not page.get_by_text("Ged").count()


def open_a_round(page: Page, served: Served, home_id: str) -> str:
    page.goto(f"{served.address}/homes/{home_id}/rounds/new")
    page.get_by_role("link", name="Reg 45 review").click()
    page.fill("input[name=title]", "Your views, autumn")
    reminders = page.locator("input[name^=remind]").all()
    reminders[0].fill("1")
    closed = page.locator("#people details:not([open]) > summary")
    while closed.count():
        closed.first.click()
    for box in page.locator("#people input[type=checkbox][name=people]").all():
        box.check()
    page.locator("aside button.main").click()
    page.wait_for_url(re.compile(r"/rounds/[a-z0-9-]+$"))
    return page.url.rsplit("/", 1)[-1]


def half(page: Page, answers: dict[str, str]) -> None:
    """Answer some radio questions as a thumb does, and wait until they are kept."""
    for name, value in answers.items():
        block = page.locator(f"#q-{name}")
        while not block.is_visible():
            page.locator("#next").click()
        with page.expect_response(lambda reply: reply.url.endswith("/draft") and reply.ok):
            page.locator(f"input[name={name}][value={value}]").check(force=True)


def first_options(page: Page, *names: str) -> dict[str, str]:
    """The first option of each of these questions."""
    return {name: page.locator(f"input[name={name}]").first.get_attribute("value") or "" for name in names}


def a_scanner_looks(open_page: OpenPage, links: list[str], store: RecordStore) -> None:
    """It opens every link with HEAD and GET, and in a browser that runs scripts and clicks nothing."""
    before = on_disk(store)
    with open_page() as scanner:
        for link in links:
            assert scanner.request.head(link).ok
            assert scanner.request.get(link).ok
            scanner.goto(link)
            scanner.wait_for_timeout(300)
    assert on_disk(store) == before, "looking changed something"


def answers_on_two_devices(open_page: OpenPage, link: str, mail: MailServer, address: str) -> dict[str, str]:
    with open_page(answering(), **PHONE) as phone:
        phone.goto(link)
        phone.locator("main button.main").click()
        phone.wait_for_url(re.compile(r"/r/[0-9a-f]{32}"))
        first = first_options(phone, "child_safe", "understood")
        half(phone, first)
    with open_page(answering(), **PHONE) as other:
        other.goto(link)
        expect(other.locator("#answers"), "another browser sees nothing of it").to_have_count(0)
        other.locator("form.send button.main").click()
        [letter] = [one for one in mail.wait_for(address, 2) if re.search(r"\b\d{6}\b", one.text)]
        found = re.search(r"\b(\d{6})\b", letter.text)
        assert found is not None
        other.fill("#digits", found[1])
        other.locator("form.card button.main").click()
        other.wait_for_url(re.compile(r"/r/[0-9a-f]{32}"))
        for name, value in first.items():
            assert other.locator(f"input[name={name}][value={value}]").is_checked()
        second = first_options(other, "see_people", "kept_informed")
        half(other, second)
        while other.locator("#next").is_visible():
            other.locator("#next").click()
        other.locator("#end button.main").click()
        other.wait_for_url(re.compile(r"/done$"))
    return first | second


def run_jobs_at(served: Served, store: RecordStore, moment: datetime) -> None:
    """What runs by itself, as it runs at that moment: the same code that the server's jobs process calls."""
    from service import create_app
    from service.state import app_state

    app = create_app(config_from({name: value for name, value in served.environ.items() if name.startswith("SAYSO_")}))
    with app.app_context():
        service = app_state()
        context = JobContext(store, service.form, service.library, service.config, service.hasher)
        # the server's own run may be under way: this one has its turn after it
        soon(lambda: {run.id for run in run_due(context, moment)} >= {"escalation", "reminders", "letters"})


@pytest.mark.browser
def test_a_manager_goes_from_the_first_sign_in_to_the_workbook(
    served: Served, mail: MailServer, open_page: OpenPage
) -> None:
    link = served.flask(
        "accounts", "add", "mo@example.org", "--name", "Mo Amari", "--role", "registered_manager",
        "--role", "responsible_individual", "--role", "safeguarding_lead",
    ).split()[-1]  # fmt: skip
    mail.wait_for("mo@example.org")
    with open_page(answering()) as page:
        app = sign_in_for_the_first_time(page, served, link)
        add_home(page, served)
        store = store_of(served)
        [home] = store[Home].all()
        import_people(page, served, home.id)
        round_id = open_a_round(page, served, home.id)
        links = {
            address: next(found for found in mail.wait_for(address)[0].links if "/i/" in found)
            for address in ("sam@example.org", "bo@example.org", "ada@example.org")
        }
        a_scanner_looks(open_page, list(links.values()), store)
        said = answers_on_two_devices(open_page, links["sam@example.org"], mail, "sam@example.org")
        [response] = store[Response].find("round_id", round_id)
        assert response.submitted_at is not None
        assert said.items() <= response.answers.items()
        page.goto(f"{served.address}/rounds/{round_id}")
        page.get_by_text("1 of 2").first.wait_for()

        reminders_leave_on_the_next_working_day(served, store, mail)

        page.context.clear_cookies()  # signed out, whether or not that day's tidying has ended the session
        page.goto(f"{served.address}/rounds/{round_id}")
        page.fill("input[name=email]", "mo@example.org")
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.fill("input[name=code]", app.at(now(), counter_offset=1))
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(re.compile(r"/rounds/[a-z0-9-]+$"))
        page.get_by_text("Close the round", exact=True).click()
        page.get_by_role("button", name="Close the round for good").click()
        expect(page.get_by_text("stays closed").first).to_be_visible()
        workbook_holds(page.context, served, round_id, said)
        store.close()


def reminders_leave_on_the_next_working_day(served: Served, store: RecordStore, mail: MailServer) -> None:
    """Not the same day, not on a day off; then to those who have not answered, once."""
    today = day_at(max(invitation.created_at for invitation in store[Invitation].all()))  # now it may be past midnight
    due = next_working_day(today + timedelta(days=1))
    before = {address: len(mail.to(address)) for address in ("sam@example.org", "bo@example.org", "ada@example.org")}
    for hour in (8, 10):
        day = today
        while day < due:
            run_jobs_at(served, store, datetime.combine(day, time(hour, 30), HOME_TIME))
            day += timedelta(days=1)
    assert {address: len(mail.to(address)) for address in before} == before
    for hour in (9, 10, 11):
        run_jobs_at(served, store, datetime.combine(due, time(hour, 30), HOME_TIME))
    after = {address: len(mail.to(address)) for address in before}
    assert after == before | {"bo@example.org": 2, "ada@example.org": 2}
    assert "remind" in mail.to("bo@example.org")[-1].message["Subject"].lower()


def workbook_holds(context: BrowserContext, served: Served, round_id: str, said: dict[str, str]) -> None:
    reply = context.request.get(f"{served.address}/rounds/{round_id}/workbook.xlsx")
    assert reply.ok
    book = load_workbook(io.BytesIO(reply.body()))
    assert "Read me" in book.sheetnames
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert any("Larch House" in cell for cell in cells)
    form = load_library(ROOT / "forms")["social-worker-views"]
    for name, value in said.items():
        question = as_choice(form.questions[name].question)
        assert question is not None
        [label] = [option.label for option in form.options(question) if option.value == value]
        assert label in cells, f"the workbook does not hold what was said to {name}"
