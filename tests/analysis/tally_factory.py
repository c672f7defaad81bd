"""Small forms and responses for tests, as short as they can be said."""

from collections.abc import Mapping
from typing import Any

from service.analysis.counted_response import CountedResponse, count_response
from service.definitions import Form

TODAY = {"today": "2026-11-22"}
HOW_OFTEN = [
    {"value": "always", "label": "Always", "score": 4},
    {"value": "mostly", "label": "Most of the time", "score": 3},
    {"value": "sometimes", "label": "Sometimes", "score": 2},
    {"value": "never", "label": "Never", "score": 1},
    {"value": "not_say", "label": "I don’t want to say", "missing": True},
]


def a_form(*questions: Mapping[str, Any], **more: Any) -> Form:
    """A form of one page that asks these questions."""
    return Form.of(
        {
            "format": "survey-definition/1",
            "id": "views",
            "version": 1,
            "audience": "staff",
            "title": "Your views",
            "languages": ["en"],
            "identity": "pseudonymous",
            "readers": ["registered_manager"],
            "pages": [{"id": "one", "title": "One", "questions": list(questions)}],
            **more,
        }
    )


def asks(id: str, type: str = "select_one", **more: Any) -> dict[str, Any]:
    """A question."""
    return {"id": id, "type": type, "label": f"{id}?", **more}


def options(*values: str, missing: str = "", scores: tuple[float, ...] = ()) -> list[dict[str, Any]]:
    """Options whose labels are their values; the last is one that counts as missing where it is named."""
    made: list[dict[str, Any]] = [{"value": value, "label": value} for value in values]
    for option, score in zip(made, scores, strict=False):
        option["score"] = score
    return [*made, *([{"value": missing, "label": missing, "missing": True}] if missing else [])]


def said(form: Form, *answers: Mapping[str, Any]) -> list[CountedResponse]:
    """One response for each of these answers."""
    return [count_response(f"r{number}", form, one, TODAY) for number, one in enumerate(answers)]


def of_each(question: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Answers to one question, each given so often."""
    return [{question: value} for value, times in counts.items() for _ in range(times)]
