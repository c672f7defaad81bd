"""Which of a form's alert rules the answers have set off."""

from typing import Literal

from service.answers.visibility import Visible
from service.definitions import AlertRule, Form


def alerts_in(form: Form, visible: Visible, at: Literal["answer", "submit"] = "submit") -> list[AlertRule]:
    """The rules that hold. While answering only those raised at the answer; at submission all."""
    return [rule for rule in form.alerts if (at == "submit" or rule.raise_on == "answer") and rule.when.holds(visible)]
