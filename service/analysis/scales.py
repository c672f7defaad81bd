"""Scales: options with scores, from which come a mean, a median and the share of the two best answers."""

from collections.abc import Sequence

from service.analysis.figures import Figure, Sign, percent, total
from service.analysis.tallies import Count
from service.definitions import Option

FEWEST_POINTS = 4


def is_scored(options: Sequence[Option]) -> bool:
    """Whether the options make a scale."""
    return any(option.score is not None and not option.missing for option in options)


def best_two(options: Sequence[Option]) -> tuple[Option, ...]:
    """The options with the two highest scores, where the scale has four points or more.

    On a shorter scale they would be nearly everything, and "yes or sometimes" would flatter.
    """
    scored = [option for option in options if option.score is not None and not option.missing]
    points = sorted({option.score for option in scored if option.score is not None}, reverse=True)
    if len(points) < FEWEST_POINTS:
        return ()
    return tuple(option for option in scored if option.score in points[:2])


def the_rest(options: Sequence[Option]) -> tuple[Option, ...]:
    """The scored options that are not among the best two."""
    best = {option.value for option in best_two(options)}
    if not best:
        return ()
    return tuple(option for option in options if option.score is not None and option.value not in best)


def share(counts: Sequence[Count], options: Sequence[Option], base: Figure) -> Figure:
    """The whole percentage of the base that chose any of these options, rounded once from their sum."""
    values = {option.value for option in options}
    chosen = [count.number for count in counts if count.option.value in values]
    return percent(total(chosen), base) if chosen else Sign.NOT_APPLICABLE


def mean_score(counts: Sequence[Count]) -> Figure:
    """The mean of the scores chosen; answers without a score are left out."""
    scores = _scores(counts)
    if isinstance(scores, Sign):
        return scores
    return sum(score * number for score, number in scores) / sum(number for _, number in scores)


def median_score(counts: Sequence[Count]) -> Figure:
    """The score in the middle; between two, the point halfway."""
    scores = _scores(counts)
    if isinstance(scores, Sign):
        return scores
    scores.sort()
    people = sum(number for _, number in scores)
    return (_score_of(scores, (people - 1) // 2) + _score_of(scores, people // 2)) / 2


def _scores(counts: Sequence[Count]) -> list[tuple[float, int]] | Sign:
    scored = [count for count in counts if count.option.score is not None]
    if Sign.WITHHELD in [count.number for count in scored]:
        return Sign.WITHHELD
    scores = [
        (float(count.option.score), int(count.number))
        for count in scored
        if count.option.score is not None and not isinstance(count.number, Sign) and count.number
    ]
    return scores or Sign.NOT_APPLICABLE


def _score_of(scores: Sequence[tuple[float, int]], person: int) -> float:
    """The score of a person, counted from the lowest."""
    for score, number in scores:
        if person < number:
            return score
        person -= number
    raise IndexError(person)
