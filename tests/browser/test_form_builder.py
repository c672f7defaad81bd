"""A manager builds a form in a real browser, from nothing to published."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from service import create_app
from service.collection.models.form_draft import FormDraft
from service.config import config_from
from service.definitions.editing import finished
from service.demonstration.provider import PASSWORD
from service.state import app_state
from tests.browser.conftest import OpenPage
from tests.browser.form_maker import IDLE, FormMaker
from tests.live_server import Served, serving
from tests.paths import ROOT

pytestmark = pytest.mark.browser

CHILD_VIEWS = json.loads((ROOT / "forms" / "child-views.json").read_text())


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as running:
        running.flask("demo", "--responses", "12")
        yield running


def sign_in(page: Page, served: Served, seat: str) -> None:
    page.goto(f"{served.address}/sign-in")
    page.fill("[name=email]", f"{seat}@example.org")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").first.click()
    page.wait_for_url(lambda address: "sign-in" not in address)


def draft_of(served: Served, draft_id: str) -> FormDraft:
    store = app_state(create_app(config_from(served.environ))).store
    try:
        found = store[FormDraft].get(draft_id)
    finally:
        store.close()
    assert found is not None
    return found


def without_name(definition: Any) -> str:
    return json.dumps({**definition, "id": "", "version": 0}, sort_keys=True, indent=1)


def first_pages(count: int) -> Any:
    """The first pages of the children's form, with the alerts that they can raise and no other language."""
    pages = json.loads(json.dumps(CHILD_VIEWS["pages"][:count]))
    for question in (question for each in pages for question in each["questions"] if "codes" in question):
        question["codes"] = question["codes"][:2]
    asked = json.dumps(pages)
    alerts = [alert for alert in CHILD_VIEWS["alerts"] if all(name in asked for name in names_in(alert["when"]))]
    return {
        **{key: value for key, value in CHILD_VIEWS.items() if key != "translations"},
        "languages": ["en"],
        "pages": pages,
        "alerts": alerts,
    }


def names_in(tree: Any) -> list[str]:
    if isinstance(tree, dict):
        return [
            name
            for operator, operand in tree.items()
            for name in ([f'"{operand}"'] if operator in ("var", "answered") else names_in(operand))
        ]
    return [name for each in tree for name in names_in(each)] if isinstance(tree, list) else []


def turns(page: Page, served: Served, draft_id: str, key: str) -> int:
    """Press Undo or Redo until there is nothing left, and count."""
    page.goto(f"{served.address}/forms/{draft_id}/edit")
    button, count = page.locator(f"button[value={key}]"), 0
    while button.is_enabled():
        with page.expect_response(lambda reply: reply.request.method == "POST"):
            button.click()
        page.wait_for_function(IDLE)
        count += 1
    return count


@pytest.mark.long
def test_the_whole_childrens_form_is_built_undone_after_a_kill_and_redone(open_page: OpenPage, tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        served.flask("demo", "--responses", "12")
        with open_page() as page:
            sign_in(page, served, "manager")
            maker = FormMaker(page, served.address, CHILD_VIEWS)
            maker.begin("How is it here?")
            begun = draft_of(served, maker.draft).document
            maker.clear()
            maker.build()
        built = draft_of(served, maker.draft).document
        assert without_name(finished(built)) == without_name(CHILD_VIEWS)
        for worker in workers_of(served.process.pid):
            os.kill(worker, signal.SIGKILL)
        with open_page() as page:  # another browser, and workers that know nothing
            sign_in(page, served, "manager")
            undone = turns(page, served, maker.draft, "undo")
            assert draft_of(served, maker.draft).document == begun
            assert turns(page, served, maker.draft, "redo") == undone
            assert draft_of(served, maker.draft).document == built


def workers_of(process: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=True).stdout
    return [int(line) for line in found.split()]


def offers(page: Page, served: Served, title: str) -> set[bool]:
    """Whether the page that opens a survey offers the form, asked fifty times of two workers."""
    address = f"{served.address}/homes/larch-house/rounds/new?template=everyday"
    return {title in page.request.get(address).text() for _ in range(50)}


def test_a_form_of_twelve_questions_is_built_from_nothing_agreed_to_and_offered(
    page: Page, served: Served, open_page: OpenPage
) -> None:
    target = first_pages(5)
    sign_in(page, served, "manager")
    maker = FormMaker(page, served.address, target)
    maker.begin("How is it here?")
    maker.clear()
    maker.build()
    built = finished(draft_of(served, maker.draft).document)
    assert without_name(built) == without_name(target)
    page.goto(f"{served.address}/forms/{maker.draft}/publish")
    assert page.get_by_role("button", name="Publish version 1").count() == 0, "a second person has to agree"
    page.get_by_role("button", name="Ask for agreement").click()
    page.get_by_text("Asked. It is published when one of them agrees.").wait_for()
    assert offers(page, served, maker.draft) == {False}
    with open_page() as other:
        sign_in(other, served, "lead")
        other.goto(f"{served.address}/forms")
        other.get_by_role("link", name="Waits for agreement").click()
        other.get_by_role("button", name="Agree, and publish version 1").click()
        other.get_by_text("Version 1 is published.").wait_for()
    assert offers(page, served, maker.draft) == {True}
    page.goto(f"{served.address}/forms")
    page.locator("tr", has_text=maker.draft).get_by_role("button", name="Archive").click()
    page.get_by_text("Archived. Surveys that ask it go on.").wait_for()
    assert offers(page, served, maker.draft) == {False}


def test_a_question_is_dragged_to_another_page_and_undo_brings_it_back(page: Page, served: Served) -> None:
    sign_in(page, served, "manager")
    page.goto(f"{served.address}/forms/new?copy=child-views-first")
    page.fill("#title", "Dragged")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/edit**")
    draft_id = page.url.partition("/forms/")[2].partition("/")[0]
    before = draft_of(served, draft_id).document
    (first, *_), (second, *_) = (each["questions"] for each in before["pages"][:2])
    origin = page.locator(f'[data-at="pages/{before["pages"][0]["id"]}/questions/{first["id"]}"] > .line .grip')
    target = page.locator(f'[data-at="pages/{before["pages"][1]["id"]}/questions/{second["id"]}"]')
    origin.scroll_into_view_if_needed()
    origin.hover()
    page.mouse.down()
    box = target.bounding_box()
    assert box is not None
    with page.expect_response(lambda reply: reply.request.method == "POST"):
        for share in (0.5, 0.9, 0.95):
            page.mouse.move(box["x"] + 20, box["y"] + box["height"] * share, steps=8)
        page.mouse.up()
    page.locator(f'[data-at="pages/{before["pages"][1]["id"]}/questions/{first["id"]}"]').wait_for()
    page.wait_for_function(IDLE)
    moved = [question["id"] for question in draft_of(served, draft_id).document["pages"][1]["questions"]]
    assert first["id"] in moved
    page.locator("button[value=undo]").click()
    page.wait_for_function(IDLE)
    expect(page.locator("button[value=redo]")).to_be_enabled()
    assert draft_of(served, draft_id).document == before
