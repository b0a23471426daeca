"""Precision, recall and F1 by category, and what was taken for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from error_classification.learning.evaluation.intervals import ratio
from error_classification.learning.evaluation.points import Point
from error_classification.models import UNCLASSIFIED
from error_classification.reporting.evaluation import ClassFigures, Figure
from error_classification.taxonomy import BY_NAME

Confusion = Mapping[tuple[str, str], int]


def confusion(points: Iterable[Point]) -> dict[tuple[str, str], int]:
    """Inputs by (truth, answer)."""
    return dict(Counter((point.truth, point.answer) for point in points))


def f1_scores(points: Iterable[Point]) -> dict[str, float]:
    """F1 of every category that is the truth of some input.

    F1 = 2 TP / (support + answers), the harmonic mean of precision and recall (C. J. van Rijsbergen, "Information Retrieval",
    2nd ed., 1979). An abstention is a wrong answer for the category that it passes over; an answer where an abstention would be
    right is a false alarm.
    """
    counted = confusion(points)
    support, answers = _margins(counted)
    return {
        name: 2 * counted.get((name, name), 0) / (support[name] + answers[name])
        for name in ordered(support)
        if name != UNCLASSIFIED
    }


def macro_f1(points: Iterable[Point]) -> float:
    """The mean of ``f1_scores``: small categories count as much as large ones. 0 where there is no category."""
    scores = f1_scores(points)
    return sum(scores.values()) / len(scores) if scores else 0.0


def class_figures(points: Sequence[Point], f1: Mapping[str, Figure]) -> tuple[ClassFigures, ...]:
    """Every category that is a truth or an answer; ``f1`` has their scores with intervals."""
    counted = confusion(points)
    support, answers = _margins(counted)
    return tuple(
        ClassFigures(
            name=name,
            support=support[name],
            answers=answers[name],
            precision=ratio(counted.get((name, name), 0), answers[name]),
            recall=ratio(counted.get((name, name), 0), support[name]),
            f1=f1.get(name, Figure()),
        )
        for name in ordered({*support, *answers})
        if name != UNCLASSIFIED
    )


def ordered(names: Iterable[str]) -> list[str]:
    """In the order of the taxonomy, then the project's own by name, ``unclassified`` last."""
    known = [*BY_NAME]
    own = set(names)
    return [
        *(name for name in known if name in own),
        *sorted(own - {*known, UNCLASSIFIED}),
        *(name for name in (UNCLASSIFIED,) if name in own),
    ]


def _margins(counted: Confusion) -> tuple[Counter[str], Counter[str]]:
    support: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    for (truth, answer), count in counted.items():
        support[truth] += count
        answers[answer] += count
    return support, answers
