"""Made-up answers: what is shown is answered from the top, one mood through the whole form."""

import random
from collections.abc import Mapping
from typing import Any

from service.answers.visibility import AskedQuestion, visible
from service.definitions import Form
from service.definitions.form import as_choice
from service.definitions.question import (
    DateQuestion,
    GroupQuestion,
    MatrixQuestion,
    Note,
    NumberQuestion,
    RankQuestion,
    SelectMultipleQuestion,
    SelectOneQuestion,
    TimeQuestion,
)

SAYINGS = {
    "child": (
        "The food is good and we cook on Fridays.",
        "I like my room.",
        "More trips to the sea please.",
        "It gets loud at night.",
        "Can we have the wifi on for longer?",
        "The garden is the best bit.",
    ),
    "adult": (
        "The team works well together and knows the children.",
        "Handovers could be calmer.",
        "Good communication with our office; calls are returned the same day.",
        "Education plans arrive late.",
        "More time for one-to-one work would help.",
    ),
}


def answers_to(form: Form, meta: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """Answer what is shown, from the top, again and again until nothing new is shown."""
    answers: dict[str, Any] = {}
    considered: set[str] = set()
    mood = chance.random()
    while new := [asked for asked in visible(form, answers, meta).asked if asked.name not in considered]:
        for asked in new:
            considered.add(asked.name)
            if not isinstance(asked.question, GroupQuestion | Note) and chance.random() < 0.9:
                answers[asked.name] = _answer(form, asked, mood, chance)
    return {name: answer for name, answer in answers.items() if answer is not None}


def _answer(form: Form, asked: AskedQuestion, mood: float, chance: random.Random) -> Any:
    """One made-up answer; a good `mood` leans to the top of a scale."""
    question = asked.question
    choice = as_choice(question)
    if choice is not None:
        plain = [option for option in form.options(choice) if not option.exclusive and not option.missing]
        if isinstance(question, SelectOneQuestion):
            return _option(form, question, mood, chance)
        values = [option.value for option in plain]
        if isinstance(question, MatrixQuestion):
            return {row.id: _leaning(values, mood, chance) for row in question.rows if chance.random() < 0.95}
        rules = question.validation if isinstance(question, SelectMultipleQuestion | RankQuestion) else None
        most = rules.max_choices.value if rules and rules.max_choices else 3
        return chance.sample(values, min(len(values), chance.randint(1, max(1, most))))
    if isinstance(question, NumberQuestion):
        return chance.randint(0, 6)
    if isinstance(question, DateQuestion | TimeQuestion):
        return None
    return (
        chance.choice(SAYINGS["child" if form.audience == "child" else "adult"])
        if (getattr(question, "appearance", None) == "multiline" and chance.random() < 0.7)
        else None
    )


def _option(form: Form, question: SelectOneQuestion, mood: float, chance: random.Random) -> str:
    options = form.options(question)
    missing = [option.value for option in options if option.missing]
    if missing and chance.random() < 0.07:
        return chance.choice(missing)
    return _leaning([option.value for option in options if not option.missing], mood, chance)


def _leaning(values: list[str], mood: float, chance: random.Random) -> str:
    """One of the values, the earlier the better the mood: scales begin at their good end."""
    return values[min(int(chance.random() ** (0.6 + 2.2 * mood) * len(values)), len(values) - 1)]
