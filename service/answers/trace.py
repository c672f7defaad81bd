"""What a form does with some answers: how an author tries a form, and how conformance is measured."""

from collections.abc import Mapping
from typing import Any

from service.answers.alert_rules import alerts_in
from service.answers.validation import Say, faults_of
from service.answers.visibility import visible
from service.definitions import Form
from service.text import clean


def trace(form: Form, answers: Mapping[str, Any], meta: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """What is shown and dropped, what is wrong, which alerts it sets off and what is computed, as JSON."""
    answers = clean(dict(answers))
    seen = visible(form, answers, meta)
    errors = {name: list(messages) for name, messages in faults_of(form, seen, meta, say).errors.items()}
    for name in answers:
        if name not in form.questions:
            errors[name] = [say("fault.unknown_question", label=name)]
    return {
        "pages": list(seen.pages),
        "questions": list(seen.questions),
        "dropped": list(seen.dropped),
        "errors": errors,
        "alerts": [rule.id for rule in alerts_in(form, seen)],
        "computed": seen.computed,
    }
