"""The preview is the page itself, and nothing of it is kept."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from service.collection.forms.drafts import begin_draft, change_draft, delete_draft
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.form_draft import FormDraft
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form, form_files
from service.definitions.editing.moves import change
from service.state import app_state
from service.storage import record_types
from tests.accounts_factory import manager_of
from tests.paths import ROOT
from tests.tablet import unlock_here
from tests.visitor import Visitor

SHIPPED = [path.stem for path in form_files(ROOT / "forms")]
NOT_SAFE = {"feel_safe": "never", "form-language": "en"}


@pytest.fixture
def draft(app: Flask, home: Home, library: dict[str, Form]) -> FormDraft:
    definition = library["child-views"].to_json()
    return begin_draft(app_state(app).store, "our-views", home.id, definition, now(), by="someone")


def begun(app: Flask, round_: Round, form: Form) -> tuple[Visitor, str]:
    """A browser that has begun the form, and the address of its response."""
    visitor = Visitor(app)
    if form.audience == "child":
        unlock_here(app, visitor, round_.home_id, round_.id)
        visitor.visit("/tablet")
        address = visitor.post(f"/tablet/start/{form.id}").location
    else:
        [(_, token)] = invite(
            app_state(app).store, round_, [Addressee(form.id, "Sam", "sam@example.org", "the review")], now()
        )
        visitor.visit(f"/i/{token}")
        address = visitor.post(f"/i/{token}").location
    return visitor, address


def without_what_differs(html: str, address: str) -> str:
    """The document without its token and addresses."""
    html = re.sub(r'(name="?csrf-token"? value=")[^"]*', r"\1", html)
    for place in (f"{address}/draft", f"{address}/withdraw", address, "/forms/our-views/preview/draft",
                  "/forms/our-views/preview/page"):  # fmt: skip
        html = html.replace(f'"{place}"', '"/r"')
    return html.replace('"/tablet"', '"/r"')


@pytest.mark.parametrize("form_id", SHIPPED)
def test_it_is_the_page_that_respondents_meet(app: Flask, home: Home, library: dict[str, Form], form_id: str) -> None:
    store, form = app_state(app).store, library[form_id]
    begin_draft(store, "our-views", home.id, form.to_json(), now(), by="someone")
    manager = manager_of(app, home.id)
    if form.settings and home.kind not in form.settings:
        home = replace(home, kind=form.settings[0])
        with store.transaction() as tx:
            tx[Home].put(home)
    until = day_at(now()) + timedelta(days=14)
    round_ = open_round(store, home, [form], title=form.title, reason="", closes_on=until, now=now())
    visitor, address = begun(app, round_, form)
    for language in form.languages:
        real = visitor.client.get(f"{address}?language={language}").text
        tried = manager.client.get(f"/forms/our-views/preview/page?language={language}").text
        assert without_what_differs(tried, address) == without_what_differs(real, address)


def test_trying_it_keeps_nothing_and_says_what_would_have_happened(app: Flask, home: Home, draft: FormDraft) -> None:
    manager, store = manager_of(app, home.id), app_state(app).store
    manager.visit("/forms/our-views/preview")
    before = {kind.table: dict(store.engine.all(kind.table)) for kind in record_types.RECORD_TYPES}
    saved = manager.post("/forms/our-views/preview/draft", NOT_SAFE, headers={"HX-Request": "true"})
    assert "We are telling the safeguarding lead now" in saved.text
    tried = manager.send("/forms/our-views/preview/page", NOT_SAFE)
    assert "Urgent: now Told: safeguarding lead." in tried.text
    assert "After 60 minutes without an answer: responsible individual" in tried.text
    assert "Do you feel safe where you live?" in tried.text, "its column"
    asked = manager.post("/forms/our-views/preview/draft", {"talk-now": "yes"}, headers={"HX-Request": "true"})
    assert asked.status_code == 200
    manager.send("/forms/our-views/preview/page", {"withdraw": "yes"})
    assert {kind.table: dict(store.engine.all(kind.table)) for kind in record_types.RECORD_TYPES} == before


def test_what_would_be_refused_is_refused(app: Flask, home: Home, library: dict[str, Form]) -> None:
    definition = library["annex-a-2021-22"].to_json()
    begin_draft(app_state(app).store, "our-views", home.id, definition, now(), by="someone")
    manager = manager_of(app, home.id)
    manager.visit("/forms/our-views/preview")
    page = manager.send("/forms/our-views/preview/page", {"home_urn": "no number"})
    assert page.status == 422
    assert "What would have happened" not in page.text


def test_a_link_opens_it_for_two_weeks_and_for_no_one_after(app: Flask, home: Home, draft: FormDraft) -> None:
    manager, guest = manager_of(app, home.id), Visitor(app)
    manager.visit("/forms/our-views/preview")
    made = manager.send("/forms/our-views/preview-link")
    [address] = re.findall(r'value="https?://[^/"]+(/preview/[^"]+)"', made.html)
    page = guest.visit(address)
    assert page.status == 200
    assert "Do you feel safe" in page.text
    assert guest.send(address, NOT_SAFE).text.count("Urgent: now") == 1
    assert guest.client.get(f"{address}x").status_code == 410
    with time_machine.travel(now() + timedelta(days=15)):
        assert guest.client.get(address).status_code == 410
    delete_draft(app_state(app).store, draft.id)
    ended = guest.visit(address)
    assert ended.status == 410
    assert "This link has ended" in ended.text


def test_only_the_framed_page_may_be_framed(app: Flask, home: Home, draft: FormDraft) -> None:
    manager = manager_of(app, home.id)
    for path, who in (
        ("/forms/our-views/preview/page", "'self'"),
        ("/forms/our-views/preview", "'none'"),
        ("/forms/our-views/edit", "'none'"),
        ("/forms", "'none'"),
        ("/sign-in", "'none'"),
    ):
        policy = manager.client.get(path).headers["Content-Security-Policy"]
        assert f"frame-ancestors {who}" in policy, path


def test_a_faulty_draft_says_what_to_mend(app: Flask, home: Home, draft: FormDraft) -> None:
    store = app_state(app).store
    options = ("pages", "days", "questions", "fun", "options")
    change_draft(store, draft.id, 0, lambda there: [change(there, options, "gone")], now(), by="someone")
    manager = manager_of(app, home.id)
    page = manager.visit("/forms/our-views/preview")
    assert "It can be shown when these are mended" in page.text
    assert "Do you get to do fun things?" in page.text
    assert manager.client.get("/forms/our-views/preview/page").status_code == 409
    assert manager.post("/forms/our-views/preview/page", NOT_SAFE).status_code == 409
