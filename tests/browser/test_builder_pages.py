"""The form builder's pages: by axe, in every width, and without script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import violations
from tests.browser.test_form_builder import sign_in
from tests.live_server import Served, serving

pytestmark = pytest.mark.browser

STATES = (
    "edit",
    "edit?at=pages/days",
    "edit?at=pages/days/questions/fun",
    "edit?at=pages/safe/questions/unsafe_where",
    "edit?at=pages/safe/questions/unsafe_where/options/bedroom",
    "edit?part=form",
    "edit?at=choice_lists/how_often",
    "edit?at=alerts/not_safe_in_private",
    "edit?part=checks",
    "edit?part=computed",
    "bank",
    "bank?about=sccif-childrens-home/2026",
    "preview",
    "languages",
    "map",
    "history",
    "history/0",
    "publish",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as running:
        running.flask("demo", "--responses", "4")
        yield running


def draft_in(page: Page, served: Served, title: str) -> str:
    """The address of a copy of the children's form."""
    sign_in(page, served, "manager")
    page.goto(f"{served.address}/forms/new?copy=child-views")
    page.fill("#title", title)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/edit**")
    return page.url.partition("/edit")[0]


def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(page: Page, served: Served) -> None:
    draft, found = draft_in(page, served, "Looked at"), []
    for state in STATES:
        page.goto(f"{draft}/{state}")
        found += [f"{state}: {wrong}" for wrong in violations(page)]
        for width in (320, 390, 820, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{state} is {wide} px wide in a window of {width}"] if wide > width else []
    assert found == []


def test_without_script_a_question_is_added_changed_moved_undone_and_deleted(
    served: Served, open_page: OpenPage
) -> None:
    with open_page(java_script_enabled=False) as page:
        draft = draft_in(page, served, "Without script")
        row = page.locator('.item[data-at="pages/days"] > form.add')
        row.get_by_label("New question").fill("Do you like the food?")
        row.get_by_role("button", name="Add").click()
        page.locator("#open [name=field-hint]").fill("Think of this week.")
        page.locator("#open > form").first.get_by_role("button", name="Save").last.click()
        assert page.get_by_text("Saved.", exact=True).first.is_visible()
        page.goto(f"{draft}/edit?at=pages/days/questions/do_you_like_the_food")
        assert page.locator("[name=field-hint]").input_value() == "Think of this week."
        page.locator('button[value="up pages/days/questions/do_you_like_the_food"]').click()
        page.locator("button[value=undo]").click()
        page.get_by_role("button", name="Delete", exact=True).click()
        assert page.get_by_text("Deleted “Do you like the food?”.").first.is_visible()
        for _ in range(3):
            page.locator("button[value=undo]").click()
        assert page.locator("button[value=undo]").is_disabled()


def test_a_form_is_begun_and_a_question_added_by_keyboard_alone(page: Page, served: Served) -> None:
    sign_in(page, served, "manager")
    page.goto(f"{served.address}/forms")
    press_to(page, "Make a new form")
    page.keyboard.press("Enter")
    page.wait_for_url("**/new")
    tab_to(page, "#title")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit**")
    tab_to(page, "[id='add-pages/page']")
    page.keyboard.type("Do you like the food?")
    page.keyboard.press("Enter")
    page.locator("#open").wait_for()
    assert page.evaluate("document.activeElement.name") == "field-label", "one goes on typing where one is"
    tab_to(page, "[name=field-hint]")
    page.keyboard.type("Think of this week.")
    page.keyboard.press("Enter")
    page.locator(".notice", has_text="Saved.").wait_for()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("z")
    page.locator(".notice", has_text="Undid").wait_for()


def press_to(page: Page, name: str) -> None:
    """Press Tab until the link of this name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"Tab does not come to {name}")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what the selector finds has the focus."""
    for _ in range(200):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not come to {selector}")
