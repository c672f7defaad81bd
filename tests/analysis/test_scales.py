"""Scales: the share of the best two answers, the mean and the median."""

import pytest

from service.analysis.figures import Sign
from service.analysis.scales import best_two, is_scored, mean_score, median_score, share, the_rest
from service.analysis.tallies import Count
from service.definitions import Option
from tests.analysis.tally_factory import HOW_OFTEN

SCALE = [Option.model_validate(option) for option in HOW_OFTEN]
LABELS = [option.label for option in SCALE if not option.missing]


def counted(*numbers: int) -> list[Count]:
    return [Count(option, number) for option, number in zip(SCALE, numbers, strict=False)]


def test_the_best_two_of_four_are_told_from_the_rest() -> None:
    assert [option.label for option in best_two(SCALE)] == LABELS[:2]
    assert [option.label for option in the_rest(SCALE)] == LABELS[2:]


def test_on_a_shorter_scale_there_are_no_best_two() -> None:
    assert best_two(SCALE[:3]) == ()
    assert the_rest(SCALE[:3]) == ()
    assert is_scored(SCALE[:3])


def test_the_best_are_those_with_the_highest_scores_wherever_they_stand() -> None:
    assert [option.value for option in best_two(SCALE[::-1])] == ["mostly", "always"]


def test_a_share_is_rounded_once_from_its_sum() -> None:
    # Two thirds and a sixth, rounded apart, would make 84.
    counts = counted(4, 1, 1, 0)
    assert share(counts, best_two(SCALE), 6) == 83
    assert share(counts, the_rest(SCALE), 6) == 17


@pytest.mark.parametrize(
    ("numbers", "mean", "median"),
    [
        ((1, 0, 0, 0), 4, 4),
        ((1, 0, 0, 1), 2.5, 2.5),
        ((2, 0, 0, 1), 3, 4),
        ((1, 1, 1, 1), 2.5, 2.5),
        ((0, 3, 1, 1), 2.4, 3),
    ],
)
def test_means_and_medians_are_those_of_the_scores(numbers: tuple[int, ...], mean: float, median: float) -> None:
    counts = counted(*numbers)
    assert mean_score(counts) == pytest.approx(mean)
    assert median_score(counts) == median


def test_nobody_has_no_mean() -> None:
    assert mean_score(counted(0, 0, 0, 0)) is Sign.NOT_APPLICABLE
    assert median_score([Count(option, Sign.NOT_APPLICABLE) for option in SCALE]) is Sign.NOT_APPLICABLE


def test_a_mean_of_something_withheld_is_withheld() -> None:
    counts = [Count(SCALE[0], Sign.WITHHELD), Count(SCALE[1], 3)]
    assert mean_score(counts) is Sign.WITHHELD
    assert median_score(counts) is Sign.WITHHELD
    assert share(counts, best_two(SCALE), 9) is Sign.WITHHELD
