"""How long a form takes, as letters and first pages say it."""

import math

from service.definitions import Form
from service.definitions.question import GroupQuestion, Note


def minutes_for(form: Form) -> int:
    """How long the form takes at the outside: a quarter of a minute for each question that everyone is asked."""
    asked = [at for at in form.placed() if not at.sometimes and not isinstance(at.question, GroupQuestion | Note)]
    return max(2, math.ceil(len(asked) / 4))
