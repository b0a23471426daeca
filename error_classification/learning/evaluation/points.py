"""What a judge said about a labelled input, and the little of it that the measures need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from error_classification.models import UNCLASSIFIED, Abstention, SourceType, Verdict
from error_classification.taxonomy import BY_NAME

SURE = 0.9
"""From this confidence on an answer is acted upon without a second look."""


class Point(NamedTuple):
    """One input as the measures see it; ``answer`` is right where it is ``truth``.

    ``truth`` is the answer itself where the label allows it beside another. ``confidence`` is 0 where nothing was answered.
    ``loss`` is the Brier score of the answer.
    """

    truth: str
    answer: str = UNCLASSIFIED
    confidence: float = 0.0
    loss: float = 0.0

    @property
    def is_right(self) -> bool:
        return self.truth == self.answer

    @property
    def is_answered(self) -> bool:
        return self.answer != UNCLASSIFIED

    @property
    def is_sure(self) -> bool:
        return self.answer != UNCLASSIFIED and self.confidence >= SURE


@dataclass(frozen=True, slots=True)
class Answered:
    """What a judge said about one labelled input; ``verdict`` is None where no error was found to ask about."""

    input: str
    label: str
    accepted: frozenset[str]
    verdict: Verdict | Abstention | None
    family: str = ""
    tool: str = ""
    source_type: SourceType | None = None
    ambiguous: bool = False
    nothing_failed: bool = False
    line: str = ""
    """What the error says of itself."""

    @property
    def answer(self) -> str:
        return self.verdict.category if isinstance(self.verdict, Verdict) else UNCLASSIFIED

    @property
    def subcategory(self) -> str:
        return self.verdict.subcategory if isinstance(self.verdict, Verdict) else ""

    @property
    def point(self) -> Point:
        category = self.label.partition("/")[0]
        truth = self.answer if self.answer in self.accepted else category
        if not isinstance(self.verdict, Verdict) or self.answer == UNCLASSIFIED:
            return Point(truth)
        return Point(truth, self.answer, self.verdict.confidence, brier(forecast(self.verdict), truth))


def forecast(verdict: Verdict, categories: Iterable[str] = BY_NAME) -> dict[str, float]:
    """The probability of each category: as stated for the answer and its alternatives, the rest shared evenly by the others.

    Stated probabilities that sum to more than 1 beside the answer's are scaled down to what the answer leaves.
    """
    stated = {other.category: max(0.0, other.confidence) for other in verdict.alternatives if other.category != verdict.category}
    left = 1 - verdict.confidence
    total = sum(stated.values())
    scale = left / total if total > left else 1.0
    named = {name: value * scale for name, value in stated.items()} | {verdict.category: verdict.confidence}
    unnamed = [name for name in categories if name not in named]
    rest = max(0.0, 1 - sum(named.values()))
    return named | {name: rest / len(unnamed) for name in unnamed}


def brier(probabilities: Mapping[str, float], truth: str) -> float:
    """The quadratic score of one forecast over all classes, 0 (certain and right) .. 2 (certain and wrong).

    G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78 (1950). A truth that
    is none of the classes counts as one with probability 0.
    """
    others = sum(value * value for name, value in probabilities.items() if name != truth)
    return others + (1 - probabilities.get(truth, 0.0)) ** 2
