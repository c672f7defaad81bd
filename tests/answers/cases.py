"""Cases that the engine in Python and the one in the page are both held to, and how their results are compared."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from service.answers.visibility import Visible
from service.definitions import Form

HERE = Path(__file__).parent
CONFORMANCE = HERE.parents[1].parent / "shared" / "conformance"


@dataclass(frozen=True)
class FlatScope:
    """A scope that knows these names and no others."""

    values: Mapping[str, Any]

    def value(self, name: str) -> Any:
        return self.values.get(name)


def expression_cases() -> list[dict[str, Any]]:
    """Expressions with what they come to; `{"$date": …}` stands for a date."""
    cases: list[dict[str, Any]] = json.loads((HERE / "expression_cases.json").read_text("utf-8"))
    return cases


def visibility_cases() -> list[dict[str, Any]]:
    """Small forms, answers, and what is shown and kept."""
    cases: list[dict[str, Any]] = json.loads((HERE / "visibility_cases.json").read_text("utf-8"))
    return cases


def conformance_files() -> list[Path]:
    """The routing cases written by others; none where their folder does not lie beside the repository."""
    return sorted(CONFORMANCE.glob("*.json"))


def form_of(parts: dict[str, Any]) -> Form:
    """A form with these pages and computed values."""
    return Form.of(
        {
            "format": "survey-definition/1",
            "id": "case",
            "version": 1,
            "audience": "staff",
            "title": "A case",
            "languages": ["en"],
            "identity": "anonymous",
            **parts,
        }
    )


def read(value: Any) -> Any:
    """JSON with its dates made dates."""
    if isinstance(value, list):
        return [read(item) for item in value]
    if isinstance(value, dict):
        return date.fromisoformat(value["$date"]) if "$date" in value else {key: read(value[key]) for key in value}
    return value


def written(value: Any) -> Any:
    """The JSON of a value, a date as `{"$date": …}`."""
    if isinstance(value, list | tuple):
        return [written(item) for item in value]
    if isinstance(value, dict):
        return {key: written(item) for key, item in value.items()}
    return {"$date": value.isoformat()} if isinstance(value, date) else value


def spelled(value: Any) -> str:
    """One text for one value: 2 and 2.0 and what a browser writes are the same, 1 and true and "1" are not."""
    return json.dumps(_with_floats(written(value)), sort_keys=True)


def shown(visible: Visible) -> dict[str, Any]:
    """What a case of a form is compared by."""
    return {
        "pages": visible.pages,
        "questions": visible.questions,
        "answers": visible.answers,
        "computed": visible.computed,
    }


def _with_floats(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_floats(item) for item in value]
    if isinstance(value, dict):
        return {key: _with_floats(item) for key, item in value.items()}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) + 0.0  # -0.0 becomes 0.0
    return value
