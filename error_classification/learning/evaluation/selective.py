"""What abstaining buys: the error that is left when only the surest answers are taken.

R. El-Yaniv and Y. Wiener, "On the foundations of noise-free selective classification", JMLR 11 (2010); the area under the curve:
Y. Geifman, G. Uziel and R. El-Yaniv, "Bias-reduced uncertainty estimation for deep neural classifiers" (ICLR 2019).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from error_classification.learning.evaluation.points import Point
from error_classification.reporting.evaluation import RiskPoint


def risk_curve(points: Sequence[Point]) -> tuple[RiskPoint, ...]:
    """One point for every confidence that occurs, the highest first; coverage is of all inputs, abstentions included."""
    found, answered, wrong = [], 0, 0
    for confidence, members in groupby(_surest_first(points), key=lambda point: point.confidence):
        for point in members:
            answered += 1
            wrong += not point.is_right
        found.append(RiskPoint(confidence, answered / len(points), wrong / answered))
    return tuple(found)


def aurc(points: Iterable[Point]) -> float:
    """The mean risk over the coverages that were reached, 0..1; 0 where nothing was answered.

    Equally sure answers are taken together: each of them gets the risk that remains once all are taken.
    """
    total, answered, wrong = 0.0, 0, 0
    for _, members in groupby(_surest_first(points), key=lambda point: point.confidence):
        right = [point.is_right for point in members]
        answered += len(right)
        wrong += len(right) - sum(right)
        total += len(right) * wrong / answered
    return total / answered if answered else 0.0


def _surest_first(points: Iterable[Point]) -> list[Point]:
    return sorted((point for point in points if point.is_answered), key=lambda point: -point.confidence)
