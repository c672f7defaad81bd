"""A real Chromium for tests, and pages that fail their test when anything goes wrong in them."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from tests.live_server import Served, serving
from tests.mail.server import MailServer

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TABLET = {"width": 820, "height": 1180}

expect.set_options(timeout=20_000)  # milliseconds: four of these run beside each other on two cores

OpenPage = Callable[..., AbstractContextManager[Page]]


def back_online(page: Page) -> None:
    """The network is back, and the page is told so; it may have noticed by itself and gone on already."""
    page.context.set_offline(False)
    try:
        page.evaluate("dispatchEvent(new Event('online'))")
    except Error as fault:
        if "because of a navigation" not in str(fault):
            raise


class Faults:
    """What went wrong in a page: errors in its console (a breach of the CSP is one) and errors nobody caught."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._allowed: list[str] = []

    def allow(self, part: str) -> None:
        """Let faults whose text has this part pass: the test means them."""
        self._allowed.append(part)

    @property
    def unexpected(self) -> list[str]:
        return [fault for fault in self.seen if not any(part in fault for part in self._allowed)]


def _chromium_path() -> str | None:
    if Path("/usr/bin/chromium").exists():
        return "/usr/bin/chromium"
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run. Where there is none, tests are skipped, except in CI, where they fail."""
    path = _chromium_path()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def open_page(chromium: Browser) -> OpenPage:
    """`with open_page(faults, locale="cy") as page:` a page in a context of its own, with these context options."""

    @contextmanager
    def opened(faults: Faults | None = None, **options: Any) -> Iterator[Page]:
        faults = faults or Faults()
        context = chromium.new_context(**{"viewport": TABLET, "locale": "en-GB", **options})
        context.set_default_timeout(60_000)  # milliseconds: a page tries again after up to a minute
        context.on("console", lambda message: message.type == "error" and faults.seen.append(message.text))
        context.on("weberror", lambda problem: faults.seen.append(str(problem.error)))
        try:
            yield context.new_page()
        finally:
            context.close()
        assert faults.unexpected == []

    return opened


@pytest.fixture
def page_faults() -> Faults:
    """What went wrong in `page`; `page_faults.allow("422")` says that it was meant."""
    return Faults()


@pytest.fixture
def page(open_page: OpenPage, page_faults: Faults) -> Iterator[Page]:
    """A fresh page the size of a tablet. Errors in its console, breaches of the CSP, uncaught errors fail the test."""
    with open_page(page_faults) as page:
        yield page


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A mail server of its own for each journey."""
    with MailServer() as server:
        yield server


@pytest.fixture
def served(tmp_path: Path, mail: MailServer) -> Iterator[Served]:
    """The service on an empty store, whose letters arrive there; most files serve one of their own for all tests."""
    with serving(tmp_path, SAYSO_SMTP_URL=mail.url, SAYSO_MAIL_FROM="sayso@example.org") as service:
        yield service
