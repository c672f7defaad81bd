"""What the form builder costs against the page of the form that it edits: ratios of medians, side by side."""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask

from service import create_app
from service.collection.forms.drafts import begin_draft, change_draft
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.form_draft import FormDraft
from service.collection.models.home import Home
from service.collection.rounds.open_close import open_round
from service.config import config_from
from service.dates import day_at, now
from service.definitions import Form
from service.definitions.editing import Move, Patch, finished
from service.state import app_state
from tests.accounts_factory import manager_of
from tests.visitor import Visitor

QUESTIONS = 60
TIMES = 21


def main() -> None:
    """Print each action against a GET of the form page with answers in it."""
    with tempfile.TemporaryDirectory() as folder:
        app = _served(Path(folder))
        form_page = _form_page(app)
        manager = manager_of(app, "larch-house")
        builder = {
            "open the editor": lambda: manager.client.get("/forms/sixty/edit"),
            "one move": lambda: _post(manager, "/forms/sixty/moves", do="down pages/one/questions/q1"),
            "undo": lambda: _post(manager, "/forms/sixty/moves", do="undo"),
        }
        manager.visit("/forms/sixty/edit")
        measured = _medians({"the form page": form_page, **builder})
        base = measured["the form page"]
        for name, seconds in measured.items():
            sys.stdout.write(f"{name:<28}{seconds * 1000:8.1f} ms{seconds / base:8.2f} x\n")
        few, many = _history(app, manager, 50), _history(app, manager, 500)
        sys.stdout.write(f"{'500 moves against 50':<28}{many * 1000:8.1f} ms{many / few:8.2f} x\n")


def _served(folder: Path) -> Flask:
    app = create_app(
        config_from(
            {
                "SAYSO_STORE_URL": f"tinydb:{folder / 'store'}",
                "SAYSO_INSTANCE_DIR": str(folder / "instance"),
                "SAYSO_EXPORTS_DIR": str(folder / "exports"),
                "SAYSO_HTMX_SOURCE": "local",
            }
        )
    )
    store = app_state(app).store
    with store.transaction() as tx:
        tx[Home].put(Home("larch-house", "Larch House", "childrens_home", demonstration=True))
    begin_draft(store, "sixty", "larch-house", _definition(), now(), by="bench")
    return app


def _definition() -> dict[str, object]:
    options = [{"value": value, "label": value.title()} for value in ("always", "sometimes", "never")]
    questions = [
        {"id": f"q{number}", "type": "select_one", "label": f"Is number {number} as it should be?", "options": options}
        for number in range(1, QUESTIONS + 1)
    ]
    return {
        "format": "survey-definition/1",
        "id": "sixty",
        "version": 1,
        "audience": "social_worker",
        "title": "Sixty questions",
        "languages": ["en"],
        "identity": "named",
        "readers": ["registered_manager"],
        "layout": "pages",
        "pages": [{"id": "one", "title": "All of them", "questions": questions}],
    }


def _form_page(app: Flask) -> Callable[[], object]:
    """A response to the same form, begun and half answered."""
    store = app_state(app).store
    draft, home = store[FormDraft].get("sixty"), store[Home].get("larch-house")
    assert draft is not None
    assert home is not None
    form = Form.of(finished(draft.document))
    until = day_at(now()) + timedelta(days=9)
    round_ = open_round(store, home, [form], title="Sixty", reason="", closes_on=until, now=now())
    [(_, token)] = invite(store, round_, [Addressee("sixty", "Sam", "sam@example.org", "the review")], now())
    visitor = Visitor(app)
    visitor.visit(f"/i/{token}")
    address = visitor.post(f"/i/{token}").location
    visitor.visit(address)
    visitor.post(f"{address}/draft", {f"q{number}": "never" for number in range(1, 31)})
    return lambda: visitor.client.get(address)


def _post(manager: Visitor, address: str, **values: str) -> object:
    return manager.post(address, {"at": "", **values}, headers={"HX-Request": "true"})


def _medians(actions: dict[str, Callable[[], object]]) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(TIMES):
        for name, act in actions.items():
            start = time.perf_counter()
            act()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in taken.items()}


def _history(app: Flask, manager: Visitor, count: int) -> float:
    """How long a draft with so many moves takes to open."""
    store, draft_id = app_state(app).store, f"moves-{count}"
    begin_draft(store, draft_id, "larch-house", json.loads(json.dumps(_definition())), now(), by="bench")
    for number in range(count):
        before = f"Title {number - 1}" if number else "Sixty questions"
        move = Move(f"changed the title {number}", (Patch(("title",), before, f"Title {number}"),))
        change_draft(store, draft_id, number, lambda there, move=move: [move], now(), by="bench")
    return _medians({"open": lambda: manager.client.get(f"/forms/{draft_id}/edit")})["open"]
