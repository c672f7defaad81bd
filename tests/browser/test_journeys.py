"""People answer in a real browser on the running service, and the workbook holds exactly what they said."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import time_machine
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from service.definitions import load_library
from tests.browser.conftest import Faults, OpenPage, back_online
from tests.browser.tablet_handover import begin_on_tablet
from tests.live_server import Served, serving
from tests.paths import ROOT

pytestmark = pytest.mark.browser

FORMS = ("child-views", "staff-views", "social-worker-views")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as running:
        running.flask("demo", "--responses", "0")
        yield running


@dataclass
class Answered:
    """What somebody chose and wrote, as it was read on the page."""

    chosen: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)


def answer_what_is_shown(page: Page, answered: Answered, mark: str, unasked: frozenset[str] = frozenset()) -> None:
    """Answer each question in view from the top, but for those that this person leaves out.

    An answer may show or hide what comes after it, so what is in view is read again after each.
    """
    seen = set(unasked)
    while new := [name for name in _in_view(page) if name not in seen]:
        seen.add(new[0])
        question = page.locator(f"[id='q-{new[0]}']")
        if question.locator(".opts label.opt").count():
            answered.chosen.append(_tick(question.locator(".opts label.opt").first))
        elif question.locator("textarea, input[type=text]").count():
            words = f"{mark}, my own words {len(answered.written) + 1}: =1+1 “quoted” 👍"
            question.locator("textarea, input").first.fill(words)
            answered.written.append(words)


def _in_view(page: Page) -> list[str]:
    ids = page.locator(".q:visible").evaluate_all("found => found.map(question => question.id)")
    return [name.removeprefix("q-") for name in ids]


def _tick(option: Locator) -> str:
    option.locator("input").check(force=True)
    return " ".join((option.text_content() or "").split())


def answer_by_steps(page: Page, mark: str) -> Answered:
    """From the first page to the thank-you, one step at a time."""
    answered = Answered()
    page.locator("#next").click()
    for _ in range(60):
        if page.locator("#end button.main").is_visible():
            break
        answer_what_is_shown(page, answered, mark)
        page.locator("#next").click()
    page.locator("#end button.main").click()
    page.wait_for_url("**/done")
    return answered


def answer_on_one_page(page: Page, mark: str) -> Answered:
    """Without script: one long page, one button. Follow-ups are there too, for who needs them; this person does not."""
    answered = Answered()
    form = load_library(ROOT / "forms")[mark]
    answer_what_is_shown(page, answered, mark, frozenset(name for name, at in form.questions.items() if at.sometimes))
    page.locator("#end button.main").click()
    page.wait_for_url("**/done")
    return answered


def begin(page: Page, served: Served, round_id: str, form_id: str) -> None:
    if form_id == "social-worker-views":
        page.goto(served.link(round_id, form_id))
        page.locator("main button.main").click()
    else:
        begin_on_tablet(page, served, round_id, form_id)
    page.wait_for_url("**/r/*")


def answering() -> Faults:
    """htmx calls it an error when a later save takes the place of one under way, or a page is left that asks again."""
    faults = Faults()
    for part in ("htmx:afterRequest", "htmx:sendAbort"):
        faults.allow(part)
    return faults


def offline() -> Faults:
    """What a browser says of a network that is gone: the test means it."""
    faults = Faults()
    for part in ("htmx:", "ERR_INTERNET_DISCONNECTED", "Failed to fetch"):
        faults.allow(part)
    return faults


def rows_of(workbook: Path) -> dict[str, list[list[object]]]:
    book = load_workbook(workbook)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


@pytest.mark.parametrize("with_script", [True, False], ids=["with script", "without script"])
def test_a_child_a_member_of_staff_and_a_social_worker_answer_and_the_workbook_holds_what_they_said(
    served: Served, open_page: OpenPage, with_script: bool
) -> None:
    round_id = served.open_round("larch-house", *FORMS)
    said: dict[str, Answered] = {}
    for form_id in FORMS:
        with open_page(answering(), java_script_enabled=with_script) as page:
            begin(page, served, round_id, form_id)
            said[form_id] = (answer_by_steps if with_script else answer_on_one_page)(page, form_id)
            assert not page.locator("textarea").count(), "nothing of the answers is on the last page"
    served.flask("rounds", "close", round_id)
    with time_machine.travel("2100-01-01", tick=False):  # after the planned last day
        printed = served.flask("export", round_id).splitlines()
    sheets = rows_of(Path(printed[0]))
    cells = {title: [str(cell) for row in rows for cell in row if cell is not None] for title, rows in sheets.items()}
    assert all(answers.chosen and answers.written for answers in said.values())
    for form_id, answers in said.items():
        home = next(title for title in sheets if title.lower().startswith(form_id.split("-")[0]))
        for words in answers.written:
            assert any(words in found for found in cells.values()), (words, cells)
        for label in answers.chosen:
            assert label in cells[home] or any(label in cell for cell in cells[home]), f"{label} stands in {home}"


def test_the_first_page_is_there_before_anything_else_and_back_leads_to_it(served: Served, open_page: OpenPage) -> None:
    round_id = served.open_round("larch-house", "child-views")
    with open_page(answering()) as page:
        begin(page, served, round_id, "child-views")
        expect(page.locator("#intro")).to_be_visible()
        assert page.locator(".q:visible").count() == 0
        page.locator("#next").click()
        assert page.locator(".q:visible").count() == 1
        expect(page.locator("#intro")).not_to_be_visible()
        page.locator("#back").click()
        expect(page.locator("#intro")).to_be_visible()


def test_answers_are_kept_as_they_are_given(served: Served, open_page: OpenPage) -> None:
    round_id = served.open_round("larch-house", "child-views")
    with open_page(answering()) as page:
        begin(page, served, round_id, "child-views")
        page.locator("#next").click()
        with page.expect_response("**/draft") as saved:
            page.locator(".q:visible label.opt").first.click()
        assert saved.value.status in (200, 204)
        page.reload()
        assert page.locator("input[name=company]").first.is_checked()


def test_a_follow_up_comes_and_goes_with_its_condition_without_the_network(served: Served, open_page: OpenPage) -> None:
    round_id = served.open_round("larch-house", "child-views")
    with open_page(offline()) as page:
        begin(page, served, round_id, "child-views")
        page.context.set_offline(True)
        page.locator("#next").click()
        while not page.locator("#q-feel_safe").is_visible():
            page.locator("#next").click()
        page.locator("#q-feel_safe input[value=never]").check(force=True)
        page.locator("#next").click()
        expect(page.locator("#q-unsafe_where")).to_be_visible()
        page.locator("#back").click()
        page.locator("#q-feel_safe input[value=always]").check(force=True)
        page.locator("#next").click()
        expect(page.locator("#q-unsafe_where")).not_to_be_visible()
        page.context.set_offline(False)


def test_without_a_network_the_answers_wait_on_the_screen_and_are_sent_once_it_is_back(
    served: Served, open_page: OpenPage
) -> None:
    round_id = served.open_round("larch-house", "child-views")
    with open_page(offline()) as page:
        begin(page, served, round_id, "child-views")
        page.locator("#next").click()
        page.locator(".q:visible label.opt").first.click()
        page.context.set_offline(True)
        while not page.locator("#end button.main").is_visible():
            page.locator("#next").click()
        page.locator("#end button.main").click()
        page.locator("#state:not(:empty)").wait_for()
        assert "/done" not in page.url
        back_online(page)
        page.wait_for_url("**/done")
    assert served.submitted(round_id) == 1
