"""The pictures of the guides, made from the demonstration: `python -m tests.browser.pictures`."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from service.demonstration.provider import PASSWORD
from tests.browser.conftest import ARGUMENTS, _chromium_path
from tests.live_server import serving
from tests.paths import ROOT

IMAGES = ROOT / "docs" / "images"
TABLET = {"width": 820, "height": 1180}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as served, sync_playwright() as playwright:
        served.flask("demo", "--responses", "12")
        browser = playwright.chromium.launch(executable_path=_chromium_path(), args=ARGUMENTS)
        page = browser.new_page(viewport=TABLET)
        page.goto(f"{served.address}/sign-in")
        page.fill("[name=email]", "manager@example.org")
        page.fill("[name=password]", PASSWORD)
        page.locator("main button").first.click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.goto(f"{served.address}/forms/new?copy=child-views")
        page.fill("#title", "How is it here?")
        page.get_by_role("button", name="Begin").click()
        page.wait_for_url("**/edit**")
        page.goto(f"{page.url.partition('?')[0]}?at=pages/days/questions/fun")
        page.screenshot(path=IMAGES / "form-builder.png")
        browser.close()


if __name__ == "__main__":
    main()
