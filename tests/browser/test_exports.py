"""A large workbook in a real browser: the button, a bar that moves by itself, the download."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from service import create_app
from service.collection.exports.requests import LARGE, asked_by, begin_next, has_moved, put_back
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.responses import submission
from service.config import config_from
from service.dates import now
from service.demonstration.provider import PASSWORD, whoever_is
from service.jobs.context import JobContext
from service.jobs.exports import make_exports
from service.state import app_state
from service.storage.store import RecordStore
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import violations
from tests.browser.test_journeys import answering
from tests.live_server import serving
from tests.wait_until import soon

pytestmark = pytest.mark.browser


@contextmanager
def in_place_of_the_jobs(store: RecordStore) -> Iterator[None]:
    """The server's own jobs make no file meanwhile; they look every ten seconds whether they may."""
    with ExitStack() as held:
        soon(lambda: held.enter_context(store.try_lock("jobs-apart")))
        yield


def test_the_bar_moves_by_itself_and_the_download_arrives(tmp_path: Path, open_page: OpenPage) -> None:
    with serving(tmp_path) as served, open_page(answering()) as page:
        served.flask("demo", "--responses", "24")
        service = app_state(create_app(config_from(served.environ)))
        store = service.store
        round_ = next(one for one in store[Round].find("home_id", "larch-house") if one.closed_at is None)
        draft = submission.begin(store, round_, round_.forms[0], "tablet", "en", now())
        with store.transaction() as tx:
            for number in range(LARGE):
                tx[Response].put(Response(**{**vars(draft), "id": f"draft-{number}"}))
        page.goto(f"{served.address}/sign-in?next=/rounds/{round_.id}")
        page.fill("[name=email]", "manager@example.org")
        page.fill("[name=password]", PASSWORD)
        page.locator("main button").first.click()
        with in_place_of_the_jobs(store):
            page.get_by_role("button", name="Take the workbook", exact=True).click()
            bar = page.get_by_role("progressbar", name="How much of the file is made")
            expect(bar).to_have_attribute("value", "0")
            assert not violations(page)
            manager = whoever_is("registered_manager", "larch-house")
            [export] = asked_by(store, manager)
            assert begin_next(store, now()) is not None
            page.locator("#look-again").focus()
            for percent in (21, 64):
                has_moved(store, export, percent, now())
                expect(bar).to_have_attribute("value", str(percent))
            expect(page.get_by_role("status").filter(has_text="The file is being made.")).to_be_attached()
            expect(page.locator("#look-again")).to_be_focused()
            put_back(store, export, now())
            context = JobContext(store, service.form, service.library, service.config, service.hasher)
            assert make_exports(context, now, lambda: False) == "1 made"
        expect(page.get_by_role("status").filter(has_text="The file is ready to download.")).to_be_attached()
        assert not violations(page)
        with page.expect_download() as download:
            page.get_by_role("link", name="Download it").click()
        assert download.value.suggested_filename.startswith("larch-house-")
        assert load_workbook(BytesIO(download.value.path().read_bytes())).sheetnames[0] == "Read me"
        store.close()
