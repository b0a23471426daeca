from __future__ import annotations

import pytest
from evaluation_points import answered
from hypothesis import given, settings
from hypothesis import strategies as st

from error_classification.learning.evaluation import Point
from error_classification.learning.evaluation.points import brier, forecast
from error_classification.models import Abstention, Alternative, Verdict
from error_classification.taxonomy import BY_NAME


def verdict(confidence: float, *others: tuple[str, float]) -> Verdict:
    return Verdict("rules", "timeout", "", confidence, "", alternatives=tuple(Alternative(*other) for other in others))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (verdict(1.0), {"timeout": 1.0, "flaky_test": 0.0}),
        (verdict(0.1), {"timeout": 0.1, "flaky_test": 0.1}),
        (verdict(0.7, ("network_error", 0.2)), {"timeout": 0.7, "network_error": 0.2, "flaky_test": 0.1 / 8}),
        (verdict(0.7, ("network_error", 0.6)), {"timeout": 0.7, "network_error": 0.3, "flaky_test": 0.0}),
        (verdict(0.7, ("timeout", 0.3)), {"timeout": 0.7, "flaky_test": 0.3 / 9}),
        (verdict(0.5, ("hardware_error", 0.5)), {"timeout": 0.5, "hardware_error": 0.5, "flaky_test": 0.0}),
    ],
)
def test_forecasts(said: Verdict, expected: dict[str, float]) -> None:
    found = forecast(said)
    assert {name: found[name] for name in expected} == pytest.approx(expected)


@settings(deadline=None)
@given(st.floats(0, 1), st.lists(st.tuples(st.sampled_from([*BY_NAME, "own"]), st.floats(-1, 2)), max_size=4))
def test_a_forecast_is_a_distribution(confidence: float, others: list[tuple[str, float]]) -> None:
    found = forecast(verdict(confidence, *others))
    assert sum(found.values()) == pytest.approx(1)
    assert min(found.values()) >= 0
    assert found["timeout"] == confidence
    assert -1e-9 <= brier(found, "flaky_test") <= 2 + 1e-9


@pytest.mark.parametrize(
    ("probabilities", "truth", "expected"),
    [
        ({"a": 1.0, "b": 0.0}, "a", 0.0),
        ({"a": 1.0, "b": 0.0}, "b", 2.0),
        ({"a": 0.5, "b": 0.5}, "a", 0.5),
        ({"a": 0.7, "b": 0.2, "c": 0.1}, "b", 0.49 + 0.64 + 0.01),
        ({"a": 0.7, "b": 0.3}, "unclassified", 0.49 + 0.09 + 1),
    ],
)
def test_brier(probabilities: dict[str, float], truth: str, expected: float) -> None:
    assert brier(probabilities, truth) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("label", "answer", "accepted", "expected"),
    [
        ("timeout/test", "timeout", {"timeout"}, ("timeout", "timeout")),
        ("timeout/test", "flaky_test", {"timeout"}, ("timeout", "flaky_test")),
        ("timeout/test", "flaky_test", {"timeout", "flaky_test"}, ("flaky_test", "flaky_test")),
        ("timeout/test", "", {"timeout", "flaky_test"}, ("timeout", "unclassified")),
        ("timeout", "", {"timeout", "unclassified"}, ("unclassified", "unclassified")),
        ("unclassified", "", {"unclassified"}, ("unclassified", "unclassified")),
        ("unclassified", "timeout", {"unclassified"}, ("unclassified", "timeout")),
    ],
)
def test_truth_and_answer(label: str, answer: str, accepted: set[str], expected: tuple[str, str]) -> None:
    point = answered(label, answer, accepted=frozenset(accepted)).point
    assert (point.truth, point.answer) == expected
    assert point.is_right is (expected[0] == expected[1])


def test_an_abstention_has_no_confidence() -> None:
    one = answered("timeout", verdict=Abstention("rules", "no rule matches"))
    assert one.point == Point("timeout", "unclassified", 0.0, 0.0)
    assert not one.point.is_answered


@pytest.mark.parametrize(("confidence", "is_sure"), [(0.9, True), (0.95, True), (0.8999, False)])
def test_sure(confidence: float, is_sure: bool) -> None:
    assert answered("timeout", "timeout", confidence).point.is_sure is is_sure
