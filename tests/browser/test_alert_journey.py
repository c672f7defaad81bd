"""A child taps "never" and closes the page: who is told, how soon, and what happens when nobody answers."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from playwright.sync_api import expect

from service.collection.alerts.workflow import acknowledge
from service.collection.models.alert import Alert
from service.collection.models.response import Response
from service.dates import now
from service.storage.store import RecordStore
from tests.browser.conftest import Faults, OpenPage
from tests.browser.tablet_handover import begin_on_tablet
from tests.browser.test_journeys import answering
from tests.browser.test_manager_journey import run_jobs_at, sign_in_for_the_first_time, store_of
from tests.live_server import Served
from tests.mail.server import MailServer
from tests.wait_until import soon

pytestmark = pytest.mark.browser


def account(served: Served, email: str, name: str, role: str) -> str:
    """Make an account; gives the link to choose its password."""
    added = served.flask("accounts", "add", email, "--name", name, "--role", role, "--home", "larch-house")
    return added.split()[-1]


def taps_never_and_closes_the_page(open_page: OpenPage, served: Served, round_id: str) -> None:
    faults = Faults()
    faults.allow("htmx:")  # the page goes while its answer is on the way: that is what this is about
    with open_page(faults) as page:
        begin_on_tablet(page, served, round_id)
        page.wait_for_selector("#answers.on")
        never = page.locator("#q-feel_safe input[value=never]")
        while not never.is_visible():
            page.locator("#next").click()
        never.check(force=True)
        page.close()


def alerts(store: RecordStore) -> list[Alert]:
    return [alert for alert in store[Alert].all() if alert.rule == "child_not_safe"]


def test_the_right_people_know_within_the_minute_and_the_next_ones_by_the_clock(
    served: Served, mail: MailServer, open_page: OpenPage
) -> None:
    home_id = served.add_home("Larch House")
    lead_link = account(served, "lead@example.org", "Lee Lead", "safeguarding_lead")
    account(served, "rae@example.org", "Rae Responsible", "responsible_individual")
    round_id = served.open_round(home_id, "child-views")
    store = store_of(served)
    mail.wait_for("lead@example.org")

    taps_never_and_closes_the_page(open_page, served, round_id)
    soon(lambda: len(alerts(store)) == 1)
    [alert], [response] = alerts(store), store[Response].find("round_id", round_id)
    assert response.submitted_at is None
    assert abs(alert.raised_at - response.saved_at) < timedelta(seconds=1), "with the answer, not after it"
    letter = mail.wait_for("lead@example.org", 2)[-1]
    assert parsedate_to_datetime(letter.message["Date"]) - alert.raised_at < timedelta(minutes=1)
    assert "Larch House needs you" in letter.message["Subject"]
    assert "safe" not in letter.text.lower().replace("sayso", "")

    with open_page(answering()) as page:
        sign_in_for_the_first_time(page, served, lead_link, "lead@example.org")
        page.goto(f"{served.address}/homes")
        expect(page.get_by_text("1 alert").first, "a banner on every page of whoever may know").to_be_visible()
        page.goto(next(link for link in letter.links if "/alerts/" in link))
        page.get_by_role("button", name="I am on it").click()
        soon(lambda: alerts(store)[0].acknowledged_at is not None)

        mail.stop()
        taps_never_and_closes_the_page(open_page, served, round_id)
        soon(lambda: len(alerts(store)) == 2)
        second = next(alert for alert in alerts(store) if alert.acknowledged_at is None)
        run_jobs_at(served, store, second.raised_at + timedelta(minutes=11))
        page.goto(f"{served.address}/homes")
        expect(page.get_by_text("nobody is on it yet").first).to_be_visible()
        assert not any(
            "rae@example.org" in one.recipients and "needs you" in one.message["Subject"] for one in mail.taken
        )

        run_jobs_at(served, store, second.raised_at + timedelta(minutes=61))
        mail.start()
        run_jobs_at(served, store, second.raised_at + timedelta(hours=3))
        told = [one for one in mail.wait_for("rae@example.org", 2) if "needs you" in one.message["Subject"]]
        assert told, "it went to the responsible individual by the clock, and mail came back"
        waited = [one for one in mail.wait_for("lead@example.org", 3) if "needs you" in one.message["Subject"]]
        assert len(waited) >= 2, "the lead's own letter was tried again and not lost"
        acknowledge(store, second.id, "test", now())
        store.close()
