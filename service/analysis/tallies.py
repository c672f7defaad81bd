"""How many said what to one question: whole counts with their base, what is missing counted apart."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch
from statistics import fmean, median
from typing import Any

from service.analysis.counted_response import CountedResponse
from service.analysis.figures import Figure, Sign
from service.analysis.merged_form import NOT_ASKED, JoinedQuestion, QuestionAnswer, rows_of
from service.definitions import Option
from service.definitions.expression import is_number
from service.definitions.question import (
    Asked,
    GroupQuestion,
    MatrixQuestion,
    NumberQuestion,
    OneChoice,
    RankQuestion,
    SelectMultipleQuestion,
)


@dataclass(frozen=True)
class Count:
    """How many chose an option; not applicable where nobody was offered it."""

    option: Option
    number: Figure


@dataclass(frozen=True)
class Tally:
    """What many said to one question: asked = answered + skipped + all that is in `missing`.

    `answered` is the base of every percentage. `line` is the matrix row that it is about. Inside a repeating group
    what is counted are its rows.
    """

    question: JoinedQuestion
    asked: Figure
    not_asked: Figure
    answered: Figure
    skipped: Figure
    missing: tuple[Count, ...] = ()
    line: str | None = None


@dataclass(frozen=True)
class ChoiceTally(Tally):
    """How often each option was chosen. Of a `select_multiple` the counts may add up to more than the base."""

    counts: tuple[Count, ...] = ()


@dataclass(frozen=True)
class RankCount:
    """Where an option came in the order of preference: first how often, ranked by how many, where on average."""

    option: Option
    first: Figure
    ranked: Figure
    mean: Figure


@dataclass(frozen=True)
class RankTally(Tally):
    """The order of preference of many."""

    places: tuple[RankCount, ...] = ()


@dataclass(frozen=True)
class NumberTally(Tally):
    """Numbers added up."""

    total: Figure = Sign.NOT_APPLICABLE
    mean: Figure = Sign.NOT_APPLICABLE
    median: Figure = Sign.NOT_APPLICABLE
    lowest: Figure = Sign.NOT_APPLICABLE
    highest: Figure = Sign.NOT_APPLICABLE


@dataclass(frozen=True)
class RowsTally(Tally):
    """How many rows a repeating group was given, by how many people."""

    rows: Figure = 0
    most: Figure = Sign.NOT_APPLICABLE


def tallies(joined: JoinedQuestion, heard: Sequence[CountedResponse]) -> tuple[Tally, ...]:
    """What these people said to the question: one tally, or one for each line of a matrix."""
    return _tallies(joined.question, joined, heard)


@singledispatch
def _tallies(question: Asked, joined: JoinedQuestion, heard: Sequence[CountedResponse]) -> tuple[Tally, ...]:
    """Words, days and times of day are not added up: how many gave one is all there is to say."""
    return (_tally(joined, _said(joined, heard), lambda answer: [answer]),)


@_tallies.register
def _(question: OneChoice, joined: JoinedQuestion, heard: Sequence[CountedResponse]) -> tuple[Tally, ...]:
    return (_choices(joined, _said(joined, heard)),)


@_tallies.register
def _(question: SelectMultipleQuestion, joined: JoinedQuestion, heard: Sequence[CountedResponse]) -> tuple[Tally, ...]:
    return (_choices(joined, _said(joined, heard)),)


@_tallies.register
def _(question: MatrixQuestion, joined: JoinedQuestion, heard: Sequence[CountedResponse]) -> tuple[Tally, ...]:
    said = _said(joined, heard)
    return tuple(
        replace(_choices(joined, [_about(one, row.id) for one in said]), line=row.label) for row in joined.rows
    )


@_tallies.register
def _(question: RankQuestion, joined: JoinedQuestion, heard: Sequence[CountedResponse]) -> tuple[Tally, ...]:
    said = _said(joined, heard)
    tally = _tally(joined, said, _chosen)
    apart = {option.value for option in joined.options if option.missing}
    orders = [[value for value in _chosen(one.answer) if value not in apart] for one in said if one.asked]
    offered = _offered(said)
    places = []
    for option in _options(joined, orders):
        if option.missing:
            continue
        at = [order.index(option.value) + 1 for order in orders if option.value in order]
        applies = option.value in offered or bool(at)
        places.append(
            RankCount(
                option,
                first=at.count(1) if applies else Sign.NOT_APPLICABLE,
                ranked=len(at) if applies else Sign.NOT_APPLICABLE,
                mean=fmean(at) if at else Sign.NOT_APPLICABLE,
            )
        )
    return (RankTally(**_fields(tally), places=tuple(places)),)


@_tallies.register
def _(question: NumberQuestion, joined: JoinedQuestion, heard: Sequence[CountedResponse]) -> tuple[Tally, ...]:
    said = _said(joined, heard)
    tally = _tally(joined, said, lambda answer: [answer])
    numbers = [one.answer for one in said if one.asked and is_number(one.answer)]
    if not numbers:
        return (NumberTally(**_fields(tally)),)
    return (
        NumberTally(
            **_fields(tally),
            total=sum(numbers),
            mean=fmean(numbers),
            median=median(numbers),
            lowest=min(numbers),
            highest=max(numbers),
        ),
    )


@_tallies.register
def _(question: GroupQuestion, joined: JoinedQuestion, heard: Sequence[CountedResponse]) -> tuple[Tally, ...]:
    tally = _tally(joined, _said(joined, heard), lambda answer: [answer])
    given = [len(rows_of(one, joined.id)) for one in heard]
    return (RowsTally(**_fields(tally), rows=sum(given), most=max(given, default=Sign.NOT_APPLICABLE)),)


def _said(joined: JoinedQuestion, heard: Iterable[CountedResponse]) -> list[QuestionAnswer]:
    return [said for one in heard for said in joined.said(one)]


def _about(said: QuestionAnswer, row: str) -> QuestionAnswer:
    """What was said on one line of a matrix; a version without the line did not ask it."""
    if row not in said.lines:
        return NOT_ASKED
    return replace(said, answer=said.answer.get(row) if isinstance(said.answer, dict) else None)


def _chosen(answer: Any) -> list[str]:
    """The values chosen, whether one could be or several; each counts once."""
    given = answer if isinstance(answer, list | tuple) else [answer]
    return list(dict.fromkeys(value for value in given if isinstance(value, str) and value))


def _offered(said: Iterable[QuestionAnswer]) -> frozenset[str]:
    return frozenset().union(*{one.offered for one in said if one.asked})


def _options(joined: JoinedQuestion, chosen: Iterable[Iterable[str]]) -> Iterator[Option]:
    """The options of all versions, then any value that no version knows: shown as it is, never dropped."""
    yield from joined.options
    known = {option.value for option in joined.options}
    for value in dict.fromkeys(value for values in chosen for value in values):
        if value not in known:
            yield Option(value=value, label=value)


def _choices(joined: JoinedQuestion, said: Sequence[QuestionAnswer]) -> ChoiceTally:
    tally = _tally(joined, said, _chosen)
    chosen = [_chosen(one.answer) for one in said if one.asked]
    times = Counter(value for values in chosen for value in values)
    offered = _offered(said)
    counts = tuple(
        Count(option, times[option.value] if option.value in offered or times[option.value] else Sign.NOT_APPLICABLE)
        for option in _options(joined, chosen)
        if not option.missing
    )
    return ChoiceTally(**_fields(tally), counts=counts)


def _tally(joined: JoinedQuestion, said: Sequence[QuestionAnswer], chosen: Callable[[Any], list[Any]]) -> Tally:
    """Who was asked, who answered and who did not, by what they said instead."""
    apart = {option.value: option for option in joined.options if option.missing}
    answered = skipped = 0
    instead: Counter[str] = Counter()
    for one in said:
        if not one.asked:
            continue
        values = [] if one.answer is None else chosen(one.answer)
        # Somebody who chose an answer and "not sure" has answered: only what stands alone is missing.
        if any(not isinstance(value, str) or value not in apart for value in values):
            answered += 1
        elif values:
            instead[values[0]] += 1
        else:
            skipped += 1
    asked = answered + skipped + instead.total()
    offered = _offered(said)
    missing = tuple(
        Count(option, instead[value] if value in offered or instead[value] else Sign.NOT_APPLICABLE)
        for value, option in apart.items()
    )
    return Tally(joined, asked, len(said) - asked, answered, skipped, missing)


def _fields(tally: Tally) -> dict[str, Any]:
    return {name: value for name, value in vars(tally).items() if name != "line"}
