"""What nobody may publish alone: readers, alerts, and all that decides whether an alert is raised."""

import json
from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.answers.alert_rules import alerts_in
from service.answers.visibility import visible
from service.collection.forms.approval import FIRST_VERSION, protected_differences
from service.definitions import Form, examine
from service.definitions.editing import MoveRefused, PlaceChanged, apply, finished, prepared
from service.definitions.editing.places import items, questions_of
from tests.definitions.editing.test_two_authors import MAKERS
from tests.paths import ROOT


def option(value: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "label": value.title(), **more}


def choice(name: str, *options: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": name, "type": "select_one", "label": f"{name}?", "options": list(options), **more}


def when(name: str, value: str) -> dict[str, Any]:
    return {"==": [{"var": name}, value]}


# An alert that rests on a value, that rests on a question under an option of a list, in a page with a condition.
DEEP: dict[str, Any] = {
    "format": "survey-definition/1",
    "id": "deep",
    "version": 1,
    "audience": "staff",
    "title": "Deep",
    "languages": ["en", "cy"],
    "identity": "named",
    "choice_lists": {
        "often": [option("always"), option("never", detail={**choice("why", option("hurt"), option("bored"))})],
        "colours": [option("red"), option("blue")],
    },
    "pages": [
        {"id": "start", "title": "Start", "questions": [choice("gate", option("yes"), option("no")),
                                                        choice("free", option("a"), option("b"))]},
        {
            "id": "middle",
            "title": "Middle",
            "visible_if": when("gate", "yes"),
            "questions": [
                {
                    "id": "box",
                    "type": "group",
                    "label": "Box",
                    "visible_if": {"var": "computed.open"},
                    "questions": [{"id": "safe", "type": "select_one", "label": "Safe?", "options": "often"}],
                },
                {"id": "colour", "type": "select_one", "label": "Colour?", "options": "colours"},
                {"id": "words", "type": "text", "label": "Words?"},
            ],
        },
        {"id": "end", "title": "End", "questions": [choice("last", option("a"), option("b"))]},
    ],
    "computed": {"bad": when("why", "hurt"), "open": {"answered": "free"}, "idle": {"answered": "last"}},
    "alerts": [
        {
            "id": "unsafe",
            "when": {"and": [{"var": "computed.bad"}, True]},
            "severity": "urgent",
            "notify": ["safeguarding_lead"],
            "message": "Read this.",
        }
    ],
    "translations": {"cy": {"questions.why.label": "Pam?", "questions.words.label": "Geiriau?", "title": "Dwfn"}},
}  # fmt: skip


def page(document: Any, number: int) -> Any:
    return document["pages"][number]


def asked(document: Any, page_number: int, number: int) -> Any:
    return page(document, page_number)["questions"][number]


def to_end(document: Any) -> None:
    page(document, 2)["questions"].append(page(document, 1)["questions"].pop(0))


PROTECTED: dict[str, tuple[Callable[[Any], Any], tuple[str, ...]]] = {
    "readers": (lambda d: d.update(readers=["staff"]), ("form", "readers")),
    "identity": (lambda d: d.update(identity="anonymous"), ("form", "identity")),
    "audience": (lambda d: d.update(audience="manager"), ("form", "audience")),
    "retention": (lambda d: d.update(retention={"responses_days": 30}), ("form", "retention")),
    "reporting": (lambda d: d.update(reporting={"minimum_group_size": 7}), ("form", "reporting")),
    "sharing": (lambda d: d.update(sharing={"ask": True}), ("form", "sharing")),
    "who is told": (lambda d: d["alerts"][0].update(notify=["staff"]), ("alert", "unsafe")),
    "who is told later": (lambda d: d["alerts"][0].update(escalate=[]), ("alert", "unsafe")),
    "how urgent": (lambda d: d["alerts"][0].update(severity="same_day"), ("alert", "unsafe")),
    "an alert less": (lambda d: d["alerts"].clear(), ("alert", "unsafe")),
    "an alert more": (lambda d: d["alerts"].append({**d["alerts"][0], "id": "more"}), ("alert", "more")),
    "the value": (lambda d: d["computed"].update(bad=False), ("computed", "bad")),
    "the value of a condition": (lambda d: d["computed"].update(open=False), ("computed", "open")),
    "the wording": (
        lambda d: d["choice_lists"]["often"][1]["detail"].update(label="Why not?"), ("question", "why"),
    ),
    "its Welsh": (lambda d: d["translations"]["cy"].update({"questions.why.label": "Beth?"}), ("question", "why")),
    "all Welsh": (lambda d: d.pop("translations"), ("question", "why")),
    "an option": (lambda d: d["choice_lists"]["often"][1]["detail"]["options"].pop(), ("question", "why")),
    "the order of options": (
        lambda d: d["choice_lists"]["often"][1]["detail"]["options"].reverse(), ("question", "why"),
    ),
    "a condition": (
        lambda d: d["choice_lists"]["often"][1]["detail"].update(visible_if=False), ("question", "why"),
    ),
    "the option that leads to it": (
        lambda d: d["choice_lists"]["often"][0].update(detail=d["choice_lists"]["often"][1].pop("detail")),
        ("question", "why"),
    ),
    "the list with that option": (lambda d: d["choice_lists"]["often"].pop(0), ("list", "often")),
    "the question with that list": (lambda d: asked(d, 1, 0)["questions"][0].update(label="?"), ("question", "safe")),
    "its group": (lambda d: asked(d, 1, 0).update(repeat={"max": 3}), ("question", "box")),
    "the condition of its group": (lambda d: asked(d, 1, 0).pop("visible_if"), ("question", "box")),
    "the condition of its page": (lambda d: page(d, 1).pop("visible_if"), ("page", "middle")),
    "what that condition asks": (lambda d: asked(d, 0, 0).update(hint="Now"), ("question", "gate")),
    "what a value in a condition asks": (lambda d: asked(d, 0, 1).update(required=True), ("question", "free")),
    "another page": (to_end, ("question", "box")),
    "a verbatim flag": (lambda d: asked(d, 1, 2).update(reporting={"verbatim": "always"}), ("question", "words")),
    "left out of what leaves": (lambda d: asked(d, 1, 1).update(reporting={"include": False}), ("question", "colour")),
    "a new question in full": (
        lambda d: page(d, 2)["questions"].append({"id": "new", "type": "text", "label": "New?",
                                                  "reporting": {"verbatim": "always"}}),
        ("question", "new"),
    ),
}  # fmt: skip
FREE: dict[str, Callable[[Any], Any]] = {
    "nothing": lambda d: None,
    "the title": lambda d: d.update(title="Other"),
    "id and version": lambda d: d.update(id="other", version=9),
    "the title of a page": lambda d: page(d, 1).update(title="Other"),
    "another question's wording": lambda d: asked(d, 1, 2).update(label="Your words?"),
    "another question's Welsh": lambda d: d["translations"]["cy"].update({"questions.words.label": "G?"}),
    "another list": lambda d: d["choice_lists"]["colours"].pop(),
    "another question less": lambda d: page(d, 1)["questions"].pop(2),
    "another value": lambda d: d["computed"].update(idle=False),
    "pages in another order": lambda d: d["pages"].append(d["pages"].pop(1)),
    "codes": lambda d: asked(d, 0, 0).update(codes=[{"system": "s", "code": "1"}]),
    "a new question": lambda d: page(d, 2)["questions"].append({"id": "new", "type": "text", "label": "New?"}),
    "a new question beside it": lambda d: page(d, 1)["questions"].insert(0, choice("x", option("a"), option("b"))),
    "defaults that are said": lambda d: d.update(readers=[], retention={"responses_days": 365, "drafts_days": 14}),
    "a default of a question": lambda d: asked(d, 1, 2).update(reporting={"verbatim": "managers_only"}),
}


@pytest.mark.parametrize("case", PROTECTED)
def test_a_second_person_must_agree_to(case: str) -> None:
    change, about = PROTECTED[case]
    after = deepcopy(DEEP)
    change(after)
    for before, later in ((DEEP, after), (after, DEEP)):
        found = protected_differences(later, before)
        assert all(each.sentence for each in found)
        if case != "a new question in full" or later is after:
            assert about in {each.about[:2] for each in found}, [each.sentence for each in found]


@pytest.mark.parametrize("case", FREE)
def test_one_person_may_change(case: str) -> None:
    after = deepcopy(DEEP)
    FREE[case](after)
    assert protected_differences(after, DEEP) == ()
    assert protected_differences(DEEP, after) == ()


def test_names_of_checks_are_no_difference() -> None:
    document = {**DEEP, "checks": [{"rule": True, "message": "M", "questions": ["free"]}]}
    assert protected_differences(prepared(document), document) == ()


def test_without_anything_agreed_before_all_of_it_waits() -> None:
    first, *rest = protected_differences(DEEP, None)
    assert first.sentence == FIRST_VERSION
    about = {each.about[:2] for each in rest}
    assert {("form", "identity"), ("alert", "unsafe"), ("question", "why"), ("computed", "bad")} <= about
    assert not about & {("question", "words"), ("computed", "idle"), ("form", "title")}
    bare = {key: DEEP[key] for key in ("format", "id", "version")}
    assert [each.sentence for each in protected_differences(bare, None)] == [FIRST_VERSION]


STARTS = [
    prepared(json.loads((ROOT / "forms" / f"{name}.json").read_text()))
    for name in ("child-views", "social-worker-views", "staff-views")
] + [prepared({**DEEP, "title": "Deep"})]
STEP = st.tuples(st.integers(0, len(MAKERS) - 1), st.integers(0, 2**32))


@lru_cache(maxsize=8)
def _start(number: int) -> Form:
    form = examine(finished(STARTS[number])).form
    assert form is not None
    return form


def any_answers(document: Any, random: Random) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for address, question in questions_of(document):
        options = question.get("options")
        at = ("choice_lists", options) if isinstance(options, str) else (*address, "options")
        values = [each.get("value") for _, each in items(document, at)]
        if values and random.random() < 0.8:
            chosen = random.choice(values)
            answers[str(question["id"])] = [chosen] if question["type"] == "select_multiple" else chosen
        elif question.get("type") == "text" and random.random() < 0.5:
            answers[str(question["id"])] = "words"
    return answers


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, len(STARTS) - 1), steps=st.lists(STEP, min_size=1, max_size=3), seed=st.integers())
def test_what_one_person_publishes_raises_the_same_alerts(number: int, steps: list[tuple[int, int]], seed: int) -> None:
    """Whatever was changed: either a second person is needed, or the same answers raise the same alerts."""
    start = document = STARTS[number]
    for kind, chance in steps:
        try:
            document = apply(document, MAKERS[kind](document, Random(chance)))
        except (MoveRefused, PlaceChanged):
            continue
    found = protected_differences(document, finished(start))
    assert all(each.sentence for each in found)
    if found:
        return
    examination = examine(finished(document))
    if examination.form is None or examination.faults:
        return
    before, after, random = _start(number), examination.form, Random(seed)
    assert (before.readers, before.identity, before.retention) == (after.readers, after.identity, after.retention)
    for _ in range(40):
        answers = any_answers(start, random)
        assert {rule.id for rule in alerts_in(before, visible(before, answers, {}))} == {
            rule.id for rule in alerts_in(after, visible(after, answers, {}))
        }
