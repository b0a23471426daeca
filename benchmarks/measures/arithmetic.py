"""The arithmetic behind the tables: shares with intervals, overlapping line ranges. Pure functions over plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from error_classification.learning.evaluation.intervals import wilson

Range = tuple[int, int]
"""First and last line, both included, 1-based."""


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` out of ``of``."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """0..1; 0 of nothing is 0."""
        return self.count / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 %; see ``wilson``."""
        return wilson(self.count, self.of)


@dataclass(frozen=True, slots=True)
class Fraction:
    """A number 0..1 that is not a count of independent trials, so that it has no interval."""

    value: float


def share(answers: Iterable[bool]) -> Share:
    """How many are true."""
    values = list(answers)
    return Share(sum(values), len(values))


def overlaps(one: Range, other: Range) -> bool:
    """True if the two have a line in common."""
    return one[0] <= other[1] and other[0] <= one[1]


def hits(returned: Iterable[Range], causes: Sequence[Range]) -> bool:
    """True if any range that was returned overlaps any of the causes."""
    return any(overlaps(block, cause) for block in returned for cause in causes)


def covered(ranges: Iterable[Range]) -> int:
    """How many different lines lie in the ranges."""
    total, reached = 0, 0
    for first, last in sorted(ranges):
        first = max(first, reached + 1)
        if last >= first:
            total += last - first + 1
            reached = last
    return total


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def found(expected: Iterable[str], given: Iterable[str]) -> int:
    """How many of the expected names are there, each as often as it is expected."""
    return (Counter(expected) & Counter(given)).total()
