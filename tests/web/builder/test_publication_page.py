"""The page on which a form is published, and what others see of it."""

import pytest
from flask import Flask

from service.collection.forms.drafts import begin_draft, change_draft
from service.collection.models.form_draft import FormDraft
from service.collection.models.home import Home
from service.collection.models.published_form import FormRef, FormState
from service.dates import now
from service.definitions import Form
from service.definitions.editing.moves import change
from service.state import app_state
from tests.accounts_factory import account_with, manager_of, signed_in
from tests.visitor import Visitor


@pytest.fixture
def draft(app: Flask, home: Home, library: dict[str, Form]) -> FormDraft:
    """A manager's copy of the children's form."""
    form = library["child-views"]
    source = FormRef(form.id, form.version, form.fingerprint)
    return begin_draft(app_state(app).store, "ours", home.id, form.to_json(), now(), by="someone", source=source)


def say(app: Flask, address: tuple[str, ...], value: object) -> None:
    store = app_state(app).store
    draft = store[FormDraft].get("ours")
    assert draft is not None
    change_draft(store, "ours", draft.newest, lambda there: [change(there, address, value)], now(), by="someone")


def state_of(app: Flask) -> FormState | None:
    return app_state(app).store[FormState].get("ours")


def publish(manager: Visitor, do: str = "publish") -> str:
    page = manager.visit("/forms/ours/publish")
    return manager.send("/forms/ours/publish", {"seen": page.value("seen"), "do": do}).text


def test_a_copy_is_published_by_its_author_and_offered_at_its_home_only(
    app: Flask, home: Home, draft: FormDraft
) -> None:
    say(app, ("title",), "How is it at Larch House?")
    manager = manager_of(app, home.id)
    assert "Version 1 is published" in publish(manager)
    assert "ours" in app_state(app).library_at(home.id)
    assert "ours" not in app_state(app).library_at("elsewhere")
    with app_state(app).store.transaction() as tx:
        tx[Home].put(Home("elsewhere", "Elsewhere", "childrens_home"))
    other = manager_of(app, "elsewhere")
    assert "How is it at Larch House?" not in other.visit("/forms").text
    for path in ("edit", "publish", "preview", "history", "map", "languages", "bank", "edit.json"):
        assert other.client.get(f"/forms/ours/{path}").status_code == 404
    assert other.client.get("/forms/ours/paper").status_code == 404
    assert manager.client.get("/forms/ours/paper").status_code == 200


def test_a_change_of_readers_waits_for_the_lead(app: Flask, home: Home, draft: FormDraft) -> None:
    say(app, ("readers",), ["safeguarding_lead"])
    manager = manager_of(app, home.id)
    alone = manager.visit("/forms/ours/publish")
    assert "Add a safeguarding lead or responsible individual" in alone.text
    lead = signed_in(app, account_with(app, "safeguarding_lead", home_id=home.id, name="Lee Lead"))
    page = manager.visit("/forms/ours/publish")
    assert "A second person has to agree" in page.text
    assert "Lee Lead" in page.text
    assert "Asked." in publish(manager, "ask")
    assert state_of(app) is None
    asked = lead.visit("/forms/ours/publish")
    assert "The people who can read answers" in asked.text
    back = lead.send(
        "/forms/ours/review", {"seen": asked.value("seen"), "do": "back", "word": "Why without the manager?"}
    )
    assert "Sent back with your word." in back.text
    assert "Why without the manager?" in manager.visit("/forms/ours/publish").text
    publish(manager, "ask")
    page = lead.visit("/forms/ours/publish")
    assert "Version 1 is published" in lead.send("/forms/ours/review", {"seen": page.value("seen"), "do": "agree"}).text
    state = state_of(app)
    assert state is not None
    assert state.is_offered


def test_a_page_that_is_out_of_date_publishes_nothing(app: Flask, home: Home, draft: FormDraft) -> None:
    manager = manager_of(app, home.id)
    manager.visit("/forms/ours/publish")
    say(app, ("title",), "Later")
    page = manager.send("/forms/ours/publish", {"seen": "0", "do": "publish"})
    assert page.status == 409
    assert "has changed since" in page.text
    assert state_of(app) is None


def test_what_is_published_is_the_file_that_is_downloaded(app: Flask, home: Home, draft: FormDraft) -> None:
    manager = manager_of(app, home.id)
    publish(manager)
    state = state_of(app)
    assert state is not None
    file = manager.client.get("/forms/ours/edit.json")
    assert Form.of(file.get_json()).fingerprint == state.current
    assert file.headers["Content-Disposition"] == 'attachment; filename="ours.json"'


def test_a_form_whose_draft_was_deleted_is_edited_again(app: Flask, home: Home, draft: FormDraft) -> None:
    manager = manager_of(app, home.id)
    publish(manager)
    manager.send("/forms/ours/delete")
    assert app_state(app).store[FormDraft].get("ours") is None
    assert "Edit" in manager.visit("/forms").text
    page = manager.send("/forms/ours/draft")
    assert page.status == 200
    assert page.response.request.path == "/forms/ours/edit"


def test_a_new_form_begins_empty_or_as_a_copy(app: Flask, home: Home) -> None:
    manager = manager_of(app, home.id)
    manager.visit("/forms/new")
    page = manager.send("/forms/new", {"title": "Our own", "home": home.id, "source": "empty-child"})
    assert page.response.request.path == "/forms/our-own/edit"
    manager.visit("/forms/new?copy=staff-views")
    page = manager.send("/forms/new", {"title": "Our own", "home": home.id, "source": "copy-staff-views"})
    assert page.response.request.path.startswith("/forms/our-own-")
    for wrong in ({"source": "copy-gone"}, {"home": "elsewhere"}, {"source": ""}):
        sent = {"title": "x", "home": home.id, "source": "empty-child", **wrong}
        assert manager.send("/forms/new", sent).status == 422


def test_texts_are_translated_beside_each_other_and_what_is_stale_says_so(
    app: Flask, home: Home, draft: FormDraft
) -> None:
    manager = manager_of(app, home.id)
    say(app, ("pages", "days", "title"), "Each day")
    page = manager.visit("/forms/ours/languages")
    assert "It was “Your days” when this was translated." in page.text
    sent = {"language": "en-x-easyread", "seen": page.value("seen"), "text-pages.days.title": "Every day"}
    assert "Saved." in manager.send("/forms/ours/languages", sent).text
    assert "when this was translated" not in manager.visit("/forms/ours/languages").text


def test_a_question_of_the_bank_is_asked_on_a_page(app: Flask, home: Home, draft: FormDraft) -> None:
    manager = manager_of(app, home.id)
    page = manager.visit("/forms/ours/bank?audience=staff&word=children")
    assert "Add it" in page.text
    added = manager.send("/forms/ours/bank", {"question": page.value("question"), "page": "pages/words"})
    assert "Added" in added.text
    backwards = manager.visit("/forms/ours/bank?about=sccif-childrens-home/2026")
    assert "Asked of" in backwards.text


def test_history_says_who_did_what_and_any_point_comes_back(app: Flask, home: Home, draft: FormDraft) -> None:
    manager = manager_of(app, home.id)
    page = manager.visit("/forms/ours/edit?at=pages/days/questions/fun")
    manager.send("/forms/ours/moves", {"do": "delete pages/days/questions/fun", "seen": page.value("seen")})
    history = manager.visit("/forms/ours/history")
    assert "Mo Amari deleted “Do you get to do fun things?”" in history.text
    assert "“Do you get to do fun things?”" in manager.visit("/forms/ours/history/0").text
    restored = manager.send("/forms/ours/history/0")
    assert "Restored." in restored.text
    assert "Do you get to do fun things?" in manager.visit("/forms/ours/edit").text
