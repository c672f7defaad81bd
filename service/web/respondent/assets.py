"""Which of our scripts and styles a form's page needs, and what they must know of it: a child's form needs little."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.answers.client_rules import Rules, rules_of
from service.answers.simple_conditions import Condition, simple_conditions
from service.definitions import Form

# What static/css/sayso.css draws by itself.
SMALL = {None, "faces", "symbols", "radios", "multiline"}


@dataclass(frozen=True)
class Needs:
    """What the page of a form needs.

    `conditions` are those of a simple form by its questions, `rules` what every other form has instead; `small` whether
    the styles for longer pages can wait; `label` whether anything in it goes by what the person was asked about.
    """

    scripts: str
    small: bool
    conditions: Mapping[str, Condition]
    rules: Rules | None
    label: bool

    def facts(self, meta: Mapping[str, Any]) -> dict[str, Any]:
        """What the scripts must be told beside words."""
        return {} if self.rules is None else {"rules": self.rules, "meta": _meta_used(self.rules, meta)}


def needs_of(form: Form) -> Needs:
    """What the page of this form needs, in whichever language."""
    conditions = simple_conditions(form)
    label = "meta.label" in json.dumps(form.to_json())
    if conditions is None:
        return Needs("js/long-form.js", False, {}, rules_of(form), label)
    return Needs("js/form.js", _is_small(form), conditions, None, label)


def _is_small(form: Form) -> bool:
    questions = [placed.question for placed in form.placed()]
    return (
        form.audience == "child"
        and form.one_per_page
        and all(getattr(question, "appearance", None) in SMALL for question in questions)
        and all(question.type != "group" for question in questions)
        and not any(question.media and question.media.image for question in questions)
    )


def _meta_used(rules: Rules, meta: Mapping[str, Any]) -> dict[str, Any]:
    """What the page must know of the round and the day to show and hide; most forms ask for nothing of it."""
    text = json.dumps(rules)
    by_day = '"today": ' in text or '"now"' in text
    return {name: meta[name] for name in meta if f'"meta.{name}"' in text or (name == "today" and by_day)}
