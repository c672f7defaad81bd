"""Where a new form starts, and what an empty one has."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest

from service.collection.forms.starting_points import StartingPoint, empty_document, starting_points
from service.collection.models.published_form import FormState
from service.definitions import Audience, Form, Setting, load_library
from service.definitions.editing import apply, moves, prepared
from service.definitions.editing.faults import faults_of
from tests.paths import ROOT

FORMS = load_library(ROOT / "forms")
STATES = [FormState(form.id, form.version, form.fingerprint) for form in FORMS.values()]
AUDIENCES = get_args(Audience)


def published(points: tuple[StartingPoint, ...]) -> list[StartingPoint]:
    return [point for point in points if not point.is_empty]


def test_each_audience_can_start_empty() -> None:
    points = starting_points([], {})
    assert [point.audience for point in points] == list(AUDIENCES)
    assert all(point.is_empty and not point.shipped for point in points)


def test_shipped_forms_come_before_the_providers_own() -> None:
    own = Form.of({**FORMS["parent-views"].to_json(), "id": "a-form", "title": "Our form"})
    states = [FormState("a-form", 1, own.fingerprint, built=True, home_id="larch-house"), *STATES]
    points = published(starting_points(states, {**FORMS, "a-form": own}))
    assert [point.form_id for point in points] == [*sorted(FORMS), "a-form"]
    assert points[-1] == StartingPoint("a-form", "Our form", "parent", False, own.fingerprint)
    first = FORMS["child-views"]
    assert StartingPoint("child-views", first.title, "child", True, first.fingerprint) in points


def test_what_is_not_offered_is_no_start() -> None:
    archived = replace(STATES[0], archived_at=datetime(2026, 3, 1, tzinfo=UTC))
    faulty = replace(STATES[1], faults=("a fault",))
    unpublished = FormState("never-published", faults=("a fault",))
    gone = FormState("gone", 1, "fingerprint")
    assert published(starting_points([archived, faulty, unpublished, gone], FORMS)) == []


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("setting", get_args(Setting))
def test_an_empty_form_lacks_questions_only(audience: Audience, setting: Setting) -> None:
    document = empty_document(audience, "How is it here?", setting)
    assert prepared(document) == document
    assert document["id"] == "how-is-it-here"
    (fault,) = faults_of(document)
    assert fault.address == ("pages", "page", "questions")
    assert faults_of(apply(document, moves.add_question(document, "page", "select_one", label="Is it fun?"))) == ()


@pytest.mark.parametrize(
    "form", [form for form in FORMS.values() if form.id.endswith("-views")], ids=lambda form: form.id
)
def test_it_is_read_by_those_who_read_the_shipped_form(form: Form) -> None:
    document = empty_document(form.audience, form.title, "childrens_home")
    assert (document["identity"], document["readers"]) == (form.identity, list(form.readers))
    assert document["retention"]["responses_days"] == form.retention.responses_days
    assert document.get("layout") == form.layout


def test_a_title_without_letters_still_gives_an_id() -> None:
    assert empty_document("child", "???", "childrens_home")["id"] == "form"
