"""Staff answer on the tablet by a one-person code; a form begun by its title alone gives no figures."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from service.analysis.snapshots import figures_of
from service.collection.invitations.slips import print_slips
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation, Link, hash_of
from service.collection.models.response import Response
from service.collection.models.round import Expected, Round
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form
from service.reports.dataset import load_dataset
from service.state import app_state
from service.storage.store import RecordStore
from tests.accounts_factory import manager_of
from tests.round_closure import close_round, end_round
from tests.tablet import unlocked
from tests.visitor import Page, Visitor


@pytest.fixture(params=["pseudonymous", "anonymous"])
def form(request: pytest.FixtureRequest, library: dict[str, Form]) -> Form:
    return Form.of(library["staff-views"].to_json() | {"identity": request.param, "version": 99, "readers": []})


@pytest.fixture
def round_(store: RecordStore, home: Home, form: Form) -> Round:
    return open_round(
        store,
        home,
        [form],
        title="Your views",
        reason="Reg 45 review",
        closes_on=day_at(now()) + timedelta(days=14),
        now=now(),
        expected=[Expected(form.id, 5)],
    )


@pytest.fixture
def tablet(app: Flask, home: Home, round_: Round) -> Visitor:
    return unlocked(app, home.id, round_.id)


def start(tablet: Visitor, code: str) -> Page:
    tablet.visit("/tablet/others")
    return tablet.send("/tablet/code", {"code": code})


def finish(tablet: Visitor, page: Page, safe: str = "mostly") -> Page:
    return tablet.send(page.response.request.path, {"child_safe": safe})


def kept(store: RecordStore, round_: Round) -> list[Response]:
    return [one for one in store[Response].find("round_id", round_.id) if one.submitted_at]


def people(app: Flask, store: RecordStore, round_: Round) -> tuple[int, int]:
    """How many people the kept figures and the workbook count."""
    service = app_state(app)
    closed = end_round(store, round_.id, now())
    kept_figures = figures_of(store, closed, round_.forms[0].form_id, service.form, now())
    [voice] = load_dataset(store, [closed], service.form, b"k" * 32, now()).voices
    return kept_figures.people, len(voice.counted)


def test_a_form_begun_by_its_title_gives_no_figures(
    app: Flask, store: RecordStore, round_: Round, form: Form, tablet: Visitor
) -> None:
    for _ in range(5):
        tablet.visit("/tablet/others")
        finish(tablet, tablet.send(f"/tablet/start/{form.id}"))
    assert [one.begun_as for one in kept(store, round_)] == ["title"] * 5
    assert people(app, store, round_) == (0, 0)


def test_a_code_begins_the_form_and_counts(
    app: Flask, store: RecordStore, round_: Round, form: Form, tablet: Visitor
) -> None:
    codes = print_slips(store, round_, form.id, now(), by="manager")
    assert len(set(codes)) == 5
    assert {one.id for one in store[Link].all()} == {hash_of(code) for code in codes}, "only hashes are kept"
    for code in codes[:2]:
        finish(tablet, start(tablet, code.lower().replace("-", " ")))
    answer_by_link(app, codes[2])
    assert people(app, store, round_) == (3, 3)


def answer_by_link(app: Flask, code: str) -> None:
    browser = Visitor(app)
    browser.visit(f"/i/{code}")
    finish(browser, browser.send(f"/i/{code}", {}))


def test_a_used_code_looks_like_any_other_and_counts_once(
    app: Flask, store: RecordStore, round_: Round, form: Form, tablet: Visitor
) -> None:
    used, fresh = print_slips(store, round_, form.id, now(), by="manager")[:2]
    finish(tablet, start(tablet, used), "never")
    pages = []
    for code in (used, fresh):
        page = start(tablet, code)
        pages.append((page.status, re.sub(r"[\w.-]{32,}", "…", page.html)))
        first = Visitor(app).visit(f"/i/{code}")
        pages[-1] += (first.status, re.sub(r"[\w.-]{43,}", "…", first.html).replace(code, "…"))
        finish(tablet, page)
    assert pages[0] == pages[1]
    assert people(app, store, round_) == (2, 2)
    assert len(kept(store, round_)) == 3, "what came later is kept"


@pytest.mark.parametrize("code", ["", "KKKK-KKKK-KKKK", "x" * 300])
def test_an_unknown_code_begins_nothing(tablet: Visitor, store: RecordStore, code: str) -> None:
    page = start(tablet, code)
    assert page.status == 422
    assert "We do not know this code." in page.text
    assert list(store[Response].all()) == []


def test_a_new_sheet_ends_the_codes_before_and_says_the_same_whether_used_or_not(
    app: Flask, store: RecordStore, round_: Round, form: Form, tablet: Visitor, home: Home
) -> None:
    manager = manager_of(app, home.id)
    address = f"/rounds/{round_.id}/paper"
    assert "Print 5 codes" in manager.visit(address).text
    first = codes_on(manager.send(f"{address}/{form.id}/slips"))
    assert len(first) == 5
    finish(tablet, start(tablet, first[0]))
    before = manager.visit(f"/rounds/{round_.id}/letters").text
    manager.visit(address)
    second = codes_on(manager.send(f"{address}/{form.id}/slips"))
    assert len(second) == 5
    assert not set(first) & set(second)
    assert [start(tablet, code).status for code in first] == [422] * 5
    finish(tablet, start(tablet, second[0]))
    assert manager.visit(f"/rounds/{round_.id}/letters").text == before
    assert people(app, store, round_) == (2, 2)


def codes_on(page: Page) -> list[str]:
    assert page.status == 200
    return re.findall(r'<b class="code">([\w-]+)</b>', page.html)


def test_a_code_ends_with_the_survey(app: Flask, store: RecordStore, round_: Round, form: Form) -> None:
    [code, *_] = print_slips(store, round_, form.id, now(), by="manager")
    close_round(store, round_.id, now())
    assert Visitor(app).visit(f"/i/{code}").status == 410


def test_more_answers_than_people_expected_show_no_figures(
    app: Flask, store: RecordStore, round_: Round, form: Form, tablet: Visitor
) -> None:
    for _ in range(2):
        for code in print_slips(store, round_, form.id, now(), by="manager")[:3]:
            finish(tablet, start(tablet, code))
    closed = close_round(store, round_.id, now())
    figures = figures_of(store, closed, form.id, app_state(app).form, now())
    assert figures.people == 6
    assert "More people have answered than were expected" in figures.no_figures


def test_responses_of_0_1_0_count_as_before(store: RecordStore, round_: Round, form: Form, tablet: Visitor) -> None:
    tablet.visit("/tablet/others")
    finish(tablet, tablet.send(f"/tablet/start/{form.id}"))
    [one] = kept(store, round_)
    assert replace(one, begun_as="").gives_figures


def test_slips_are_no_invited_people(app: Flask, store: RecordStore, round_: Round, form: Form, home: Home) -> None:
    print_slips(store, round_, form.id, now(), by="manager")
    assert all(one.slip and not one.name and not one.email for one in store[Invitation].all())
    assert "Nobody has been asked by letter yet." in manager_of(app, home.id).visit(f"/rounds/{round_.id}/letters").text
