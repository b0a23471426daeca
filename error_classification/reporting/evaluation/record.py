"""An evaluation as a JSON object."""

from __future__ import annotations

from collections.abc import Mapping

from error_classification.reporting.evaluation import Bin, ClassFigures, Evaluation, Figure, JudgeEvaluation, Measure, Wrong
from error_classification.reporting.json import Record


def record(evaluation: Evaluation, with_wrong: bool = False) -> Record:
    """Everything; measures that there is nothing to say about are null. ``with_wrong``: each judge's wrong answers, too."""
    return {
        "judges": [_judge(judge, with_wrong) for judge in evaluation.judges],
        "by": evaluation.by or None,
        "groups": [
            {"group": group.group, "inputs": group.inputs, "measures": _measures(group.figures)} for group in evaluation.groups
        ],
        "unread": evaluation.unread,
    }


def _judge(judge: JudgeEvaluation, with_wrong: bool) -> Record:
    found: Record = {
        "judge": judge.judge,
        "inputs": judge.inputs,
        "nothing_failed": judge.quiet,
        "measures": _measures(judge.figures),
        "categories": [_class(one) for one in judge.classes],
        "confusion": [{"truth": truth, "answer": answer, "inputs": count} for (truth, answer), count in judge.confusion.items()],
        "reliability": [_bin(one) for one in judge.bins],
        "risk_coverage": [
            {"threshold": point.threshold, "coverage": point.coverage, "risk": point.risk} for point in judge.curve
        ],
    }
    return found | {"wrong": [_wrong(one) for one in judge.wrong]} if with_wrong else found


def _measures(figures: Mapping[Measure, Figure]) -> Record:
    return {measure.value: figure_record(figure) for measure, figure in figures.items()}


def figure_record(figure: Figure) -> Record | None:
    """Value, interval and counts; None where there is nothing to say."""
    if figure.value is None:
        return None
    low, high = figure.interval or (None, None)
    counts: Record = {"count": figure.count, "of": figure.of} if figure.of is not None else {}
    return {"value": figure.value, "low": low, "high": high, **counts}


def _class(one: ClassFigures) -> Record:
    return {
        "category": one.name,
        "inputs": one.support,
        "answers": one.answers,
        "precision": figure_record(one.precision),
        "recall": figure_record(one.recall),
        "f1": figure_record(one.f1),
    }


def _bin(one: Bin) -> Record:
    return {"low": one.low, "high": one.high, "count": one.count, "confidence": one.confidence, "right": figure_record(one.right)}


def _wrong(one: Wrong) -> Record:
    return {
        "input": one.input,
        "tool": one.tool or None,
        "family": one.family or None,
        "label": one.truth,
        "answer": one.answer,
        "confidence": one.confidence,
        "error": one.line,
        "reason": one.reason,
        "ambiguous": one.ambiguous,
    }
