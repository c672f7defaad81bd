"""Which of our scripts a form's page needs: a form that asks with faces, rows to tick and words needs few."""

import json
from collections.abc import Mapping
from typing import Any

from service.answers.piping import PIPE
from service.answers.rules import Rules, rules_of
from service.definitions import Form
from service.definitions.form import Placed
from service.definitions.question import GroupQuestion

# What `static/respond.js` reads by itself, and what `static/expression.js` works out by itself.
SIMPLE_TYPES = frozenset({"select_one", "select_multiple", "text", "email", "phone", "time", "note", "group"})
SIMPLE_OPERATORS = frozenset({"var", "answered", "==", "!=", "in", "any_in", "and", "or", "!"})


def scripts_for(form: Form) -> tuple[str, ...]:
    """The scripts in the order in which they run."""
    first = ("expression.js",) if is_simple(form) else ("expression.js", "expression-more.js", "fields.js")
    return ("leave.js", *first, "respond.js", "sending.js")


def meta_used(rules: Rules, meta: Mapping[str, Any]) -> dict[str, Any]:
    """What the page must know of the round and the day to show and hide; most forms ask for nothing of it."""
    text = json.dumps(rules)
    by_day = '"today": ' in text or '"now"' in text
    return {name: meta[name] for name in meta if f'"meta.{name}"' in text or (name == "today" and by_day)}


def is_simple(form: Form) -> bool:
    """Whether the page can show and hide everything of this form without the scripts for longer ones."""
    rules = rules_of(form)
    return (
        all(map(_is_simple_question, form.placed()))
        and "computed" not in rules
        and not _repeats_answers(form)
        and all(map(_is_simple_condition, _conditions(rules)))
    )


def _is_simple_question(placed: Placed) -> bool:
    question = placed.question
    rows = isinstance(question, GroupQuestion) and question.repeat is not None
    return question.type in SIMPLE_TYPES and not rows


def _repeats_answers(form: Form) -> bool:
    return any(not match[1].startswith("meta.") for match in PIPE.finditer(str(form.to_json())))


def _conditions(rules: Any) -> list[Any]:
    """Every condition in these rules, wherever it stands."""
    parts = rules.values() if isinstance(rules, dict) else rules if isinstance(rules, list) else ()
    here = [rules["if"]] if isinstance(rules, dict) and "if" in rules else []
    return here + [found for part in parts for found in _conditions(part)]


def _is_simple_condition(tree: Any) -> bool:
    """Whether `static/expression.js` works it out alone: no days, no order, no rows, no two lists side by side."""
    if isinstance(tree, list):
        return all(map(_is_simple_condition, tree))
    if not isinstance(tree, dict):
        return True
    [(operator, written)] = tree.items()
    if operator not in SIMPLE_OPERATORS:
        return False
    if operator in ("==", "!="):
        return any(not isinstance(part, dict | list) for part in written) and _is_simple_condition(written)
    return operator in ("var", "answered") or _is_simple_condition(written)
