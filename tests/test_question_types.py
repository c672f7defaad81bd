"""Every question type through every place that spells it; a place that is missing is named."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, get_args

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from service.analysis import tallies as tally_module
from service.analysis.merged_form import join
from service.answers import client_rules, fields, validation
from service.answers.filled_form import posted
from service.answers.visibility import visible
from service.collection.models.home import Home
from service.definitions import Form, examine, form_from, form_schema, paths
from service.definitions.question import Question, QuestionFacts
from service.reports import labels
from service.reports.sheets import columns as column_module
from service.repository import Store
from tests.accounts_factory import manager_of
from tests.analysis.tally_factory import TODAY, asks, said
from tests.paths import ROOT
from tests.visitor import Visitor
from tests.web.respondent.test_document import begun

MODELS = get_args(get_args(Question)[0])
FACTS: dict[str, QuestionFacts] = {
    name: model.facts for model in MODELS for name in get_args(model.model_fields["type"].annotation)
}
TWO = [{"value": "yes", "label": "Oh yes"}, {"value": "no", "label": "Oh no"}]
UNSURE = {"value": "unsure", "label": "Who knows", "missing": True}


@dataclass(frozen=True)
class Sample:
    """A question of a type: what stands in it, what is posted, the answer that this is, one that is refused.

    `words` are the texts in it that can be translated.
    """

    parts: dict[str, Any] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    answer: Any = None
    refused: Any = None
    words: tuple[str, ...] = ()


SAMPLES = {
    "text": Sample({}, {"q": "Fine"}, "Fine", 5),
    "phone": Sample({}, {"q": "01632 960001"}, "01632 960001", "twelve"),
    "email": Sample({}, {"q": "sam@example.org"}, "sam@example.org", "sam"),
    "number": Sample({"unit": "Hours or so"}, {"q": "12"}, 12, "twelve", ("Hours or so",)),
    "date": Sample({}, {"q": "2026-11-20"}, "2026-11-20", "2026-02-30"),
    "time": Sample({}, {"q": "09:30"}, "09:30", "25:00"),
    "select_one": Sample({"options": TWO}, {"q": "yes"}, "yes", "maybe", ("Oh yes", "Oh no")),
    "scale": Sample(
        {"lowest_label": "Not at all", "highest_label": "Wholly", "others": [UNSURE]},
        {"q": "7"},
        "7",
        "11",
        ("Not at all", "Wholly", "Who knows"),
    ),
    "select_multiple": Sample({"options": TWO}, {"q": "yes"}, ["yes"], ["maybe"], ("Oh yes", "Oh no")),
    "rank": Sample({"options": TWO}, {"q.1": "no", "q.2": "yes"}, ["no", "yes"], ["no", "no"], ("Oh yes", "Oh no")),
    "matrix": Sample(
        {"options": TWO, "rows": [{"id": "food", "label": "The food"}]},
        {"q.food": "yes"},
        {"food": "yes"},
        {"food": "maybe"},
        ("Oh yes", "The food"),
    ),
    "group": Sample(
        {"repeat": {"max": 2}, "questions": [asks("inner", "text")]},
        {"q.0.inner": "One"},
        [{"inner": "One"}],
        [{}] * 3,
        ("inner?",),
    ),
    "note": Sample(),
}


def form_of(question_type: str) -> Form:
    """A form that asks one question of this type."""
    return form_from(
        {
            "format": "survey-definition/1",
            "id": "one-question",
            "version": 1,
            "audience": "social_worker",
            "title": "One question",
            "languages": ["en"],
            "identity": "named",
            "readers": ["registered_manager"],
            "pages": [
                {"id": "one", "title": "One", "questions": [asks("q", question_type, **SAMPLES[question_type].parts)]}
            ],
        }
    )


def lacking(question_type: str) -> list[str]:
    """The places that do not know a question type as they should."""
    sample, form, facts = SAMPLES[question_type], form_of(question_type), FACTS[question_type]
    places: dict[str, Callable[[], bool]] = {
        "translation": lambda: {"q?", *sample.words} <= {*paths(form).values()},
        "schema": lambda: f'"{question_type}"' in json.dumps(form_schema()),
        "template": (ROOT / f"service/templates/questions/{question_type}.html").is_file,
    }
    if facts.answer != "none":
        places |= {
            "field": lambda: posted(form, MultiDict(sample.sent), TODAY).answers == {"q": sample.answer},
            "validation": lambda: not _faults(form, sample.answer) and bool(_faults(form, sample.refused)),
            "condition": lambda: visible(form, {"q": sample.answer}, TODAY).value("q") is not None,
            "condition in the browser": lambda: _is_known_to_scripts(form, facts),
            "tally": lambda: all(one.answered == 1 for one in _tallies(form, sample.answer)),
            "column": lambda: any(cell not in (None, "") for cell in _cells(form, sample.answer)),
            "label in the codebook": lambda: bool(labels.TYPES.get(question_type)),
        }
    return [name for name, knows in places.items() if not _holds(knows)]


def _holds(knows: Callable[[], bool]) -> bool:
    try:
        return knows()
    except (KeyError, TypeError):
        return False


def _faults(form: Form, answer: Any) -> tuple[str, ...]:
    shown = visible(form, {"q": answer}, TODAY)
    return validation.answer_faults(form, shown, shown.asked[0], TODAY, lambda key, **words: key)


def _is_known_to_scripts(form: Form, facts: QuestionFacts) -> bool:
    if facts.answer in ("text", "option", "rows"):
        return True
    kind = client_rules.rules_of(form)["pages"][0]["ask"][0].get("type")
    scripts = "".join((ROOT / f"static/js/{name}.js").read_text() for name in ("expression", "expression-more"))
    return kind is not None and re.search(rf"^\s+{kind}: \(answer\)", scripts, re.MULTILINE) is not None


def _tallies(form: Form, answer: Any) -> tuple[tally_module.Tally, ...]:
    found = tally_module.tallies(join([form]).questions[0], said(form, {"q": answer}))
    assert found
    return found


def _cells(form: Form, answer: Any) -> Iterator[Any]:
    joined = join([form]).questions[0]
    [heard] = said(form, {"q": answer})
    for column in column_module.columns_of(joined):
        yield from (column.cell(one) for one in joined.said(heard))


def test_every_type_has_a_sample() -> None:
    assert SAMPLES.keys() == FACTS.keys()


@pytest.mark.parametrize("question_type", FACTS)
def test_a_type_is_spelled_in_every_place(question_type: str) -> None:
    assert lacking(question_type) == []


def _unknown(*given: Any) -> Any:
    raise TypeError


@pytest.mark.parametrize(
    ("holder", "name", "place"),
    [
        (fields, "field_for", "field"),
        (validation, "_faults", "validation"),
        (tally_module, "_tallies", "tally"),
        (column_module, "_columns", "column"),
    ],
)
def test_a_place_that_does_not_know_the_type_is_named(
    monkeypatch: pytest.MonkeyPatch, holder: Any, name: str, place: str
) -> None:
    monkeypatch.setattr(holder, name, _unknown)
    assert lacking("scale") == [place]


@pytest.mark.parametrize(
    ("table", "key", "place"),
    [(labels.TYPES, "scale", "label in the codebook"), (client_rules.KINDS, "point", "condition in the browser")],
)
def test_a_table_that_does_not_know_the_type_is_named(
    monkeypatch: pytest.MonkeyPatch, table: dict[str, str], key: str, place: str
) -> None:
    monkeypatch.delitem(table, key)
    assert lacking("scale") == [place]


@pytest.mark.parametrize("question_type", FACTS)
def test_a_type_stands_on_the_page_and_on_paper(
    app: Flask, visitor: Visitor, store: Store, home: Home, question_type: str
) -> None:
    sample = SAMPLES[question_type]
    _, page = begun(visitor, store, home, form_of(question_type))
    printed = manager_of(app, home.id).visit("/forms/one-question/paper")
    for text in ("q?", *sample.words):
        assert text in page.text
        assert text in printed.text
    for name in sample.sent:
        assert f'name="{name}"' in page.html
    if sample.sent:
        assert 'data-id="q"' in printed.html


def test_a_scale_is_a_number_to_conditions_and_its_ends_are_named_on_paper(
    app: Flask, visitor: Visitor, store: Store, home: Home
) -> None:
    form = form_of("scale")
    shown = {answer: visible(form, {"q": answer}, TODAY).value("q") for answer in ("0", "10", "unsure")}
    assert shown == {"0": 0, "10": 10, "unsure": "unsure"}
    begun(visitor, store, home, form)
    assert "0: Not at all" in manager_of(app, home.id).visit("/forms/one-question/paper").text


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        ({"==": [{"var": "q"}, 7]}, ""),
        ({"==": [{"var": "q"}, "unsure"]}, ""),
        ({">=": [{"var": "q"}, 7]}, ""),
        ({"==": [{"var": "q"}, "7"]}, "'q' has no option '7'"),
        ({"==": [{"var": "q"}, 11]}, "'q' has no option 11"),
    ],
)
def test_conditions_on_a_scale_are_checked(condition: dict[str, Any], fault: str) -> None:
    definition = form_of("scale").to_json()
    definition["pages"][0]["questions"].append(asks("why", "text", visible_if=condition))
    found = [str(one) for one in examine(definition).faults]
    assert found == [] if not fault else fault in found[0]
