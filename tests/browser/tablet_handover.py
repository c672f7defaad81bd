"""A tablet in a real browser: unlocked for a round and in somebody's hands."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page

from tests.live_server import Served
from tests.tablet import cookies_of


def hand_over(page: Page, served: Served, round_id: str, home_id: str = "larch-house") -> None:
    """Make this browser an unlocked tablet, and open its start page."""
    for name, value in cookies_of(served, home_id, round_id).items():
        page.context.add_cookies([{"name": name, "value": value, "url": served.address}])
    page.goto(f"{served.address}/tablet")


def begin_on_tablet(page: Page, served: Served, round_id: str, form_id: str = "child-views") -> None:
    """Hand a tablet to the first who answers this form there."""
    hand_over(page, served, round_id)
    if form_id == "child-views" and page.locator(".pictures button").count():
        begin_as(page, 0)
        return
    begin = page.locator(f"form[action='/tablet/start/{form_id}'] button").first
    if not begin.count():
        page.goto(f"{served.address}/tablet/others")
    begin.click()
    page.wait_for_url("**/r/*")


def begin_as(page: Page, number: int, press: Callable[[Locator], None] = Locator.click) -> None:
    """Press the picture with this place on the start page, and say that it is the right one."""
    press(page.locator(".pictures button").nth(number))
    page.wait_for_url("**/tablet/picture")
    press(page.locator("main button.main"))
    page.wait_for_url("**/r/*")
