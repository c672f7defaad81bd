"""Conditions as lines to click: all or any of some comparisons, in groups that are not nested further."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from service.definitions.editing import Json, find
from service.definitions.editing.places import questions_of
from service.definitions.editing.words import quoted

ALL: Final = "and"
ANY: Final = "or"
TESTS: Mapping[str, str] = {
    "is": "is",
    "not": "is not",
    "any": "includes any of",
    "every": "is only",
    "answered": "is answered",
    "unanswered": "is not answered",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
_ORDERED = ("<", "<=", ">", ">=")
_OF_TYPE: Mapping[str, tuple[str, ...]] = {
    "select_one": ("is", "not", "answered", "unanswered"),
    "select_multiple": ("any", "every", "answered", "unanswered"),
    "rank": ("any", "answered", "unanswered"),
    "matrix": ("is", "not", "answered", "unanswered"),
    "scale": ("is", "not", *_ORDERED, "answered", "unanswered"),
    "number": ("is", "not", *_ORDERED, "answered", "unanswered"),
    "date": ("is", "not", *_ORDERED, "answered", "unanswered"),
    "time": ("is", "not", *_ORDERED, "answered", "unanswered"),
    "group": ("answered", "unanswered"),
    "computed": ("is", "not", *_ORDERED),
}
_OF_TEXT = ("answered", "unanswered", "is", "not")


@dataclass(frozen=True)
class ConditionLine:
    """One comparison: `name` is compared by `test` with `values`, which are option values or one text or number."""

    name: str = ""
    test: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConditionGroup:
    """Lines of which all (`and`) or any (`or`) must hold."""

    join: str
    lines: tuple[ConditionLine, ...] = ()


@dataclass(frozen=True)
class LineCondition:
    """Groups of which all or any must hold. Without a group it always holds."""

    join: str = ALL
    groups: tuple[ConditionGroup, ...] = ()


@dataclass(frozen=True)
class Subject:
    """What a condition can ask about: a question, a row of a matrix or a computed value.

    `options` are pairs of value and label; empty for what is compared with something typed.
    """

    name: str
    label: str
    type: str
    options: tuple[tuple[str, str], ...] = ()

    @property
    def tests(self) -> tuple[tuple[str, str], ...]:
        """The comparisons that its answer allows, each with its words."""
        return tuple((test, TESTS[test]) for test in _OF_TYPE.get(self.type, _OF_TEXT))

    @property
    def is_number(self) -> bool:
        """Whether it is compared as a number."""
        return self.type in ("number", "scale", "computed")


def subjects_of(document: Json) -> dict[str, Subject]:
    """Everything that a condition can ask about, by name, in the order of the form."""
    found: dict[str, Subject] = {}
    for _, question in questions_of(document):
        name, kind = str(question.get("id")), str(question.get("type"))
        if kind == "note":
            continue
        label = quoted(question.get("label") or name)
        options = _options(document, question)
        if kind == "matrix":
            for row in question.get("rows") or ():
                if isinstance(row, dict):
                    line = Subject(f"{name}.{row.get('id')}", f"{label}: {row.get('label')}", "select_one", options)
                    found[line.name] = line
        else:
            found[name] = Subject(name, label, kind, options)
    computed = document.get("computed")
    for name in computed if isinstance(computed, dict) else ():
        found[f"computed.{name}"] = Subject(f"computed.{name}", f"the value {quoted(name)}", "computed")
    return found


def condition_of(tree: Json, subjects: Mapping[str, Subject]) -> LineCondition | None:
    """The expression as lines; None where it is more than lines can say."""
    if tree is None:
        return LineCondition()
    found = _read(tree, subjects)
    return found if found is not None and tree_of(found, subjects) == tree else None


def tree_of(condition: LineCondition, subjects: Mapping[str, Subject]) -> Json:
    """The expression that the lines say; None for no condition. Lines that are not complete are left out."""
    groups = [
        [tree for line in group.lines if (tree := _tree(line, subjects)) is not None] for group in condition.groups
    ]
    joined = [
        trees[0] if len(trees) == 1 else {group.join: trees}
        for group, trees in zip(condition.groups, groups, strict=True)
        if trees
    ]
    return None if not joined else joined[0] if len(joined) == 1 else {condition.join: joined}


def posted_condition(posted: Mapping[str, Any], name: str, subjects: Mapping[str, Subject]) -> LineCondition:
    """The lines as a form sends them, with those that are not complete yet."""
    groups: list[ConditionGroup] = []
    while (join := _one(posted, f"{name}-{len(groups)}-join")) in (ALL, ANY) and len(groups) < 20:
        lines: list[ConditionLine] = []
        while (asked := _one(posted, f"{name}-{len(groups)}-{len(lines)}-name")) is not None and len(lines) < 100:
            start = f"{name}-{len(groups)}-{len(lines)}"
            values = tuple(_all(posted, f"{start}-value")) or tuple(
                text for text in [(_one(posted, f"{start}-text") or "").strip()] if text
            )
            line = ConditionLine(asked, _one(posted, f"{start}-test") or "", values)
            lines.append(_fitting(line, subjects.get(asked)))
        groups.append(ConditionGroup(join, tuple(line for line in lines if line.name)))
    outer = _one(posted, f"{name}-join")
    return LineCondition(ANY if outer == ANY else ALL, tuple(group for group in groups if group.lines))


def incomplete_line(condition: LineCondition, subjects: Mapping[str, Subject]) -> ConditionLine | None:
    """The first line that names a question and says nothing about it."""
    lines = (line for group in condition.groups for line in group.lines)
    return next((line for line in lines if _tree(line, subjects) is None), None)


def _fitting(line: ConditionLine, subject: Subject | None) -> ConditionLine:
    """The line with a test and values that its question knows: another may have been chosen."""
    if subject is None:
        return line
    tests = [test for test, _ in subject.tests]
    known = {value for value, _ in subject.options}
    values = tuple(value for value in line.values if value in known) if known else line.values
    return replace(line, test=line.test if line.test in tests else tests[0], values=values)


def _read(tree: Json, subjects: Mapping[str, Subject]) -> LineCondition | None:
    operator, operands = _operation(tree)
    if operator not in (ALL, ANY):
        line = _line(tree, subjects)
        return LineCondition(ALL, (ConditionGroup(ALL, (line,)),)) if line else None
    lines = [_line(each, subjects) for each in operands]
    if all(lines):
        return LineCondition(ALL, (ConditionGroup(operator, tuple(line for line in lines if line)),))
    groups: list[ConditionGroup] = []
    for each, line in zip(operands, lines, strict=True):
        inner, inner_operands = _operation(each)
        inner_lines = [line] if line else [_line(one, subjects) for one in inner_operands]
        if not all(inner_lines) or (not line and inner not in (ALL, ANY)):
            return None
        join = ALL if line else inner
        groups.append(ConditionGroup(join, tuple(one for one in inner_lines if one)))
    return LineCondition(operator, tuple(groups))


def _line(tree: Json, subjects: Mapping[str, Subject]) -> ConditionLine | None:
    operator, operands = _operation(tree)
    if operator == "!" and len(operands) == 1:
        inner = _line(operands[0], subjects)
        opposite = {"answered": "unanswered", "is": "not"}.get(inner.test if inner else "")
        return replace(inner, test=opposite) if inner and opposite else None
    if operator == "answered" and operands and operands[0] in subjects:
        return ConditionLine(operands[0], "answered")
    if len(operands) != 2 or not isinstance(operands[0], dict):
        return None
    name = operands[0].get("var")
    if not isinstance(name, str) or name not in subjects:
        return None
    test = {"==": "is", "!=": "not", "in": "is", "any_in": "any", "all_in": "every"}.get(operator, operator)
    values = operands[1] if isinstance(operands[1], list) else [operands[1]]
    if test not in TESTS or any(isinstance(value, list | dict | bool) or value is None for value in values):
        return None
    return ConditionLine(name, test, tuple(str(value) for value in values))


def _tree(line: ConditionLine, subjects: Mapping[str, Subject]) -> Json:
    subject = subjects.get(line.name)
    if subject is None or line.test not in TESTS:
        return None
    if line.test in ("answered", "unanswered"):
        tree: Json = {"answered": line.name}
        return tree if line.test == "answered" else {"!": tree}
    values = [_constant(value, subject) for value in line.values]
    if not values or None in values:
        return None
    asked = {"var": line.name}
    if line.test in ("any", "every"):
        return {f"{'any' if line.test == 'any' else 'all'}_in": [asked, values]}
    if line.test not in ("is", "not"):
        return {line.test: [asked, values[0]]}
    if len(values) == 1:
        return {"==" if line.test == "is" else "!=": [asked, values[0]]}
    among: Json = {"in": [asked, values]}
    return among if line.test == "is" else {"!": among}


def _constant(text: str, subject: Subject) -> Json:
    if not subject.is_number:
        return text
    try:
        number = float(text)
    except ValueError:
        return text if subject.options else None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number if number == number else None


def _options(document: Json, question: dict[str, Json]) -> tuple[tuple[str, str], ...]:
    if question.get("type") == "scale":
        lowest, highest = question.get("lowest", 0), question.get("highest", 10)
        numbers = range(lowest, highest + 1) if isinstance(lowest, int) and isinstance(highest, int) else ()
        points = tuple((str(number), str(number)) for number in numbers)
        return points + _pairs(question.get("others"))
    options = question.get("options")
    return _pairs(find(document, ("choice_lists", options)) if isinstance(options, str) else options)


def _pairs(options: Json) -> tuple[tuple[str, str], ...]:
    found = options if isinstance(options, list) else ()
    return tuple((str(each.get("value")), str(each.get("label"))) for each in found if isinstance(each, dict))


def _operation(tree: Json) -> tuple[str, list[Json]]:
    if not isinstance(tree, dict) or len(tree) != 1:
        return "", []
    operator, operands = next(iter(tree.items()))
    return operator, operands if isinstance(operands, list) else [operands]


def _one(posted: Mapping[str, Any], name: str) -> str | None:
    found = _all(posted, name)
    return found[0] if found else None


def _all(posted: Mapping[str, Any], name: str) -> list[str]:
    getlist = getattr(posted, "getlist", None)
    return list(getlist(name)) if getlist else list(posted.get(name, ()))
