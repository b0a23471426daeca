"""How far scores can be trusted, found on errors that the model had not seen (pure functions, standard library alone)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log

from error_classification.classification.model import probabilities
from error_classification.models import UNCLASSIFIED

COOLEST, HOTTEST = 0.2, 5.0
_PRECISION = 1e-4
_ANSWERS = 12
"""Fewer answers of a category than this say nothing of its precision."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A held-out example: the score of every class, the right one, and others that count as right."""

    scores: Sequence[float]
    category: str
    accepted: frozenset[str] = frozenset()


def temperature_of(held_out: Sequence[Scored], classes: Sequence[str]) -> float:
    """The temperature at which the right classes are likeliest: a golden-section search over a convex loss in its inverse."""
    index = {name: number for number, name in enumerate(classes)}
    known = [(one.scores, index[one.category]) for one in held_out if one.category in index]

    def loss(inverse: float) -> float:
        return -sum(log(max(probabilities(scores, 1 / inverse)[right], 1e-12)) for scores, right in known)

    low, high, golden = 1 / HOTTEST, 1 / COOLEST, (5**0.5 - 1) / 2
    while known and high - low > _PRECISION:
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return round(2 / (low + high), 3) if known else 1.0


def thresholds_of(
    held_out: Sequence[Scored], classes: Sequence[str], temperature: float, target: float, least: float
) -> dict[str, float]:
    """By category the least confidence, from ``least`` on, at which its answers are right as often as ``target`` says.

    Where the target is out of reach, or too few answers tell, it is the one of all categories together.
    """
    answers: dict[str, list[tuple[float, bool]]] = {name: [] for name in classes if name != UNCLASSIFIED}
    for one in held_out:
        confidence, category = max(zip(probabilities(one.scores, temperature), classes, strict=True))
        if category != UNCLASSIFIED:
            answers[category].append((confidence, category in (one.category, *one.accepted)))
    common = _threshold([answer for known in answers.values() for answer in known], target, least, least)
    return {name: _threshold(known, target, least, common) for name, known in answers.items()}


def _threshold(answers: Sequence[tuple[float, bool]], target: float, least: float, otherwise: float) -> float:
    ranked = sorted((answer for answer in answers if answer[0] >= least), reverse=True)
    right, found = 0, otherwise
    for number, (confidence, is_right) in enumerate(ranked, 1):
        right += is_right
        following = ranked[number][0] if number < len(ranked) else least
        if number >= _ANSWERS and following < confidence and right / number >= target:
            found = confidence if number < len(ranked) else least
    return floor(1000 * found) / 1000


def expected_calibration_error(points: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """The mean distance of confidence and frequency of being right, over bins of equal width (Naeini et al., AAAI 2015)."""
    groups: Mapping[int, list[tuple[float, bool]]] = {number: [] for number in range(bins)}
    for confidence, is_right in points:
        groups[min(bins - 1, int(confidence * bins))].append((confidence, is_right))
    gaps = (abs(sum(c for c, _ in group) - sum(r for _, r in group)) for group in groups.values() if group)
    return sum(gaps) / len(points) if points else 0.0
