"""Drafts of forms at the command line: listed, published, agreed to; form files written in one way."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from service.accounts.account import Account
from service.collection.forms.drafts import begin_draft, change_draft
from service.collection.models.form_draft import FormDraft
from service.collection.models.home import Home
from service.collection.models.published_form import FormRef, FormState
from service.dates import now
from service.definitions.canonical import canonical_text
from service.definitions.editing import moves
from service.repository import Store
from tests.accounts_factory import account_with
from tests.paths import ROOT

SHIPPED = ROOT / "forms" / "child-views.json"


def run(app: Flask, *words: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=["forms", *words])


@pytest.fixture
def manager(app: Flask, home: Home) -> Account:
    return account_with(app, "registered_manager", home_id=home.id)


@pytest.fixture
def draft(store: Store, home: Home, manager: Account) -> FormDraft:
    state = store[FormState].get("child-views")
    assert state is not None
    source = FormRef("child-views", state.version, state.current)
    document = json.loads(SHIPPED.read_text())
    return begin_draft(store, "our-views", home.id, document, now(), by=manager.id, source=source)


def change_readers(store: Store, author: Account) -> None:
    change_draft(
        store,
        "our-views",
        0,
        lambda document: [moves.change(document, ("readers",), ["safeguarding_lead"])],
        now(),
        by=author.id,
    )


def test_a_draft_is_published(app: Flask, draft: FormDraft, manager: Account) -> None:
    assert run(app, "drafts").output == "our-views\tlarch-house\t1\tnot changed\tWhat is it like where you live?\n"
    done = run(app, "publish", "our-views", "--as", manager.email.upper())
    assert (done.exit_code, done.output) == (0, "Version 1 of our-views is published.\n")
    again = run(app, "publish", "our-views", "--as", manager.email)
    assert (again.exit_code, again.output) == (1, "Nothing has changed since version 1.\n")


def test_a_change_of_readers_waits_until_the_lead_agrees(
    app: Flask, store: Store, home: Home, draft: FormDraft, manager: Account
) -> None:
    change_readers(store, manager)
    lead = account_with(app, "safeguarding_lead", home_id=home.id)
    change = "- The people who can read answers are now safeguarding lead.\n"
    refused = run(app, "publish", "our-views", "--as", manager.email)
    assert refused.exit_code == 1
    assert change in refused.output
    assert "Ask for it with --ask" in refused.output
    assert run(app, "agree", "our-views", "--as", lead.email).exit_code == 1
    assert store[FormState].get("our-views") is None
    asked = run(app, "publish", "our-views", "--as", manager.email, "--ask")
    assert (asked.exit_code, asked.output) == (0, f"{change}our-views waits for agreement.\n")
    assert "\twaits for agreement\t" in run(app, "drafts").output
    assert run(app, "agree", "our-views", "--as", manager.email).exit_code == 1
    done = run(app, "agree", "our-views", "--as", lead.email)
    assert (done.exit_code, done.output) == (0, f"{change}Version 1 of our-views is published.\n")


@pytest.mark.parametrize("command", ["publish", "agree"])
def test_wrong_names_are_said(app: Flask, draft: FormDraft, manager: Account, command: str) -> None:
    assert "There is no account" in run(app, command, "our-views", "--as", "nobody@example.org").output
    assert "no longer being edited" in run(app, command, "gone", "--as", manager.email).output
    assert run(app, command, "our-views").exit_code == 2


class TestTidy:
    def test_a_file_is_written_as_the_builder_writes_it(self, app: Flask, tmp_path: Path) -> None:
        definition = json.loads(SHIPPED.read_text())
        file = tmp_path / "child-views.json"
        file.write_text(json.dumps(dict(reversed(definition.items()))))
        assert run(app, "tidy", str(file)).output == "child-views.json is tidied.\n"
        assert file.read_bytes() == SHIPPED.read_bytes()
        assert run(app, "tidy", str(file)).output == ""

    @pytest.mark.parametrize("content", ["{", "[]", '{"id": 1, "id": 2}', '{"title": NaN}'])
    def test_a_file_that_would_lose_something_stays_as_it_is(self, app: Flask, tmp_path: Path, content: str) -> None:
        faulty, fine = tmp_path / "faulty.json", tmp_path / "fine.json"
        faulty.write_text(content)
        fine.write_text('{"title":"Draft"}')
        done = run(app, "tidy", str(faulty), str(fine))
        assert done.exit_code == 1
        assert done.output.startswith("faulty.json: ")
        assert "1 of 2 files were left as they are." in done.output
        assert faulty.read_text() == content
        assert fine.read_text() == canonical_text({"title": "Draft"})

    def test_all_shipped_forms_are_tidy(self, app: Flask) -> None:
        done = run(app, "tidy")
        assert (done.exit_code, done.output) == (0, "")
