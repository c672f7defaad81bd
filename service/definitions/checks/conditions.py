"""Conditions, limits and computed values: what they refer to is there, earlier, and can be what they expect."""

from collections.abc import Iterator, Mapping

from service.definitions.checks.names import (
    UNKNOWN_ROWS,
    Site,
    Use,
    operation,
    rows_named,
    sites,
    standing_of,
    trouble,
    uses,
)
from service.definitions.checks.outline import Outline
from service.definitions.expression import Tree, Value, is_missing, is_number
from service.definitions.fault import Fault
from service.definitions.question import DateQuestion, MatrixQuestion, NumberQuestion, ScaleQuestion, TextQuestion
from service.definitions.suggestions import MOST_GUESSES, hint


def unknown_name(outline: Outline) -> Iterator[Fault]:
    """A name that is unknown, asked later, the question itself, or cannot be used in this place."""
    for site in sites(outline):
        for use in uses(outline, site):
            if use.constants is None and (sentence := trouble(outline, site, use)):
                yield Fault(site.place, sentence)


def rows_of_unknown_group(outline: Outline) -> Iterator[Fault]:
    """`filter` and `map` over something that has no rows."""
    for site in sites(outline):
        for operator, operand in _over_rows(site.expression.tree):
            if rows_named(outline, operand) is None:
                yield Fault(site.place, f"'{operator}' goes over the rows of a repeating group, and this is none")


def circles(outline: Outline) -> Iterator[Fault]:
    """Computed values that rest on each other in a circle, each circle named once."""
    onward = {
        name: [each.partition(".")[2] for each in names if each.startswith("computed.")]
        for name, names in outline.computed_names.items()
    }
    told: set[str] = set()
    for name in _in_or_between_circles(onward):
        circle = [] if name in told else _way_back(name, onward)
        if circle and not told.intersection(circle):
            told.update(circle)
            yield Fault(f"computed.{name}", f"it depends on itself: {' → '.join(circle)}")


def values_that_no_option_has(outline: Outline) -> Iterator[Fault]:
    """A comparison with a value that is not among the options of the question."""
    told = 0
    for site, use in _comparisons(outline):
        found = standing_of(outline, use)
        if found is None or bool(found[1]) != isinstance(found[0].question, MatrixQuestion):
            continue
        standing, row = found
        values = outline.values_of(standing)
        if values is None:
            continue
        known = {value.lower() for value in values}
        scale = standing.question if isinstance(standing.question, ScaleQuestion) else None
        for constant in use.constants or ():
            if isinstance(constant, dict | list) or is_missing(constant):
                continue
            if scale is not None and _is_on(scale, constant):
                continue
            if not (isinstance(constant, str) and constant.lower() in known) or scale is not None:
                name = f"{standing.question.id}.{row}" if row else standing.question.id
                told += 1
                meant = hint(str(constant), values) if told <= MOST_GUESSES else ""
                yield Fault(site.place, f"'{name}' has no option {_shown(constant)}{meant}")


def values_of_another_kind(outline: Outline) -> Iterator[Fault]:
    """A comparison that never holds because a text is no number and a number no text."""
    for site, use in _comparisons(outline):
        found = standing_of(outline, use)
        if found is None or not outline.stands(f"{found[0].place}.type"):
            continue
        question = found[0].question
        for constant in use.constants or ():
            if isinstance(constant, dict | list) or is_missing(constant):
                continue
            if isinstance(question, NumberQuestion) and not is_number(constant):
                yield Fault(site.place, f"'{question.id}' is a number and never equals {_shown(constant)}")
            elif isinstance(question, TextQuestion | DateQuestion) and not isinstance(constant, str):
                yield Fault(site.place, f"'{question.id}' is no number and never equals {_shown(constant)}")


def _is_on(scale: ScaleQuestion, constant: Value) -> bool:
    """Whether it is a number of the scale, or one of its other answers. A number is written without quotes."""
    if is_number(constant):
        return constant in range(scale.lowest, scale.highest + 1)
    return isinstance(constant, str) and constant.lower() in {option.value.lower() for option in scale.others}


def _comparisons(outline: Outline) -> Iterator[tuple[Site, Use]]:
    for site in sites(outline):
        for use in uses(outline, site):
            if use.constants is not None and use.rows_of != UNKNOWN_ROWS:
                yield site, use


def _over_rows(tree: Tree) -> Iterator[tuple[str, Tree]]:
    if isinstance(tree, list):
        for item in tree:
            yield from _over_rows(item)
    elif isinstance(tree, dict):
        operator, operands = operation(tree)
        if operator in ("filter", "map"):
            yield operator, operands[0]
        if operator not in ("var", "answered"):
            yield from _over_rows(operands[:1] if operator == "date" else operands)


def _in_or_between_circles(onward: Mapping[str, list[str]]) -> list[str]:
    """The names left when those at which all ways end are taken away, again and again."""
    users: dict[str, list[str]] = {}
    for name, used in onward.items():
        for each in used:
            users.setdefault(each, []).append(name)
    open_ways = {name: sum(1 for each in used if each in onward) for name, used in onward.items()}
    ended = [name for name, count in open_ways.items() if count == 0]
    for name in ended:
        for user in users.get(name, ()):
            open_ways[user] -= 1
            if open_ways[user] == 0:
                ended.append(user)
    return [name for name, count in open_ways.items() if count > 0]


def _way_back(start: str, onward: Mapping[str, list[str]]) -> list[str]:
    """The shortest way from a computed value through others back to itself, or nothing."""
    came_from: dict[str, str] = {}
    waiting = [start]
    for name in waiting:
        for after in onward.get(name, ()):
            if after == start:
                way = [start]
                while name != start:
                    way.insert(1, name)
                    name = came_from[name]
                return [*way, start]
            if after not in came_from:
                came_from[after] = name
                waiting.append(after)
    return []


def _shown(constant: Value) -> str:
    return f"'{constant}'" if isinstance(constant, str) else str(constant).lower()
