"""Forms as they come out of the printer: nothing cut, the code on every page, letters as large as they should be."""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from werkzeug.serving import make_server

from service import create_app
from service.collection.models.home import Contact, Home
from service.collection.models.round import Round
from service.collection.responses.paper_codes import paper_code
from service.collection.rounds.open_close import open_round
from service.config import config_from
from service.dates import now
from service.definitions import Form, load_library
from service.definitions.form import as_choice
from service.definitions.question import GroupQuestion, MatrixQuestion
from service.state import app_state
from service.web.http.account_cookie import _name
from tests.accounts_factory import account_with, signed_in
from tests.paths import ROOT

LIBRARY = dict(load_library(ROOT / "forms"))
FORMS = [form_id for form_id, form in LIBRARY.items() if not form.settings or "childrens_home" in form.settings]
# How many pages are sensible: what somebody still takes into the hand. Annex A has twelve tables.
MOST_PAGES = {
    "annex-a-2021-22": 20,
    "child-views": 9,
    "child-views-first": 5,
    "staff-views": 5,
    "social-worker-views": 4,
}
SMALL = 9.5  # points: what is there for keying in is written smaller than anything one reads
A4 = (595, 842)
POINT = 96 / 72  # of CSS pixels


@dataclass(frozen=True)
class Word:
    """A word where it stands on paper; `height` in points."""

    page: int
    top: float
    left: float
    height: float
    text: str


@dataclass(frozen=True)
class Press:
    """A service with a round of every form, and somebody who prints."""

    round: Round
    open: Callable[[str], Page]


@pytest.fixture(scope="module")
def poppler() -> None:
    """The tools that read a PDF back. Where they are not, tests are skipped, except in CI, where they fail."""
    if not all(map(shutil.which, ("pdftotext", "pdftoppm"))):
        missing = "poppler's tools are not installed: printed pages were not looked at"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)


@pytest.fixture(scope="module")
def press(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    folder = tmp_path_factory.mktemp("paper")
    settings = {"SAYSO_STORE_URL": f"tinydb:{folder}/store", "SAYSO_INSTANCE_DIR": str(folder)}
    app = create_app(config_from({**settings, "SAYSO_HTMX_SOURCE": "local"}))
    store = app_state(app).store
    home = Home(
        "larch-house", "Larch House", "childrens_home", contacts=(Contact("Amina, your advocate", "0300 000 0001"),),
        demonstration=True,
    )  # fmt: skip
    with store.transaction() as tx:
        tx[Home].put(home)
    round_ = open_round(
        store, home, [LIBRARY[each] for each in FORMS], title="Your views", reason="Reg 45 review",
        closes_on=date(2099, 12, 31), now=now(),
    )  # fmt: skip
    cookies = signed_in(app, account_with(app, "safeguarding_lead", name="Jo Smith")).client
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    with app.test_request_context():
        name = _name()
    cookie = cookies.get_cookie(name)
    assert cookie is not None
    context = chromium.new_context(locale="en-GB", base_url=base)
    context.add_cookies([{"name": name, "value": cookie.value, "url": base}])

    def opened(form_and_how: str) -> Page:
        page = context.new_page()
        faults: list[str] = []

        def heard(message: ConsoleMessage) -> None:
            if message.type == "error":
                faults.append(message.text)

        page.on("console", heard)
        reply = page.goto(f"/rounds/{round_.id}/paper/{form_and_how}", wait_until="networkidle")
        assert reply is not None
        assert reply.status == 200
        assert faults == []
        return page

    yield Press(round_, opened)
    context.close()
    server.shutdown()
    store.close()


def printed(page: Page, folder: Path) -> Path:
    path = folder / "paper.pdf"
    page.pdf(path=path, format="A4", prefer_css_page_size=True)
    page.close()
    return path


def words_of(pdf: Path) -> list[list[Word]]:
    """The words of each page, from top to bottom."""
    told = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, check=True, text=True).stdout
    tree = ElementTree.fromstring(re.sub(r' xmlns="[^"]+"', "", told, count=1).replace("\x0c", ""))
    pages = []
    for number, page in enumerate(tree.iter("page"), 1):
        assert abs(float(page.attrib["width"]) - A4[0]) < 1
        assert abs(float(page.attrib["height"]) - A4[1]) < 1
        words = []
        for word in page.iter("word"):
            left, top, right, bottom = (float(word.attrib[side]) for side in ("xMin", "yMin", "xMax", "yMax"))
            assert left >= 30, f"{word.text} on page {number} is in the margin"
            assert right <= A4[0] - 30, f"{word.text} on page {number} is in the margin"
            words.append(Word(number, top, left, bottom - top, word.text or ""))
        pages.append(sorted(words, key=lambda each: (round(each.top), each.left)))
    return pages


def marks_of(form: Form) -> dict[str, set[str]]:
    """What stands small beside each question outside a table of entries: its options' values, its lines' ids."""
    found: dict[str, set[str]] = {}
    for placed in form.placed():
        question = placed.question
        choice = as_choice(question)
        marks = {option.value for option in form.options(choice)} if choice and placed.group is None else set()
        if isinstance(question, MatrixQuestion):
            marks |= {line.id for line in question.rows}
        if isinstance(question, GroupQuestion) and question.repeat:
            marks |= {inner.id for inner in question.questions}
        found[question.id] = marks
    return found


def is_whole(small: list[Word], belonging: set[str]) -> bool:
    """Whether what belongs to the question whose id comes first here follows it on the same page."""
    page = small[0].page
    return all(next((word.page for word in small[1:] if word.text == mark), 0) == page for mark in belonging)


@pytest.mark.usefixtures("poppler")
@pytest.mark.parametrize("how", ["", "?size=large", "?language=en-x-easyread"])
@pytest.mark.parametrize("form_id", FORMS)
def test_no_question_is_cut_and_every_page_has_its_code(press: Press, tmp_path: Path, form_id: str, how: str) -> None:
    form = LIBRARY[form_id]
    if "easyread" in how and "en-x-easyread" not in form.languages:
        return
    pages = words_of(printed(press.open(form_id + how), tmp_path))
    ref = press.round.form_ref(form_id)
    assert ref is not None
    for number, words in enumerate(pages, 1):
        text = [word.text for word in words]
        assert paper_code(press.round.id, ref) in text, f"page {number} has no code"
        assert text[-3:] == [str(number), "/", str(len(pages))]
    marks = marks_of(form)
    known = set(marks) | {mark for each in marks.values() for mark in each}
    small = [word for page in pages for word in page if word.height < SMALL and word.text in known]
    for question_id, belonging in marks.items():
        if "large" in how and isinstance(form.questions[question_id].question, GroupQuestion):
            continue  # a table of entries in large print is longer than a page
        starts = [index for index, word in enumerate(small) if word.text == question_id]
        assert starts, f"{question_id} is not on paper"
        assert any(is_whole(small[start:], belonging) for start in starts), f"{question_id} is cut"
    if not how:
        assert len(pages) <= MOST_PAGES.get(form_id, 8)


@pytest.mark.usefixtures("poppler")
def test_no_page_is_nearly_empty_and_none_is_full_of_ink(press: Press, tmp_path: Path) -> None:
    pdf = printed(press.open("child-views"), tmp_path)
    subprocess.run(["pdftoppm", "-r", "30", "-gray", str(pdf), str(tmp_path / "page")], check=True)
    pictures = sorted(tmp_path.glob("page*.pgm"))
    assert len(pictures) > 3
    for picture in pictures:
        dots = picture.read_bytes().split(b"\n255\n", 1)[1]
        ink = sum(255 - dot for dot in dots) / (255 * len(dots))
        assert 0.01 < ink < 0.12, f"{picture.name}: {ink:.3f}"


@pytest.mark.parametrize(
    ("form_and_how", "least"),
    [
        ("child-views", 14),
        ("child-views-first", 14),
        ("child-views?language=en-x-easyread", 14),
        ("child-views?size=large", 18),
        ("child-views?language=en-x-easyread&size=large", 18),
        ("staff-views", 10),
        ("staff-views?size=large", 18),
        ("annex-a-2021-22?size=large", 18),
    ],
)
def test_letters_are_as_large_as_they_should_be(press: Press, form_and_how: str, least: int) -> None:
    """Of all that is to be read: what is there for keying in, and the head that repeats it, may be smaller."""
    page = press.open(form_and_how)
    page.emulate_media(media="print")
    sizes = page.evaluate(
        """() => [...document.querySelectorAll("main *")]
            .filter(each => !each.closest(".id, .value") && each.checkVisibility()
                && [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
            .map(each => [parseFloat(getComputedStyle(each).fontSize), each.textContent.trim().slice(0, 40)])"""
    )
    page.close()
    assert len(sizes) > 20
    too_small = [(size / POINT, text) for size, text in sizes if size / POINT < least - 0.01 and size / POINT != 8]
    assert too_small == []


def test_the_print_button_is_there_and_not_on_paper(press: Press) -> None:
    page = press.open("staff-views")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).not_to_be_visible()
    page.close()
