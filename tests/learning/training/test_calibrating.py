"""Temperatures, thresholds, calibration error."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.learning.training.calibrating import (
    COOLEST,
    HOTTEST,
    Scored,
    expected_calibration_error,
    probabilities,
    temperature_of,
    thresholds_of,
)

CLASSES = ("network_error", "timeout", "unclassified")


def forecasts(confidence: float, right: int, wrong: int) -> list[Scored]:
    """So many forecasts of ``network_error``, of which so many are right."""
    rest = (1 - confidence) / 2
    scores = (log(confidence), log(rest), log(rest))
    return [*[Scored(scores, "network_error")] * right, *[Scored(scores, "timeout")] * wrong]


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=12), st.floats(0.2, 5))
def test_probabilities_add_up_to_one(scores: list[float], temperature: float) -> None:
    assert sum(probabilities(scores, temperature)) == pytest.approx(1)


def test_a_calibrated_model_keeps_its_temperature() -> None:
    assert temperature_of(forecasts(0.8, 80, 20), CLASSES) == pytest.approx(1, abs=0.25)


def test_an_overconfident_model_is_made_hotter_and_a_timid_one_cooler() -> None:
    assert temperature_of(forecasts(0.99, 70, 30), CLASSES) > 1.5
    assert temperature_of(forecasts(0.5, 98, 2), CLASSES) < 0.7


def test_temperatures_have_bounds_and_nothing_says_nothing() -> None:
    assert temperature_of(forecasts(0.6, 50, 0), CLASSES) == pytest.approx(COOLEST, abs=0.01)
    assert temperature_of(forecasts(0.9, 0, 50), CLASSES) == pytest.approx(HOTTEST, abs=0.2)
    assert temperature_of([], CLASSES) == 1


def test_a_threshold_is_the_least_confidence_at_which_answers_are_right_often_enough() -> None:
    held_out = [*forecasts(0.95, 40, 0), *forecasts(0.7, 16, 4), *forecasts(0.55, 5, 15)]
    assert thresholds_of(held_out, CLASSES, 1.0, 0.9, 0.5)["network_error"] == pytest.approx(0.7, abs=0.002)
    assert thresholds_of(held_out, CLASSES, 1.0, 0.99, 0.5)["network_error"] == pytest.approx(0.95, abs=0.002)
    assert thresholds_of(held_out, CLASSES, 1.0, 0.5, 0.5)["network_error"] == 0.5


def test_a_category_that_answered_too_seldom_has_the_threshold_of_all() -> None:
    thresholds = thresholds_of([*forecasts(0.95, 40, 0), *forecasts(0.7, 16, 4)], CLASSES, 1.0, 0.95, 0.5)
    assert thresholds["timeout"] == thresholds["network_error"]
    assert "unclassified" not in thresholds


def test_another_label_that_is_accepted_counts_as_right() -> None:
    accepted = [Scored(one.scores, "timeout", frozenset(["network_error"])) for one in forecasts(0.6, 0, 30)]
    assert thresholds_of(accepted, CLASSES, 1.0, 0.9, 0.5)["network_error"] == 0.5


@pytest.mark.parametrize(
    ("points", "error"),
    [
        ([], 0.0),
        ([(0.75, True)] * 3 + [(0.75, False)], 0.0),
        ([(0.95, False)] * 4, 0.95),
        ([(0.95, True)] * 2 + [(0.55, False)] * 2, 0.3),
        ([(1.0, True)], 0.0),
    ],
)
def test_the_calibration_error_is_the_mean_gap(points: list[tuple[float, bool]], error: float) -> None:
    assert expected_calibration_error(points) == pytest.approx(error)
