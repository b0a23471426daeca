"""An evaluation as tables: the same ones on a terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from error_classification.reporting.columns import Column, Kind
from error_classification.reporting.evaluation import MEANINGS, Evaluation, Figure, JudgeEvaluation, Measure, Wrong
from error_classification.reporting.summary import counted

_CONFUSIONS = 10
_LONGEST = 240
"""Characters of an error or a reason that are shown."""
UNKNOWN = "–"
_AS_NUMBER = frozenset((Measure.MACRO_F1, Measure.ECE, Measure.ADAPTIVE_ECE, Measure.BRIER, Measure.AURC))
"""Everything else is a share and written in per cent."""
_CLASSES = (
    Column("Category", breaks="_"),
    Column("Inputs", Kind.NUMBER),
    Column("Precision", Kind.NUMBER),
    Column("Recall", Kind.NUMBER),
    Column("F1", Kind.NUMBER),
)
_CONFUSED = (Column("Truth", breaks="_"), Column("Answer", breaks="_"), Column("Inputs", Kind.NUMBER))
_WRONG = (
    Column("Input", breaks="/-_."),
    Column("Truth", breaks="/_"),
    Column("Answer", breaks="/_"),
    Column("Confidence", Kind.NUMBER),
    Column("Error", Kind.PROSE),
    Column("Reason", Kind.PROSE),
)


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


def sections(evaluation: Evaluation, with_wrong: bool = False, with_meaning: bool = True) -> Iterator[Section]:
    """The judges side by side, the one in force by category, what it confuses, the groups.

    ``with_wrong``: what is wrong, too; ``with_meaning``: each measure in words.
    """
    yield _judges(evaluation.judges, with_meaning)
    yield Section("By category", _CLASSES, class_rows(evaluation.in_force))
    confused = confused_rows(evaluation.in_force)
    if confused:
        yield Section("Most frequent confusions", _CONFUSED, confused[:_CONFUSIONS])
    if evaluation.groups:
        yield Section(f"By {evaluation.by.replace('_', ' ')}", group_columns(evaluation.by), group_rows(evaluation))
    if with_wrong and evaluation.in_force.wrong:
        yield Section("Wrong answers", _WRONG, [wrong_row(one) for one in evaluation.in_force.wrong])


def headline(evaluation: Evaluation) -> str:
    """The numbers that count, in one line."""
    judge = evaluation.in_force
    names = {Measure.MACRO_F1: "macro-F1", Measure.ACCURACY: "accuracy", Measure.CONFIDENT_ERRORS: "confident errors"}
    parts = [f"{name} {short(measure, judge.figures[measure])}" for measure, name in names.items()]
    quiet = f" and {judge.quiet:,} in which nothing failed" if judge.quiet else ""
    unread = f"; {counted(evaluation.unread, 'row')} could not be read" if evaluation.unread else ""
    return f"{counted(judge.inputs, 'failed input')}{quiet}: {', '.join(parts)}{unread}"


def short(measure: Measure, figure: Figure, digits: int = 3) -> str:
    """``0.938`` or ``91.9 %``; ``digits`` behind the point of what is no share."""
    if figure.value is None:
        return UNKNOWN
    return f"{figure.value:.{digits}f}" if measure in _AS_NUMBER else percent(figure.value)


def full(measure: Measure, figure: Figure, digits: int = 3) -> str:
    """The same with its interval: ``0.938 (0.847-0.980)``, ``91.9 % (87-95)``."""
    text = short(measure, figure, digits)
    if figure.interval is None or figure.value is None:
        return text
    low, high = figure.interval
    return (
        f"{text} ({low:.{digits}f}-{high:.{digits}f})" if measure in _AS_NUMBER else f"{text} ({100 * low:.0f}-{100 * high:.0f})"
    )


def percent(value: float) -> str:
    """With one digit, but never 100 % for less than all nor 0 % for more than nothing."""
    shown = min(max(100 * value, 0.1), 99.9) if 0 < value < 1 else 100 * value
    return f"{shown:.1f} %"


def judge_columns(judges: Sequence[JudgeEvaluation], with_meaning: bool = True) -> list[Column]:
    """The columns of ``judge_rows``."""
    meaning = [Column("Meaning", Kind.PROSE)] if with_meaning else []
    return [Column("Measure"), *(Column(judge.judge, Kind.NUMBER) for judge in judges), *meaning]


def judge_rows(judges: Sequence[JudgeEvaluation], with_meaning: bool = True) -> list[list[str]]:
    """One row for each measure that says something of any judge: its name, each judge's figure, its meaning."""
    shown = [measure for measure in Measure if any(judge.figures[measure].value is not None for judge in judges)]
    return [
        [
            measure.value,
            *(full(measure, judge.figures[measure]) for judge in judges),
            *([MEANINGS[measure]] if with_meaning else []),
        ]
        for measure in shown
    ]


def class_rows(judge: JudgeEvaluation) -> list[list[str]]:
    """One row for each category."""
    return [
        [
            one.name,
            f"{one.support:,}",
            full(Measure.PRECISION, one.precision),
            full(Measure.PRECISION, one.recall),
            full(Measure.MACRO_F1, one.f1, digits=2),
        ]
        for one in judge.classes
    ]


def confused_rows(judge: JudgeEvaluation) -> list[list[str]]:
    """What was taken for what, the most frequent first."""
    wrong = [(pair, count) for pair, count in judge.confusion.items() if pair[0] != pair[1]]
    return [[*pair, f"{count:,}"] for pair, count in sorted(wrong, key=lambda item: (-item[1], item[0]))]


def group_columns(by: str) -> list[Column]:
    """The columns of ``group_rows``."""
    numbers = (Column(title, Kind.NUMBER) for title in ("Inputs", "Accuracy", "Coverage", "Precision", "Sure, wrong"))
    return [Column(by.replace("_", " ").capitalize(), Kind.PROSE), *numbers]


def group_rows(evaluation: Evaluation) -> list[list[str]]:
    """One row for each group, with the interval of its accuracy; that of the others is in the record."""
    shown = (Measure.COVERAGE, Measure.PRECISION, Measure.CONFIDENT_ERRORS)
    return [
        [
            group.group or UNKNOWN,
            f"{group.inputs:,}",
            full(Measure.ACCURACY, group.figures[Measure.ACCURACY]),
            *(short(measure, group.figures[measure]) for measure in shown),
        ]
        for group in evaluation.groups
    ]


def wrong_row(one: Wrong) -> list[str]:
    """One input that was answered wrongly."""
    doubt = " (ambiguous)" if one.ambiguous else ""
    sure = f"{one.confidence:.2f}" if one.is_answered else UNKNOWN
    return [one.input, f"{one.truth}{doubt}", one.answer, sure, one.line[:_LONGEST], one.reason[:_LONGEST]]


def _judges(judges: Sequence[JudgeEvaluation], with_meaning: bool) -> Section:
    return Section("Judges", judge_columns(judges, with_meaning), judge_rows(judges, with_meaning))
