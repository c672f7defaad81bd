"""Which cells of one audience's figures stay hidden, so that no number of a few people is told or can be worked out.

Five rules, all of them blind to anything but how large the numbers are:
- a question answered by fewer people than the minimum is hidden whole, and so is one that as few were asked;
- an answer that fewer people chose is hidden, and with it the next smallest, until the hidden ones differ from each
  other and are enough people together: exchanged for one another they would look the same from outside. Two answers
  that a few chose together, and a place that a few gave, count as such an answer;
- a question that is asked depending on one with anything hidden is hidden whole: its base would tell. So is one that
  is asked depending on several, where it tells of a few in how many ways they went together;
- what is one person's own, such as the highest number, is hidden always;
- of an unnamed form's question at least two answers that were given are shown, or none: what everybody said, each said.
Who was asked and who answered a question that is shown is always said: it is the base of all the rest. What is said of
why something is hidden looks the same for whatever could stand there.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import singledispatch
from itertools import combinations
from typing import TypeVar

from service.analysis.figures import Figure, Sign
from service.analysis.masking import (
    withheld,
    without_mean_places,
    without_numbers,
    without_places,
    without_rows,
    without_single_numbers,
)
from service.analysis.routing import Condition, Deciding, deciders, deciding, not_implied
from service.analysis.tallies import ChoiceTally, Count, NumberTally, RankCount, RankTally, RowsTally, Tally
from service.definitions import Form
from service.definitions.question import NumberQuestion, NumberValidation

Key = TypeVar("Key", bound=Hashable)
SKIPPED = "Skipped"
# Of more answers than this, groups of several are not gone through one by one.
MOST_TOGETHER = 6


class Why(StrEnum):
    """Why something is hidden; `{smallest}` is the fewest people whose figures are shown.

    None says which of several hidden numbers is the small one: that would undo what the others are hidden for.
    """

    FEW_ANSWERED = "Fewer than {smallest} people answered this, or too few gave each of its answers."
    FEW_AMONG = "Fewer than {smallest} people gave one of these, or did not; the others would tell how many."
    FOLLOWS = "Whom this was asked depends on other answers, and would tell what is withheld of them."
    ONE_PERSON = "One person’s own number."
    NEARLY_ONE_PERSON = "It would tell one person’s number, or nearly."
    ROWS = "Rows are counted here, and many rows may be one person’s."


@dataclass(frozen=True)
class Hidden:
    """Something that is not shown of a tally; an empty `what` stands for all of it."""

    what: str
    why: Why


@dataclass(frozen=True)
class Disclosed:
    """A tally as it may be shown, and what was taken out of it."""

    tally: Tally
    hidden: tuple[Hidden, ...] = ()


def disclosed(tallies: Iterable[Tally], forms: Sequence[Form], smallest: int) -> list[Disclosed]:
    """All that one audience said in one round, as far as it may be shown.

    The tallies are those of all reported questions in document order; `forms` are the versions that were answered.
    """
    told = list(tallies)
    depends = deciding(forms)
    open_: dict[str, list[Tally]] = {}
    clouded = {tally.question.id for tally in told if tally.question.within is not None}
    found = []
    for tally in told:
        name = tally.question.id
        one = _looked_at(tally, depends, open_, clouded, smallest)
        if one.hidden:
            clouded.add(name)
        open_.setdefault(name, []).append(tally)
        found.append(one)
    return with_two_groups(found, forms)


def with_two_groups(shown: Iterable[Disclosed], forms: Sequence[Form]) -> list[Disclosed]:
    """Hide a question's answers where fewer than two that were given are shown; named forms stay as they are.

    Takes all reported questions in document order, as `disclosed` does.
    """
    if not any(form.is_unnamed for form in forms):
        return list(shown)
    depends = deciding(forms)
    clouded: set[str] = set()
    found = []
    for one in shown:
        name = one.tally.question.id
        if not clouded.isdisjoint(deciders(depends.get(name, frozenset()))):
            one = _whole(one.tally, Why.FOLLOWS)
        else:
            one = _of_two_groups(one)
        if one.hidden:
            clouded.add(name)
        found.append(one)
    return found


def hidden_cells(
    numbers: Mapping[Key, int | float], smallest: int, is_small: Callable[[int | float], bool]
) -> set[Key] | None:
    """Which of these numbers to hide: those that are small, and those that go with them.

    None where hiding some would hide nothing, since all are the same.
    """
    hidden = {key for key, number in numbers.items() if is_small(number)}
    # Zeros come last: that nobody chose something is worth telling.
    for number in [*sorted({*numbers.values()} - {0}), 0]:
        if not hidden or _is_enough([numbers[key] for key in hidden], smallest):
            return hidden
        hidden |= {key for key in numbers if numbers[key] == number}
    return hidden if _is_enough([numbers[key] for key in hidden], smallest) else None


def _is_enough(hidden: Sequence[int | float], smallest: int) -> bool:
    return len({*hidden}) > 1 and sum(hidden) >= smallest


def _looked_at(
    tally: Tally, depends: Deciding, before: Mapping[str, list[Tally]], clouded: set[str], smallest: int
) -> Disclosed:
    conditions = depends.get(tally.question.id, frozenset())
    if tally.question.within is not None:
        return _whole(tally, Why.ROWS)
    known = all(one in before and one not in clouded for one in deciders(conditions))
    if not known or _tells_beside(tally, not_implied(conditions, depends), before, smallest):
        return _whole(tally, Why.FOLLOWS)
    # Of one or two who were asked, that any answer is hidden would tell that they gave one.
    if _is_few(tally.asked, smallest) or _is_few(tally.answered, smallest):
        return _but_asked(tally, Why.FEW_ANSWERED)
    inner = _inside(tally, smallest)
    if inner is None:
        return _but_asked(tally, Why.FEW_ANSWERED)
    apart = _no_answers(inner.tally, smallest)
    return Disclosed(apart.tally, apart.hidden + inner.hidden)


def _of_two_groups(one: Disclosed) -> Disclosed:
    """The same without its answers, where everybody may have given the same one."""
    tally = one.tally
    if isinstance(tally.answered, Sign):
        return one
    if not tally.answered:
        return _without_the_one_way(one)
    if isinstance(tally, ChoiceTally):
        given = [count.number for count in tally.counts if count.number and not isinstance(count.number, Sign)]
        if len(given) > 1 and tally.answered not in given:
            return one
        counts = tuple(
            count if count.number is Sign.NOT_APPLICABLE else replace(count, number=Sign.WITHHELD)
            for count in tally.counts
        )
        hidden = tuple(each for each in one.hidden if each.what != _labels(tally.counts))
        return Disclosed(replace(tally, counts=counts), (*hidden, Hidden(_labels(counts), Why.FEW_AMONG)))
    if isinstance(tally, RankTally):
        given = [place.first for place in tally.places if place.first and not isinstance(place.first, Sign)]
        if any(place.first is Sign.WITHHELD for place in tally.places):
            return one
        if len(given) < 2:
            return Disclosed(without_places(tally), (Hidden("The places of all answers", Why.FEW_AMONG),))
        if any(_all_gave_a_place(place, len(tally.places)) for place in tally.places):
            return Disclosed(without_mean_places(tally), (Hidden("The mean places of all answers", Why.FEW_AMONG),))
    return one


def _without_the_one_way(one: Disclosed) -> Disclosed:
    """Where nobody gave an answer: in which way is hidden, if it may be one way for all."""
    tally, ways = one.tally, _ways_to_say_nothing(one.tally)
    if len(ways) < 2 or sum(number != 0 for number in ways.values()) != 1:
        return one
    missing = tuple(
        count if isinstance(count.number, Sign) else replace(count, number=Sign.WITHHELD) for count in tally.missing
    )
    hidden = Hidden(", ".join(ways), Why.FEW_AMONG)
    return Disclosed(replace(tally, missing=missing, skipped=Sign.WITHHELD), (hidden, *one.hidden))


def _all_gave_a_place(place: RankCount, places: int) -> bool:
    """Whether a mean tells that everybody who placed something put it second, or last."""
    return place.first == 0 and place.mean in (2, places)


def _labels(counts: Iterable[Count]) -> str:
    """The options of which the numbers are hidden."""
    return ", ".join(f"“{count.option.label}”" for count in counts if count.number is Sign.WITHHELD)


def _number(figure: Figure) -> int | float:
    return 0 if isinstance(figure, Sign) else figure


def _whole(tally: Tally, why: Why) -> Disclosed:
    return Disclosed(withheld(tally), (Hidden("", why),))


def _but_asked(tally: Tally, why: Why) -> Disclosed:
    """All but how many were asked, which what is shown of other questions tells already."""
    hidden = replace(withheld(tally), asked=tally.asked, not_asked=tally.not_asked)
    if not _ways_to_say_nothing(tally):  # everybody who was asked had to answer
        hidden = replace(hidden, answered=tally.answered, skipped=tally.skipped)
    return Disclosed(hidden, (Hidden("", why),))


def _is_few(figure: Figure, smallest: int) -> bool:
    return not isinstance(figure, Sign) and 0 < figure < smallest


def _tells_beside(
    tally: Tally, conditions: Iterable[Condition], before: Mapping[str, list[Tally]], smallest: int
) -> bool:
    """Whether this is asked of nearly those, or of a few more, that another figure counts.

    One question with one answer each decides by sums of what is shown of it, and tells nothing more.
    """
    names = deciders(conditions)
    if not names:
        return False
    beside = [before[name] for name in names]
    if len(beside) == 1 and beside[0][0].question.question.facts.answer in ("option", "point"):
        return any(one.and_beyond for one in conditions) and _is_beside(tally, beside, smallest)
    return _is_beside(tally, beside, smallest)


def _is_beside(tally: Tally, beside: Iterable[Sequence[Tally]], smallest: int) -> bool:
    """Whether the asked, set against any one figure or against two of different questions, leave a few."""
    asked, everybody = _number(tally.asked), _number(tally.asked) + _number(tally.not_asked)
    groups = [_groups(one) for same in beside for one in same]
    left = [asked, everybody - asked]
    left += [number - asked for numbers in groups for number in numbers]
    for some, others in combinations(groups, 2):
        # Of two questions: who is in both groups, and who is in neither.
        left += [one + other - asked for one in some for other in others]
        left += [everybody - one - other + asked for one in some for other in others]
    if len(groups) == 1:  # of a question with several answers: who gave both
        left += [one + other - asked for one, other in combinations(groups[0], 2) if asked not in (one, other)]
    return any(_is_few(abs(number), smallest) for number in left)


def _groups(tally: Tally) -> list[int | float]:
    """How many are in any group that the answers to a question make, of one answer or of several together."""
    counts = [_number(count.number) for count in tally.counts] if isinstance(tally, ChoiceTally) else []
    counts = [number for number in counts if number]
    if tally.question.question.facts.takes_several or len(counts) > MOST_TOGETHER:
        return [*counts, _number(tally.answered)]
    some = [sum(which) for size in range(1, len(counts) + 1) for which in combinations(counts, size)]
    return list(dict.fromkeys([*some, _number(tally.answered)]))


def _no_answers(tally: Tally, smallest: int) -> Disclosed:
    """How many gave no answer is the other side of the base; in which way they gave none is hidden where few did."""
    ways = _ways_to_say_nothing(tally)
    if len(ways) < 2 or not any(_is_few(number, smallest) for number in ways.values()):
        return Disclosed(tally)
    missing = tuple(
        replace(count, number=Sign.WITHHELD) if f"“{count.option.label}”" in ways else count for count in tally.missing
    )
    skipped = Sign.WITHHELD if SKIPPED in ways else tally.skipped
    hidden = Hidden(", ".join(ways), Why.FEW_AMONG)
    return Disclosed(replace(tally, missing=missing, skipped=skipped), (hidden,))


def _ways_to_say_nothing(tally: Tally) -> dict[str, Figure]:
    """In which ways somebody who is asked can give no answer, each with how many did."""
    ways: dict[str, Figure] = {
        f"“{one.option.label}”": one.number for one in tally.missing if not isinstance(one.number, Sign)
    }
    if tally.skipped or not getattr(tally.question.question, "required", False):
        ways[SKIPPED] = tally.skipped
    return ways


@singledispatch
def _inside(tally: Tally, smallest: int) -> Disclosed | None:
    """What is hidden of the answers; None where that cannot be done in part.

    Of words, days and times of day there is nothing but the base.
    """
    return Disclosed(tally)


@_inside.register
def _(tally: ChoiceTally, smallest: int) -> Disclosed | None:
    base = _number(tally.answered)
    several = tally.question.question.facts.takes_several
    numbers = {count.option.value: count.number for count in tally.counts if not isinstance(count.number, Sign)}
    # What is chosen beyond one answer each: where that is little, it is a few who chose two things together.
    beyond = _is_few(sum(numbers.values()) - base, smallest)
    least = min((number for number in numbers.values() if number), default=0)

    def is_small(number: int | float) -> bool:
        # Of those who may choose several the few that did not choose something are a group of their own.
        few_did_not = _is_few(base - number, smallest) or (beyond and number == least)
        return _is_few(number, smallest) or (several and few_did_not)

    hidden = hidden_cells(numbers, smallest, is_small)
    if hidden is None and _ways_to_say_nothing(tally):
        return None
    # Everybody had to answer: the base is known, and hiding all for another reason would tell that all are alike. Where
    # there are as many people as answers it would tell that each was given once, unless zeros are hidden with the few.
    if hidden is None or (hidden and base == len(numbers) and not _ways_to_say_nothing(tally)):
        hidden = {*numbers}
    counts = tuple(
        replace(count, number=Sign.WITHHELD) if count.option.value in hidden else count for count in tally.counts
    )
    why = (Hidden(labels, Why.FEW_AMONG),) if (labels := _labels(counts)) else ()
    return Disclosed(replace(tally, counts=counts), why)


@_inside.register
def _(tally: RankTally, smallest: int) -> Disclosed:
    base = _number(tally.answered)
    given = [(_number(place.first), _number(place.ranked)) for place in tally.places]
    groups = [number for first, ranked in given for number in (first, ranked, base - ranked, ranked - first)]
    # What is given a place beyond one thing each, as of what may be chosen together.
    groups.append(sum(ranked for _, ranked in given) - base)
    if any(_is_few(number, smallest) for number in groups):
        return Disclosed(without_places(tally), (Hidden("The places of all answers", Why.FEW_AMONG),))
    if any(_tells_a_place(place, len(given), smallest) for place in tally.places):
        return Disclosed(without_mean_places(tally), (Hidden("The mean places of all answers", Why.FEW_AMONG),))
    return Disclosed(tally)


def _tells_a_place(place: RankCount, places: int, smallest: int) -> bool:
    """Whether a mean tells, or nearly, that a few gave the second place, or the last, or one between them."""
    if isinstance(place.mean, Sign):
        return False
    first, ranked = _number(place.first), _number(place.ranked)
    behind_second = round(place.mean * ranked) - first - 2 * (ranked - first)
    before_last = (places - 2) * (ranked - first) - behind_second
    return _is_few(behind_second, smallest) or _is_few(before_last, smallest)


@_inside.register
def _(tally: NumberTally, smallest: int) -> Disclosed:
    if isinstance(tally.total, Sign):
        return Disclosed(tally)
    single = Hidden("Median, lowest and highest", Why.ONE_PERSON)
    if _is_of_many(tally):
        return Disclosed(without_single_numbers(tally), (single,))
    return Disclosed(without_numbers(tally), (Hidden("Total and mean", Why.NEARLY_ONE_PERSON), single))


def _is_of_many(tally: NumberTally) -> bool:
    """Whether a total leaves open what anybody's own number was, the highest and lowest among them."""
    total, people = _number(tally.total), _number(tally.answered)
    highest, lowest = _number(tally.highest), _number(tally.lowest)
    question = tally.question.question
    limits = question.validation if isinstance(question, NumberQuestion) else NumberValidation()
    least, most = limits.min, limits.max
    floor = least.value if least is not None and isinstance(least.value, int | float) else min(0, lowest)
    # Two people's numbers may not be nearly all of it: either could work out the other's.
    is_shared = total - people * floor >= 2.1 * (highest - floor)
    # So little above the floor, and shared, only a few sums are possible: they would agree on the number in the middle.
    is_off_the_floor = total - people * floor >= people + 2
    is_off_the_ceiling = most is None or (isinstance(most.value, int | float) and people * most.value - total >= people)
    return is_shared and is_off_the_floor and is_off_the_ceiling


@_inside.register
def _(tally: RowsTally, smallest: int) -> Disclosed:
    return Disclosed(without_rows(tally), (Hidden("Rows", Why.ROWS),)) if tally.answered else Disclosed(tally)
