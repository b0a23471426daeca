"""What an evaluation says: the values that ``learning.evaluation`` fills and that the modules here write down.

``text`` has the tables for people, ``record`` the JSON, ``page`` the HTML with its plots. Shares are 0..1, intervals 95 %.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number with its interval; ``count`` of ``of`` where it is a share of inputs. None: nothing to measure."""

    value: float | None = None
    interval: tuple[float, float] | None = None
    count: int | None = None
    of: int | None = None


class Measure(StrEnum):
    """The numbers by name, as gates, tables and JSON have them."""

    ACCURACY = "accuracy"
    MACRO_F1 = "macro-f1"
    COVERAGE = "coverage"
    PRECISION = "precision"
    SURE = "sure"
    SURE_PRECISION = "sure-precision"
    CONFIDENT_ERRORS = "confident-errors"
    ECE = "ece"
    ADAPTIVE_ECE = "adaptive-ece"
    BRIER = "brier"
    AURC = "aurc"
    SUBCATEGORY = "subcategory"
    SILENT = "silent"


MEANINGS = {
    Measure.ACCURACY: "right answers among all inputs that failed",
    Measure.MACRO_F1: "mean F1 of the categories; unclassified counts as wrong",
    Measure.COVERAGE: "inputs that were answered",
    Measure.PRECISION: "right when answered",
    Measure.SURE: "answered with confidence 0.9 or more",
    Measure.SURE_PRECISION: "right when answered with confidence 0.9 or more",
    Measure.CONFIDENT_ERRORS: "wrong with confidence 0.9 or more, among all inputs",
    Measure.ECE: "expected calibration error, ten bins of equal width",
    Measure.ADAPTIVE_ECE: "the same with ten bins of equal size",
    Measure.BRIER: "squared error of the probabilities over all categories, 0..2",
    Measure.AURC: "mean error over all coverages, the surest answers first",
    Measure.SUBCATEGORY: "right subcategory where the category is",
    Measure.SILENT: "no error found where nothing failed",
}
SMALL_IS_GOOD = frozenset((Measure.CONFIDENT_ERRORS, Measure.ECE, Measure.ADAPTIVE_ECE, Measure.BRIER, Measure.AURC))


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One category: how many inputs are of it (``support``) or were said to be (``answers``)."""

    name: str
    support: int
    answers: int
    precision: Figure
    recall: Figure
    f1: Figure


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose confidence lies in ``low..high``: how sure they were on average, and how many were right."""

    low: float
    high: float
    confidence: float
    right: Figure

    @property
    def count(self) -> int:
        return self.right.of or 0


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """With answers down to confidence ``threshold`` a share ``coverage`` is answered, and ``risk`` of those are wrong."""

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Wrong:
    """One input that was answered wrongly, or not at all. ``line`` is what it says of itself."""

    input: str
    tool: str
    family: str
    truth: str
    answer: str
    confidence: float
    line: str
    reason: str
    ambiguous: bool

    @property
    def is_answered(self) -> bool:
        return self.confidence > 0


@dataclass(frozen=True, slots=True)
class JudgeEvaluation:
    """All that is measured of one judge, or of all together."""

    judge: str
    inputs: int
    """Those that failed."""
    quiet: int
    """Those in which nothing failed."""
    figures: dict[Measure, Figure]
    classes: tuple[ClassFigures, ...]
    confusion: dict[tuple[str, str], int]
    """Inputs by (truth, answer)."""
    bins: tuple[Bin, ...]
    curve: tuple[RiskPoint, ...]
    wrong: tuple[Wrong, ...]

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.classes)

    def shown(self) -> Iterator[tuple[Measure, Figure]]:
        """The figures that there is something to say about."""
        return ((name, figure) for name, figure in self.figures.items() if figure.value is not None)


@dataclass(frozen=True, slots=True)
class GroupEvaluation:
    """The figures of the inputs of one group alone: a tool, a family, a format."""

    group: str
    inputs: int
    figures: dict[Measure, Figure]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The judges on labelled inputs, the one in force last."""

    judges: tuple[JudgeEvaluation, ...]
    by: str = ""
    """What ``groups`` are."""
    groups: tuple[GroupEvaluation, ...] = ()
    unread: int = 0
    """Labelled rows that could not be read."""

    @property
    def in_force(self) -> JudgeEvaluation:
        return self.judges[-1]
