"""Whether a confidence means what it says: calibration error, Brier score, reliability diagram.

Only answers have a confidence: abstentions are left out here and counted by ``coverage``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from error_classification.learning.evaluation.intervals import share
from error_classification.learning.evaluation.points import Point
from error_classification.reporting.evaluation import Bin

BINS = 10


def ece(points: Iterable[Point], bins: int = BINS) -> float:
    """Expected calibration error, 0..1: the gap between confidence and accuracy, bin by bin, weighted by the bins' sizes.

    Bins of equal width: Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning" (AAAI
    2015); Guo et al., "On calibration of modern neural networks" (ICML 2017), equation 3. 0 where nothing was answered.
    """
    return _gap(_equal_width(_answered(points), bins))


def adaptive_ece(points: Iterable[Point], bins: int = BINS) -> float:
    """The same with bins of equal size, so that none is nearly empty (Nixon et al., "Measuring calibration in deep learning",
    CVPR workshops 2019). Equal confidences stay in one bin, so the order of the inputs does not matter."""
    return _gap(_equal_size(_answered(points), bins))


def mean_brier(points: Iterable[Point]) -> float:
    """The mean Brier score of the answers, 0..2; 0 where nothing was answered."""
    losses = [point.loss for point in points if point.is_answered]
    return sum(losses) / len(losses) if losses else 0.0


def reliability(points: Iterable[Point], bins: int = BINS) -> tuple[Bin, ...]:
    """The bars of a reliability diagram, empty bins left out (DeGroot and Fienberg, "The comparison and evaluation of
    forecasters", The Statistician 32, 1983)."""
    found = []
    for number, members in sorted(_equal_width(_answered(points), bins).items()):
        mean = sum(point.confidence for point in members) / len(members)
        found.append(Bin(number / bins, (number + 1) / bins, mean, share(point.is_right for point in members)))
    return tuple(found)


def _answered(points: Iterable[Point]) -> list[Point]:
    return [point for point in points if point.is_answered]


def _equal_width(points: Iterable[Point], bins: int) -> dict[int, list[Point]]:
    """By number of the bin; a confidence of 1 belongs to the last."""
    found: dict[int, list[Point]] = {}
    for point in points:
        found.setdefault(min(int(point.confidence * bins), bins - 1), []).append(point)
    return found


def _equal_size(points: Sequence[Point], bins: int) -> dict[int, list[Point]]:
    """Cut at every ``len / bins``-th answer; answers that are as sure as one another go where the first of them belongs."""
    found: dict[int, list[Point]] = {}
    position = 0
    for _, alike in groupby(sorted(points, key=_confidence), key=_confidence):
        members = list(alike)
        found.setdefault(position * bins // len(points), []).extend(members)
        position += len(members)
    return found


def _confidence(point: Point) -> float:
    return point.confidence


def _gap(binned: dict[int, list[Point]]) -> float:
    total = sum(map(len, binned.values()))
    gaps = (abs(sum(point.confidence - point.is_right for point in members)) for members in binned.values())
    return sum(gaps) / total if total else 0.0
