from __future__ import annotations

import random

import pytest
from evaluation_points import POINTS
from hypothesis import given, settings
from hypothesis import strategies as st

from error_classification.learning.evaluation import Point
from error_classification.learning.evaluation.calibration import ece
from error_classification.learning.evaluation.intervals import bootstrap, clustered, ratio, share, wilson
from error_classification.reporting.evaluation import Figure


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (15, 148, 0.0624, 0.1605),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson(count: int, of: int, low: float, high: float) -> None:
    assert wilson(count, of) == pytest.approx((low, high), abs=5e-5)


@settings(deadline=None)
@given(st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_share_and_stays_within_bounds(trial: tuple[int, int]) -> None:
    low, high = wilson(*trial)
    rounding = 1e-12
    assert 0 <= low <= trial[0] / trial[1] + rounding
    assert trial[0] / trial[1] - rounding <= high <= 1


def test_shares() -> None:
    assert share([True, False, True, True]) == Figure(0.75, wilson(3, 4), 3, 4)
    assert share([]) == ratio(0, 0) == Figure(None, None, 0, 0)


def test_what_is_alike_stays_together_and_what_has_no_key_alone() -> None:
    assert clustered(["a1", "b1", "a2", "", ""], lambda name: name[:1]) == [["a1", "a2"], ["b1"], [""], [""]]


def test_the_interval_of_a_mean_is_the_one_of_normal_theory() -> None:
    chance = random.Random(5)
    sample = [[chance.gauss(10, 2)] for _ in range(400)]
    [interval] = bootstrap(sample, lambda values: [sum(values) / len(values)])
    assert interval is not None
    mean = sum(value for [value] in sample) / 400
    assert interval == pytest.approx((mean - 1.96 * 2 / 20, mean + 1.96 * 2 / 20), abs=0.06)


def test_copies_within_a_cluster_do_not_narrow_the_interval() -> None:
    chance = random.Random(6)
    values = [chance.random() for _ in range(40)]

    def width(clusters: list[list[float]]) -> float:
        [interval] = bootstrap(clusters, lambda drawn: [sum(drawn) / len(drawn)])
        assert interval is not None
        return interval[1] - interval[0]

    alone, copied, torn = ([[v] for v in values], [[v] * 9 for v in values], [[v] for v in values for _ in range(9)])
    assert width(copied) == pytest.approx(width(alone))
    assert width(torn) < 0.5 * width(alone)


def test_the_same_sample_has_the_same_interval_and_samples_without_a_value_say_nothing() -> None:
    def largest_odd(values: list[int]) -> list[float | None]:
        return [max((value for value in values if value % 2), default=None), None]

    clusters = [[1], [2], [4], [3]]
    assert bootstrap(clusters, largest_odd) == bootstrap(clusters, largest_odd) == [(1, 3), None]


@settings(deadline=None, max_examples=30)
@given(st.lists(POINTS.filter(bool), min_size=1, max_size=6))
def test_an_interval_holds_the_value_of_the_whole(clusters: list[list[Point]]) -> None:
    [interval] = bootstrap(clusters, lambda drawn: [ece(drawn)], rounds=20)
    assert interval is not None
    assert 0 <= interval[0] <= ece(point for cluster in clusters for point in cluster) <= interval[1] <= 1
