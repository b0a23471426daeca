from __future__ import annotations

import pytest
from evaluation_points import POINTS, points
from hypothesis import given, settings

from error_classification.learning.evaluation import Point
from error_classification.learning.evaluation.classes import class_figures, confusion, f1_scores, macro_f1, ordered
from error_classification.models import UNCLASSIFIED

TEN = points("t>t t>t t>t t>n t>  n>n n>t f>  u>t u>")
"""Timeouts: 3 of 5 found, 5 answers. Network errors: 1 of 2 found, 2 answers. Flaky tests: 0 of 1, no answer."""


def test_confusion() -> None:
    assert confusion(TEN) == {
        ("timeout", "timeout"): 3,
        ("timeout", "network_error"): 1,
        ("timeout", UNCLASSIFIED): 1,
        ("network_error", "network_error"): 1,
        ("network_error", "timeout"): 1,
        ("flaky_test", UNCLASSIFIED): 1,
        (UNCLASSIFIED, "timeout"): 1,
        (UNCLASSIFIED, UNCLASSIFIED): 1,
    }


def test_f1() -> None:
    assert f1_scores(TEN) == pytest.approx({"timeout": 6 / 10, "network_error": 2 / 4, "flaky_test": 0.0})
    assert macro_f1(TEN) == pytest.approx((0.6 + 0.5 + 0) / 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("u>", 0),
        ("u>t", 0),
        ("t>t n>n", 1),
        ("t>t n>n n>", (1 + 2 / 3) / 2),
        ("t>t n>n u>t", (2 / 3 + 1) / 2),
        ("t> u>", 0),
        ("t>n n>t", 0),
        ("t>t t>t t>t n>t", (6 / 7 + 0) / 2),
    ],
)
def test_macro_f1(text: str, expected: float) -> None:
    assert macro_f1(points(text)) == pytest.approx(expected)


def test_precision_and_recall() -> None:
    found = {one.name: one for one in class_figures(TEN, {})}
    assert list(found) == ["timeout", "network_error", "flaky_test"]
    timeout, flaky = found["timeout"], found["flaky_test"]
    assert (timeout.support, timeout.answers) == (5, 5)
    assert (timeout.precision.count, timeout.precision.of, timeout.recall.count, timeout.recall.of) == (3, 5, 3, 5)
    assert (flaky.precision.value, flaky.recall.value) == (None, 0)


def test_a_category_that_is_no_truth_is_shown_but_not_in_the_mean() -> None:
    wrong = points("t>t t>f")
    assert [one.name for one in class_figures(wrong, {})] == ["timeout", "flaky_test"]
    assert macro_f1(wrong) == pytest.approx(2 / 3)


def test_order() -> None:
    names = [UNCLASSIFIED, "zebra", "flaky_test", "ant", "timeout"]
    assert ordered(names) == ["timeout", "flaky_test", "ant", "zebra", UNCLASSIFIED]


@settings(deadline=None)
@given(POINTS)
def test_scores_stay_within_bounds(sample: list[Point]) -> None:
    assert 0 <= macro_f1(sample) <= 1
    for one in class_figures(sample, {}):
        if one.precision.value and one.recall.value:
            mean = 2 * one.precision.value * one.recall.value / (one.precision.value + one.recall.value)
            assert f1_scores(sample)[one.name] == pytest.approx(mean)


@settings(deadline=None)
@given(POINTS)
def test_perfect_answers_have_perfect_scores(sample: list[Point]) -> None:
    perfect = [point._replace(answer=point.truth) for point in sample]
    assert macro_f1(perfect) == any(point.truth != UNCLASSIFIED for point in sample)
    assert all(truth == answer for truth, answer in confusion(perfect))


@settings(deadline=None)
@given(POINTS)
def test_an_abstention_in_place_of_a_right_answer_never_helps(sample: list[Point]) -> None:
    for number, point in enumerate(sample):
        if point.is_answered and point.is_right:
            worse = [*sample[:number], Point(point.truth), *sample[number + 1 :]]
            assert macro_f1(worse) <= macro_f1(sample) + 1e-12
