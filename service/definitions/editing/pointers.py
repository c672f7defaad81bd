"""What refers to a name: conditions, pipes in texts and lists of ids; renamed together."""

import re
from collections.abc import Callable, Collection, Mapping

from service.definitions.editing.document import Address, Json, find
from service.definitions.editing.move import Recorder
from service.definitions.editing.places import expressions_of, items, questions_of, texts_of, translated_texts

_PIPE = re.compile(r"\{([^{}]*)\}")
COMPARISONS = frozenset({"==", "!=", "in", "any_in", "all_in"})


def with_names(tree: Json, names: Mapping[str, str]) -> Json:
    """Rename questions (`q`), matrix rows (`q.row`) and values (`computed.v`) in an expression."""
    if isinstance(tree, list):
        return [with_names(each, names) for each in tree]
    if not isinstance(tree, dict):
        return tree
    return {
        operator: _with_name(operands, names) if operator in ("var", "answered") else with_names(operands, names)
        for operator, operands in tree.items()
    }


def with_value(tree: Json, questions: Collection[str], old: str, new: str) -> Json:
    """Replace an option's value where an expression compares it with these questions."""
    if isinstance(tree, list):
        return [with_value(each, questions, old, new) for each in tree]
    if not isinstance(tree, dict):
        return tree
    changed: dict[str, Json] = {}
    for operator, operands in tree.items():
        if operator in COMPARISONS and isinstance(operands, list) and any(named_in(questions, x) for x in operands):
            changed[operator] = [_with_constant(operand, old, new) for operand in operands]
        else:
            changed[operator] = with_value(operands, questions, old, new)
    return changed


def names_used(tree: Json) -> frozenset[str]:
    """The questions (`q`), rows of a matrix (`q.row`) and values (`computed.v`) that an expression uses."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            for operator, operands in part.items():
                if operator not in ("var", "answered"):
                    waiting.append(operands)
                    continue
                for name in operands if isinstance(operands, list) else [operands]:
                    found |= _meanings(name) if isinstance(name, str) else set()
    return frozenset(found)


def uses_value(tree: Json, questions: Collection[str], value: str) -> bool:
    """Whether the expression compares an answer to these questions with this value."""
    return bool(with_value(tree, questions, value, "") != tree)


def with_pipes(text: str, names: Mapping[str, str]) -> str:
    """The text with other names in its braces."""
    return _PIPE.sub(lambda found: f"{{{names.get(found[1], found[1])}}}", text)


def point_elsewhere(recorder: Recorder, names: Mapping[str, str], within: Address = ()) -> None:
    """Change names in every condition, check and text, or in those of one part."""
    _rewrite(recorder, within, lambda tree: with_names(tree, names))
    document = recorder.document
    for address, check in items(document, ("checks",)):
        asked = check.get("questions")
        if isinstance(asked, list) and address[: len(within)] == within:
            renamed = [names.get(each, each) if isinstance(each, str) else each for each in asked]
            recorder.put((*address, "questions"), renamed)
    for text in [*texts_of(document), *translated_texts(document)]:
        if text.address[: len(within)] == within:
            recorder.put(text.address, with_pipes(text.text, names))


def point_at_value(recorder: Recorder, questions: Mapping[str, Address], old: str, new: str) -> None:
    """Change the value of an option in every condition and default of these questions."""
    _rewrite(recorder, (), lambda tree: with_value(tree, questions, old, new))
    for address in questions.values():
        default = find(recorder.document, (*address, "default"))
        if default == old:
            recorder.put((*address, "default"), new)
        elif isinstance(default, list) and old in default:
            recorder.put((*address, "default"), [new if each == old else each for each in default])


def users_of(document: Json, options: Address) -> dict[str, Address]:
    """The questions that are answered from these options, by their ids."""
    is_list = options[0] == "choice_lists" and len(options) == 2
    return {
        str(question.get("id")): address
        for address, question in questions_of(document)
        if (question.get("options") == options[1] if is_list else (*address, "options") == options)
    }


def named_in(questions: Collection[str], operand: Json) -> bool:
    """Whether the operand is an answer to one of these questions, or to a matrix row."""
    name = _variable(operand)
    return name is not None and name.removeprefix("row.").partition(".")[0] in questions


def _meanings(name: str) -> set[str]:
    start, dot, rest = name.partition(".")
    if start == "row" and dot:
        return {rest}
    return {name} if start in ("meta", "computed") else {name, start}


def _variable(operand: Json) -> str | None:
    name = operand.get("var") if isinstance(operand, dict) else None
    name = name[0] if isinstance(name, list) and name else name
    return name if isinstance(name, str) else None


def _with_name(operand: Json, names: Mapping[str, str]) -> Json:
    if isinstance(operand, list):
        return [_with_name(each, names) for each in operand]
    if not isinstance(operand, str) or operand.startswith("meta."):
        return operand
    if operand in names:
        return names[operand]
    start, dot, rest = operand.partition(".")
    if start == "row" and dot:
        return f"row.{names.get(rest, rest)}"
    return operand if start == "computed" and dot else f"{names.get(start, start)}{dot}{rest}"


def _with_constant(operand: Json, old: str, new: str) -> Json:
    if isinstance(operand, list):
        return [_with_constant(each, old, new) for each in operand]
    return new if isinstance(operand, str) and operand.lower() == old.lower() else operand


def _rewrite(recorder: Recorder, within: Address, rewritten: Callable[[Json], Json]) -> None:
    for address, tree in list(expressions_of(recorder.document)):
        if address[: len(within)] == within:
            recorder.put(address, rewritten(tree))
