from __future__ import annotations

import pytest
from evaluation_points import POINTS, points
from hypothesis import given, settings
from hypothesis import strategies as st

from error_classification.learning.evaluation import Point
from error_classification.learning.evaluation.calibration import adaptive_ece, ece, mean_brier, reliability


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("t> u>", 0),
        ("t>t1", 0),
        ("t>n1", 1),
        ("t>t.8", 0.2),
        ("t>t.75 t>n.75", 0.25),
        ("t>t.75 t>t.75 t>t.75 t>n.75", 0),
        ("t>t.91 t>n.97", abs((0.91 + 0.97) / 2 - 0.5)),
        ("t>t.95 t>t.95 t>n.35 t>", (2 * 0.05 + 0.35) / 3),
        ("t>t.05 t>n.95", 0.95),
        ("t>n0 t>t1", 0),
    ],
)
def test_ece(text: str, expected: float) -> None:
    assert ece(points(text)) == pytest.approx(expected)


def test_bins_of_equal_size() -> None:
    sample = points("t>n.1 t>t.2 t>t.8 t>t.9")
    assert adaptive_ece(sample, 2) == pytest.approx((2 * abs(0.15 - 0.5) + 2 * abs(0.85 - 1)) / 4)
    assert adaptive_ece(sample, 1) == pytest.approx(abs(0.5 - 0.75))
    assert adaptive_ece(sample, 99) == pytest.approx((0.1 + 0.8 + 0.2 + 0.1) / 4)


def test_equal_confidences_share_a_bin() -> None:
    sample = points("t>t.7 t>n.7 t>t.7 t>n.7")
    assert adaptive_ece(sample, 4) == pytest.approx(0.2)


def test_the_bars_of_a_reliability_diagram() -> None:
    first, second = reliability(points("t>t.12 t>n.18 t>t1 t> u>n.9"))
    assert (first.low, first.high, first.count, first.right.value) == (0.1, 0.2, 2, 0.5)
    assert first.confidence == pytest.approx(0.15)
    assert (second.low, second.high, second.count, second.right.count) == (0.9, 1.0, 2, 1)


def test_the_mean_brier_score_is_that_of_the_answers() -> None:
    sample = [Point("timeout"), Point("timeout", "timeout", 0.5, 0.5), Point("timeout", "flaky_test", 1, 2)]
    assert mean_brier(sample) == 1.25
    assert mean_brier([]) == mean_brier(sample[:1]) == 0


@settings(deadline=None)
@given(POINTS, st.integers(1, 20))
def test_a_calibration_error_is_a_share(sample: list[Point], bins: int) -> None:
    assert 0 <= ece(sample, bins) <= 1
    assert 0 <= adaptive_ece(sample, bins) <= 1


@settings(deadline=None)
@given(POINTS.flatmap(lambda sample: st.tuples(st.just(sample), st.permutations(sample))))
def test_the_order_of_the_inputs_does_not_matter(samples: tuple[list[Point], list[Point]]) -> None:
    sample, shuffled = samples
    assert ece(shuffled) == pytest.approx(ece(sample))
    assert adaptive_ece(shuffled) == pytest.approx(adaptive_ece(sample))


@settings(deadline=None)
@given(POINTS)
def test_perfect_and_certain_is_calibrated(sample: list[Point]) -> None:
    perfect = [point._replace(answer=point.truth, confidence=1.0) for point in sample]
    assert ece(perfect) == adaptive_ece(perfect) == 0


@settings(deadline=None)
@given(POINTS)
def test_one_bin_is_the_gap_of_the_means_and_more_bins_never_show_less(sample: list[Point]) -> None:
    answers = [point for point in sample if point.is_answered]
    gap = abs(sum(point.confidence - point.is_right for point in answers)) / max(1, len(answers))
    assert ece(sample, 1) == pytest.approx(gap)
    assert ece(sample, 2) >= gap - 1e-9
    assert ece(sample, 20) >= ece(sample, 10) - 1e-9


@settings(deadline=None)
@given(POINTS)
def test_every_answer_is_in_one_bar(sample: list[Point]) -> None:
    bars = reliability(sample)
    assert sum(bar.count for bar in bars) == sum(point.is_answered for point in sample)
    assert all(bar.low - 1e-9 <= bar.confidence <= bar.high + 1e-9 for bar in bars)
