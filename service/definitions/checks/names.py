"""What the names in conditions mean, seen from where each condition stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from service.definitions.checks.outline import Outline, Standing
from service.definitions.expression import Expression, Tree, Value
from service.definitions.question import GroupQuestion, MatrixQuestion, Note

UNKNOWN_ROWS: Final = "?"  # rows of something whose own fault is reported already


@dataclass(frozen=True)
class Site:
    """A condition, limit or computed value: what came before its `turn` may be used in it."""

    place: str
    expression: Expression
    turn: int
    standing: Standing | None = None  # the question that it belongs to

    @property
    def rows_of(self) -> str | None:
        return self.standing.rows_of if self.standing else None


@dataclass(frozen=True)
class Use:
    """A name that is used, in which rows (`row.…` means a question of these), and what it is compared with.

    `whole_row` tells rows that are complete, as `filter` and `map` see them, from the one just being answered.
    """

    name: str
    rows_of: str | None
    whole_row: bool
    constants: tuple[Value, ...] | None = None


def sites(outline: Outline) -> Iterator[Site]:
    """Every expression of the form, computed values last."""
    form = outline.form
    for number, page in enumerate(form.pages):
        if page.visible_if:
            yield Site(f"pages[{number}].visible_if", page.visible_if, outline.first_turns[number])
    for standing in outline.questions:
        question = standing.question
        if question.visible_if:
            yield Site(f"{standing.place}.visible_if", question.visible_if, standing.turn, standing)
        validation = getattr(question, "validation", None)
        for name in ("min", "max"):
            rule = getattr(validation, name, None)
            if rule is not None and isinstance(rule.value, Expression):
                yield Site(f"{standing.place}.validation.{name}", rule.value, standing.turn, standing)
    for number, check in enumerate(form.checks):
        yield Site(f"checks[{number}].rule", check.rule, outline.end)
    for number, alert in enumerate(form.alerts):
        yield Site(f"alerts[{number}].when", alert.when, outline.end)
    yield from computed_sites(outline)


def computed_sites(outline: Outline) -> Iterator[Site]:
    for name, expression in outline.form.computed.items():
        yield Site(f"computed.{name}", expression, outline.end)


def uses(outline: Outline, site: Site) -> Iterator[Use]:
    """Every name used in the expression."""
    yield from _uses(outline, site.expression.tree, site.rows_of, False)


def rows_named(outline: Outline, tree: Tree, seen: frozenset[str] = frozenset()) -> str | None:
    """The id of the repeating group whose rows this comes to; None where it comes to no rows."""
    if not isinstance(tree, dict):
        return None
    operator, operands = operation(tree)
    if operator in ("filter", "distinct"):
        return rows_named(outline, operands[0], seen)
    if operator == "if":
        return rows_named(outline, operands[1], seen)
    if operator != "var":
        return None
    name: str = operands[0]
    if name.startswith("computed."):
        expression = outline.form.computed.get(name.partition(".")[2])
        if expression is None or name in seen:
            return UNKNOWN_ROWS
        return rows_named(outline, expression.tree, seen | {name})
    standing = outline.by_id.get(name)
    if standing is None or not outline.stands(f"{standing.place}.type", f"{standing.place}.repeat"):
        return UNKNOWN_ROWS
    return name if isinstance(standing.question, GroupQuestion) and standing.question.repeat else None


def operation(tree: dict[str, Tree]) -> tuple[str, list[Tree]]:
    operator, operands = next(iter(tree.items()))
    return operator, operands if isinstance(operands, list) else [operands]


def _uses(outline: Outline, tree: Tree, rows_of: str | None, whole_row: bool) -> Iterator[Use]:
    if isinstance(tree, list):
        for item in tree:
            yield from _uses(outline, item, rows_of, whole_row)
    if not isinstance(tree, dict):
        return
    operator, operands = operation(tree)
    if operator in ("var", "answered"):
        yield Use(operands[0], rows_of, whole_row)
    elif operator in ("filter", "map"):
        yield from _uses(outline, operands[0], rows_of, whole_row)
        yield from _uses(outline, operands[1], rows_named(outline, operands[0]) or UNKNOWN_ROWS, True)
    else:
        if operator in ("==", "!=", "in", "any_in", "all_in"):
            for name, other in (operands, operands[::-1]):
                if isinstance(name, dict) and "var" in name and not isinstance(other, dict):
                    constants = other if isinstance(other, list) else [other]
                    yield Use(operation(name)[1][0], rows_of, whole_row, tuple(constants))
        for item in operands[:1] if operator == "date" else operands:
            yield from _uses(outline, item, rows_of, whole_row)


def standing_of(outline: Outline, use: Use) -> tuple[Standing, str] | None:
    """The question that is meant, and the row of the matrix where one is named."""
    name = use.name.removeprefix("row.") if use.rows_of else use.name
    if name.startswith(("meta.", "computed.", "row.")):
        return None
    start, _, row = name.partition(".")
    standing = outline.by_id.get(start)
    return (standing, row) if standing else None


def trouble(outline: Outline, site: Site, use: Use) -> str | None:
    """Why the name cannot be used here, or None."""
    start, _, rest = use.name.partition(".")
    if rest and start == "meta":
        return None
    if rest and start == "computed":
        return _computed_trouble(outline, site, rest)
    if rest and start == "row":
        return _row_trouble(outline, site, use)
    standing = outline.by_id.get(start)
    if standing is None:
        if outline.is_lost(start):
            return None
        return f"no {_earlier(outline, site)}question is called '{start}'"
    if standing.rows_of and standing.rows_of != use.rows_of:
        return f"'{start}' is answered in each row of '{standing.rows_of}': it can be used in filter and map only"
    if standing.rows_of:
        return f"'{start}' is answered in each row of '{standing.rows_of}': here it is called 'row.{start}'"
    return _order_trouble(site, standing) or _kind_trouble(outline, standing, rest)


def _earlier(outline: Outline, site: Site) -> str:
    return "earlier " if site.turn < outline.end else ""


def _row_trouble(outline: Outline, site: Site, use: Use) -> str | None:
    _, name, *rest = use.name.split(".")
    if use.rows_of is None:
        return f"'{use.name}' means something only in the rows of a repeating group, in filter and in map"
    standing = outline.by_id.get(name)
    if use.rows_of == UNKNOWN_ROWS or (standing is None and outline.is_lost(name)):
        return None
    if standing is None or standing.rows_of != use.rows_of:
        return f"no question in the rows of '{use.rows_of}' is called '{name}'"
    if rest:
        return f"'{use.name}': in the rows of a group, a matrix cannot be read line by line"
    in_order = None if use.whole_row else _order_trouble(site, standing)
    return in_order or _kind_trouble(outline, standing, "")


def _order_trouble(site: Site, standing: Standing) -> str | None:
    name = standing.question.id
    if site.standing and (standing is site.standing or name in site.standing.around):
        return f"no earlier question is called '{name}': it is the question itself"
    if standing.turn >= site.turn:
        return f"no earlier question is called '{name}': it is asked later"
    return None


def _kind_trouble(outline: Outline, standing: Standing, row: str) -> str | None:
    question = standing.question
    name = question.id
    if not outline.stands(f"{standing.place}.type", f"{standing.place}.repeat"):
        return None
    if isinstance(question, Note):
        return f"'{name}' is a note, which has no answer"
    if isinstance(question, GroupQuestion) and question.repeat is None:
        return f"'{name}' is a group without rows: only the questions in it have answers"
    if row and not isinstance(question, MatrixQuestion):
        return f"'{name}.{row}' names a row, and '{name}' is not a matrix"
    if isinstance(question, MatrixQuestion) and row and row not in [line.id for line in question.rows]:
        known = outline.is_lost(row) or not outline.stands(f"{standing.place}.rows")
        return None if known else f"the matrix '{name}' has no row '{row}'"
    return None


def _computed_trouble(outline: Outline, site: Site, name: str) -> str | None:
    if name not in outline.form.computed:
        if outline.is_lost(f"computed.{name}") or not outline.stands("computed"):
            return None
        return f"no computed value is called '{name}'"
    if site.turn == outline.end:
        return None
    for needed in sorted(needs(outline, name)):
        standing = outline.by_id.get(needed)
        if standing and _order_trouble(site, standing):
            return f"'computed.{name}' needs '{needed}', which is not answered before this"
    return None


def needs(outline: Outline, computed: str) -> frozenset[str]:
    """The ids of all questions that a computed value rests on, through other computed values too."""
    found: set[str] = set()
    waiting, seen = [computed], {computed}
    while waiting:
        for name in outline.computed_names.get(waiting.pop(), ()):
            start, _, rest = name.partition(".")
            if start == "computed" and rest:
                if rest not in seen:
                    seen.add(rest)
                    waiting.append(rest)
            elif not rest or start not in ("meta", "row"):
                found.add(start)
    return frozenset(found)
