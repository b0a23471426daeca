"""Measuring judges on labelled inputs: pure functions from answers to the values that ``reporting.evaluation`` writes down."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from error_classification.learning.evaluation.calibration import adaptive_ece, ece, mean_brier, reliability
from error_classification.learning.evaluation.classes import class_figures, confusion, f1_scores, macro_f1
from error_classification.learning.evaluation.intervals import ROUNDS, bootstrap, clustered, share
from error_classification.learning.evaluation.points import SURE, Answered, Point
from error_classification.learning.evaluation.selective import aurc, risk_curve
from error_classification.models import UNCLASSIFIED, Verdict
from error_classification.reporting.evaluation import (
    Figure,
    GroupEvaluation,
    JudgeEvaluation,
    Measure,
    Wrong,
)

__all__ = ["SURE", "Answered", "Point", "evaluated", "figures", "group_figures", "grouped"]

_RESAMPLED: dict[Measure, Callable[[Sequence[Point]], float]] = {
    Measure.MACRO_F1: macro_f1,
    Measure.ECE: ece,
    Measure.ADAPTIVE_ECE: adaptive_ece,
    Measure.BRIER: mean_brier,
    Measure.AURC: aurc,
}
"""What is no share of independent trials: its interval comes from resampling."""


def alike(one: Answered) -> Hashable:
    """What draws inputs together in a resampling: their family where it is known, else the input they are of."""
    return one.family or one.input


def evaluated(judge: str, answers: Sequence[Answered], rounds: int = ROUNDS) -> JudgeEvaluation:
    """All measures of one judge's ``answers``; ``rounds`` resamples for the intervals, none for 0."""
    failed = [one for one in answers if not one.nothing_failed]
    points = [one.point for one in failed]
    f1 = f1_scores(points)
    intervals = _intervals(failed, tuple(f1), rounds)
    scores = {name: Figure(value, intervals.get(name)) for name, value in f1.items()}
    return JudgeEvaluation(
        judge=judge,
        inputs=len(failed),
        quiet=len(answers) - len(failed),
        figures=figures(answers, {measure: intervals.get(measure) for measure in _RESAMPLED}),
        classes=class_figures(points, scores),
        confusion=confusion(points),
        bins=reliability(points),
        curve=risk_curve(points),
        wrong=tuple(_wrong(one) for one in answers if not one.point.is_right),
    )


def figures(
    answers: Sequence[Answered], intervals: Mapping[Measure, tuple[float, float] | None] | None = None
) -> dict[Measure, Figure]:
    """Every measure of the answers, shares with Wilson's interval, the others with that of ``intervals``.

    Inputs in which nothing failed count for ``silent`` and, where they were answered after all, for ``confident-errors``.
    """
    failed = [one for one in answers if not one.nothing_failed]
    points = [one.point for one in failed]
    found = group_figures(answers) | {
        Measure.SURE: share(point.is_sure for point in points),
        Measure.SURE_PRECISION: share(point.is_right for point in points if point.is_sure),
        Measure.SUBCATEGORY: share(_is_exact(one) for one in failed if _may_be_exact(one)),
        Measure.SILENT: share(one.verdict is None for one in answers if one.nothing_failed),
    }
    for measure, value in zip(_RESAMPLED, _resampled(points), strict=True):
        found[measure] = Figure(value, (intervals or {}).get(measure))
    return {measure: found[measure] for measure in Measure}


def group_figures(answers: Sequence[Answered]) -> dict[Measure, Figure]:
    """The measures that say something of few inputs, too."""
    points = [one.point for one in answers if not one.nothing_failed]
    return {
        Measure.ACCURACY: share(point.is_right for point in points),
        Measure.COVERAGE: share(point.is_answered for point in points),
        Measure.PRECISION: share(point.is_right for point in points if point.is_answered),
        Measure.CONFIDENT_ERRORS: share(one.point.is_sure and not one.point.is_right for one in answers),
    }


def grouped(answers: Iterable[Answered], group: Callable[[Answered], str]) -> tuple[GroupEvaluation, ...]:
    """One row for each group, the largest first."""
    found: dict[str, list[Answered]] = {}
    for one in answers:
        found.setdefault(group(one), []).append(one)
    rows = (GroupEvaluation(name, len(members), group_figures(members)) for name, members in found.items())
    return tuple(sorted(rows, key=lambda row: (-row.inputs, row.group)))


def _intervals(failed: Sequence[Answered], categories: Sequence[str], rounds: int) -> dict[str, tuple[float, float] | None]:
    """By measure, and by category for its F1; a category that a sample lacks has none there."""
    if not failed or not rounds:
        return {}
    clusters = [[one.point for one in members] for members in clustered(failed, alike)]

    def statistics(points: Sequence[Point]) -> list[float | None]:
        scores = f1_scores(points)
        return [*_resampled(points), *map(scores.get, categories)]

    return dict(zip((*_RESAMPLED, *categories), bootstrap(clusters, statistics, rounds), strict=True))


def _resampled(points: Sequence[Point]) -> list[float | None]:
    """The measures of ``_RESAMPLED``; None where there is no category, or no answer, to measure."""
    has_category = any(point.truth != UNCLASSIFIED for point in points)
    has_answer = any(point.is_answered for point in points)
    return [
        statistic(points) if (has_category if measure is Measure.MACRO_F1 else has_answer) else None
        for measure, statistic in _RESAMPLED.items()
    ]


def _may_be_exact(one: Answered) -> bool:
    return "/" in one.label and one.answer == one.label.partition("/")[0]


def _is_exact(one: Answered) -> bool:
    return one.subcategory == one.label.partition("/")[2]


def _wrong(one: Answered) -> Wrong:
    verdict = one.verdict
    answer = f"{one.answer}/{one.subcategory}" if one.subcategory else one.answer
    return Wrong(
        input=one.input,
        tool=one.tool,
        family=one.family,
        truth=one.label,
        answer=answer,
        confidence=verdict.confidence if isinstance(verdict, Verdict) else 0.0,
        line=one.line,
        reason=verdict.reason if verdict else "no error found",
        ambiguous=one.ambiguous,
    )
