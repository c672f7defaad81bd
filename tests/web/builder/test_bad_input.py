"""Whatever is sent to the form builder: a sentence, never a fault of ours, and nothing runs or is lost."""

import io
import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.collection.forms.drafts import begin_draft, replace_document
from service.collection.models.form_draft import FormDraft
from service.collection.models.home import Home
from service.dates import now
from service.definitions import Form
from service.state import app_state
from service.web.builder.buttons import MAKERS
from service.web.builder.cards import PARTS
from tests.accounts_factory import manager_of
from tests.visitor import Visitor

LONG_ON_POSTGRES = True
FINE = {200, 302, 303, 400, 404, 409, 422}
SCRIPT = "<script>alert(1)</script>'\"&{{7*7}}"
PLACES = [
    "", "/", "pages", "pages/days", "pages/days/questions", "pages/days/questions/fun", "pages/gone/questions/x",
    "pages/days/questions/fun/label", "choice_lists", "choice_lists/how_often", "choice_lists/how_often/never",
    "alerts", "alerts/child_not_safe", "checks", "checks/x", "computed/x", "translations/en-x-easyread/title", "id",
    "version", "~0~1~2", "\x00", "é\u202e", "a/" * 300,
]  # fmt: skip
PAGES = (
    "edit",
    "preview",
    "preview/page",
    "preview/paper",
    "bank",
    "languages",
    "map",
    "history",
    "history/0",
    "publish",
)


@pytest.fixture
def draft(app: Flask, home: Home, library: dict[str, Form]) -> FormDraft:
    definition = library["child-views"].to_json()
    return begin_draft(app_state(app).store, "ours", home.id, definition, now(), by="someone")


@pytest.fixture
def manager(app: Flask, home: Home, draft: FormDraft) -> Visitor:
    visitor = manager_of(app, home.id)
    visitor.visit("/forms/ours/edit")
    return visitor


@pytest.mark.parametrize("verb", [*MAKERS, "undo", "redo", "leave", "", "nonsense"])
def test_every_button_at_every_place_is_done_or_refused(manager: Visitor, verb: str) -> None:
    for place in PLACES:
        for more in ({}, {"sure": "yes", "label": SCRIPT, "type": "text", "lines": SCRIPT, "value": "7", "to": place}):
            for seen in ("", "-1", "99999", "x") if place == PLACES[5] else ("",):
                reply = manager.post("/forms/ours/moves", {"do": f"{verb} {place}".strip(), "seen": seen, **more})
                assert reply.status_code in FINE, (verb, place, more, seen, reply.status)


@pytest.mark.parametrize("place", PLACES)
def test_every_place_can_be_asked_for_and_saved(manager: Visitor, place: str) -> None:
    for part in (*PARTS, "gone"):
        assert manager.client.get("/forms/ours/edit", query_string={"at": place, "part": part}).status_code in FINE
    for do in ("save", "look"):
        fields = ["field-label", "field-when", "field-escalate", "field-codes", "field-type", "field-id", "field-value"]
        line = {"field-when-0-join": "and", "field-when-0-0-name": "feel_safe", "field-when-0-0-test": "is"}
        steps = {"field-escalate-0-minutes": "soon"}
        sent = {"at": place, "do": do, "fields": fields, **dict.fromkeys(fields, SCRIPT), **line, **steps}
        assert manager.post("/forms/ours/edit", sent).status_code in FINE


def scripted(value: Any) -> Any:
    """Every text of a definition with a script in it, names apart."""
    if isinstance(value, dict):
        named = ("id", "type", "var", "answered", "system", "format", "audience", "value")
        return {key: each if key in named else scripted(each) for key, each in value.items()}
    if isinstance(value, list):
        return [scripted(each) for each in value]
    return f"{value}{SCRIPT}" if isinstance(value, str) else value


def test_what_a_definition_says_is_text_on_every_page(app: Flask, manager: Visitor, library: dict[str, Form]) -> None:
    replace_document(app_state(app).store, "ours", scripted(library["child-views"].to_json()), now(), by="someone")
    for page in PAGES:
        for at in ("", "pages/days/questions/fun", "alerts/child_not_safe") if page == "edit" else ("",):
            reply = manager.client.get(f"/forms/ours/{page}", query_string={"at": at, "language": "en-x-easyread"})
            assert reply.status_code in FINE
            assert "<script>alert" not in reply.text, page
            assert "&amp;49" not in reply.text, page
    assert "<script>alert" not in manager.client.get("/forms").text


@pytest.mark.parametrize(
    "data",
    [
        b"", b"no json", b"[]", b"7", b'{"pages": 7}', b'{"pages": [7]}', b'{"pages": [{"questions": [{}]}]}',
        b'{"alerts": [{"when": {"==": []}}]}', b'{"title": {"a": []}, "languages": 7, "translations": {"cy": 7}}',
        b'{"checks": [{}, {}], "computed": [], "choice_lists": {"a": [{"value": 1}]}}', b"[" * 5000, b"\xff\xfe",
        b"{" * 200_001,
    ],
)  # fmt: skip
def test_any_file_is_taken_or_refused_and_every_page_still_opens(manager: Visitor, data: bytes) -> None:
    reply = manager.post("/forms/ours/file", {"file": (io.BytesIO(data), "form.json")})
    assert reply.status_code in FINE
    for page in PAGES:
        assert manager.client.get(f"/forms/ours/{page}").status_code in FINE, page
    for part in PARTS:
        assert manager.client.get(f"/forms/ours/edit?part={part}").status_code in FINE, part


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "type",
                    "label",
                    "options",
                    "value",
                    "questions",
                    "visible_if",
                    "when",
                    "==",
                    "var",
                    "detail",
                    "rows",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            ["pages", "alerts", "checks", "computed", "choice_lists", "translations", "languages", "title", "audience"]
        ),
        ANYTHING,
    )
)
def test_any_document_at_all_can_be_looked_at(app: Flask, manager: Visitor, document: dict[str, Any]) -> None:
    reply = manager.post("/forms/ours/file", {"file": (io.BytesIO(json.dumps(document).encode()), "form.json")})
    assert reply.status_code in FINE
    for part in PARTS:
        assert manager.client.get(f"/forms/ours/edit?part={part}").status_code in FINE
    for page in PAGES[1:]:
        assert manager.client.get(f"/forms/ours/{page}").status_code in FINE
