"""Somebody who also knows how it is decided what is hidden: all that people can have said, put together by its look.

This attacker has read the program and the sheet that says why each figure is withheld. Of everything that some people
can have said to a form, what looks the same from outside is one look. What is the same in all worlds behind a look is
known; the others keep each other's secret.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement
from typing import Any

from service.analysis.cell_suppression import disclosed
from service.analysis.figures import Sign
from service.analysis.merged_form import join
from service.definitions import Form
from tests.analysis.attacker import (
    BASES,
    FEWEST,
    OWN,
    Cell,
    Cells,
    cells_of,
    heard,
    own_of,
    tallies_of,
    untold,
    ways_to_answer,
)

World = tuple[int, ...]  # which ways of answering were chosen, each as often as it stands here


@dataclass(frozen=True)
class Known:
    """Something that can be one way only, with one of the worlds in which it is."""

    what: Any
    value: int | float
    said: list[dict[str, Any]]


def known(form: Form, people: int) -> Iterator[Known]:
    """Whatever so many people can say that tells a number of a few, or of one."""
    ways = ways_to_answer(form)
    told = heard(ways, form)
    joined = join([form])
    looks: dict[Any, list[World]] = defaultdict(list)
    for world in combinations_with_replacement(range(len(ways)), people):
        shown = disclosed(tallies_of(joined, [told[way] for way in world]), [form], FEWEST)
        looks[tuple((tuple(_all(one.tally).items()), one.hidden) for one in shown)].append(world)
    for look, worlds in looks.items():
        hidden = {cell for cells, _ in look for cell, figure in cells if figure is Sign.WITHHELD}
        of_few = [Counter(_together([ways[way] for way in world])) for world in worlds]
        figures = [
            _figures([_all(one) for one in tallies_of(joined, [told[way] for way in world])]) for world in worlds
        ]
        said = [ways[way] for way in worlds[0]]
        yield from (Known(one, number, said) for one in of_few[0] if 0 < (number := _same(of_few, one) or 0) < FEWEST)
        for cell in hidden:
            number = _same(figures, cell)
            if number is not None and _is_of_somebody(cell, number):
                yield Known(cell, number, said)


def _is_of_somebody(cell: Cell, number: int | float) -> bool:
    """Zeros are nobody's, unless one of them is the number that somebody said."""
    if cell[2] in OWN:
        return True
    return number != 0 and cell[2] != "not asked" and (number < FEWEST or cell[2] not in (*BASES, "asked"))


def _all(tally: Any) -> Cells:
    return cells_of([tally]) | own_of(tally)


def _figures(cells: Sequence[Cells]) -> Mapping[Any, Any]:
    return {cell: figure for one in cells for cell, figure in one.items()}


def _same(worlds: Sequence[Mapping[Any, Any]], thing: Any) -> int | float | None:
    values = {world[thing] for world in worlds}
    value = values.pop()
    return None if values or isinstance(value, Sign) else value


def _together(said: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    """What each person gave, alone and with what they gave to another question."""
    for answers in said:
        yield from untold(answers)
        given = [(question, str(answer)) for question, answer in answers.items() if isinstance(answer, str | int)]
        yield from combinations(given, 2)
