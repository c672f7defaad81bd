"""Earlier answers put into later texts: `{first_name}`, `{meta.home_name}`, `{computed.children}`."""

import re

from markupsafe import Markup, escape

from service.answers.visibility import Visible
from service.definitions import Form
from service.definitions.expression import Value, day_of
from service.definitions.form import as_choice
from service.definitions.question import DATE_LENGTHS, DateQuestion
from service.locales import date_text

PIPE = re.compile(r"\{((?:(?:meta|computed)\.)?[a-z][a-z0-9_]*)\}")


def piped(text: str, form: Form, visible: Visible, language: str = "en") -> Markup:
    """The text, safe for a page, with what it names filled in; dates as this language writes them.

    What may still change while the person answers stands in a `data-pipe` element, which the page's script
    keeps up to date. Braces around anything that is not a name stay as they are.
    """
    parts: list[Markup] = []
    end = 0
    for match in PIPE.finditer(text):
        name = match[1]
        if not name.startswith(("meta.", "computed.")) and name not in form.questions:
            continue
        filled = escape(shown(name, form, visible.value(name), language))
        parts.append(escape(text[end : match.start()]))
        parts.append(
            filled if name.startswith("meta.") else Markup('<span data-pipe="{}">{}</span>').format(name, filled)
        )
        end = match.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


def shown(name: str, form: Form, value: Value, language: str = "en") -> str:
    """An answer as a person reads it: labels for values, dates in words, nothing for nothing."""
    placed = form.questions.get(name)
    if placed and isinstance(placed.question, DateQuestion) and value is not None:
        return _date_shown(str(value)[: DATE_LENGTHS[placed.question.precision]], language)
    choice = as_choice(placed.question) if placed else None
    labels = {option.value: option.label for option in form.options(choice)} if choice else {}
    if isinstance(value, list):
        return ", ".join(labels.get(str(item), str(item)) for item in value)
    return "" if value is None else labels.get(str(value), str(value))


def _date_shown(given: str, language: str) -> str:
    """A day, month or year as the language writes it, no finer than it was given; anything else as it is."""
    day = day_of(given)
    if day is None:
        return given
    return date_text(day, language, next(name for name, length in DATE_LENGTHS.items() if len(given) == length))
