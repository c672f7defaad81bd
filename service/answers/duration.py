"""How long a form takes, as letters and first pages say it."""

import math

from service.definitions import Form


def minutes_for(form: Form) -> int:
    """How long the form takes at the outside: a quarter of a minute for each question that everyone is asked."""
    asked = [at for at in form.placed() if not at.sometimes and at.question.facts.takes_answer]
    return max(2, math.ceil(len(asked) / 4))
