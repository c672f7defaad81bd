"""Somebody who sees figures and wants those that are hidden: knows the form and how many answered, and reckons exactly.

What people may have said is a count for each way of answering the form. Every figure shown is an equation over these
counts. A hidden figure is derived when all whole solutions of the equations give it the same value.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations, product
from typing import Any

from service.analysis.counted_response import CountedResponse, count_response
from service.analysis.figures import Figure, Sign
from service.analysis.merged_form import JoinedForm, join
from service.analysis.tallies import ChoiceTally, NumberTally, RankCount, RankTally, RowsTally, Tally, tallies
from service.answers.visibility import asked_only
from service.definitions import Form
from service.definitions.question import (
    GroupQuestion,
    MatrixQuestion,
    NumberQuestion,
    Question,
    RankQuestion,
    SelectMultipleQuestion,
    SelectOneQuestion,
)
from tests.analysis.tally_factory import TODAY

Cell = tuple[Any, ...]
Seen = tuple[tuple[int, ...], Cell]  # which rounds a view is of, and where in it
Cells = dict[Cell, int | float | Sign]


FEWEST = 5
BASES = ("answered", "skipped")
UNTOLD = ("said", "place", "together", "how many")
OWN = ("median", "lowest", "highest")


class TooHard(Exception):
    """There are more ways than this attacker goes through."""


def cells_of(told: Sequence[Tally]) -> Cells:
    """Every number of these tallies that adds up over people, by where it stands."""
    found: Cells = {}
    for tally in told:
        at = (tally.question.id, tally.line)
        found |= {
            (*at, "asked"): tally.asked,
            (*at, "not asked"): tally.not_asked,
            (*at, "answered"): tally.answered,
            (*at, "skipped"): tally.skipped,
        }
        found |= {(*at, "instead", count.option.value): count.number for count in tally.missing}
        if isinstance(tally, ChoiceTally):
            found |= {(*at, "chose", count.option.value): count.number for count in tally.counts}
        if isinstance(tally, NumberTally):
            found[(*at, "total")] = tally.total
        if isinstance(tally, RankTally):
            found |= {(*at, "first", place.option.value): place.first for place in tally.places}
            found |= {(*at, "ranked", place.option.value): place.ranked for place in tally.places}
            found |= {(*at, "places", place.option.value): _added(place) for place in tally.places}
        if isinstance(tally, RowsTally):
            found[(*at, "rows")] = tally.rows
    return found


def own_of(tally: Tally) -> Cells:
    """What is no sum over people: a mean, and what is one person's own."""
    at = (tally.question.id, tally.line)
    if isinstance(tally, NumberTally):
        return {(*at, name): getattr(tally, name) for name in ("mean", *OWN)}
    if isinstance(tally, RankTally):
        return {(*at, "mean", place.option.value): place.mean for place in tally.places}
    return {(*at, "most"): tally.most} if isinstance(tally, RowsTally) else {}


def untold(answers: Mapping[str, Any]) -> set[Cell]:
    """What one person's answers add one to that no view has a cell for: a number said, a place given, two together."""
    found: set[Cell] = set()
    for question, answer in answers.items():
        given = answer if isinstance(answer, list) else []
        values = [value for value in given if isinstance(value, str)]
        found |= {(question, None, "said", str(answer))} if isinstance(answer, int) else set()
        found |= {(question, None, "place", value, number) for number, value in enumerate(values, 1)}
        found |= {(question, None, "together", *sorted(pair)) for pair in combinations(values, 2)}
        found |= {(question, None, "how many", len(given))} if given else set()
    return found


def _added(place: RankCount) -> Figure:
    """The places given to an option added up, as whoever sees their mean can."""
    if isinstance(place.mean, Sign) or isinstance(place.ranked, Sign):
        return place.mean if isinstance(place.mean, Sign) else place.ranked
    return round(place.mean * place.ranked)


def ways_to_answer(form: Form) -> list[dict[str, Any]]:
    """Every way in which one person can answer the form."""
    questions = [placed.question for placed in form.placed() if placed.group is None]
    ways: dict[str, dict[str, Any]] = {}
    for answers in product(*(list(_answers(question, form)) for question in questions)):
        given = {question.id: answer for question, answer in zip(questions, answers, strict=True) if answer is not None}
        kept = asked_only(form, given, TODAY)
        ways[repr(sorted(kept.items(), key=str))] = kept
    return list(ways.values())


def _answers(question: Question, form: Form) -> Iterator[Any]:
    if not getattr(question, "required", False):  # rows can always be left out
        yield None
    if isinstance(question, SelectOneQuestion):
        yield from (option.value for option in form.options(question))
    elif isinstance(question, SelectMultipleQuestion):
        values = [option.value for option in form.options(question)]
        yield from (
            [value for value, chosen in zip(values, which, strict=True) if chosen]
            for which in product((True, False), repeat=len(values))
            if any(which)
        )
    elif isinstance(question, MatrixQuestion):
        values = [option.value for option in form.options(question)]
        for line in product((None, *values), repeat=len(question.rows)):
            rows = {row.id: value for row, value in zip(question.rows, line, strict=True) if value}
            if rows:
                yield rows
    elif isinstance(question, RankQuestion):
        values = [option.value for option in form.options(question)]
        least = question.validation.min_choices.value if question.validation.min_choices else 1
        yield from (list(order) for size in range(least, len(values) + 1) for order in permutations(values, size))
    elif isinstance(question, GroupQuestion):
        rows = [
            {inner.id: answer for inner, answer in zip(question.questions, answers, strict=True) if answer is not None}
            for answers in product(*(list(_answers(inner, form)) for inner in question.questions))
        ]
        yield from ([row] for row in rows)
        yield [rows[-1], rows[-1]]
    elif isinstance(question, NumberQuestion):
        yield from range(int(question.validation.max.value) + 1 if question.validation.max else 4)
    else:
        yield "words"


class Attacker:
    """What is known of the rounds of a form: how many answered in each, and every figure that any view has shown.

    What was truly said is used to save time only: answers that look the same from outside are soon found beside it.
    """

    def __init__(self, form: Form, *rounds: Sequence[Mapping[str, Any]]) -> None:
        joined = join([form])
        ways = [_way(joined, form, way) for way in ways_to_answer(form)]
        self.people = [len(said) for said in rounds]
        self.ways = [(number, way) for number in range(len(rounds)) for way in ways]
        self.true = {
            self.ways.index((number, _way(joined, form, one))) for number, said in enumerate(rounds) for one in said
        }
        self.shown: dict[Seen, int] = {}
        self.hidden: set[Seen] = set()

    def sees(self, told: Sequence[Tally], *rounds: int) -> None:
        """Look at a view of these rounds together."""
        for cell, figure in cells_of(told).items():
            if figure is Sign.WITHHELD:
                self.hidden.add((rounds, cell))
            elif not isinstance(figure, Sign):
                assert self.shown.setdefault((rounds, cell), int(figure)) == figure, f"two views disagree on {cell}"

    def derives(self) -> Iterator[tuple[Seen, int]]:
        """The hidden figures that can have one value only, each with it, and what no view has a cell for of a few.

        Not those that are the same whatever anybody says; nor zeros, which are nobody's, nor sums of them and of what
        is shown; nor to how many a question went, whose bearing on what was said shows in the figures of the answers
        that decided it.
        """
        for seen in sorted((self.hidden | self._untold()) - self.shown.keys(), key=str):
            cell = seen[1]
            if len({way.get(cell, 0) for _, way in self.ways}) == 1 or self._is_same(cell, (*cell[:2], "asked")):
                continue
            values = self.possible(seen)
            if len(values) == 1:
                value = values.pop() - sum(self.shown.get(((number,), cell), 0) for number in seen[0])
                if value and cell[2] != "not asked" and (value < FEWEST or cell[2] not in (*BASES, *UNTOLD)):
                    yield seen, value

    def knows_of_everyone(self) -> Iterator[Seen]:
        """The answers of which it can be worked out that everyone gave them who answered the question in a round."""
        for number in range(len(self.people)):
            cells = {cell for where, way in self.ways if where == number for cell in way}
            for cell in sorted((one for one in cells if one[2] in ("chose", "first")), key=str):
                answered = self._equation(((number,), (*cell[:2], "answered")))
                chose = self._equation(((number,), cell))
                if self._values(answered) == {0}:
                    continue
                others = tuple(one - other for one, other in zip(answered, chose, strict=True))
                if any(others) and self._values(others) == {0}:
                    yield (number,), cell

    def _untold(self) -> set[Seen]:
        return {((number,), cell) for number, way in self.ways for cell in way if cell[2] in UNTOLD}

    def _is_same(self, cell: Cell, other: Cell) -> bool:
        """Whether two figures are one by the form itself, as of what everybody who is asked has to answer."""
        return all(way.get(cell, 0) == way.get(other, 0) for _, way in self.ways)

    def possible(self, wanted: Seen) -> set[int]:
        """What a figure can be: all its values where there is one, else two or more of them."""
        return self._values(self._equation(wanted))

    def _values(self, gains: Sequence[int]) -> set[int]:
        equations = [self._equation(seen) for seen in self.shown]
        equations += [tuple(int(number == one) for one, _ in self.ways) for number in range(len(self.people))]
        if self._could_be_exchanged(list(zip(*equations, strict=True)), gains):
            return {0, 1}
        return _Search(equations, gains).values([*self.shown.values(), *self.people])

    def _equation(self, seen: Seen) -> tuple[int, ...]:
        rounds, cell = seen
        return tuple(way.get(cell, 0) if number in rounds else 0 for number, way in self.ways)

    def _could_be_exchanged(self, ways: Sequence[tuple[int, ...]], gains: Sequence[int]) -> bool:
        """Whether one or two people could have answered otherwise with nothing shown changed, but this figure."""
        moves: dict[tuple[int, ...], set[tuple[int, int]]] = {}
        for before in self.true:
            for after, way in enumerate(ways):
                change = tuple(new - old for new, old in zip(way, ways[before], strict=True))
                moves.setdefault(change, set()).add((gains[after] - gains[before], before))
        for change, ones in moves.items():
            back = moves.get(tuple(-one for one in change), set())
            if any(not any(change) and gain for gain, _ in ones):
                return True
            if any(gain + other and who != whose for gain, who in ones for other, whose in back):
                return True
        return False


class _Search:
    """Whole numbers of people for each way, one way after another, remembering what is left to be accounted for."""

    def __init__(self, equations: Sequence[Sequence[int]], wanted: Sequence[int]) -> None:
        # Equations that say the same are one; ways that differ in nothing are one as well.
        ways = list(dict.fromkeys(zip(*equations, wanted, strict=True)))
        self.ways = [way[:-1] for way in ways]
        self.gains = [way[-1] for way in ways]
        width = len(self.ways[0])
        # What the ways from here on can still add to each equation: nothing, or something.
        self.later = [
            [any(way[at] for way in self.ways[start:]) for at in range(width)] for start in range(len(ways) + 1)
        ]
        self.seen: dict[tuple[int, tuple[int, ...]], frozenset[int]] = {}

    def values(self, targets: Sequence[int]) -> set[int]:
        return set(self._from(0, tuple(targets)))

    def _from(self, start: int, left: tuple[int, ...]) -> frozenset[int]:
        if start == len(self.ways):
            return frozenset() if any(left) else frozenset((0,))
        if any(rest and not possible for rest, possible in zip(left, self.later[start], strict=True)):
            return frozenset()
        if (start, left) in self.seen:
            return self.seen[start, left]
        if len(self.seen) > 20_000:
            raise TooHard
        way, gain = self.ways[start], self.gains[start]
        found: set[int] = set()
        most = min((rest // one for rest, one in zip(left, way, strict=True) if one), default=0)
        for times in range(most + 1):
            after = tuple(rest - times * one for rest, one in zip(left, way, strict=True))
            found |= {value + times * gain for value in self._from(start + 1, after)}
            if len(found) > 1 and start == 0:
                break
        self.seen[start, left] = frozenset(found)
        return self.seen[start, left]


def heard(answers: Sequence[Mapping[str, Any]], form: Form) -> list[CountedResponse]:
    """These answers as they count."""
    return [count_response(f"r{number}", form, one, TODAY) for number, one in enumerate(answers)]


def tallies_of(joined: JoinedForm, said: Sequence[CountedResponse]) -> list[Tally]:
    """All that was said, unprotected."""
    return [tally for question in joined.reported for tally in tallies(question, said)]


def _way(joined: JoinedForm, form: Form, answers: Mapping[str, Any]) -> dict[Cell, int]:
    """What one person who answers so adds to each figure, shown or not."""
    return _numbers(cells_of(tallies_of(joined, heard([answers], form)))) | dict.fromkeys(untold(answers), 1)


def _numbers(cells: Cells) -> dict[Cell, int]:
    return {cell: int(figure) for cell, figure in cells.items() if not isinstance(figure, Sign) and figure}
