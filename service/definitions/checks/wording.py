"""Texts: plain, not blank, and with names in braces only where they can be filled in."""

import json
import re
from collections.abc import Iterator

from service.definitions.checks.names import needs
from service.definitions.checks.outline import Outline, Standing
from service.definitions.expression import Expression, Tree, is_missing
from service.definitions.fault import Fault

_BRACES = re.compile(r"\{([^{}]*)\}")
_PIPE = re.compile(r"(?:(?:meta|computed)\.)?[a-z][a-z0-9_]*")
_HTML = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>|<!--|&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")


def html_in_text(outline: Outline) -> Iterator[Fault]:
    """Tags and entities: texts are plain and would be shown with their angle brackets."""
    for place, text in _all_texts(outline):
        if found := _HTML.search(text):
            yield Fault(place, f"texts are plain: '{found[0][:40]}' would be read as it stands")


def blank_texts(outline: Outline) -> Iterator[Fault]:
    """A text of nothing but spaces."""
    for place, text in _all_texts(outline):
        if text and not text.strip():
            yield Fault(place, "the text is blank")


def braces_where_nothing_is_filled_in(outline: Outline) -> Iterator[Fault]:
    """Names in braces outside labels, hints, and the titles and descriptions of pages."""
    filled = {place for place, *_ in _piping(outline)}
    for at in outline.texts:
        if at.place not in filled and (found := _BRACES.search(at.text)):
            yield Fault(at.place, f"nothing is filled in here: '{found[0]}' would be read as it stands")


def alert_reveals_answer(outline: Outline) -> Iterator[Fault]:
    """An alert's message that names what was answered, or who answered."""
    for number, alert in enumerate(outline.form.alerts):
        if found := _BRACES.search(alert.message):
            yield Fault(
                f"alerts[{number}].message", f"a message says that and where, never what or who; leave out '{found[0]}'"
            )


def pipes_that_stay_empty(outline: Outline) -> Iterator[Fault]:
    """A name in braces whose answer may not be there when the text is read."""
    for place, text, turn, standing, conditions in _piping(outline):
        for found in _BRACES.finditer(text):
            if sentence := _pipe_trouble(outline, found[1], turn, standing, conditions):
                yield Fault(place, sentence)


def braces(text: str) -> list[str]:
    """What stands in braces in a text."""
    return _BRACES.findall(text)


def _all_texts(outline: Outline) -> Iterator[tuple[str, str]]:
    form = outline.form
    for at in outline.texts:
        yield at.place, at.text
    for number, alert in enumerate(form.alerts):
        yield f"alerts[{number}].message", alert.message
    for language, translated in form.translations.items():
        for path, text in translated.items():
            yield f"translations.{language}.{path}", text


def _piping(outline: Outline) -> Iterator[tuple[str, str, int, Standing | None, tuple[Expression, ...]]]:
    """Every text in which names are filled in: place, text, when it is read, at which question, on what conditions."""
    for number, page in enumerate(outline.form.pages):
        conditions = () if page.visible_if is None else (page.visible_if,)
        for key in ("title", "description"):
            if text := getattr(page, key):
                yield f"pages[{number}].{key}", text, outline.first_turns[number], None, conditions
    for standing in outline.questions:
        for key in ("label", "hint"):
            if text := getattr(standing.question, key):
                yield f"{standing.place}.{key}", text, standing.turn, standing, standing.conditions


def _pipe_trouble(
    outline: Outline, name: str, turn: int, reader: Standing | None, conditions: tuple[Expression, ...]
) -> str | None:
    if not _PIPE.fullmatch(name):
        return f"'{{{name}}}' names nothing: it can be {{a_question}}, {{meta.…}} or {{computed.…}}"
    start, _, rest = name.partition(".")
    if start == "meta" and rest:
        return None
    if start == "computed" and rest:
        return _computed_trouble(outline, rest, turn)
    asked = outline.by_id.get(name)
    if asked is None:
        return None if outline.is_lost(name) else f"'{{{name}}}': no earlier question is called '{name}'"
    if asked is reader:
        return f"'{{{name}}}' is the question itself, not answered yet when this is read"
    if asked.turn >= turn:
        return f"'{{{name}}}' is asked later"
    if not outline.stands(f"{asked.place}.type"):
        return None
    if asked.question.facts.answer in ("none", "rows", "lines"):
        return f"'{{{name}}}' is a {asked.question.type}, which has no answer that can be read in a sentence"
    if asked.rows_of:
        return f"'{{{name}}}' is answered in each row of '{asked.rows_of}', and here no row is meant"
    if not outline.stands(f"{asked.place}.visible_if") or _always_there(asked, conditions):
        return None
    return f"'{{{name}}}' may be hidden, and the text would have a gap"


def _computed_trouble(outline: Outline, name: str, turn: int) -> str | None:
    if name not in outline.form.computed:
        known = outline.is_lost(f"computed.{name}") or not outline.stands("computed")
        return None if known else f"'{{computed.{name}}}': no computed value is called '{name}'"
    for needed in sorted(needs(outline, name)):
        standing = outline.by_id.get(needed)
        if standing and standing.turn >= turn:
            return f"'{{computed.{name}}}' needs '{needed}', which is not answered before this"
    return None


def _always_there(asked: Standing, conditions: tuple[Expression, ...]) -> bool:
    """Whether the question was shown to everyone who reads the text.

    It was where each of its conditions is one of the text's own, or where the text is read only after it was answered.
    """
    agreed = [part for condition in conditions for part in _parts(condition.tree)]
    spelled = {json.dumps(part, sort_keys=True) for part in agreed}
    if any(_needs_answer(part, asked.question.id) for part in agreed):
        return True
    return all(json.dumps(part, sort_keys=True) in spelled for each in asked.conditions for part in _parts(each.tree))


def _parts(tree: Tree) -> Iterator[Tree]:
    """The conditions that must all hold for this one to hold."""
    if isinstance(tree, dict) and "and" in tree:
        for part in tree["and"] if isinstance(tree["and"], list) else [tree["and"]]:
            yield from _parts(part)
    else:
        yield tree


def _needs_answer(tree: Tree, name: str) -> bool:
    """Whether this cannot hold while the question has no answer."""
    if not isinstance(tree, dict):
        return False
    operator, operands = next(iter(tree.items()))
    operands = operands if isinstance(operands, list) else [operands]
    if operator in ("var", "answered"):
        return bool(operands[0] == name)
    is_named = [operand in ({"var": name}, {"var": [name]}) for operand in operands]
    if operator == "or":
        return all(_needs_answer(operand, name) for operand in operands)
    if operator in ("<", "<=", ">", ">=", "any_in", "all_in"):
        return any(is_named)
    if operator in ("==", "in") and len(operands) == 2 and any(is_named):
        other = operands[1] if is_named[0] else operands[0]
        constants = other if isinstance(other, list) else [other]
        return not any(isinstance(constant, dict | list) or is_missing(constant) for constant in constants)
    return False
