"""How a definition becomes a page: every type, in every appearance, as text and never as markup."""

import json
import re
from datetime import timedelta
from typing import Any, get_args
from xml.etree import ElementTree

import pytest
from flask import Flask

from service.collection.forms.publication import publish
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form, form_from, load_form
from service.definitions.form import as_choice
from service.definitions.question import DateQuestion, GroupQuestion, Note
from service.repository import Store
from tests.paths import ROOT
from tests.visitor import Page, Visitor
from tests.web.respondent.test_form import begin_on_tablet

EVERY_TYPE = ROOT / "tests/forms/every-type.json"
SYMBOLS = {
    symbol.get("id")
    for symbol in ElementTree.parse(ROOT / "static/images/symbols.svg").iter("{http://www.w3.org/2000/svg}symbol")
}


def begun(visitor: Visitor, store: Store, home: Home, form: Form) -> tuple[str, Page]:
    """The address of a draft of this form, and its page."""
    publish(store, [form])
    closes = day_at(now()) + timedelta(days=7)
    round_ = open_round(store, home, [form], title="A round", reason="A try", closes_on=closes, now=now())
    [(_, token)] = invite(store, round_, [Addressee(form.id, "Sam Okafor", "sam@example.org", "a try")], now())
    visitor.visit(f"/i/{token}")
    page = visitor.send(f"/i/{token}")
    return page.response.request.path, page


def names_of(form: Form) -> set[str]:
    """The names of the fields that a form begins with, worked out from its definition."""
    names: set[str] = set()
    for placed in form.placed():
        question, start = placed.question, f"{placed.group.id}.0." if placed.group else ""
        if isinstance(question, GroupQuestion | Note):
            continue
        if question.type == "matrix":
            names |= {f"{question.id}.{row.id}" for row in question.rows}
        elif question.type == "rank":
            names |= {f"{question.id}.{number + 1}" for number in range(len(form.options(question)))}
        elif isinstance(question, DateQuestion) and question.precision == "month":
            names |= {f"{question.id}.month", f"{question.id}.year"}
        else:
            names.add(start + question.id)
    return names


def test_every_type_and_appearance_is_in_the_form_that_shows_them_all() -> None:
    questions = [placed.question for placed in load_form(EVERY_TYPE).placed()]
    for kind in {type(question) for question in questions}:
        fields = kind.model_fields
        shown = {getattr(question, "appearance", None) for question in questions if type(question) is kind}
        if "appearance" in fields and kind.__name__ != "MatrixQuestion":
            known = {name for part in get_args(fields["appearance"].annotation) for name in get_args(part)}
            assert known <= shown, kind.__name__
    templates = {path.stem for path in (ROOT / "service/templates/questions").glob("[a-z]*.html")}
    assert templates == {question.type for question in questions}


def test_every_question_has_its_fields_under_the_names_that_the_answers_go_by(
    visitor: Visitor, store: Store, home: Home
) -> None:
    form = load_form(EVERY_TYPE)
    _, page = begun(visitor, store, home, form)
    ours = {name for name in page.names() if "-" in name}
    assert page.names() - ours == names_of(form)
    assert {f"q-{placed.question.id}" for placed in form.placed() if placed.group is None} <= set(page.ids)


def test_what_was_kept_is_drawn_back_into_every_type(visitor: Visitor, store: Store, home: Home) -> None:
    given: dict[str, Any] = {
        "nickname": "Sam",
        "story": "\nA line\nand another",
        "reached_by": "01632 960 001",
        "letters": "sam@example.org",
        "reference": "SC012345",
        "hours": "37.5",
        "children": "4",
        "began": "2024-02-29",
        "trained.month": "09",
        "trained.year": "2026",
        "qualified": "2011",
        "wakes": "07:15",
        "role": "other",
        "role_other": "I cook",
        "shift": "mixed",
        "shift_why": "By the week",
        "drives": "no",
        "mood": "mostly",
        "place": "school",
        "supported": "agree",
        "settled": "7",
        "worries": ["noise", "repairs"],
        "repairs_what": "The door",
        "pictures": ["book"],
        "days_off": ["weekend"],
        "best_rooms.1": "garden",
        "best_rooms.2": "kitchen",
        "best_rooms.3": "lounge",
        "sayings.listened": "agree",
        "sayings.kept_safe": "neither",
        "beds": "5",
        "garden": "yes",
        "visits.0.visitor": "Ann",
        "visits.0.visited_on": "2026-11-02",
        "visits.0.visit_outcome": "badly",
        "visits.0.visit_why": "Late",
        "incidents.0.incident_date": "2026-11-03",
        "incidents.0.incident_kind": "injury",
        "incidents.0.incident_days": "2",
    }
    form = load_form(EVERY_TYPE)
    assert set(given) == names_of(form), "the answers above are to every question"
    address, _ = begun(visitor, store, home, form)
    page = visitor.send(f"{address}/draft", given)
    assert standing_in(page) == {
        name: set(value) if isinstance(value, list) else {value.strip()} for name, value in given.items()
    }


def standing_in(page: Page) -> dict[str, set[str]]:
    """What stands in the fields of a page, as a browser would send it."""
    found: dict[str, set[str]] = {}
    for field in page.fields:
        name, kind = field.get("name", ""), field.get("type")
        if (
            "-" in name
            or not name
            or field["tag"] != "input"
            or (kind in ("radio", "checkbox") and "checked" not in field)
        ):
            continue
        found.setdefault(name, set()).add(field.get("value", ""))
    for name, inside in re.findall(r'<select[^>]*? name="([^"]+)".*?>(.*?)</select>', page.html, re.DOTALL):
        found[name] = set(re.findall(r'value="([^"]*)" selected', inside))
    for name, inside in re.findall(r'<textarea[^>]*? name="([^"]+)".*?>(.*?)</textarea>', page.html, re.DOTALL):
        found[name] = {inside.strip()}
    return found


def test_what_is_kept_of_a_form_holds_nothing_that_anybody_said(
    app: Flask, visitor: Visitor, store: Store, round_: Round
) -> None:
    def chosen(page: Page) -> list[tuple[str | None, str | None]]:
        return [(found["name"], found["value"]) for found in page.fields if "checked" in found]

    said = {"company": "alone", "feel_safe": "never", "fun": "sometimes", "what_is_good": "The tree house."}
    address, other = begin_on_tablet(visitor, round_), Visitor(app)
    visitor.post(f"{address}/draft", said, headers={"HX-Request": "true"})
    first = visitor.visit(address)
    elsewhere = begin_on_tablet(other, round_)
    other.post(f"{elsewhere}/draft", {"fun": "always"}, headers={"HX-Request": "true"})
    second = other.visit(elsewhere)
    assert chosen(first) == [("company", "alone"), ("fun", "sometimes"), ("feel_safe", "never")]
    assert chosen(second) == [("fun", "always")]
    assert "The tree house." in first.html
    assert "The tree house." not in second.html
    other.post(f"{elsewhere}/draft", {"feel_safe": "mostly"}, headers={"HX-Request": "true"})
    assert chosen(other.visit(elsewhere)) == [("feel_safe", "mostly")]
    assert chosen(visitor.visit(address)) == chosen(first)


def test_a_form_that_says_what_one_was_asked_about_says_it_to_each_of_their_own(
    app: Flask, store: Store, home: Home
) -> None:
    definition = json.loads(EVERY_TYPE.read_text("utf-8")) | {"version": 3, "introduction": "About {meta.label}."}
    publish(store, [form := Form.of(definition)])
    closes = day_at(now()) + timedelta(days=7)
    round_ = open_round(store, home, [form], title="A round", reason="A try", closes_on=closes, now=now())
    for label in ("the school", "the health check"):
        [(_, token)] = invite(
            store, round_, [Addressee(form.id, "Sam Okafor", f"{label[4:7]}@example.org", label)], now()
        )
        visitor = Visitor(app)
        visitor.visit(f"/i/{token}")
        assert f"About {label}." in visitor.send(f"/i/{token}").text


NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</textarea><b>out</b>",
    "{{ 7 * 7 }} {% raw %}",
    "--><!--",
]


@pytest.mark.parametrize("nasty", NASTY)
def test_what_an_author_wrote_is_text_wherever_it_stands(
    visitor: Visitor, store: Store, home: Home, nasty: str
) -> None:
    definition = json.loads(EVERY_TYPE.read_text("utf-8"))
    plain = set(re.findall(r"<([a-z0-9]+)", begun(visitor, store, home, form_from(definition))[1].html))
    definition["version"] = 2
    form = Form.of(_with(definition, nasty))
    _, page = begun(visitor, store, home, form)
    assert set(re.findall(r"<([a-z0-9]+)", page.html)) <= plain, "no tag that was not there before"
    assert "onerror=alert(1)>" not in page.html
    assert "<!--" not in page.html
    assert "49" not in page.text
    assert not page.inline


def _with(node: Any, nasty: str, key: str = "") -> Any:
    """The same definition with the nasty text in every text that is there to be read."""
    if isinstance(node, dict):
        return {name: _with(value, nasty, name) for name, value in node.items()}
    if isinstance(node, list):
        return [_with(value, nasty, key) for value in node]
    readable = {"title", "description", "introduction", "thank_you", "label", "hint", "unit", "required_message"}
    return f"{node} {nasty}" if isinstance(node, str) and key in readable else node


def test_the_pictures_of_our_own_forms_are_in_the_sprite(library: dict[str, Form]) -> None:
    wanted = {f"face-{number}" for number in range(1, 6)}
    for form in [*library.values(), load_form(EVERY_TYPE)]:
        for placed in form.placed():
            choice = as_choice(placed.question)
            media = [placed.question.media, *(option.media for option in (form.options(choice) if choice else ()))]
            wanted |= {found.symbol for found in media if found and found.symbol}
    assert wanted <= SYMBOLS
