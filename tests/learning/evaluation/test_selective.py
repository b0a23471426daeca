from __future__ import annotations

import pytest
from evaluation_points import POINTS, points
from hypothesis import given, settings

from error_classification.learning.evaluation import Point
from error_classification.learning.evaluation.selective import aurc, risk_curve
from error_classification.reporting.evaluation import RiskPoint


def test_the_curve() -> None:
    assert risk_curve(points("t>n.5 t>t.9 t>t.7 t>n.7 t>")) == (
        RiskPoint(0.9, 0.2, 0.0),
        RiskPoint(0.7, 0.6, 1 / 3),
        RiskPoint(0.5, 0.8, 0.5),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("t> u>", 0),
        ("t>t.9 t>t.1", 0),
        ("t>n.9", 1),
        ("t>t.9 t>n.5", 0.25),
        ("t>n.9 t>t.5", 0.75),
        ("t>n.5 t>t.5", 0.5),
        ("t>n.5 t>t.9 t>t.7 t>n.7 t>", (0 + 1 / 3 + 1 / 3 + 1 / 2) / 4),
    ],
)
def test_the_area_under_it(text: str, expected: float) -> None:
    assert aurc(points(text)) == pytest.approx(expected)


@settings(deadline=None)
@given(POINTS)
def test_the_curve_ends_with_all_answers(sample: list[Point]) -> None:
    curve, answers = risk_curve(sample), [point for point in sample if point.is_answered]
    assert bool(curve) is bool(answers)
    assert 0 <= aurc(sample) <= 1
    assert [point.coverage for point in curve] == sorted({point.coverage for point in curve})
    if answers:
        assert curve[-1].coverage == len(answers) / len(sample)
        assert curve[-1].risk == pytest.approx(sum(not point.is_right for point in answers) / len(answers))
